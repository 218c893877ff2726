import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataDecoder } from '#aval/smtp/octets/data-decoder.js'
import { LineEndNormaliser } from '#aval/smtp/octets/line-end-normaliser.js'
import { DotStuffer } from '#aval/upstream/dot-stuffing.js'

function normalised(...pieces: readonly string[]): string {
  const out: Buffer[] = []
  const normaliser = new LineEndNormaliser((octets) => out.push(octets))
  for (const piece of pieces) normaliser.push(Buffer.from(piece, 'latin1'))
  return Buffer.concat(out).toString('latin1')
}

/** In one regular expression, for comparison: only right for a whole text. */
function reference(text: string): string {
  return text.replace(/\r\n|\n\.?|\r/g, (end) => (end === '\r\n' ? end : end === '\r' ? ' ' : '\r\n'))
}

describe('line ends', () => {
  test.each([
    ['clean', 'a\r\nb\r\n', 'a\r\nb\r\n'],
    ['bare LF', 'a\nb\n\nc\r\n', 'a\r\nb\r\n\r\nc\r\n'],
    ['bare CR', 'a\rb\r\r\nc\r\n', 'a b \r\nc\r\n'],
    ['a dot doubled behind a bare LF', 'a\n..b\r\n', 'a\r\n.b\r\n'],
    ['a dot alone behind a bare LF', 'a\n.\nb\r\n', 'a\r\n\r\nb\r\n'],
    ['8-bit and NUL', 'é\0\nß\r\n', 'é\0\r\nß\r\n'],
  ])('%s', (_name, content, expected) => {
    expect(normalised(content)).toBe(expected)
    expect(normalised(...Array.from(content))).toBe(expected)
  })

  const nasty = fc
    .array(fc.constantFrom('\r', '\n', '\r\n', '.', 'a'), { maxLength: 40 })
    .map((parts) => parts.join(''))

  test('whatever the pieces, the result is the same, and has no CR or LF that stands alone', () => {
    fc.assert(
      fc.property(nasty, fc.array(fc.nat({ max: 5 }), { maxLength: 40 }), (text, cuts) => {
        const content = `${text}\r\n`
        const pieces: string[] = []
        let at = 0
        for (const length of cuts) pieces.push(content.slice(at, (at += length)))
        const result = normalised(...pieces, content.slice(at))
        expect(result).toBe(reference(content))
        expect(result.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      }),
      { numRuns: 2_000 },
    )
  })

  test('what was read as one message is sent as one, to every reader of line ends there is', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const wire = Buffer.from(`${text}\r\n.\r\n`, 'latin1')
        const out: Buffer[] = []
        const normaliser = new LineEndNormaliser((octets) => out.push(octets))
        const decoder = new DataDecoder((content) => normaliser.push(content))
        const end = decoder.decode(wire, 0)
        // What stands behind the first genuine end is not content of this message.
        expect(end).toBeGreaterThan(0)
        const stuffer = new DotStuffer()
        const sent = Buffer.concat([...out.map((piece) => stuffer.stuff(piece)), stuffer.end()]).toString('latin1')
        const dot = /(?:^|\r\n|\r|\n)\.(?:\r\n|\r|\n)/g
        expect(sent.match(dot)).toHaveLength(1)
        expect(sent.endsWith('.\r\n')).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
