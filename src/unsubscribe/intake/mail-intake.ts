/**
 * Mail that makes an objection: to `unsub@` or `unsub+TOKEN@`, a reply to `reply+ADVERTISER@` that says STOP, an abuse report to
 * `fbl@` (RFC 5965). Whom it is about is told by Aval's own token in it. Without one, a complaint is told by the message it is
 * about, which the journal knows, and a reply without the message it answers by its sender.
 */
import type { CanonicalAddress } from '../../domain/address.js'
import type { ObjectionReason, ObjectionScope } from '../../domain/objection.js'
import type { Site } from '../../domain/party.js'
import type { Reference } from '../../domain/reference.js'
import type { SubjectKeys } from '../../domain/subject-key.js'
import type { TokenContent, TokenKeys } from '../hosted/token.js'
import { type MessageLog, type ReportedMessage, complainantsOf } from './complainant.js'
import { tokensIn } from './tokens-in.js'

export interface MailObjection {
  readonly person: Pick<SubjectKeys, 'keyId' | 'objectionKey'> | CanonicalAddress
  readonly scope: ObjectionScope
  readonly channel: 'email'
  readonly reason: ObjectionReason
  readonly at: number
  readonly sourceRef: string
}

/** What a person wrote, as far as it is needed. */
export interface ReadReply {
  readonly from: CanonicalAddress | undefined
  readonly subject: string
  readonly text: string
  /** Whether a program wrote it: an absence that answers `Re: STOP` asks for nothing. */
  readonly automatic: boolean
}

export interface MailIntakeOptions {
  readonly domain: string
  readonly site: () => Site
  readonly tokens: TokenKeys
  readonly now: () => number
  readonly read: (message: Buffer) => ReadReply
  readonly readReport: (message: Buffer) => ReportedMessage
  readonly sent: MessageLog
  readonly identify: (address: CanonicalAddress) => SubjectKeys
}

export type Mailbox =
  | { readonly kind: 'unsub'; readonly token: string | undefined }
  | { readonly kind: 'reply'; readonly advertiserId: string }
  | { readonly kind: 'fbl' }

export type Taken =
  /** `complaintsAbout`: references of the messages complained about, as far as the report shows their trace. */
  | {
      readonly kind: 'objections'
      readonly objections: readonly MailObjection[]
      readonly complaintsAbout?: readonly Reference[]
    }
  /** Nothing to record: an automatic answer, a report that is none of abuse. */
  | { readonly kind: 'nothing' }
  /** It asks for something, and cannot be told for whom. */
  | { readonly kind: 'unknown' }

/** Undefined for a mailbox that is none of the intake. */
export function mailboxOf(
  localPart: string,
  domain: string,
  { domain: own, site }: MailIntakeOptions,
): Mailbox | undefined {
  if (domain.toLowerCase() !== own) return undefined
  const [name = '', ...rest] = localPart.split('+')
  const detail = rest.join('+')
  switch (name.toLowerCase()) {
    case 'unsub':
      return { kind: 'unsub', token: detail === '' ? undefined : detail }
    case 'fbl':
      return { kind: 'fbl' }
    case 'reply':
      return site().advertisers.has(detail) ? { kind: 'reply', advertiserId: detail } : undefined
    default:
      return undefined
  }
}

/** @throws when the journal cannot be asked */
export async function takeMail(mailbox: Mailbox, message: Buffer, options: MailIntakeOptions): Promise<Taken> {
  switch (mailbox.kind) {
    case 'unsub':
      return unsubscribed(mailbox.token, message, options)
    case 'reply':
      return replied(mailbox.advertiserId, message, options)
    case 'fbl':
      return reported(message, options)
  }
}

function unsubscribed(token: string | undefined, message: Buffer, options: MailIntakeOptions): Taken {
  const addressed = token === undefined ? undefined : options.tokens.read(token)
  if (addressed !== undefined) return objections([addressed], 'mailto', options)
  const written = tokensIn(message, options.tokens)
  // Mail programs may encode a subject, in pieces (RFC 2047).
  const contents = written.length > 0 ? written : tokensIn(Buffer.from(options.read(message).subject), options.tokens)
  return objections(contents, 'mailto', options)
}

function replied(advertiserId: string, message: Buffer, options: MailIntakeOptions): Taken {
  const { from, subject, text, automatic } = options.read(message)
  if (automatic) return { kind: 'nothing' }
  if (!saysStop(subject) && !saysStop(firstLine(text))) return { kind: 'nothing' }
  const own = tokensIn(message, options.tokens).filter((content) => content.advertiserId === advertiserId)
  if (own.length > 0) return objections(own, 'reply_stop', options)
  if (from === undefined) return { kind: 'unknown' }
  const scope = { kind: 'advertiser', advertiserId } as const
  return { kind: 'objections', objections: [objection(from, scope, 'reply_stop', options)] }
}

/** Types of report that ask for nothing (RFC 5965 7.3, RFC 6430, RFC 6591). Those that are not known count as `other`. */
const NO_COMPLAINTS: ReadonlySet<string> = new Set(['not-spam', 'auth-failure', 'virus'])

async function reported(message: Buffer, options: MailIntakeOptions): Promise<Taken> {
  const text = message.toString('latin1')
  const type = /^feedback-type:[ \t]*([\w-]+)/im.exec(text)?.[1]?.toLowerCase()
  const isReport = /report-type="?feedback-report"?/i.test(text) && type !== undefined
  if (!isReport || NO_COMPLAINTS.has(type)) return { kind: 'nothing' }
  const told = tokensIn(message, options.tokens)
  const report = options.readReport(message)
  const by = told.length > 0 ? told : await complainantsOf(report, options.sent, options.identify)
  if (type.startsWith('opt-out')) return objections(by, 'mailto', options)
  const taken = objections(by, 'fbl_complaint', options)
  return taken.kind === 'objections' ? { ...taken, complaintsAbout: report.references } : taken
}

/** Who objects, and to whom. */
interface Objector extends Pick<TokenContent, 'advertiserId' | 'routerId'> {
  readonly person: MailObjection['person']
}

function objections(objectors: readonly Objector[], reason: ObjectionReason, options: MailIntakeOptions): Taken {
  if (objectors.length === 0) return { kind: 'unknown' }
  return {
    kind: 'objections',
    objections: objectors.map((objector) =>
      objection(objector.person, scopeOf(objector, reason, options), reason, options),
    ),
  }
}

/** A complaint holds against the router or the advertiser, as the policy says; a request to stop against the advertiser. */
function scopeOf(
  { advertiserId, routerId }: Objector,
  reason: ObjectionReason,
  { site }: MailIntakeOptions,
): ObjectionScope {
  const wide = reason === 'fbl_complaint' && site().policy.opposition.complaintScope === 'router'
  return wide && routerId !== undefined ? { kind: 'router', routerId } : { kind: 'advertiser', advertiserId }
}

function objection(
  person: MailObjection['person'],
  scope: ObjectionScope,
  reason: ObjectionReason,
  { now }: MailIntakeOptions,
): MailObjection {
  return { person, scope, channel: 'email', reason, at: now(), sourceRef: 'mail' }
}

/** What a person writes alone to make it stop; a sentence with the word in it may mean anything. */
const STOP =
  /^\W*(?:re\s*:\s*|tr\s*:\s*|fwd?\s*:\s*)*\W*(?:stop|arret|fin|desinscri(?:ption|re|vez[ -]moi)|desabonn(?:ement|er|ez[ -]moi)|unsubscribe|remove(?: me)?|abmelden|baja|cancella|afmelden|wypisz)(?:\s+(?:svp|merci|please|sms|mail|pub))?\W*$/

const LONGEST_STOP = 80

function saysStop(line: string): boolean {
  return line.length <= LONGEST_STOP && STOP.test(line.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase())
}

function firstLine(text: string): string {
  return text.split(/\r?\n/).find((line) => line.trim() !== '' && !line.trim().startsWith('>')) ?? ''
}
