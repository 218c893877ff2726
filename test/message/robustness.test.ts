/**
 * Messages as broken as they come: those other mail readers were tested with, where they are at hand, and our own, mutilated.
 * `AVAL_TEST_RUNS` makes the search for a harmful mutation longer.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PARSE_PROBLEMS } from '#aval/domain/message-facts.js'
import { asSent } from '#aval/message/line-ends.js'
import { readMessage } from '#aval/message/read-message.js'
import { type MessageReader, createMessageReader } from '#aval/message/reader.js'
import { type Spooler, createSpooler } from '#aval/message/spool.js'
import { type ContentQuestion, judgeContent } from '#aval/relay/content.js'
import type { SpooledMessage } from '#aval/relay/ports.js'
import { NOW, aSite } from '../support/facts.js'

const CORPUS = join(import.meta.dirname ?? '.', '../../../shared/corpus')
const present = existsSync(CORPUS)
if (!present) console.log('corpus absent: the messages of other test suites were not read')

const FIXTURES = join(import.meta.dirname ?? '.', '../fixtures/messages')
const RUNS = Number(process.env['AVAL_TEST_RUNS'] ?? 400)
const MOST_MS = 2_000
/** Of a search as long as asked for, on a busy machine. */
const SEARCH_MS = 30_000 + 50 * RUNS
const SITE = aSite()
const QUESTION: ContentQuestion = {
  credentialId: 'routix-acme',
  clientAddress: '192.0.2.7',
  transport: 'tls',
  senderDomain: 'bounce.acme.example',
  recipientCount: 1,
  channel: 'email',
  now: NOW,
}

describe.skipIf(!present)('every message of the corpus, from the spool through the threads of the reader', () => {
  let directory: string
  let spool: Spooler
  let reader: MessageReader
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'aval-robust-'))
    // So small that nearly every message needs a file.
    spool = createSpooler({ directory, memoryLimit: 1_000, maxBytesInFlight: 100_000_000 })
    reader = createMessageReader({ threads: 1, deadlineMs: 10 * MOST_MS, maxBytes: 50_000_000 })
  })
  afterAll(async () => {
    await reader.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it('is judged in less than two seconds, ends no thread, and leaves no file', async () => {
    const slow: string[] = []
    let judged = 0
    for (const file of filesIn(CORPUS)) {
      const message = await spooled(spool, asSent(readFileSync(file)))
      const started = performance.now()
      const { judgement } = await reader.judge(message, SITE, QUESTION)
      if (performance.now() - started > MOST_MS) slow.push(file)
      expect(judgement.findings.length).toBeGreaterThan(0)
      await message.dispose()
      judged++
    }
    console.log(`${judged} messages of the corpus judged`)
    expect(slow).toEqual([])
    expect(reader.status()).toMatchObject({ reading: 0, waiting: 0, bytesInFlight: 0, replaced: 0 })
    expect(spool.bytesInFlight).toBe(0)
    expect(readdirSync(directory)).toEqual([])
    expect(openFilesIn(directory)).toEqual([])
  }, 120_000)
})

async function spooled(spool: Spooler, bytes: Buffer): Promise<SpooledMessage> {
  const writer = (await spool.open(bytes.length)) ?? expect.fail('no room')
  expect(await writer.write(bytes)).toBe('taken')
  return writer.finish()
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Files without a name as well, where the system tells. */
function openFilesIn(directory: string): string[] {
  if (!existsSync('/proc/self/fd')) return []
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`)
      return target.startsWith(directory) ? [target] : []
    } catch {
      return []
    }
  })
}

const SCRAPS = [
  ...'\r \n \0 -- = ?= < > <!-- --> " ; : &# &#x'.split(' '),
  '\r\n',
  '=?utf-8?Q?',
  'Content-Type: multipart/mixed; boundary=x\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  '\r\n--x\r\n',
  'List-Unsubscribe: <https://',
  'From: ',
  'charset=utf-7',
  '<a href="',
  '<style>*{',
  'style="font-size:',
  '\u00e9',
]

describe('mutilated messages', () => {
  const originals = filesIn(FIXTURES)
    .filter((file) => file.endsWith('.eml'))
    .map((file) => readFileSync(file))
  const place = fc.double({ min: 0, max: 1, noNaN: true })
  const scrap = fc.oneof(fc.constantFrom(...SCRAPS), fc.string({ unit: 'binary', maxLength: 20 }))
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), at: place, scrap }),
    fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat(400) }),
    fc.record({
      kind: fc.constant('repeat' as const),
      at: place,
      length: fc.nat(400),
      times: fc.integer({ min: 2, max: 30 }),
    }),
    fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
    fc.record({ kind: fc.constant('splice' as const), at: place, from: fc.nat(originals.length - 1), place }),
  )
  type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

  function mutated(bytes: Buffer, change: Mutation): Buffer {
    const at = Math.floor(change.at * bytes.length)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
    switch (change.kind) {
      case 'insert':
        return Buffer.concat([before, Buffer.from(change.scrap, 'latin1'), after])
      case 'cut':
        return Buffer.concat([before, after.subarray(change.length)])
      case 'repeat':
        return Buffer.concat([before, ...Array<Buffer>(change.times).fill(after.subarray(0, change.length)), after])
      case 'flip': {
        const copy = Buffer.from(bytes)
        if (at < copy.length) copy[at] = copy[at]! ^ (1 << change.bit)
        return copy
      }
      case 'splice': {
        const other = originals[change.from]!
        return Buffer.concat([before, other.subarray(Math.floor(change.place * other.length))])
      }
    }
  }

  const message = fc
    .tuple(fc.constantFrom(...originals), fc.array(mutation, { minLength: 1, maxLength: 12 }))
    .map(([original, changes]) => changes.reduce<Buffer>(mutated, original))

  it(
    'are read without a throw, the same each time, and their facts hold together',
    () => {
      fc.assert(
        fc.property(message, (bytes) => {
          const facts = readMessage(bytes, '')
          expect(readMessage(bytes, '')).toEqual(facts)
          for (const { kind } of facts.problems) expect(PARSE_PROBLEMS).toContain(kind)
          for (const { name, start, end } of facts.headerFields) {
            expect(bytes.toString('latin1', start, end).startsWith(`${name}:`)).toBe(true)
          }
          for (const { visible, hiddenBy } of facts.alternatives.flatMap(({ links }) => links)) {
            expect(visible).toBe(hiddenBy === undefined)
          }
        }),
        { numRuns: RUNS },
      )
    },
    SEARCH_MS,
  )

  it(
    'are judged without a throw, and what crosses threads can',
    () => {
      fc.assert(
        fc.property(message, (bytes) => {
          const content = judgeContent(SITE, QUESTION, readMessage(bytes, ''))
          expect(structuredClone(content)).toEqual(content)
          const { verdict, findings } = content.judgement
          const isUnread = findings.some(({ rule, finding }) => rule === 'PARSE-FAILED' && finding.outcome === 'fail')
          if (isUnread) expect(verdict.kind).not.toBe('permit')
          expect(findings.filter(({ finding }) => finding.outcome === 'unknown')).toEqual([])
        }),
        { numRuns: RUNS },
      )
    },
    SEARCH_MS,
  )
})
