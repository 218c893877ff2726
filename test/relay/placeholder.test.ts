import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { editedOctets } from '#aval/relay/outgoing.js'
import { placeholderEdits } from '#aval/relay/placeholder.js'
import { readMessage } from '#aval/message/read-message.js'

const PLACEHOLDER = 'https://aval.invalid/unsubscribe'
const LINK = `https://stop.acme.example/u/${'aZ09-_'.repeat(20)}`

/** The message filled as the relay fills it: bodies as the reader finds them. */
function filled(message: Buffer): Buffer {
  const { textBodies } = readMessage(message, '')
  return editedOctets(message, placeholderEdits(message, textBodies, PLACEHOLDER, LINK))
}

function message(encoding: string, body: string): Buffer {
  const header = `From: a@acme.example\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
  return Buffer.from(header + body, 'utf8')
}

/** As mailing software writes it, here with breaks at any place. */
function quotedPrintable(text: string, width: number): string {
  const octets = [...Buffer.from(text, 'utf8')].map((octet) =>
    octet > 32 && octet < 127 && octet !== 61
      ? String.fromCharCode(octet)
      : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`,
  )
  const lines = ['']
  for (const piece of octets) {
    if (lines.at(-1)!.length + piece.length > width) lines.push('')
    lines[lines.length - 1] += piece
  }
  return lines.join('=\r\n')
}

const texts = fc
  .array(fc.oneof(fc.constant(PLACEHOLDER), fc.string({ unit: 'grapheme', maxLength: 40 })), { maxLength: 12 })
  .map((pieces) => pieces.join('').replace(/[\r\n\0-\x1f]/g, ' '))

const encodings: readonly [string, (text: string, width: number) => string][] = [
  ['8bit', (text) => text],
  ['quoted-printable', quotedPrintable],
  [
    'base64',
    (text, width) =>
      Buffer.from(text)
        .toString('base64')
        .replace(new RegExp(`.{1,${width}}`, 'g'), '$&\r\n'),
  ],
]

test.each(encodings)('%s: decoded, the placeholder is the link and all else as it was', (name, encode) => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 4, max: 75 }), (text, width) => {
      const before = message(name, encode(text, width))
      const after = filled(before)
      const decoded = readMessage(after, '').textBodies.map(({ start, end }) =>
        decode(name, after.subarray(start, end)),
      )
      expect(decoded).toEqual([text.replaceAll(PLACEHOLDER, LINK)])
      if (!text.includes(PLACEHOLDER)) expect(after.equals(before)).toBe(true)
    }),
  )
})

function decode(encoding: string, octets: Buffer): string {
  const text = octets.toString('latin1')
  switch (encoding) {
    case 'base64':
      return Buffer.from(text, 'base64').toString()
    case 'quoted-printable': {
      const plain = text
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      return Buffer.from(plain, 'latin1').toString()
    }
    default:
      return octets.toString()
  }
}

test('quoted-printable lines stay within their 76 characters', () => {
  const after = filled(message('quoted-printable', quotedPrintable(`x`.repeat(60) + PLACEHOLDER + 'y'.repeat(60), 75)))
  for (const line of after.toString('latin1').split('\r\n').slice(4)) expect(line.length).toBeLessThanOrEqual(76)
})

test('header, boundaries, attachments and the other parts are left alone', () => {
  const before = Buffer.from(
    [
      'From: a@acme.example',
      `X-Link: ${PLACEHOLDER}`,
      'Content-Type: multipart/mixed; boundary=b',
      '',
      PLACEHOLDER,
      '--b',
      'Content-Type: text/plain',
      '',
      PLACEHOLDER,
      '--b',
      'Content-Type: text/csv',
      'Content-Disposition: attachment',
      '',
      PLACEHOLDER,
      '--b--',
      '',
    ].join('\r\n'),
  )
  const text = before.toString()
  const third = text.indexOf(PLACEHOLDER, text.indexOf(PLACEHOLDER, text.indexOf(PLACEHOLDER) + 1) + 1)
  expect(filled(before).toString()).toBe(text.slice(0, third) + LINK + text.slice(third + PLACEHOLDER.length))
})
