/** What people do with the evidence of a relay that is running: checkpoints, proofs, keys, packs, searches. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openNote, readCheckpoint, readVerifierKey } from '#aval/journal/tree/note.js'
import { isIncluded } from '#aval/journal/tree/merkle.js'
import { entryHash } from '#aval/journal/entry-format.js'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { mailOnce, refOf } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'

// Each command is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const GOOD = 'jean.dupont@client.example'
const STRANGER = 'luc.moreau@client.example'

let home: string
let sink: Sink
let aval: Aval
let relayed: string
let refused: string

const send = async (to: string, text: string) =>
  refOf((await mailOnce(aval.port, { to, raw: plainNewsletter(text) })).reply)

beforeAll(async () => {
  home = makeDirectory()
  consentTo(home, [GOOD])
  sink = await startSink()
  aval = await startAval(`smtp://127.0.0.1:${sink.port}`, { directory: home })
  relayed = await send(GOOD, 'relayed')
  refused = await send(STRANGER, 'refused')
})

afterAll(async () => {
  await aval.stop()
  await sink.close()
  removeDirectory(home)
})

function answer(words: string, ...more: string[]): string {
  const { status, stdout, stderr } = aval.run([words, ...more])
  expect({ words, status, stderr: status === 0 ? '' : stderr }).toEqual({ words, status: 0, stderr: '' })
  return stdout
}

describe('I11: the journal of a running relay', () => {
  test('a checkpoint kept elsewhere holds the journal to what it was', async () => {
    const { note, key } = JSON.parse(answer('journal checkpoint', '--json')) as { note: string; key: string }
    const kept = join(home, 'checkpoint.txt')
    writeFileSync(kept, note)
    await send(GOOD, 'later')
    expect(answer('journal verify', '--against', kept)).toMatch(/^VERIFIED .*\n(?:.*\n)*.*signed checkpoints: \d/)
    writeFileSync(kept, note.replace(/^\d+$/m, '2'))
    expect(aval.run(['journal verify', '--against', kept]).status).toBe(1)
    expect(aval.run(['journal verify', '--against', join(home, 'none')])).toMatchObject({ status: 65 })
    expect(readVerifierKey(key)).toBeDefined()
  })

  test('a decision is proven to whoever has the key, in the notation of transparency logs', () => {
    const { key } = JSON.parse(answer('journal checkpoint', '--json')) as { key: string }
    const { name, publicKey } = readVerifierKey(key)!
    const proofs = answer('journal prove', relayed).trim().split('\n')
    expect(proofs).toHaveLength(2)
    for (const line of proofs) {
      const { seq, body, proof } = JSON.parse(line) as { seq: number; body: string; proof: string }
      const [head = '', ...rest] = proof.split('\n\n')
      const note = rest.join('\n\n')
      const [format, index, ...path] = head.split('\n')
      expect([format, index]).toEqual(['c2sp.org/tlog-proof@v1', `index ${seq - 1}`])
      const { size, root } = readCheckpoint(openNote(note, name, publicKey)!)!
      const hashes = path.map((text) => Buffer.from(text, 'base64'))
      expect(isIncluded(Buffer.from(entryHash(body), 'hex'), seq - 1, size, hashes, root)).toBe(true)
      expect(proof.length).toBeLessThan(4_096)
    }
    expect(aval.run(['journal prove', '01ARZ3NDEKTSV4RRFFQ69G5FAV']).status).toBe(1)
    expect(aval.run(['journal prove', 'X']).status).toBe(2)
  })

  test('the signing key is put out of force, and mail goes on', async () => {
    const key = answer('journal rotate-key').trim()
    const ref = await send(GOOD, 'after the rotation')
    answer('journal prove', ref)
    expect(answer('journal verify')).toContain(`signing key: ${key} (`)
    expect(answer('journal verify')).toContain('handed over by the one before')
  })

  test('export: everything, as it was hashed', () => {
    const [header, ...entries] = answer('journal export').trim().split('\n')
    expect(JSON.parse(header!)).toHaveProperty('header')
    expect(entries.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(entries.map((_, i) => i + 1))
    expect(aval.run(['journal export', '--advertiser', 'ghost']).status).toBe(2)
    expect(aval.run(['journal export', '--from', 'yesterday'])).toMatchObject({ status: 2 })
  })

  test('purge: nothing is old enough', () => {
    expect(JSON.parse(answer('journal purge', '--json'))).toMatchObject({ decisions: 0, dryRun: false })
    expect(answer('journal purge', '--dry-run')).toMatch(/^0 decisions before \d+ \w+ 20\d\d \(Paris time\) would/)
  })
})

describe('I11: an evidence pack', () => {
  test('made while the relay runs, verifies with the checker that is in it', () => {
    const zip = join(home, 'pack.zip')
    const made = JSON.parse(
      answer('evidence pack', '--advertiser', 'acme', '--from', '2020-01-01', '-o', zip, '--json'),
    ) as { key: string; decisions: number }
    expect(made.decisions).toBeGreaterThanOrEqual(4)
    const unpacked = join(home, 'pack')
    expect(spawnSync('python3', ['-m', 'zipfile', '-e', zip, unpacked]).status).toBe(0)
    const check = spawnSync(process.execPath, [join(unpacked, 'verify.mjs'), '--key', made.key], { encoding: 'utf8' })
    expect(check).toMatchObject({ status: 0, stdout: expect.stringMatching(/^VERIFIED {2}acme/) })
    expect(check.stdout).toContain('records          1 of 1')
    const decided = readFileSync(join(unpacked, 'journal/entries.jsonl'), 'utf8')
    expect(decided).toContain(relayed)
    expect(decided).not.toContain(GOOD)
    expect(aval.run(['evidence pack', '--advertiser', 'acme', '--from', '2020-01-01', '-o', zip]).status).toBe(2)
  })

  test('leads from a checkpoint kept elsewhere, and from no other', async () => {
    const { note, key } = JSON.parse(answer('journal checkpoint', '--json')) as { note: string; key: string }
    const [kept, odd, zip, unpacked] = ['kept.txt', 'odd.txt', 'against.zip', 'against'].map((name) => join(home, name))
    writeFileSync(kept!, note)
    for (const text of ['one', 'two']) await send(GOOD, text)
    answer('journal checkpoint')
    const pack = (file: string) =>
      aval.run([
        '--lang fr evidence pack',
        '--advertiser',
        'acme',
        '--from',
        '2020-01-01',
        '-o',
        zip!,
        '--against',
        file,
      ])
    writeFileSync(odd!, note.replace(/^\d+$/m, '2'))
    expect(pack(odd!)).toMatchObject({ status: 1, stderr: expect.stringContaining('n’a jamais signé') })
    writeFileSync(odd!, 'hello')
    expect(pack(odd!)).toMatchObject({ status: 65, stderr: expect.stringContaining('pas un point de contrôle') })
    expect(existsSync(zip!)).toBe(false)
    expect(pack(kept!).status).toBe(0)
    expect(spawnSync('python3', ['-m', 'zipfile', '-e', zip!, unpacked!]).status).toBe(0)
    const checker = [join(unpacked!, 'verify.mjs'), '--key', key, '--checkpoint', kept!]
    expect(spawnSync(process.execPath, checker, { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('is the beginning of this journal'),
    })
  })

  test('of nobody, or of no time, is refused and writes nothing', () => {
    const zip = join(home, 'none.zip')
    const pack = (...more: string[]) => aval.run(['evidence pack', '-o', zip, ...more])
    expect(pack('--advertiser', 'ghost', '--from', '2020-01-01').status).toBe(2)
    expect(pack('--advertiser', 'acme', '--from', '2020-01-02', '--to', '2020-01-01')).toMatchObject({ status: 2 })
    expect(pack('--advertiser', 'acme', '--from', '2020-13-01').status).toBe(2)
    expect(existsSync(zip)).toBe(false)
  })
})

describe('log search', () => {
  const search = (...more: string[]) => aval.run(['log search', ...more])

  test('by reference, rule, person and time', () => {
    expect(search('--ref', refused).stdout).toMatch(
      new RegExp(
        `^\\d{1,2} \\w+ 20\\d\\d at [\\d:]{8}, ${refused}: refused when the recipient was announced \\(RCPT\\) by CONSENT-MISSING \\(.+\\); .*by .*routix.*; recipient 1; person [0-9a-f]{12}\n$`,
      ),
    )
    expect(search('--rule', 'CONSENT-MISSING', '--since', '1h').stdout.trim().split('\n')).toHaveLength(1)
    const about = search('--to', GOOD, '--verdict', 'permit', '--advertiser', 'acme', '--router', 'routix').stdout
    expect(about).toContain(`${relayed}: `)
    expect(about).toMatch(/: permitted at the end of the message \(DATA\); .*; sent$/m)
    expect(about.replaceAll(/\b[0-9A-Z]{26}\b/g, 'REF')).not.toMatch(/\w=|_|\dZ/)
    expect(about).not.toContain(refused)
    expect(JSON.parse(search('--ref', refused, '--json').stdout)).toMatchObject({ entry: { ref: refused } })
  })

  test('that finds nothing ends with 1; what makes no sense with 2', () => {
    expect(search('--to', 'nobody@client.example')).toMatchObject({ status: 1, stdout: '' })
    expect(search('--ref', relayed, '--rule', 'CONSENT-MISSING').status).toBe(1)
    for (const wrong of [
      ['--to', 'x'],
      ['--ref', 'x'],
      ['--since', 'x'],
      ['--verdict', 'x'],
    ])
      expect(search(...wrong).status).toBe(2)
    expect(search('--since', 'x').stderr).toContain('7d')
  })
})
