/**
 * What a message says, as far as the law asks. Facts are read from the very bytes that are hashed and forwarded (promise
 * I4); nothing here depends on a recipient or on a rule.
 */

/** From `start` up to, not including, `end`. */
export interface OctetRange {
  readonly start: number
  readonly end: number
}

/** The range is that of the whole field in the message, its last CRLF included. */
export interface HeaderField extends OctetRange {
  /** As written. */
  readonly name: string
  /** Unfolded, octets as Latin-1; encoded words are not decoded here. */
  readonly value: string
}

export interface HeaderMailbox {
  /** Decoded display name; empty when there is none. */
  readonly displayName: string
  /** As written, between the angle brackets. */
  readonly address: string
  /** Canonical; empty when the address has no usable domain. */
  readonly domain: string
}

/** List-Unsubscribe and List-Unsubscribe-Post, read from the raw fields (RFC 2369, RFC 8058). */
export interface ListUnsubscribe {
  /** How many List-Unsubscribe fields there are. */
  readonly fields: number
  /** URIs in angle brackets, in order, folding white space removed. */
  readonly uris: readonly string[]
  readonly problems: readonly ListUnsubscribeProblem[]
  /** Values of every List-Unsubscribe-Post field, trimmed. */
  readonly post: readonly string[]
}

export const LIST_UNSUBSCRIBE_PROBLEMS = ['empty', 'encoded', 'no_brackets', 'line_too_long'] as const
export type ListUnsubscribeProblem = (typeof LIST_UNSUBSCRIBE_PROBLEMS)[number]

export const HIDDEN_BY = ['not_displayed', 'too_small', 'no_contrast', 'empty', 'comment'] as const
/**
 * What hides a link: it is taken out of the page (display, visibility, opacity, size 0, mso-hide), its letters or its image
 * are too small, its letters have the colour of their ground, there is nothing to see, it stands in a comment.
 */
export type HiddenBy = (typeof HIDDEN_BY)[number]

export interface Link {
  /** As written, trimmed; may be relative, empty or not a URI at all. */
  readonly href: string
  /** What the reader sees on it: anchor text, alt of images inside; for text/plain the URI itself. */
  readonly label: string
  /** title and aria-label. */
  readonly hints: string
  /** The sentence, cell or paragraph around it, label included. */
  readonly context: string
  /** The whole paragraph, cell or row it stands in, of a very long one what is near. */
  readonly paragraph: string
  /** Whether a reader sees it: not hidden, not the colour of its ground, not below the smallest legible size. */
  readonly visible: boolean
  /** Undefined for a visible link. */
  readonly hiddenBy: HiddenBy | undefined
}

export interface Image {
  /** As written, trimmed: http(s), `cid:`, `data:` (cut), relative or nothing. */
  readonly src: string
  readonly alt: string
  /** CSS pixels as the markup has them; undefined where it has none, or a percentage. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** Whether it is displayed, and large enough for a reader to see it. */
  readonly visible: boolean
}

/**
 * One way the message may be displayed: the text/plain reading or the text/html reading. A requirement on the body must
 * hold in each of them, because the reader's program chooses.
 */
export interface Alternative {
  readonly kind: 'text/plain' | 'text/html'
  /** The words a reader sees, in order; alt texts of visible images included. */
  readonly visibleText: string
  readonly links: readonly Link[]
  readonly images: readonly Image[]
  /** Whether a reader sees nothing but images: no word outside of their alt texts. */
  readonly imageOnly: boolean
}

/** Where the body of a displayed text part stands, and how it is encoded for transfer. */
export interface TextBody extends OctetRange {
  readonly encoding: 'identity' | 'quoted-printable' | 'base64'
}

export interface DkimSignature {
  /** The `d=` tag, canonical. */
  readonly domain: string
  /** Names in the `h=` tag, lower case. */
  readonly signedFields: readonly string[]
}

/** Fields a sender may set to tell Aval what the message is; they do not leave with it. */
export interface ControlFields {
  readonly advertiser: string | undefined
  readonly messageClass: string | undefined
  readonly campaign: string | undefined
}

export const PARSE_PROBLEMS = [
  'header_malformed',
  'header_too_large',
  'duplicate_field',
  'no_from',
  'from_malformed',
  'nesting_too_deep',
  'too_many_parts',
  'mime_malformed',
  'charset_unknown',
  'encoding_unknown',
  'encrypted',
  'no_displayable_text',
  'too_large',
  'unreadable',
] as const
/** Why a message cannot be inspected for certain; any of them makes PARSE-FAILED. */
export type ParseProblem = { readonly kind: (typeof PARSE_PROBLEMS)[number]; readonly detail: string }

export interface MessageFacts {
  readonly size: number
  /** Lower-case hexadecimal, over the message as received. */
  readonly sha256: string
  readonly headerFields: readonly HeaderField[]
  readonly from: readonly HeaderMailbox[]
  readonly replyTo: readonly HeaderMailbox[]
  readonly to: readonly HeaderMailbox[]
  readonly cc: readonly HeaderMailbox[]
  /** In other fields that name recipients: Resent-To, Resent-Cc (RFC 5322 3.6.6), Apparently-To. */
  readonly alsoTo: readonly HeaderMailbox[]
  /** Decoded; undefined when there is no Subject field. */
  readonly subject: string | undefined
  readonly messageId: string | undefined
  /** The messages it says it answers: identifiers in In-Reply-To, then those in References, angle brackets removed. */
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
  readonly listUnsubscribe: ListUnsubscribe
  readonly dkimSignatures: readonly DkimSignature[]
  readonly control: ControlFields
  readonly alternatives: readonly Alternative[]
  /** Of the displayed text parts that stand in the message in a known encoding, each once, in order. */
  readonly textBodies: readonly TextBody[]
  readonly problems: readonly ParseProblem[]
}

/** Control fields, lower case. */
export const CONTROL_FIELD_NAMES = {
  advertiser: 'x-aval-advertiser',
  messageClass: 'x-aval-class',
  campaign: 'x-aval-campaign',
} as const

/**
 * Where the control fields stand that must not leave with the message, in order. One that a DKIM signature covers stays:
 * taking it out would break the signature.
 */
export function controlFieldRanges(facts: Pick<MessageFacts, 'headerFields' | 'dkimSignatures'>): OctetRange[] {
  return controlFieldsIn(facts)
    .filter(({ isSigned }) => !isSigned)
    .map(({ start, end }) => ({ start, end }))
}

/** The names of those that stay, in small letters, each once. */
export function signedControlFields(facts: Pick<MessageFacts, 'headerFields' | 'dkimSignatures'>): string[] {
  const signed = controlFieldsIn(facts).filter(({ isSigned }) => isSigned)
  return [...new Set(signed.map(({ name }) => name))]
}

function controlFieldsIn({ headerFields, dkimSignatures }: Pick<MessageFacts, 'headerFields' | 'dkimSignatures'>) {
  const control: readonly string[] = Object.values(CONTROL_FIELD_NAMES)
  const signed = new Set(dkimSignatures.flatMap(({ signedFields }) => signedFields))
  return headerFields
    .map((field) => ({ ...field, name: field.name.toLowerCase() }))
    .filter(({ name }) => control.includes(name))
    .map((field) => ({ ...field, isSigned: signed.has(field.name) }))
}
