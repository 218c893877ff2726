import { flattenReply, type RawReply, ReplyParser } from '#aval/upstream/reply-parser.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

function parse(octets: string | Buffer, chunk = Infinity): { replies: RawReply[]; problem: string | undefined } {
  const parser = new ReplyParser()
  const replies: RawReply[] = []
  const input = Buffer.from(octets)
  for (let at = 0; at < input.length; at += chunk) {
    const problem = parser.push(input.subarray(at, at + chunk), (reply) => replies.push(reply))
    if (problem !== undefined) return { replies, problem }
  }
  return { replies, problem: parser.pending ? 'pending' : undefined }
}

describe('the reply parser', () => {
  it.each([
    ['one line', '250 2.1.0 Ok\r\n', [{ code: 250, lines: ['2.1.0 Ok'] }]],
    ['a code alone (RFC 5321 4.2)', '250\r\n', [{ code: 250, lines: [''] }]],
    ['several lines', '250-a\r\n250-b\r\n250 c\r\n', [{ code: 250, lines: ['a', 'b', 'c'] }]],
    ['a multi-line reply that ends in a bare code', '250-a\r\n250\r\n', [{ code: 250, lines: ['a', ''] }]],
    [
      'two replies',
      '250 a\r\n354 b\r\n',
      [
        { code: 250, lines: ['a'] },
        { code: 354, lines: ['b'] },
      ],
    ],
    ['octets that are no text', Buffer.from('250 \x07caf\xe9\r\n', 'latin1'), [{ code: 250, lines: ['?caf?'] }]],
    ['UTF-8', '550 refus\u00e9\r\n', [{ code: 550, lines: ['refus?'] }]],
  ])('reads %s', (_name, octets, expected) => {
    for (const chunk of [Infinity, 1, 3]) {
      expect(parse(octets, chunk)).toEqual({
        replies: expected.map((reply) => ({ kind: 'reply', ...reply })),
        problem: undefined,
      })
    }
  })

  it.each([
    ['two digits', '25 ok\r\n'],
    ['four digits', '2500 ok\r\n'],
    ['letters', 'ok\r\n'],
    ['a code out of range', '150 ok\r\n'],
    ['a code out of range', '650 ok\r\n'],
    ['an empty line', '\r\n'],
    ['a bare LF', '250 ok\n'],
    ['a bare CR', '250 o\rk\r\n'],
    ['no separator', '250ok\r\n'],
    ['a leading space', ' 250 ok\r\n'],
    ['codes that differ', '250-a\r\n251 b\r\n'],
    ['a line in the middle that is none', '250-a\r\nb\r\n250 c\r\n'],
    ['a line without end', '250 ' + 'x'.repeat(3_000)],
    ['a line too long', '250 ' + 'x'.repeat(3_000) + '\r\n'],
    ['a reply without end', '250-x\r\n'.repeat(200)],
    ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n'],
  ])('I1 takes %s for no reply', (_name, octets) => {
    for (const chunk of [Infinity, 1]) {
      const { replies, problem } = parse(octets, chunk)
      expect(replies).toEqual([])
      expect(problem).toBeDefined()
      expect(problem).not.toBe('pending')
    }
  })

  it('knows of half a reply', () => {
    expect(parse('250 o').problem).toBe('pending')
    expect(parse('250-ok\r\n').problem).toBe('pending')
  })

  it('never throws and never depends on how octets were cut', () => {
    const octets = fc
      .array(fc.constantFrom('250', '-', ' ', '\r\n', '\r', '\n', 'a', '2.0.0', '5', '\0', '\u00e9'), { maxLength: 24 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(octets, fc.integer({ min: 1, max: 5 }), (input, chunk) => {
        expect(parse(input, chunk)).toEqual(parse(input))
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('a reply on one line', () => {
  const flat = (code: number, ...lines: string[]) => flattenReply({ kind: 'reply', code, lines })

  it.each([
    [flat(250, '2.0.0 Ok: queued as 4BxY'), { code: 250, enhanced: '2.0.0', text: 'Ok: queued as 4BxY' }],
    [flat(550, '5.7.1 a', '5.7.1 b', '5.7.1  id=c'), { code: 550, enhanced: '5.7.1', text: 'a b id=c' }],
    [flat(550, 'no code'), { code: 550, enhanced: undefined, text: 'no code' }],
    [flat(550, '2.1.5 of another class'), { code: 550, enhanced: undefined, text: '2.1.5 of another class' }],
    [flat(250, '2.0.0'), { code: 250, enhanced: '2.0.0', text: '' }],
    [flat(250, ''), { code: 250, enhanced: undefined, text: '' }],
    [flat(250, '2.0.0.1 is no enhanced code'), { code: 250, enhanced: undefined, text: '2.0.0.1 is no enhanced code' }],
  ])('%#', (reply, expected) => {
    expect(reply).toEqual(expected)
  })

  it('keeps the beginning and the queue id of a long one', () => {
    const { text } = flat(250, 'begin ' + 'x'.repeat(500), 'y'.repeat(500), 'queued as 4BxY')
    expect(text.length).toBeLessThanOrEqual(400)
    expect(text).toMatch(/^begin x+ \.\.\. queued as 4BxY$/)
    expect(flat(250, 'z'.repeat(2_000)).text.length).toBeLessThanOrEqual(400)
  })
})
