/** A process that dies at any moment has lost nothing it had promised. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openJournalReader } from '#aval/journal/reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { freshPath, KEY } from './support.js'

const APPENDER = fileURLToPath(new URL('./appender.mjs', import.meta.url))
const ROUNDS = 20

/** Lets the appender run until it has promised `enough` entries, then kills it. */
async function appendAndKill(path: string, first: number, enough: number): Promise<string[]> {
  const child = spawn(process.execPath, [APPENDER, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  let output = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text
    if (output.length > enough * 27) child.kill('SIGKILL')
  })
  await once(child, 'close')
  clearTimeout(timer)
  return output.split('\n').slice(0, -1)
}

it(`I2: every entry promised before a kill -9 is there and the chain holds, ${ROUNDS} times`, async () => {
  const path = freshPath()
  const promised: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const refs = await appendAndKill(path, round * 1_000_000, 5 + round * 17)
    expect(refs.length).toBeGreaterThan(0)
    promised.push(...refs)
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, problem: undefined })
  }
  const reader = openJournalReader(path)
  const written = new Set([...reader.entries()].map(({ entry }) => entry.ref))
  reader.close()
  expect(promised.filter((ref) => !written.has(ref))).toEqual([])
}, 60_000)
