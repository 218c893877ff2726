/**
 * The message reader against messages nobody wrote: right ones it must read as they were meant, and broken ones it must survive.
 * Each goes through a thread of the reader first, so that one that never ends is found and shown rather than waited for. What
 * breaks it becomes a fixture in `test/fixtures/messages/`.
 *
 * AVAL_TEST_FUZZ says how many, AVAL_TEST_SEED from where.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MessageFacts, PARSE_PROBLEMS } from '#aval/domain/message-facts.js'
import { asSent } from '#aval/message/mime/line-ends.js'
import { type MessageReader, createMessageReader } from '#aval/message/reader.js'
import { readReply } from '#aval/message/read-reply.js'
import { readFeedbackReport } from '#aval/message/read-report.js'
import { readMessageFully } from '#aval/message/second-reader.js'
import { judgeContent } from '#aval/relay/content.js'
import { arbitraryMessage } from '../support/arbitrary-message.js'
import { effort } from '../support/effort.js'
import { QUESTION } from '../support/content-question.js'
import { aSite } from '../support/facts.js'
import { spooled } from './fixtures.js'
import { mutated, mutation } from './mutations.js'

const RUNS = effort('AVAL_TEST_FUZZ', 1_000)
const SEED = effort('AVAL_TEST_SEED', (Date.now() % 1_000_000) + 1)
const PARAMETERS = { numRuns: RUNS, seed: SEED, endOnFailure: false }
const TIMEOUT_MS = 60_000 + RUNS * 100
/** For a message of some thousand octets: thousands of times what it takes. */
const DEADLINE_MS = 10_000
const FIXTURES = 'test/fixtures/messages'
const CORPUS = '../shared/corpus'
const SITE = aSite()

let reader: MessageReader
beforeAll(() => {
  process.stderr.write(`fuzz: seed ${SEED}\n`)
  reader = createMessageReader({ threads: 1, deadlineMs: DEADLINE_MS, maxBytes: 10_000_000 })
})
afterAll(() => reader.close())

/** Says about which message `work` failed: a buffer of numbers tells nobody. */
async function about(bytes: Buffer, work: (facts: MessageFacts) => void = () => undefined): Promise<void> {
  try {
    work(await examine(bytes))
  } catch (cause) {
    throw new Error(`${String(cause)}\nabout ${JSON.stringify(bytes.toString('latin1'))}`, { cause })
  }
}

/** @throws when the reader does not come back, or what it says does not hold together */
async function examine(bytes: Buffer): Promise<MessageFacts> {
  const message = spooled(bytes)
  const content = await reader.judge(message, SITE, QUESTION)
  const facts = await readMessageFully(bytes, message.sha256)
  expect(judgeContent(SITE, QUESTION, facts)).toEqual(content)
  readReply(bytes)
  readFeedbackReport(bytes)
  for (const { kind } of facts.problems) expect(PARSE_PROBLEMS).toContain(kind)
  for (const { name, start, end } of facts.headerFields) {
    expect(bytes.toString('latin1', start, end).startsWith(`${name}:`)).toBe(true)
  }
  for (const { start, end } of facts.textBodies) expect(0 <= start && start <= end && end <= bytes.length).toBe(true)
  for (const { visible, hiddenBy } of facts.alternatives.flatMap(({ links }) => links)) {
    expect(visible).toBe(hiddenBy === undefined)
  }
  const unread = content.judgement.findings.some(
    ({ rule, finding }) => rule === 'PARSE-FAILED' && finding.outcome === 'fail',
  )
  expect(unread).toBe(facts.problems.length > 0)
  if (unread) expect(content.judgement.verdict.kind).not.toBe('permit')
  return facts
}

describe('a message as programs build them', () => {
  it(
    'is read as it was meant: who, about what, every word and link that is shown, none that is not',
    async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryMessage, ({ bytes, expected }) =>
          about(bytes, ({ from: [sender], subject, listUnsubscribe, alternatives, problems }) => {
            expect(sender).toMatchObject({ displayName: expected.fromName, address: expected.fromAddress })
            expect(subject).toBe(expected.subject)
            expect(listUnsubscribe.uris).toEqual(expected.unsubscribe)
            const text = alternatives.map(({ visibleText }) => visibleText).join('\n')
            expect(expected.unshown.filter((word) => text.includes(word))).toEqual([])
            if (problems.some(({ kind }) => kind === 'too_many_parts')) return
            expect(expected.shown.filter((word) => !text.includes(word))).toEqual([])
            const seen = new Map(alternatives.flatMap(({ links }) => links.map(({ href, visible }) => [href, visible])))
            for (const [href, visible] of expected.links)
              expect([href, seen.get(href) ?? false]).toEqual([href, visible])
          }),
        ),
        PARAMETERS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'and mutilated, is read to an end, the same each time',
    async () => {
      const broken = fc
        .tuple(arbitraryMessage, fc.array(mutation, { minLength: 1, maxLength: 8 }), arbitraryMessage)
        .map(([{ bytes }, changes, other]) =>
          changes.reduce((now, change) => mutated(now, change, [other.bytes]), bytes),
        )
      await fc.assert(
        fc.asyncProperty(broken, (bytes) => about(bytes)),
        PARAMETERS,
      )
    },
    TIMEOUT_MS,
  )
})

describe('messages that were written', () => {
  const files = [FIXTURES, CORPUS].filter((directory) => existsSync(directory)).flatMap(filesIn)
  const originals = files.map((file) => asSent(readFileSync(file))).filter(({ length }) => length < 200_000)

  it('ours, among them those that broke the reader once, are read to an end', async () => {
    for (const file of filesIn(FIXTURES)) await about(readFileSync(file))
  }, 60_000)

  it(
    'mutilated, are read to an end, the same each time',
    async () => {
      const broken = fc
        .tuple(fc.nat(originals.length - 1), fc.array(mutation, { minLength: 1, maxLength: 8 }))
        .map(([index, changes]) => changes.reduce((now, change) => mutated(now, change, originals), originals[index]!))
      await fc.assert(
        fc.asyncProperty(broken, (bytes) => about(bytes)),
        PARAMETERS,
      )
    },
    TIMEOUT_MS,
  )
})

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.eml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
