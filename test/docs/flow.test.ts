import { describe, expect, test } from 'vitest'
import type { Reply } from '#aval/domain/reply.js'
import { REPLIES } from '#aval/reply/replies.js'
import * as protocol from '#aval/smtp/dialogue/replies.js'
import { readMail, readRcpt } from '#aval/smtp/dialogue/envelope-commands.js'
import { makeOffer } from '#aval/smtp/dialogue/ehlo.js'
import { firstColumn, page, sources } from './pages.js'

const written = new Set(firstColumn(page('docs/flow.md').text))

/** With the numbers that hold unless told otherwise. */
const withNumbers = [protocol.tooLarge(26_214_400), protocol.lineTooLong(1_048_576)]

function inWords({ code, enhanced, text }: Reply): string {
  return `${code} ${enhanced} ${text}`
}

describe('docs/flow.md', () => {
  test('has every reply of the protocol', () => {
    const replies = Object.values(protocol).filter((value): value is Reply => typeof value === 'object')
    expect(replies.length).toBeGreaterThan(30)
    for (const reply of [...replies, ...withNumbers]) expect(written).toContain(inWords(reply))
  })

  test('has the replies to malformed MAIL and RCPT', () => {
    const upstream = { eightBitMime: true, smtpUtf8: true, dsn: true, requireTls: true, size: undefined }
    const session = { startTls: false, auth: false, secure: false, xclient: false, xforward: false }
    const offer = makeOffer(upstream, 1_000_000, session)
    const refusals = [
      readMail(Buffer.from('MAIL FROM:<a b>'), offer),
      readMail(Buffer.from('MAIL FROM:<é@example.com>'), offer),
      readMail(Buffer.from('MAIL FROM:<a@example.com> X=1'), offer),
      readMail(Buffer.from('MAIL FROM:<a@example.com> SIZE=x'), offer),
      readRcpt(Buffer.from('RCPT TO:<@>'), offer, false),
    ]
    for (const reading of refusals) {
      if (reading.kind !== 'refused') throw new Error('was not refused')
      expect(written).toContain(inWords(reading.reply))
    }
  })

  test('has every reply about the upstream that the program gives', () => {
    const text = sources()
    const used = Object.entries(REPLIES).filter(([name]) => text.includes(`REPLIES.${name}`))
    expect(used.length).toBeGreaterThan(10)
    for (const [, reply] of used) expect(written).toContain(inWords(reply))
  })

  test('no reply there is gone', () => {
    const known = new Set(
      [...Object.values(protocol), ...Object.values(REPLIES)].filter((one) => typeof one === 'object').map(inWords),
    )
    const text = sources()
    for (const reply of written) {
      const [, words = ''] = /^\d{3} \d\.\d+\.\d+ (.*)$/.exec(reply) ?? []
      const isThere = known.has(reply) || text.includes(`'${words}'`) || withNumbers.map(inWords).includes(reply)
      expect(isThere, reply).toBe(true)
    }
  })
})
