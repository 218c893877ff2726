/**
 * Messages as programs build them, odd in every way that is still right, each with what a reader must find in it and what it
 * must not show. Words are made of letters and digits no markup uses, so that one found is one that was put there.
 */
import * as fc from 'fast-check'

export interface Expected {
  /** Display name, address and subject as a reader shows them. */
  readonly fromName: string
  readonly fromAddress: string
  readonly subject: string
  readonly unsubscribe: readonly string[]
  /** Each is shown in one of the alternatives at least. */
  readonly shown: readonly string[]
  /** None is shown in any. */
  readonly unshown: readonly string[]
  /** Targets of links, by whether they are seen. */
  readonly links: ReadonlyMap<string, boolean>
}

export interface ArbitraryMessage {
  readonly bytes: Buffer
  readonly expected: Expected
}

interface Found {
  shown: string[]
  unshown: string[]
  links: [string, boolean][]
}

/** A piece of a body with what stands in it. */
interface Piece extends Found {
  readonly text: string
}

const piece = (text: string, found: Partial<Found> = {}): Piece => ({
  shown: [],
  unshown: [],
  links: [],
  ...found,
  text,
})

const joined = (pieces: readonly Piece[], wrap: (inner: string) => string = (inner) => inner): Piece => ({
  text: wrap(pieces.map(({ text }) => text).join('')),
  shown: pieces.flatMap(({ shown }) => shown),
  unshown: pieces.flatMap(({ unshown }) => unshown),
  links: pieces.flatMap(({ links }) => links),
})

/** Hides everything within. */
const hidden = ({ text, shown, unshown, links }: Piece, wrap: (inner: string) => string): Piece => ({
  text: wrap(text),
  shown: [],
  unshown: [...shown, ...unshown],
  links: links.map(([href]) => [href, false]),
})

/** Neither small ones more often nor smaller ones in the end: two words of a message are never the same. */
const token = fc
  .noBias(fc.noShrink(fc.integer({ min: 0, max: 36 ** 8 - 1 })))
  .map((n) => `w${n.toString(36).padStart(8, '0')}q`)
/** What ISO 8859-1 can say as well. */
const word = fc.oneof(
  { weight: 4, arbitrary: token },
  { weight: 1, arbitrary: token.map((text) => `é${text}ß`) },
  { weight: 1, arbitrary: token.map((text) => `${text}À`) },
)
const href = token.map((text) => `https://${text}.example/u?a=1`)

const entity = (text: string): string => text.replace(/[À-ÿ]/g, (letter) => `&#${letter.charCodeAt(0)};`)

const { block } = fc.letrec<{ inline: Piece; block: Piece }>((tie) => ({
  inline: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: word.map((text) => piece(` ${text} `, { shown: [text] })) },
    { weight: 1, arbitrary: word.map((text) => piece(` ${entity(text)} `, { shown: [text] })) },
    { weight: 1, arbitrary: word.map((text) => piece(`<!-- ${text} -->`, { unshown: [text] })) },
    { weight: 1, arbitrary: word.map((text) => piece(`<!--[if mso]>${text}<![endif]-->`, { unshown: [text] })) },
    { weight: 1, arbitrary: fc.constant(piece('<br>')) },
    {
      weight: 1,
      arbitrary: word.map((text) => piece(`<img src=x.png width=90 height=40 alt="${text}">`, { shown: [text] })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(href, word, fc.constantFrom('"', "'"))
        .map(([to, text, quote]) =>
          piece(` <a href=${quote}${to}&amp;b=2${quote}>${text}</a> `, { shown: [text], links: [[`${to}&b=2`, true]] }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('inline'), fc.constantFrom('b', 'span', 'i', 'FONT', 'em'))
        .map(([inner, name]) => joined([inner], (text) => `<${name} class=x>${text}</${name.toLowerCase()}>`)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          tie('inline'),
          fc.constantFrom(
            'style="display:none"',
            "STYLE='color:red; DISPLAY : NONE !important'",
            'style="font-size:0"',
            'style="visibility:hidden"',
            'hidden',
            'class=gone',
          ),
        )
        // Letters without a size hide no image: its alternative text would be shown.
        .filter(([inner, how]) => !(/font-size/.test(how) && inner.text.includes('<img')))
        .map(([inner, how]) => hidden(inner, (text) => `<span ${how}>${text}</span>`)),
    },
  ),
  block: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc
      .tuple(fc.array(tie('inline'), { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([inner, closed]) => joined(inner, (text) => `<p>${text}${closed ? '</p>' : ''}`)),
    fc
      .array(tie('block'), { minLength: 1, maxLength: 3 })
      .map((inner) => joined(inner, (text) => `<div align=center>\r\n${text}</div>\r\n`)),
    fc.array(tie('block'), { minLength: 1, maxLength: 3 }).map((cells) =>
      joined(
        cells.map((cell) => joined([cell], (text) => `<td>${text}</td>`)),
        inTable,
      ),
    ),
    tie('block').map((inner) => hidden(inner, (text) => `<div style="display:none">${text}</div>`)),
    word.map((text) => piece(`<script>"${text}"</script>`, { unshown: [text] })),
    word.map((text) => piece(`<style>.${text}{color:red}</style>`, { unshown: [text] })),
  ),
}))

function inTable(cells: string): string {
  return `<table><tbody><tr>${cells}</tr></tbody></table>`
}

const html = fc
  .tuple(fc.array(block, { minLength: 1, maxLength: 5 }), word, fc.boolean())
  .map(([blocks, title, framed]) => {
    const body = joined(blocks)
    const style = '<style>.gone{display:none}</style>'
    const text = framed
      ? `<!DOCTYPE html>\r\n<html><head><title>${title}</title>${style}</head><body>${body.text}</body></html>\r\n`
      : `${style}${body.text}\r\n`
    return { ...body, text, unshown: framed ? [...body.unshown, title] : body.unshown }
  })

const plain = fc.array(fc.oneof(word, href), { minLength: 1, maxLength: 12 }).map((words) =>
  piece(`${words.join(' \r\n')}\r\n`, {
    shown: words.filter((text) => !text.startsWith('https:')),
    links: words.filter((text) => text.startsWith('https:')).map((to) => [to, true]),
  }),
)

const CHARSETS = {
  'utf-8': 'utf8',
  'UTF-8': 'utf8',
  'iso-8859-1': 'latin1',
  'Windows-1252': 'latin1',
  'utf-16le': 'utf16le',
} as const
type Charset = keyof typeof CHARSETS
const charset = fc.constantFrom(...(Object.keys(CHARSETS) as Charset[]))

function base64(octets: Buffer, width = 76): string {
  return `${octets.toString('base64').replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\r\n')}\r\n`
}

/** @param every how many octets are encoded though they need not be */
function quotedPrintable(octets: Buffer, every: number): string {
  const lines: string[] = []
  let line = ''
  for (const [index, octet] of octets.entries()) {
    const plainly = octet >= 0x20 && octet < 0x7f && octet !== 0x3d && octet !== 0x20 && index % every !== 0
    const written = plainly ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
    if (line.length + written.length > 75) {
      lines.push(`${line}=`)
      line = ''
    }
    line += written
  }
  return `${[...lines, line].join('\r\n')}\r\n`
}

/** A part: fields and body, octets as Latin-1. */
interface PartText extends Found {
  readonly fields: readonly string[]
  readonly body: string
}

const leaf = fc
  .tuple(
    fc.oneof(
      html.map((body) => ({ type: 'text/html', body })),
      plain.map((body) => ({ type: 'text/plain', body })),
    ),
    charset,
    fc.constantFrom('8bit', 'base64', 'quoted-printable', 'Quoted-Printable', 'BASE64'),
    fc.integer({ min: 2, max: 9 }),
    fc.constantFrom(
      (name: string) => `charset=${name}`,
      (name: string) => `charset="${name}"`,
      (name: string) => `CHARSET = "${name}" (a comment; charset=x)`,
      (name: string) => `x-one=1; charset*=us-ascii'en'${name}`,
      (name: string) => `charset*0="${name.slice(0, 3)}"; charset*1="${name.slice(3)}"`,
    ),
    fc.boolean(),
  )
  .map(([{ type, body }, name, encoding, every, parameter, isInline]): PartText => {
    const octets = Buffer.from(body.text, CHARSETS[name])
    // A body of two octets a letter has no line ends a transport would know.
    const used = name === 'utf-16le' && encoding === '8bit' ? 'base64' : encoding
    const encoded =
      used.toLowerCase() === 'base64'
        ? base64(octets, 4 * every)
        : used === '8bit'
          ? octets.toString('latin1')
          : quotedPrintable(octets, every)
    return {
      ...body,
      fields: [
        `Content-Type: ${type};\r\n\t${parameter(name)}`,
        `Content-Transfer-Encoding: ${used}`,
        ...(isInline ? ['Content-Disposition: inline; filename="a.txt"'] : []),
      ],
      body: encoded,
    }
  })

const attached = fc
  .tuple(word, fc.constantFrom('text/plain', 'text/html', 'application/pdf', 'message/rfc822'))
  .map(([text, type]): PartText => {
    const isMessage = type === 'message/rfc822'
    return {
      fields: [`Content-Type: ${type}; charset=utf-8`, 'Content-Disposition: attachment; filename=x'],
      body: Buffer.from(`${isMessage ? 'From: x@x.example\r\n\r\n' : ''}${text}\r\n`).toString('latin1'),
      shown: [],
      unshown: [text],
      links: [],
    }
  })

/** Each is told from all others of a message by its number; some begin like another. */
const boundaryOf = (style: number, number: number): string =>
  [
    `b${number}`,
    `b${number}b`,
    `=_${number}-'()+_,-./:=?`,
    `--${number}`,
    `x y ${number}`,
    `${'n'.repeat(60)}${number}`,
  ][style]!

const tree = fc.letrec<{ part: (number: number) => PartText }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: leaf.map((part) => () => part) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom('mixed', 'alternative', 'related', 'signed', 'MIXED', 'x-unknown'),
          fc.array(tie('part'), { minLength: 1, maxLength: 3 }),
          fc.nat(5),
          fc.option(attached),
          fc.record({ preamble: fc.boolean(), epilogue: fc.boolean(), padded: fc.boolean() }),
        )
        .map(([kind, children, style, attachment, around]) => (number: number) => {
          const inner = children.map((child, index) => child(number * 4 + index + 1))
          const shown = kind === 'related' ? inner.slice(0, 1) : inner
          const parts = [...inner, ...(attachment === null || kind === 'alternative' ? [] : [attachment])]
          return container(kind, boundaryOf(style, number), parts, shown, attachment, around)
        }),
    },
  ),
})).part

function container(
  kind: string,
  boundary: string,
  parts: readonly PartText[],
  shown: readonly PartText[],
  attachment: PartText | null,
  around: { readonly preamble: boolean; readonly epilogue: boolean; readonly padded: boolean },
): PartText {
  const sections = parts.map(
    ({ fields, body }) => `--${boundary}${around.padded ? ' \t' : ''}\r\n${entityOf(fields, body)}\r\n`,
  )
  const beside = parts.filter((part) => part !== attachment && !shown.includes(part))
  return {
    fields: [`Content-Type: multipart/${kind};\r\n boundary="${boundary}"`],
    body: `${around.preamble ? 'wpreamble0q\r\n' : ''}${sections.join('')}--${boundary}--\r\n${around.epilogue ? 'wepilogue0q\r\n' : ''}`,
    shown: shown.flatMap((part) => part.shown),
    unshown: [
      ...shown.flatMap((part) => part.unshown),
      ...(parts.includes(attachment!) ? attachment!.unshown : []),
      ...beside.flatMap((part) => [...part.shown, ...part.unshown]),
      'wpreamble0q',
      'wepilogue0q',
    ],
    links: shown.flatMap((part) => part.links),
  }
}

function entityOf(fields: readonly string[], body: string): string {
  return `${fields.map((field) => `${field}\r\n`).join('')}\r\n${body}`
}

/** A text as it may stand in a header: plain, or in encoded words of one charset, cut anywhere between letters. */
const headerText = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 5 }), charset, fc.constantFrom('plain', 'b', 'Q', 'raw'), fc.nat(9))
  .map(([words, name, how, cut]) => {
    const text = words.join(' ')
    const isAscii = !/[^\x20-\x7e]/.test(text)
    if (how === 'raw' || (how === 'plain' && isAscii)) return { text, written: Buffer.from(text).toString('latin1') }
    const letters = Array.from(text)
    const pieces: string[] = []
    for (let at = 0; at < letters.length; at += 3 + cut) {
      const octets = Buffer.from(letters.slice(at, at + 3 + cut).join(''), CHARSETS[name])
      const inside =
        how === 'b'
          ? octets.toString('base64')
          : Array.from(octets, (octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('')
      pieces.push(`=?${name}${cut === 1 ? '*fr' : ''}?${how === 'b' ? 'b' : 'Q'}?${inside}?=`)
    }
    return { text, written: pieces.join('\r\n ') }
  })

const from = fc.tuple(headerText, token, fc.constantFrom('plain', 'comment', 'route')).map(([name, local, how]) => {
  const address = `${local}@news.acme.example`
  const written =
    how === 'comment'
      ? `${name.written} (a comment, with <x@y.example>) <${address}>`
      : how === 'route'
        ? `${name.written}\r\n <@relay.example:${address}>`
        : `${name.written} <${address}>`
  return { name: name.text, address, written }
})

const unsubscribe = fc.array(fc.tuple(href, fc.nat(20)), { maxLength: 3 }).map((uris) => ({
  uris: uris.map(([uri]) => uri),
  written: uris
    .map(([uri, fold]) => `<${uri.slice(0, fold)}${fold === 0 ? '' : '\r\n\t'}${uri.slice(fold)}>`)
    .join(',\r\n '),
}))

export const arbitraryMessage: fc.Arbitrary<ArbitraryMessage> = fc
  .record({
    from,
    subject: headerText,
    unsubscribe,
    part: tree,
    names: fc.constantFrom(
      (name: string) => name,
      (name: string) => name.toUpperCase(),
      (name: string) => name.toLowerCase(),
    ),
    more: fc.array(
      fc.constantFrom('X-Odd: \xff\xfe', 'X-__proto__: x', 'constructor: x', 'X-Empty:', 'X-Long: ' + 'x'.repeat(900)),
      {
        maxLength: 3,
      },
    ),
    order: fc.integer(),
  })
  .map((given) => {
    const part = given.part(1)
    const named = (name: string, value: string): string => `${given.names(name)}: ${value}`
    const fields = [
      named('From', given.from.written),
      named('Subject', given.subject.written),
      ...(given.unsubscribe.uris.length === 0 ? [] : [named('List-Unsubscribe', given.unsubscribe.written)]),
      ...given.more,
      ...part.fields,
    ]
    const turned = fields.map((_, index) => fields[(index + Math.abs(given.order)) % fields.length]!)
    return {
      bytes: Buffer.from(entityOf(turned, part.body), 'latin1'),
      expected: {
        fromName: given.from.name,
        fromAddress: given.from.address,
        subject: given.subject.text,
        unsubscribe: given.unsubscribe.uris,
        shown: part.shown,
        unshown: part.unshown,
        links: new Map(part.links),
      },
    }
  })
