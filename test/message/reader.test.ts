import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_BOUNDS } from '#aval/message/bounds.js'
import { readMessage } from '#aval/message/read-message.js'
import { type MessageReader, type MessageReaderOptions, createMessageReader } from '#aval/message/reader.js'
import { type ContentAnswer, judgeContent } from '#aval/relay/content.js'
import type { SpooledMessage } from '#aval/relay/ports.js'
import { QUESTION } from '../support/content-question.js'
import { aSite, anAdvertiser } from '../support/facts.js'
import { fixture, message, spooled } from './fixtures.js'

let reader: MessageReader | undefined

function open(options: Partial<MessageReaderOptions> = {}): MessageReader {
  reader = createMessageReader({ threads: 2, deadlineMs: 60_000, maxBytes: 10_000_000, ...options })
  return reader
}

afterEach(async () => {
  await reader?.close()
})

const SITE = aSite()

function ask(reader: MessageReader, one: SpooledMessage, site = SITE): Promise<ContentAnswer> {
  return reader.judge(one, site, QUESTION)
}

/** Why the message could not be inspected, as PARSE-FAILED says it. */
function problemsOf({ judgement }: ContentAnswer): string[] {
  return judgement.findings.flatMap(({ rule, finding }) =>
    rule === 'PARSE-FAILED' && finding.outcome === 'fail' ? [finding.detail] : [],
  )
}

/** Keeps a thread busy for seconds, within every limit on what may be written. */
const HEAVY = message(`From: a@b.example\nContent-Type: text/html\n\n${'<b>'.repeat(500)}${'<i></i>x'.repeat(400_000)}`)

/** Keeps a thread busy several times as long as {@link ENDLESS_DEADLINE_MS}, which is plenty for any other. */
const ENDLESS = message(
  `From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n${`--x\nContent-Type: text/html\n\n${HEAVY.toString('latin1')}\n`.repeat(10)}--x--\n`,
)
const ENDLESS_DEADLINE_MS = 1_000

describe('message reader', () => {
  it('I4: judges in its threads what readMessage reads, and leaves the bytes alone', async () => {
    const all = open()
    const names = ['newsletter-qp.eml', 'list-footer.eml', 'attachment-only.eml', 'two-froms.eml']
    const messages = names.map((name) => spooled(fixture(name)))
    const answers = await Promise.all(messages.map((one) => ask(all, one)))
    for (const [index, one] of messages.entries()) {
      expect(answers[index]).toEqual(judgeContent(SITE, QUESTION, readMessage(fixture(names[index]!), one.sha256)))
      expect((await one.bytes()).equals(fixture(names[index]!))).toBe(true)
    }
  })

  it('answers each of many at once with its own', async () => {
    const all = Array.from({ length: 300 }, (_, i) =>
      spooled(message(`From: a@b.example\nMessage-ID: <${i}@b.example>\n\nbody`)),
    )
    const one = open()
    const ids = (await Promise.all(all.map((next) => ask(one, next)))).map(({ messageId }) => messageId)
    expect(ids).toEqual(all.map((_, i) => `<${i}@b.example>`))
    expect(one.status()).toMatchObject({ reading: 0, waiting: 0, bytesInFlight: 0, replaced: 0 })
  })

  it('judges by the site it is asked about, whichever its threads saw last', async () => {
    const other = aSite({ advertisers: [anAdvertiser({ legalName: 'Other SA', brands: ['Other'] })] })
    const one = open({ threads: 1 })
    const newsletter = spooled(fixture('newsletter-qp.eml'))
    for (const site of [SITE, other, SITE]) {
      const expected = judgeContent(site, QUESTION, readMessage(fixture('newsletter-qp.eml'), newsletter.sha256))
      expect(await ask(one, newsletter, site)).toEqual(expected)
    }
  })

  it('reads charsets of the second reader', async () => {
    expect(problemsOf(await ask(open(), spooled(fixture('ibm850.eml'))))).toEqual([])
  })

  it('I3: a thread that does not answer in time is replaced and the message deferred; the next one is read', async () => {
    const one = open({ threads: 1, deadlineMs: ENDLESS_DEADLINE_MS, maxBytes: 2 * ENDLESS.length })
    await expect(ask(one, spooled(ENDLESS))).rejects.toMatchObject({ code: 'deadline', temporary: true })
    expect(problemsOf(await ask(one, spooled(fixture('signed.eml'))))).toEqual([])
    expect(one.status()).toMatchObject({ reading: 0, bytesInFlight: 0, replaced: 1 })
  })

  it('I3: a message that cannot be judged does not take down those that were given to a thread with it', async () => {
    const one = open({ threads: 1 })
    const small = (i: number) => spooled(message(`From: a@b.example\nMessage-ID: <${i}@b.example>\n\nbody`))
    const good = Array.from({ length: 6 }, (_, i) => small(i))
    const broken = { ...small(7), bytes: () => Promise.reject(new Error('EIO')) }
    const first = ask(one, spooled(HEAVY))
    const answers = Promise.all(good.map((next) => ask(one, next)))
    const failure = expect(ask(one, broken)).rejects.toMatchObject({ code: 'fault', temporary: true })
    await Promise.all([first, failure])
    expect((await answers).map(({ messageId }) => messageId)).toEqual(good.map((_, i) => `<${i}@b.example>`))
  }, 60_000)

  it('a message that stops its thread three times, while others are read, has a problem of its own', async () => {
    const one = open({ threads: 1, deadlineMs: ENDLESS_DEADLINE_MS, maxBytes: 2 * ENDLESS.length })
    for (let i = 0; i < 3; i++) {
      await expect(ask(one, spooled(ENDLESS))).rejects.toMatchObject({ code: 'deadline' })
      expect(problemsOf(await ask(one, spooled(fixture('signed.eml'))))).toEqual([])
    }
    expect(problemsOf(await ask(one, spooled(ENDLESS)))).toContain('unreadable')
    expect(one.status().replaced).toBe(3)
  }, 60_000)

  it('I3: is not held to be the cause while no other is read, or others stop their thread too', async () => {
    const one = open({ threads: 1, deadlineMs: ENDLESS_DEADLINE_MS, maxBytes: 2 * ENDLESS.length })
    const other = Buffer.concat([ENDLESS, Buffer.from('.')])
    for (let i = 0; i < 4; i++) await expect(ask(one, spooled(ENDLESS))).rejects.toMatchObject({ code: 'deadline' })
    for (let i = 0; i < 3; i++) {
      for (const each of [ENDLESS, other])
        await expect(ask(one, spooled(each))).rejects.toMatchObject({ temporary: true })
      expect(problemsOf(await ask(one, spooled(fixture('signed.eml'))))).toEqual([])
    }
    await expect(ask(one, spooled(ENDLESS))).rejects.toMatchObject({ code: 'deadline' })
  }, 60_000)

  it('I12: a message that is too large is not read, and too many at once are refused', async () => {
    const small = open({ maxBytes: 100 })
    expect(problemsOf(await ask(small, spooled(Buffer.alloc(101))))).toEqual(['too_large'])
    await small.close()
    const narrow = open({ threads: 1, maxWaiting: 1 })
    const first = ask(narrow, spooled(fixture('signed.eml')))
    const second = ask(narrow, spooled(fixture('signed.eml')))
    await expect(ask(narrow, spooled(fixture('signed.eml')))).rejects.toMatchObject({
      code: 'overload',
      temporary: true,
    })
    await Promise.all([first, second])
  })

  it('I12: its threads read as much structure as they are told', async () => {
    const one = open({ threads: 1, bounds: { ...DEFAULT_BOUNDS, headerFields: 1 } })
    expect(problemsOf(await ask(one, spooled(fixture('signed.eml'))))).toContain('header_too_large')
  })

  it('I12: octets in flight are bounded, and what waits is read in the end', async () => {
    const one = open({ threads: 2, maxBytesInFlight: 1 })
    const both = [ask(one, spooled(fixture('signed.eml'))), ask(one, spooled(fixture('amp.eml')))]
    expect(one.status()).toMatchObject({ reading: 1, waiting: 1 })
    expect((await Promise.all(both)).map(problemsOf)).toEqual([[], []])
  })

  it('closing rejects what is not read yet, and what comes after', async () => {
    const one = open({ threads: 1 })
    const pending = [ask(one, spooled(HEAVY)), ask(one, spooled(HEAVY))]
    const settled = Promise.allSettled(pending)
    await one.close()
    await one.close()
    expect((await settled).map((result) => result.status)).toEqual(['rejected', 'rejected'])
    await expect(ask(one, spooled(fixture('signed.eml')))).rejects.toMatchObject({ code: 'closed' })
  })

  it('I3: bytes that cannot be had are a fault of ours', async () => {
    const broken = { ...spooled(fixture('signed.eml')), bytes: () => Promise.reject(new Error('EIO')) }
    const one = open()
    await expect(ask(one, broken)).rejects.toMatchObject({ code: 'fault', temporary: true })
    expect(problemsOf(await ask(one, spooled(fixture('signed.eml'))))).toEqual([])
  })
})
