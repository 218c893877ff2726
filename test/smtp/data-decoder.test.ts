import { array, assert, constantFrom, integer, nat, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataDecoder } from '#aval/smtp/octets/data-decoder.js'

interface Decoded {
  readonly content: string
  readonly stray: boolean
  /** Octets of the longest line, its line end left out. */
  readonly longest: number
  /** Octets behind the end, or undefined when there was no end. */
  readonly rest: string | undefined
}

/** RFC 5321 4.1.1.4 and 4.5.2 in the slowest and plainest way: cut into lines at CRLF, look at each. */
function reference(input: string): Decoded {
  let content = ''
  let from = 0
  for (;;) {
    const end = input.indexOf('\r\n', from)
    if (end < 0) {
      const tail = input.slice(from)
      // The decoder cannot know yet what a dot, or a dot and a CR, at the start of a line will be.
      const held = tail === '.' || tail === '.\r' ? '' : tail.replace(/^\./, '')
      return {
        content: content + held,
        stray: hasStray(content + held, true),
        longest: longestLine(content + held),
        rest: undefined,
      }
    }
    const line = input.slice(from, end)
    from = end + 2
    if (line === '.')
      return { content, stray: hasStray(content, false), longest: longestLine(content), rest: input.slice(from) }
    content += `${line.replace(/^\./, '')}\r\n`
  }
}

/** @param open whether a CR at the very end may still become a CRLF */
function hasStray(content: string, open: boolean): boolean {
  const settled = open ? content.replace(/\r$/, '') : content
  return /[\r\n]/.test(settled.replaceAll('\r\n', ''))
}

/** A CR behind which anything may come is not counted yet. */
function longestLine(content: string): number {
  return Math.max(...content.split('\n').map((line) => line.replace(/\r$/, '').length))
}

function decode(pieces: readonly Buffer[]): Decoded {
  const out: Buffer[] = []
  const decoder = new DataDecoder((content) => out.push(Buffer.from(content)))
  for (const [index, piece] of pieces.entries()) {
    const end = decoder.decode(piece, 0)
    if (end < 0) continue
    const rest = Buffer.concat([piece.subarray(end), ...pieces.slice(index + 1)])
    return result(out, decoder, rest.toString('latin1'))
  }
  return result(out, decoder, undefined)
}

function result(out: readonly Buffer[], decoder: DataDecoder, rest: string | undefined): Decoded {
  const content = Buffer.concat(out).toString('latin1')
  expect(decoder.size).toBe(content.length)
  return { content, stray: decoder.strayLineEnd, longest: decoder.longestLine, rest }
}

function cut(input: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < input.length; at += size) pieces.push(input.subarray(at, at + size))
  return pieces
}

function cutAt(input: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [
    0,
    ...[...new Set(places.map((place) => place % (input.length + 1)))].sort((a, b) => a - b),
    input.length,
  ]
  return cuts.slice(1).map((end, index) => input.subarray(cuts[index], end))
}

function stuff(content: string): string {
  return content.replace(/^\./, '..').replaceAll('\r\n.', '\r\n..')
}

describe('DataDecoder', () => {
  it('agrees with the reference on every string of up to 7 octets of CR, LF, dot, a and NUL, however it is cut', () => {
    const alphabet = ['\r', '\n', '.', 'a', '\0']
    let differences = 0
    for (let length = 1; length <= 7; length++) {
      for (let number = 0; number < alphabet.length ** length; number++) {
        let input = ''
        for (let rest = number, i = 0; i < length; i++, rest = Math.floor(rest / 5)) input += alphabet[rest % 5]!
        const octets = Buffer.from(input, 'latin1')
        const wanted = reference(input)
        for (const pieces of [[octets], cut(octets, 1), cut(octets, 2), cut(octets, 3)]) {
          if (!same(decodePlain(pieces), wanted)) differences++
        }
      }
    }
    expect(differences).toBe(0)
  })

  it('agrees with the reference on long random strings, however they are cut', () => {
    const octet = constantFrom('\r', '\n', '.', 'a', '\0', '\r\n', '\r\n.', '\r\n..', '\r\n.\r', 'é')
    assert(
      property(array(octet, { maxLength: 200 }), array(nat(400), { maxLength: 20 }), (parts, places) => {
        const input = parts.join('')
        expect(decode(cutAt(Buffer.from(input, 'latin1'), places))).toEqual(reference(input))
      }),
      { numRuns: 3000 },
    )
  })

  it('gives back what was stuffed, at any size', () => {
    const line = oneof(constantFrom('', '.', '..', '...a', '.a', '\0', '\x80\xff.'), string({ maxLength: 80 }))
    assert(
      property(array(line, { maxLength: 60 }), integer({ min: 1, max: 99 }), (lines, size) => {
        const content = lines.map((text) => `${text.replaceAll(/[\r\n]/g, '')}\r\n`).join('')
        const octets = Buffer.from(`${stuff(content)}.\r\nQUIT\r\n`, 'latin1')
        const wanted = Buffer.from(content, 'latin1').toString('latin1')
        expect(decode(cut(octets, size))).toMatchObject({ content: wanted, stray: false, rest: 'QUIT\r\n' })
      }),
      { numRuns: 1000 },
    )
  })

  it.each([1, 7, 1460, 65_536, 1_000_000])('reads a message of 300 KB in pieces of %i octets', (size) => {
    const content = Array.from({ length: 4000 }, (_, n) => `${n % 3 === 0 ? '.' : ''}${'x'.repeat(n % 150)}\r\n`).join(
      '',
    )
    const decoded = decode(cut(Buffer.from(`${stuff(content)}.\r\n`), size))
    expect(decoded).toEqual({ content, stray: false, longest: 149, rest: '' })
  })

  it('reads a chunk that is nothing but dotted lines without recursion', () => {
    const decoded = decode([Buffer.from(`${'..\r\n'.repeat(200_000)}.\r\n`)])
    expect(decoded.content.length).toBe(3 * 200_000)
  })

  it('passes parts of the chunks on and copies nothing', () => {
    const chunk = Buffer.from('one\r\ntwo\r\n.\r\n')
    const seen: Buffer[] = []
    new DataDecoder((content) => seen.push(content)).decode(chunk, 0)
    expect(seen.every((piece) => piece.buffer === chunk.buffer)).toBe(true)
  })
})

/** As `decode`, without the assertions that would cost most of the time of the enumeration. */
function decodePlain(pieces: readonly Buffer[]): Decoded {
  let content = ''
  const decoder = new DataDecoder((piece) => (content += piece.toString('latin1')))
  for (const [index, piece] of pieces.entries()) {
    const end = decoder.decode(piece, 0)
    if (end < 0) continue
    const rest =
      piece.toString('latin1', end) +
      pieces
        .slice(index + 1)
        .map((later) => later.toString('latin1'))
        .join('')
    return { content, stray: decoder.strayLineEnd, longest: decoder.longestLine, rest }
  }
  return { content, stray: decoder.strayLineEnd, longest: decoder.longestLine, rest: undefined }
}

function same(a: Decoded, b: Decoded): boolean {
  return a.content === b.content && a.stray === b.stray && a.longest === b.longest && a.rest === b.rest
}
