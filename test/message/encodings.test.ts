import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText } from '#aval/message/mime/charset.js'
import { parseParameterized } from '#aval/message/mime/content-type.js'
import { decodeWords } from '#aval/message/mime/encoded-word.js'
import { decodeForeign } from '#aval/message/second-reader.js'
import { decodeBase64, decodeBody, decodeQuotedPrintable } from '#aval/message/mime/transfer-encoding.js'

/** RFC 2045 6.7, with lines of at most `width` characters. */
function quotedPrintable(octets: Uint8Array, width: number): string {
  let text = ''
  let line = 0
  for (const octet of octets) {
    const written = octet > 32 && octet < 127 && octet !== 61 ? String.fromCharCode(octet) : hex(octet, '=')
    if (line + written.length > width) {
      text += '=\r\n'
      line = 0
    }
    text += written
    line += written.length
  }
  return text
}

function hex(octet: number, mark: string): string {
  return mark + octet.toString(16).toUpperCase().padStart(2, '0')
}

/** Lone surrogates have no octets. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

describe('transfer encodings', () => {
  it('quoted-printable: what is encoded is decoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 4, max: 76 }), (octets, width) => {
        expect([...decodeQuotedPrintable(Buffer.from(quotedPrintable(octets, width)))]).toEqual([...octets])
      }),
    )
  })

  it('base64: what is encoded is decoded, whatever white space is between', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 1, max: 76 }), (octets, width) => {
        const text =
          Buffer.from(octets)
            .toString('base64')
            .match(new RegExp(`.{1,${width}}`, 'g'))
            ?.join('\r\n') ?? ''
        expect([...decodeBase64(Buffer.from(text))]).toEqual([...octets])
      }),
    )
  })

  it.each([
    ['=3D=3d', '=='],
    ['a=\r\nb', 'ab'],
    ['a= \t\r\nb', 'ab'],
    ['a=\nb', 'ab'],
    ['100 %=ZZ =', '100 %=ZZ '],
    ['=4', '=4'],
    ['=', ''],
  ])('quoted-printable %j is read as %j', (written, read) => {
    expect(decodeQuotedPrintable(Buffer.from(written)).toString()).toBe(read)
  })

  it('base64 in pieces that were padded one by one is read to the end', () => {
    expect(decodeBase64(Buffer.from('YQ==\r\nYg==\r\nY2Q=')).toString()).toBe('abcd')
  })

  it('knows no other encodings', () => {
    const body = Buffer.from('x')
    expect(decodeBody(body, '8BIT')).toBe(body)
    expect(decodeBody(body, 'x-uuencode')).toBeUndefined()
  })
})

describe('charsets', () => {
  it.each([
    ['utf-8', [0xef, 0xbb, 0xbf, 0xc3, 0xa9], 'é'],
    ['utf-8', [0x64, 0xe9, 0x73], 'd\ufffds'],
    ['iso-8859-1', [0x80, 0xe9], '€é'],
    ['us-ascii', [0xe9], 'é'],
    ['us-ascii', [0xc3, 0xa9], 'é'],
    ['', [0xc3, 0xa9], 'é'],
    ['windows-1252', [0x6c, 0x92, 0xe9], 'l’é'],
    ['"ISO-8859-15"', [0xa4], '€'],
    ['shift_jis', [0x93, 0xfa], '日'],
    ['cp932', [0x93, 0xfa], '日'],
    ['gb2312', [0xc8, 0xd5], '日'],
    ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42], '日'],
    ['koi8-r', [0xc1], 'а'],
  ])('%s %j', (charset, octets, text) => {
    expect(decodeText(Buffer.from(octets), charset)).toBe(text)
  })

  it('does not guess', () => {
    expect(decodeText(Buffer.from('x'), 'x-martian')).toBeUndefined()
    expect(decodeText(Buffer.from('x'), '__proto__')).toBeUndefined()
    expect(decodeText(Buffer.from('x'), 'utf-7')).toBeUndefined()
  })

  it('the second reader knows code pages, and does not guess either', async () => {
    expect(await decodeForeign(Buffer.from([0x82]), 'cp850')).toBe('é')
    expect(await decodeForeign(Buffer.from([0x41, 0, 0, 0]), 'utf-32le')).toBe('A')
    expect(await decodeForeign(Buffer.from('x'), 'x-martian')).toBeUndefined()
  })
})

describe('encoded words', () => {
  it('what is encoded is decoded, in both encodings, in as many words as it takes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (text, size, base64) => {
          const octets = Buffer.from(wellFormed(text).replace(/^\ufeff/, ''))
          const words: string[] = []
          for (let at = 0; at < octets.length; at += size) {
            const piece = octets.subarray(at, at + size)
            const word = base64 ? piece.toString('base64') : [...piece].map((octet) => hex(octet, '=')).join('')
            words.push(`=?utf-8?${base64 ? 'b' : 'Q'}?${word}?=`)
          }
          expect(decodeWords(words.join(' '))).toBe(octets.toString())
        },
      ),
    )
  })

  it.each([
    ['=?UTF-8?Q?=C3=80_l=E2=80=99attention_du_responsable?=', 'À l’attention du responsable'],
    ['=?utf-8?q?a?= =?utf-8?q?b?= c', 'ab c'],
    ['=?utf-8?q?a?= =?iso-8859-1?q?=E9?=', 'aé'],
    ['x =?utf-8?q?a?= y', 'x a y'],
    ['=?ISO-2022-JP?B?GyRCJV8bKEI=?= =?ISO-2022-JP?B?GyRCJV8bKEI=?=', 'ミミ'],
    ['=?utf-8*fr?q?a?=', 'a'],
    ['=?x-martian?q?a?=', '=?x-martian?q?a?='],
    ['=?utf-8?x?a?=', '=?utf-8?x?a?='],
    [Buffer.from('été').toString('latin1'), 'été'],
    ['\xe9t\xe9', 'été'],
  ])('%s', (written, read) => {
    expect(decodeWords(written)).toBe(read)
  })

  it('I12: a value of a megabyte is cut, in linear time', () => {
    expect(decodeWords('=?utf-8?q?a?='.repeat(100_000)).length).toBeLessThan(64 * 1024)
    expect(decodeWords('=?'.repeat(500_000)).length).toBeLessThan(100_000)
  })
})

describe('parameters', () => {
  it('what is encoded after RFC 2231 is decoded, cut into any sections', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (text, size) => {
        const octets = Buffer.from(wellFormed(text).replace(/^\ufeff/, ''))
        const sections: string[] = []
        for (let at = 0, number = 0; at < octets.length || number === 0; at += size, number++) {
          const written = [...octets.subarray(at, at + size)].map((octet) => hex(octet, '%')).join('')
          sections.push(`name*${number}*=${number === 0 ? "utf-8''" : ''}${written}`)
        }
        expect(parseParameterized(`a/b; ${sections.join('; ')}`).parameters.get('name')).toBe(octets.toString())
      }),
    )
  })

  it.each([
    ['text/html; charset=utf-8', 'text/html', { charset: 'utf-8' }],
    ['Text/HTML;CHARSET="utf-8" ;x=y', 'text/html', { charset: 'utf-8', x: 'y' }],
    ['multipart/mixed; boundary="a;b=\\"c"', 'multipart/mixed', { boundary: 'a;b="c' }],
    ['text/plain (a comment; x=y); charset (hm) = utf-8', 'text/plain', { charset: 'utf-8' }],
    ["a; filename*=iso-8859-1'fr'%E9; filename=e", 'a', { filename: 'é' }],
    ['a; n*0=x; n*1=y', 'a', { n: 'xy' }],
    ['text/html; charset=', 'text/html', { charset: '' }],
    ['', '', {}],
  ])('%s', (written, value, parameters) => {
    const read = parseParameterized(written)
    expect([read.value, Object.fromEntries(read.parameters)]).toEqual([value, parameters])
  })

  it('tells which are given twice', () => {
    expect(parseParameterized('a/b; boundary=x; BOUNDARY=y').repeated).toEqual(['boundary'])
    expect(parseParameterized('a/b; boundary=x').repeated).toEqual([])
  })
})
