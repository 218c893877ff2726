import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_BOUNDS } from '#aval/message/bounds.js'
import { readMessage } from '#aval/message/read-message.js'
import { readMessageFully } from '#aval/message/second-reader.js'
import { fixture, message } from './fixtures.js'

const read = (name: string): ReturnType<typeof readMessage> => readMessage(fixture(name), '00')
const kinds = (name: string): string[] => read(name).problems.map((problem) => problem.kind)
const texts = (name: string): [string, string][] =>
  read(name).alternatives.map((found) => [found.kind, found.visibleText])

describe('facts of a message', () => {
  it('of a usual newsletter', () => {
    const facts = read('newsletter-qp.eml')
    expect(facts).toMatchObject({
      size: fixture('newsletter-qp.eml').length,
      sha256: '00',
      from: [{ displayName: 'Boutique', address: 'news@shop.example', domain: 'shop.example' }],
      to: [{ address: 'jean@example.com' }],
      cc: [],
      replyTo: [],
      subject: 'L’été',
      messageId: '<1@shop.example>',
      listUnsubscribe: {
        fields: 1,
        uris: ['https://shop.example/u?t=abc', 'mailto:stop@shop.example?subject=stop'],
        problems: [],
        post: ['List-Unsubscribe=One-Click'],
      },
      dkimSignatures: [
        {
          domain: 'shop.example',
          signedFields: ['from', 'to', 'subject', 'list-unsubscribe', 'list-unsubscribe-post'],
        },
      ],
      control: { advertiser: undefined, messageClass: 'newsletter', campaign: undefined },
      problems: [],
    })
    expect(facts.alternatives).toEqual([
      {
        kind: 'text/plain',
        visibleText: 'L’été arrive.\n\nPour vous désinscrire : https://shop.example/u?t=abc',
        links: [
          {
            href: 'https://shop.example/u?t=abc',
            label: 'https://shop.example/u?t=abc',
            hints: '',
            context: 'Pour vous désinscrire : https://shop.example/u?t=abc',
            paragraph: 'Pour vous désinscrire : https://shop.example/u?t=abc',
            visible: true,
            hiddenBy: undefined,
          },
        ],
        images: [],
        imageOnly: false,
      },
      {
        kind: 'text/html',
        visibleText: 'L’été arrive chez SARL Boutique.\nPour ne plus recevoir nos messages,\ncliquez ici.',
        links: [
          {
            href: 'https://shop.example/u?t=abc',
            label: 'cliquez ici',
            hints: '',
            context: 'Pour ne plus recevoir nos messages, cliquez ici.',
            paragraph: 'Pour ne plus recevoir nos messages, cliquez ici.',
            visible: true,
            hiddenBy: undefined,
          },
        ],
        images: [],
        imageOnly: false,
      },
    ])
  })

  it('what it answers: identifiers in In-Reply-To and References, folded, commented or none', () => {
    const facts = readMessage(
      message(
        'From: a@acme.example\nIn-Reply-To: <1@acme.example>\nReferences: <0@a.example>\n\t<1@acme.example> (x)\n\nhi\n',
      ),
      '',
    )
    expect(facts).toMatchObject({ inReplyTo: ['1@acme.example'], references: ['0@a.example', '1@acme.example'] })
    const without = readMessage(message('From: a@acme.example\nIn-Reply-To: your message of Monday\n\nhi\n'), '')
    expect(without).toMatchObject({ inReplyTo: [], references: [] })
  })

  it('says nothing in words: images alone, with or without alternative texts', () => {
    const html = (body: string): boolean => {
      const bytes = message(`From: a@acme.example\nContent-Type: text/html; charset=utf-8\n\n${body}\n`)
      return readMessage(bytes, '').alternatives[0]!.imageOnly
    }
    expect(html('<img src=a.png alt="Acme: -20 %"> &nbsp; | <p style="display:none">hidden words</p>')).toBe(true)
    expect(html('<img src=a.png alt="Acme"><p>Acme SAS</p>')).toBe(false)
  })

  it('a footer a mailing list appended belongs to every alternative, an attachment to none', () => {
    const footer = 'To unsubscribe: https://lists.example/leave'
    expect(texts('list-footer.eml')).toEqual([
      ['text/plain', `plain body\n${footer}`],
      ['text/html', `html body\n${footer}`],
    ])
    expect(read('list-footer.eml').problems).toEqual([])
  })

  it('what is signed as one object is wrapped, not encrypted, and is read; what is encrypted is not', () => {
    for (const name of ['signed-opaque.eml', 'signed-opaque-streamed.eml']) {
      const { alternatives, problems, textBodies } = read(name)
      expect([problems, textBodies]).toEqual([[], []])
      expect(alternatives).toMatchObject([
        {
          visibleText: 'Acme SAS vous écrit.\nPour ne plus recevoir nos messages, cliquez ici.',
          links: [{ href: 'https://www.acme.example/u/1' }],
        },
      ])
    }
    expect(read('encrypted-smime-openssl.eml').problems).toMatchObject([{ kind: 'encrypted' }])
  })

  it('an alternative only some programs show counts as well', () => {
    expect(texts('amp.eml').map(([, text]) => text)).toEqual(['plain', 'amp without a way out', 'html'])
  })

  it('what was cut off before the last delimiter is read', () => {
    expect(texts('missing-last-boundary.eml')).toEqual([['text/html', 'first\nsecond']])
    expect(kinds('missing-last-boundary.eml')).toEqual([])
  })

  it('field names that break a map of fields break nothing', () => {
    expect(read('proto-fields.eml').problems).toEqual([])
    expect(read('proto-fields.eml').headerFields.map((field) => field.name)).toContain('__proto__')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('broken UTF-8 is shown with replacement characters', () => {
    expect(texts('invalid-utf8.eml')).toEqual([['text/plain', 'd\ufffdsabonner']])
    expect(kinds('invalid-utf8.eml')).toEqual([])
  })

  it('the second reader is asked for the charsets it knows, and only for those', async () => {
    expect(kinds('ibm850.eml')).toEqual(['charset_unknown'])
    expect((await readMessageFully(fixture('ibm850.eml'), '00')).alternatives[0]?.visibleText).toBe('désabonner')
    expect((await readMessageFully(fixture('ibm850.eml'), '00')).problems).toEqual([])
    expect((await readMessageFully(fixture('unknown-charset.eml'), '00')).problems).toEqual([
      { kind: 'charset_unknown', detail: 'x-martian' },
    ])
  })

  it.each([
    ['two-boundaries.eml', ['mime_malformed']],
    ['two-froms.eml', ['duplicate_field']],
    ['encrypted-smime.eml', ['encrypted']],
    ['encrypted-pgp-inline.eml', ['encrypted']],
    ['signed.eml', []],
    ['attachment-only.eml', ['no_displayable_text']],
    ['nested-30.eml', ['nesting_too_deep', 'no_displayable_text']],
    ['parts-400.eml', ['too_many_parts']],
  ])('%s has the problems %j', (name, expected) => {
    expect(kinds(name)).toEqual(expected)
  })

  it.each([
    ['Subject: x\n\nbody', ['no_from']],
    ['From: Jean\n\nbody', ['from_malformed']],
    ['From: \n\nbody', ['from_malformed']],
    ['From: a@b.example\nContent-Type: multipart/mixed\n\nbody', ['mime_malformed', 'no_displayable_text']],
    ['From: a@b.example\nContent-Transfer-Encoding: x-uuencode\n\nbody', ['encoding_unknown']],
    [
      'From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=x\n\n--x--\n',
      ['mime_malformed', 'no_displayable_text'],
    ],
    ['From: a@b.example\nContent-Type: message/rfc822\n\nFrom: c@d.example\n\nforwarded', ['no_displayable_text']],
    ['From: a@b.example\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\n\n--x--\n', ['encrypted']],
    ['From: a@b.example\nSubject: x\n\nbody', []],
    ['From: a@b.example\n\n', []],
  ])('%#: problems', (text, expected) => {
    expect(readMessage(message(text), '').problems.map((problem) => problem.kind)).toEqual(expected)
  })

  it.each([
    ['header_too_large', { headerOctets: 40 }, 'more than 40 octets'],
    ['header_too_large', { headerFields: 2 }, 'more than 2 fields'],
    ['nesting_too_deep', { mimeDepth: 1 }, 'more than 1 levels'],
    ['too_many_parts', { mimeParts: 3 }, 'more than 3 parts'],
    ['mime_malformed', { headerOctets: 100 }, 'header of a part: more than 100 octets'],
  ])('I12: %s: as much structure is read as it is told, %o', (kind, over, detail) => {
    const text = message(
      `From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=x\n\n--x\nX-Long: ${'x'.repeat(100)}\n\none\n--x\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\ntwo\n--y--\n--x--\n`,
    )
    expect(readMessage(text, '').problems).toEqual([])
    expect(readMessage(text, '', { bounds: { ...DEFAULT_BOUNDS, ...over } }).problems).toContainEqual({ kind, detail })
  })

  it.each([
    ['text/plain', 'no choice'],
    ['text/html', '<p>no choice</p>'],
  ])('a %s part above a pair tells nothing of which of the pair is shown: both are', (type, above) => {
    const facts = readMessage(
      message(
        `From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: ${type}\n\n${above}\n--x\nContent-Type: multipart/alternative; boundary=y\n\n--y\n\nas text\n--y\nContent-Type: text/html\n\n<p>as a page\n--y--\n--x--\n`,
      ),
      '',
    )
    expect(facts.alternatives.map(({ visibleText }) => visibleText)).toEqual([
      'no choice\nas text',
      'no choice\nas a page',
    ])
  })

  it('alternatives side by side are combined by what a program would choose', () => {
    const pair = (boundary: string): string =>
      `Content-Type: multipart/alternative; boundary=${boundary}\n\n--${boundary}\n\nplain ${boundary}\n--${boundary}\nContent-Type: text/html\n\nhtml ${boundary}\n--${boundary}--\n`
    const facts = readMessage(
      message(
        `From: a@b.example\nContent-Type: multipart/mixed; boundary=m\n\n--m\n${pair('x')}\n--m\n${pair('y')}\n--m--\n`,
      ),
      '',
    )
    expect(facts.alternatives.map((found) => found.visibleText)).toEqual(['plain x\nplain y', 'html x\nhtml y'])
  })

  it('is total: no bytes make it throw', () => {
    const piece = fc.constantFrom(
      'From: a@b.example\r\n',
      'Content-Type: multipart/mixed; boundary=x\r\n',
      'Content-Type: text/html\r\n',
      'Content-Transfer-Encoding: base64\r\n',
      'Content-Transfer-Encoding: quoted-printable\r\n',
      '\r\n',
      '--x\r\n',
      '--x--\r\n',
      '=E9',
      '<a href="u">',
      'YQ==',
      'Subject: =?utf-8?q?=',
      '\0',
      '\n',
      ';',
      '"',
      '--x',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        (pieces) => void readMessage(Buffer.from(pieces.join(''), 'latin1'), ''),
      ),
      { numRuns: 500 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (octets) => void readMessage(Buffer.from(octets), '')))
  })

  it('every header field of a read message slices back to its octets', () => {
    const bytes = fixture('newsletter-qp.eml')
    const fields = read('newsletter-qp.eml').headerFields
    const header = fields.map((field) => bytes.toString('latin1', field.start, field.end)).join('')
    expect(bytes.toString('latin1').startsWith(`${header}\r\n`)).toBe(true)
  })
})
