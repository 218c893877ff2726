import { afterEach, describe, expect, it } from 'vitest'
import { readMessage } from '#aval/message/read-message.js'
import { type MessageReader, type MessageReaderOptions, createMessageReader } from '#aval/message/reader.js'
import { fixture, message, spooled } from './fixtures.js'

let reader: MessageReader | undefined

function open(options: Partial<MessageReaderOptions> = {}): MessageReader {
  reader = createMessageReader({ threads: 2, deadlineMs: 10_000, maxBytes: 10_000_000, ...options })
  return reader
}

afterEach(async () => {
  await reader?.close()
})

/** Keeps a thread busy for seconds, within every limit on what may be written. */
const HEAVY = message(`From: a@b.example\nContent-Type: text/html\n\n${'<b>'.repeat(500)}${'<i></i>x'.repeat(400_000)}`)

describe('message reader', () => {
  it('I4: reads in its threads what readMessage reads, and leaves the bytes alone', async () => {
    const all = open()
    const names = ['newsletter-qp.eml', 'list-footer.eml', 'attachment-only.eml', 'two-froms.eml']
    const messages = names.map((name) => spooled(fixture(name)))
    const facts = await Promise.all(messages.map((one) => all.read(one)))
    for (const [index, one] of messages.entries()) {
      expect(facts[index]).toEqual(readMessage(fixture(names[index]!), one.sha256))
      expect((await one.bytes()).equals(fixture(names[index]!))).toBe(true)
    }
  })

  it('answers each of many at once with its own facts', async () => {
    const all = Array.from({ length: 300 }, (_, i) => spooled(message(`From: a@b.example\nSubject: ${i}\n\nbody`)))
    const one = open()
    const subjects = (await Promise.all(all.map((next) => one.read(next)))).map((found) => found.subject)
    expect(subjects).toEqual(all.map((_, i) => String(i)))
    expect(one.status()).toMatchObject({ reading: 0, waiting: 0, bytesInFlight: 0, replaced: 0 })
  })

  it('reads charsets of the second reader', async () => {
    expect((await open().read(spooled(fixture('ibm850.eml')))).alternatives[0]?.visibleText).toBe('désabonner')
  })

  it('I3: a thread that does not answer in time is replaced and the message deferred; the next one is read', async () => {
    const one = open({ threads: 1, deadlineMs: 60 })
    await expect(one.read(spooled(HEAVY))).rejects.toMatchObject({ code: 'deadline', temporary: true })
    expect(one.status()).toMatchObject({ reading: 0, bytesInFlight: 0, replaced: 1 })
  })

  it('a message that stops its thread three times has a problem of its own', async () => {
    const one = open({ threads: 1, deadlineMs: 60 })
    for (let i = 0; i < 3; i++) await expect(one.read(spooled(HEAVY))).rejects.toMatchObject({ code: 'deadline' })
    expect((await one.read(spooled(HEAVY))).problems).toMatchObject([{ kind: 'unreadable' }])
    expect(one.status().replaced).toBe(3)
  })

  it('I12: a message that is too large is not read, and too many at once are refused', async () => {
    const small = open({ maxBytes: 100 })
    expect((await small.read(spooled(Buffer.alloc(101)))).problems).toEqual([
      { kind: 'too_large', detail: 'more than 100 octets' },
    ])
    await small.close()
    const narrow = open({ threads: 1, maxWaiting: 1 })
    const first = narrow.read(spooled(fixture('signed.eml')))
    const second = narrow.read(spooled(fixture('signed.eml')))
    await expect(narrow.read(spooled(fixture('signed.eml')))).rejects.toMatchObject({
      code: 'overload',
      temporary: true,
    })
    await Promise.all([first, second])
  })

  it('I12: octets in flight are bounded, and what waits is read in the end', async () => {
    const one = open({ threads: 2, maxBytesInFlight: 1 })
    const both = [one.read(spooled(fixture('signed.eml'))), one.read(spooled(fixture('amp.eml')))]
    expect(one.status()).toMatchObject({ reading: 1, waiting: 1 })
    expect((await Promise.all(both)).map((facts) => facts.problems)).toEqual([[], []])
  })

  it('closing rejects what is not read yet, and what comes after', async () => {
    const one = open({ threads: 1 })
    const pending = [one.read(spooled(HEAVY)), one.read(spooled(HEAVY))]
    const settled = Promise.allSettled(pending)
    await one.close()
    await one.close()
    expect((await settled).map((result) => result.status)).toEqual(['rejected', 'rejected'])
    await expect(one.read(spooled(fixture('signed.eml')))).rejects.toMatchObject({ code: 'closed' })
  })

  it('I3: bytes that cannot be had are a fault of ours', async () => {
    const broken = { ...spooled(fixture('signed.eml')), bytes: () => Promise.reject(new Error('EIO')) }
    const one = open()
    await expect(one.read(broken)).rejects.toMatchObject({ code: 'fault', temporary: true })
    expect((await one.read(spooled(fixture('signed.eml')))).problems).toEqual([])
  })
})
