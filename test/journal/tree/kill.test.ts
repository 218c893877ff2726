/** A process that dies while it signs or rotates keys leaves no half state: the chain verifies, and the next one goes on. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checkpointNow, rotateSigningKey } from '#aval/journal/tree/signing-acts.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { freshPath, KEY, T0 } from '../support.js'

const SIGNER = fileURLToPath(new URL('./signer.mjs', import.meta.url))
const ROUNDS = Number(process.env['AVAL_KILL_ROUNDS'] ?? 10)

/** Kills it some steps and some milliseconds after it began. */
async function runAndKill(what: string, path: string, keyFile: string, round: number): Promise<string[]> {
  const child = spawn(process.execPath, [SIGNER, what, path, keyFile], { stdio: ['ignore', 'pipe', 'inherit'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  let output = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text
    if (output.split('\n').length > 1 + (round % 4)) setTimeout(() => child.kill('SIGKILL'), (round * 7) % 23)
  })
  await once(child, 'close')
  clearTimeout(timer)
  return output.split('\n').slice(0, -1)
}

function setUp() {
  const path = freshPath()
  const keyFile = join(dirname(path), 'keys', 'signing.key')
  const guest = { path, keys: [KEY] as const, node: 'relay-1' } as const
  return { path, keyFile, guest, seal: { keyFile, by: 'cli:test' } }
}

it(`I11: a kill -9 while checkpoints are made, ${ROUNDS} times`, async () => {
  const { path, keyFile, guest, seal } = setUp()
  let checkpoints = 0
  for (let round = 0; round < ROUNDS; round++) {
    const promised = await runAndKill('seal', path, keyFile, round)
    expect(promised.length).toBeGreaterThan(0)
    const { ok, problem, tree } = verifyJournal(path, { keys: [KEY] })
    expect({ ok, problem }).toEqual({ ok: true, problem: undefined })
    expect(tree.keys.length).toBeLessThanOrEqual(1)
    expect(tree.checkpoints).toBeGreaterThanOrEqual(checkpoints)
    ;({ checkpoints } = tree)
    const { note } = checkpointNow(guest, seal, T0)
    expect(verifyJournal(path, { keys: [KEY], checkpoints: [note] }).ok).toBe(true)
  }
  expect(checkpoints).toBeGreaterThan(ROUNDS)
}, 300_000)

it(`I11: a kill -9 while signing keys are rotated, ${ROUNDS} times`, async () => {
  const { path, keyFile, guest, seal } = setUp()
  checkpointNow(guest, seal, T0)
  let rotations = 0
  for (let round = 0; round < ROUNDS; round++) {
    const done = await runAndKill('rotate', path, keyFile, round)
    const { ok, problem, tree } = verifyJournal(path, { keys: [KEY] })
    expect({ ok, problem }).toEqual({ ok: true, problem: undefined })
    const known = tree.keys.map(({ key }) => key)
    for (const key of done) expect(known).toContain(key)
    expect(tree.keys.every(({ reason }, i) => reason === (i === 0 ? 'first' : 'rotation'))).toBe(true)
    // Whoever comes next can sign, whether the key was already in its place or not.
    checkpointNow(guest, seal, T0)
    const again = rotateSigningKey(guest, { ...seal, at: T0, lost: false })
    expect(verifyJournal(path, { keys: [KEY] }).tree.keys.at(-1)!.key).toBe(again.key)
    expect(readdirSync(dirname(keyFile)).filter((name) => !name.endsWith('.tmp'))).toEqual(['signing.key'])
    rotations = tree.keys.length
  }
  expect(rotations).toBeGreaterThan(ROUNDS)
}, 300_000)
