/**
 * The bytes of a message to what the law asks about it. Pure and total: whatever is wrong with the message is a problem
 * among the facts, because a malformed message is a known fact that a rule refuses. Follows RFC 5322, RFC 2045 to 2047.
 */
import {
  CONTROL_FIELD_NAMES,
  type Alternative,
  type ControlFields,
  type HeaderField,
  type HeaderMailbox,
  type MessageFacts,
  type ParseProblem,
  type TextBody,
} from '../domain/message-facts.js'
import { parseAddressList } from './mime/address-list.js'
import { DEFAULT_BOUNDS, type MessageBounds } from './bounds.js'
import { decodeText } from './mime/charset.js'
import { type Reading, type TextPart, displayOf, kindOfReading } from './displayed-parts.js'
import { readDkimSignatures } from './mime/dkim-signature.js'
import { decodeWords } from './mime/encoded-word.js'
import { fieldNamed, fieldsNamed, readHeader } from './mime/header-fields.js'
import { type View, viewHtml } from './html/html-view.js'
import { readListUnsubscribe } from './list-unsubscribe.js'
import { readParts } from './mime/mime.js'
import { viewText } from './text-view.js'
import { decodeBody, encodingKind } from './mime/transfer-encoding.js'

/** Text of one part; Gmail stops showing a message after 102 KiB of it. */
const MAX_TEXT_OCTETS = 4 * 1024 * 1024
/** Fields that decide, and of which readers take different ones when there are two (RFC 5322 3.6). */
const SINGLE_FIELDS = ['from', 'sender', 'reply-to', 'subject', 'content-type', 'content-transfer-encoding']
/** Threads are long, but the first and last few say all. */
const MAX_MESSAGE_IDS = 100
const INLINE_PGP = /^-----BEGIN PGP MESSAGE-----/m

/** Decodes text in a charset that `charset.ts` does not know; undefined when it cannot either. */
export type ForeignDecoder = (octets: Buffer, charset: string) => string | undefined

export interface ReadOptions {
  readonly bounds?: MessageBounds
  /** Asked for the text of displayed parts in unknown charsets. */
  readonly foreign?: ForeignDecoder
}

/**
 * Reads a message with CRLF line ends.
 *
 * @param sha256 of `bytes`, lower-case hexadecimal; repeated in the facts
 */
export function readMessage(
  bytes: Buffer,
  sha256: string,
  { bounds = DEFAULT_BOUNDS, foreign = () => undefined }: ReadOptions = {},
): MessageFacts {
  const { fields, bodyStart, problems: headerProblems } = readHeader(bytes, bounds)
  const problems: ParseProblem[] = [...headerProblems, ...repeatedFields(fields)]
  const from = parseAddressList(joined(fields, 'from'))
  problems.push(...fromProblems(fields, from.mailboxes, from.wellFormed))
  const tree = readParts(fields, bytes.subarray(bodyStart), bounds)
  const display = displayOf(tree.root)
  problems.push(...tree.problems, ...display.problems)
  const views = new Views(foreign)
  const alternatives = display.readings.map((reading) => views.alternativeOf(reading))
  problems.push(...views.problems)
  if (alternatives.length === 0 && !problems.some((problem) => problem.kind === 'encrypted')) {
    problems.push({ kind: 'no_displayable_text', detail: `nothing to display in ${tree.root.type.slice(0, 100)}` })
  }
  const subject = fieldNamed(fields, 'subject')
  return {
    size: bytes.length,
    sha256,
    headerFields: fields,
    from: from.mailboxes,
    replyTo: mailboxes(fields, 'reply-to'),
    to: mailboxes(fields, 'to'),
    cc: mailboxes(fields, 'cc'),
    alsoTo: ['resent-to', 'resent-cc', 'apparently-to'].flatMap((name) => mailboxes(fields, name)),
    subject: subject && decodeWords(subject.value),
    messageId: fieldNamed(fields, 'message-id')?.value,
    inReplyTo: messageIds(fields, 'in-reply-to'),
    references: messageIds(fields, 'references'),
    listUnsubscribe: readListUnsubscribe(fields, bytes),
    dkimSignatures: readDkimSignatures(fields),
    control: controlFields(fields),
    alternatives,
    textBodies: textBodies(bytes, display.readings),
    problems,
  }
}

/** Facts about a message nothing could be read from. */
export function unreadFacts(size: number, sha256: string, problem: ParseProblem): MessageFacts {
  return {
    size,
    sha256,
    headerFields: [],
    from: [],
    replyTo: [],
    to: [],
    cc: [],
    alsoTo: [],
    subject: undefined,
    messageId: undefined,
    inReplyTo: [],
    references: [],
    listUnsubscribe: { fields: 0, uris: [], problems: [], post: [] },
    dkimSignatures: [],
    control: { advertiser: undefined, messageClass: undefined, campaign: undefined },
    alternatives: [],
    textBodies: [],
    problems: [problem],
  }
}

/**
 * Bodies are views on the octets of the message: where they stand follows from where their memory is. What was signed as one
 * object stands nowhere in it.
 */
function textBodies(bytes: Buffer, readings: readonly Reading[]): TextBody[] {
  const parts = [...new Set(readings.flatMap((reading) => reading.map(({ part }) => part)))]
  return parts.flatMap(({ body, encoding: name }) => {
    const encoding = encodingKind(name)
    const start = body.byteOffset - bytes.byteOffset
    const end = start + body.length
    const isWithin = body.buffer === bytes.buffer && start >= 0 && end <= bytes.length
    return encoding === undefined || !isWithin ? [] : [{ start, end, encoding }]
  })
}

function repeatedFields(fields: readonly HeaderField[]): ParseProblem[] {
  return SINGLE_FIELDS.filter((name) => fieldsNamed(fields, name).length > 1).map((name) => ({
    kind: 'duplicate_field',
    detail: name,
  }))
}

function fromProblems(
  fields: readonly HeaderField[],
  from: readonly HeaderMailbox[],
  wellFormed: boolean,
): readonly ParseProblem[] {
  if (fieldNamed(fields, 'from') === undefined) return [{ kind: 'no_from', detail: 'no From field' }]
  if (from.length === 0) return [{ kind: 'from_malformed', detail: 'no mailbox' }]
  return wellFormed ? [] : [{ kind: 'from_malformed', detail: 'not a list of mailboxes' }]
}

function mailboxes(fields: readonly HeaderField[], name: string): readonly HeaderMailbox[] {
  return parseAddressList(joined(fields, name)).mailboxes
}

function joined(fields: readonly HeaderField[], name: string): string {
  return fieldsNamed(fields, name)
    .map((field) => field.value)
    .join(', ')
}

/** RFC 5322 3.6.4; what stands outside of angle brackets is no identifier. */
function messageIds(fields: readonly HeaderField[], name: string): readonly string[] {
  const found = joined(fields, name).match(/<[^<>]+>/g) ?? []
  return found.slice(0, MAX_MESSAGE_IDS).map((id) => id.slice(1, -1).trim())
}

function controlFields(fields: readonly HeaderField[]): ControlFields {
  // Two that differ name nothing: together they are no id of anything.
  const value = (name: string): string | undefined => {
    const values = fieldsNamed(fields, name).map((field) => decodeWords(field.value))
    return values.length === 0 ? undefined : [...new Set(values)].join(', ')
  }
  return {
    advertiser: value(CONTROL_FIELD_NAMES.advertiser),
    messageClass: value(CONTROL_FIELD_NAMES.messageClass),
    campaign: value(CONTROL_FIELD_NAMES.campaign),
  }
}

/** The views of the displayed parts, each made once: a footer belongs to every alternative above it. */
class Views {
  readonly #views = new Map<TextPart['part'], View>()
  readonly #foreign: ForeignDecoder
  readonly #problems = new Map<string, ParseProblem>()

  constructor(foreign: ForeignDecoder) {
    this.#foreign = foreign
  }

  get problems(): readonly ParseProblem[] {
    return [...this.#problems.values()]
  }

  alternativeOf(reading: Reading): Alternative {
    const views = reading.map((text) => this.#viewOf(text))
    const [only] = views
    const kind = kindOfReading(reading)
    const imageOnly = !views.some(({ hasWords }) => hasWords)
    if (views.length === 1 && only !== undefined) {
      const { visibleText, links, images } = only
      return { kind, visibleText, links, images, imageOnly }
    }
    return {
      kind,
      visibleText: views.map(({ visibleText }) => visibleText).join('\n'),
      links: views.flatMap(({ links }) => links),
      images: views.flatMap(({ images }) => images),
      imageOnly,
    }
  }

  #viewOf(text: TextPart): View {
    const known = this.#views.get(text.part)
    if (known !== undefined) return known
    const view = this.#makeView(text)
    this.#views.set(text.part, view)
    for (const problem of view.problems) this.#note(problem)
    return view
  }

  #makeView({ kind, part }: TextPart): View {
    const octets = decodeBody(part.body, part.encoding)
    if (octets === undefined) this.#note({ kind: 'encoding_unknown', detail: part.encoding.slice(0, 100) })
    if ((octets?.length ?? 0) > MAX_TEXT_OCTETS) {
      this.#note({ kind: 'too_large', detail: `text part of more than ${MAX_TEXT_OCTETS} octets` })
    }
    const text = this.#decode((octets ?? part.body).subarray(0, MAX_TEXT_OCTETS), part.parameters.get('charset') ?? '')
    if (INLINE_PGP.test(text)) this.#note({ kind: 'encrypted', detail: 'PGP message in the text' })
    return kind === 'text/html' ? viewHtml(text) : viewText(text, part.parameters)
  }

  #decode(octets: Buffer, charset: string): string {
    const text = decodeText(octets, charset) ?? this.#foreign(octets, charset)
    if (text !== undefined) return text
    this.#note({ kind: 'charset_unknown', detail: charset.slice(0, 100) })
    return octets.toString('latin1')
  }

  #note(problem: ParseProblem): void {
    this.#problems.set(`${problem.kind} ${problem.detail}`, problem)
  }
}
