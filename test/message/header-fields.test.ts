import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readHeader } from '#aval/message/mime/header-fields.js'
import { asSent } from '#aval/message/mime/line-ends.js'

describe('header fields', () => {
  it('I4: are read from the raw octets, in order, duplicates kept, each with its exact octets', () => {
    const bytes = Buffer.from('A: 1\r\nb : no\r\nSubject: two\r\n lines\r\nA: 2\r\n\r\nA: body\r\n')
    const { fields, bodyStart, problems } = readHeader(bytes)
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['A', '1'],
      ['Subject', 'two lines'],
      ['A', '2'],
    ])
    expect(bytes.toString('latin1', fields[1]!.start, fields[1]!.end)).toBe('Subject: two\r\n lines\r\n')
    expect(bytes.toString('latin1', bodyStart)).toBe('A: body\r\n')
    expect(problems).toEqual([{ kind: 'header_malformed', detail: 'field name with a forbidden character' }])
  })

  it('I4: every field slices back to the octets it was read from', () => {
    const name = fc.stringMatching(/^[!-9;-~]{1,20}$/)
    const word = fc.stringMatching(/^[!-~]{1,30}$/)
    const field = fc.tuple(
      name,
      fc.array(word, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(' ', '\r\n ', '\r\n\t'),
    )
    fc.assert(
      fc.property(fc.array(field, { maxLength: 20 }), fc.string(), (written, body) => {
        const raw = written.map(([name, words, fold]) => `${name}: ${words.join(fold)}\r\n`)
        const bytes = Buffer.from(`${raw.join('')}\r\n${body}`)
        const header = readHeader(bytes)
        expect(header.problems).toEqual([])
        expect(header.fields.map((found) => bytes.toString('latin1', found.start, found.end))).toEqual(raw)
        expect(header.fields.map((found) => found.value)).toEqual(
          written.map(([, words, fold]) => words.join(fold.replace('\r\n', ''))),
        )
        expect(bytes.subarray(header.bodyStart).toString()).toBe(body)
      }),
    )
  })

  it.each([
    ['a line without a colon', 'From: a@b.example\r\nhello\r\n\r\n', 'line without a colon'],
    ['a bare CR, which some readers take for a line end', 'Subject: a\rBcc: b\r\n\r\n', 'bare CR'],
    ['a bare LF, which SMTP never brings', 'Subject: a\n\r\n', 'bare LF'],
    ['a NUL, where some readers stop', 'Subject: a\0b\r\n\r\n', 'NUL'],
    ['a field without a name', ': x\r\n\r\n', 'field name with a forbidden character'],
  ])('tells %s', (_, text, detail) => {
    expect(readHeader(Buffer.from(text)).problems).toContainEqual({ kind: 'header_malformed', detail })
  })

  it('I12: stops at 2,000 fields and at 256 KiB', () => {
    expect(readHeader(Buffer.from('A: 1\r\n'.repeat(2_001) + '\r\n')).problems[0]?.kind).toBe('header_too_large')
    expect(readHeader(Buffer.from('A: 1\r\n'.repeat(2_000) + '\r\n')).problems).toEqual([])
    const wide = readHeader(Buffer.from(`A: ${'x'.repeat(300_000)}\r\n\r\n`))
    expect(wide.problems[0]?.kind).toBe('header_too_large')
  })

  it('reads a header without a body, and nothing', () => {
    expect(readHeader(Buffer.from('A: 1\r\n')).bodyStart).toBe(6)
    expect(readHeader(Buffer.alloc(0))).toEqual({ fields: [], bodyStart: 0, problems: [] })
  })
})

describe('a message from a file', () => {
  it('gets the line ends it would have had on the wire, and loses the mbox separator', () => {
    expect(asSent(Buffer.from('From x Sat\nA: 1\n\nb\rc\r\n')).toString()).toBe('A: 1\r\n\r\nb\r\nc\r\n')
  })

  it('is left alone when it is as sent', () => {
    const bytes = Buffer.from('A: 1\r\n\r\nbody\r\n')
    expect(asSent(bytes)).toBe(bytes)
  })
})
