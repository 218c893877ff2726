/**
 * The columns import files may have, and how each is read. A column that is not here is data the registry has no use for
 * (DATA-MINIMISATION); `docs/import-format.md` describes the same list and a test keeps the two the same.
 */
import { readAddress, readWholeDomain } from '../../domain/address.js'
import {
  AGE_BANDS,
  CHANNELS,
  COLLECTION_CONTEXTS,
  COLLECTION_METHODS,
  CONSENT_STATUSES,
  LEGAL_BASES,
  PROOF_TYPES,
  SOURCE_KINDS,
  SUBJECT_KINDS,
} from '../../domain/consent-record.js'
import { CONTACT_EVENT_TYPES } from '../../domain/contact-event.js'
import { OBJECTION_REASONS } from '../../domain/objection.js'
import type { DigestAlgorithm } from '../../domain/subject-key.js'
import { isSiren } from '../../domain/siren.js'
import { bracketedAddress } from './address-column.js'
import { algorithmOf, isDigestText } from './digest-text.js'
import { unnecessaryData, type UnnecessaryData } from '../records/minimisation.js'
import type { Words } from '../records/drafts.js'
import { readMoment, readObjectionMoment } from '../records/moments.js'

export type Value = string | number | boolean | readonly string[]

/** What reading one value gives: the value, nothing (`unknown` was written), or why it cannot be taken. */
export type Reading =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'absent' }
  | { readonly kind: 'bad'; readonly rule: string; readonly reason: Words }

export interface Column {
  /** Member of the draft it becomes; `proof.type` for a nested one. */
  readonly field: string
  readonly required?: boolean
  /** The values there are, where they are few. */
  readonly values?: readonly string[]
  /** In words, for the documentation. */
  readonly form: string
  /** Whether `--strip` may drop a value that cannot be kept. */
  readonly free?: boolean
  read(text: string): Reading
}

export type Columns = Readonly<Record<string, Column>>

const REQUIRED = { required: true } as const

export const CONSENT_COLUMNS: Columns = {
  address: { ...address(), ...REQUIRED },
  advertiser_id: { ...id('advertiserId'), ...REQUIRED },
  id: text('externalId', 64),
  channel: { ...oneOf('channel', CHANNELS), ...REQUIRED },
  purposes: { ...set('purposes'), ...REQUIRED },
  legal_basis: { ...oneOf('legalBasis', LEGAL_BASES), ...REQUIRED },
  status: { ...oneOf('status', CONSENT_STATUSES), ...REQUIRED },
  subject_kind: oneOf('subjectKind', SUBJECT_KINDS),
  collected_at: { ...moment('collectedAt', 'RETENTION-UNKNOWN'), ...REQUIRED },
  given_at: moment('givenAt'),
  method: oneOf('method', COLLECTION_METHODS),
  preticked: flag('preticked'),
  bundled_terms: flag('bundledTerms'),
  conditional: flag('conditional'),
  refusal_equal: flag('refusalEqual'),
  separate_from_partners: flag('separateFromPartners'),
  collection_context: oneOf('collectionContext', COLLECTION_CONTEXTS),
  source_kind: oneOf('sourceKind', SOURCE_KINDS),
  source_party_id: id('sourcePartyId'),
  source_label: text('sourceLabel', 200),
  source_obtained_at: moment('sourceObtainedAt'),
  transfer_chain: list('transferChain'),
  named_recipients: set('namedRecipients'),
  partner_list_version: text('partnerListVersion', 64),
  notice_id: text('noticeId', 64),
  notice_version: text('noticeVersion', 64),
  notice_sha256: sha256('noticeSha256'),
  notice_lang: language('noticeLang'),
  wording: wording('wording'),
  prospecting_announced: flag('prospectingAnnounced'),
  optout_offered_at_collection: flag('optoutOfferedAtCollection'),
  info_given_at: moment('infoGivenAt'),
  proof_type: oneOf('proof.type', PROOF_TYPES),
  proof_ref: text('proof.ref', 200),
  proof_sha256: sha256('proof.sha256'),
  proof_captured_at: moment('proof.capturedAt'),
  proof_form_url: url('proof.formUrl'),
  proof_form_version: text('proof.formVersion', 64),
  proof_verified_at: moment('proofVerifiedAt'),
  proof_verified_by: text('proofVerifiedBy', 64),
  customer_first_purchase_at: moment('customer.firstPurchaseAt'),
  customer_last_purchase_at: moment('customer.lastPurchaseAt'),
  customer_relation_ended_at: moment('customer.relationEndedAt'),
  customer_categories: set('customer.categories'),
  customer_seller_siren: siren('customer.sellerSiren'),
  b2b_function: text('b2b.function', 64),
  b2b_employer_sector: text('b2b.employerSector', 64),
  b2b_relevance_note: text('b2b.relevanceNote', 200),
  b2b_relevance_by: text('b2b.relevanceBy', 64),
  b2b_relevance_at: moment('b2b.relevanceAt'),
  b2b_professional_proof: text('b2b.professionalProof', 200),
  age_band: oneOf('age.band', AGE_BANDS),
  age_parental_proof_ref: text('age.parentalProofRef', 200),
  unnecessary_data: flag('unnecessaryData'),
  restricted: flag('restricted'),
  objection_pending: flag('objectionPending'),
}

export const EVENT_COLUMNS: Columns = {
  address: { ...address(), ...REQUIRED },
  advertiser_id: { ...id('advertiserId'), ...REQUIRED },
  type: { ...oneOf('type', CONTACT_EVENT_TYPES), ...REQUIRED },
  at: { ...moment('at'), ...REQUIRED },
  source: { ...text('source', 64), ...REQUIRED },
  link_kind: id('linkKind'),
  campaign_id: id('campaignId'),
  bot_score: score('botScore'),
  delivered_at: moment('deliveredAt'),
  dedupe_key: text('dedupeKey', 128),
}

export const OBJECTION_COLUMNS: Columns = {
  address: { ...objector(), ...REQUIRED },
  scope: { ...oneOf('scope', ['advertiser', 'router', 'global']), ...REQUIRED },
  advertiser_id: id('advertiserId'),
  router_id: id('routerId'),
  channel: oneOf('channel', CHANNELS),
  reason: { ...oneOf('reason', OBJECTION_REASONS), ...REQUIRED },
  at: { ...moment('at', 'FORMAT', readObjectionMoment), ...REQUIRED },
  source_ref: text('sourceRef', 128),
}

/** Of a list in which people are named by digests of their addresses. */
export function hashedObjectionColumns(algorithm: DigestAlgorithm): Columns {
  return { ...OBJECTION_COLUMNS, address: { ...digest(algorithm), required: true } }
}

/** Which algorithm was meant, by the length. */
function fitting(text: string): Words {
  const other = algorithmOf(text)
  if (other === undefined) return { en: '', fr: '' }
  return {
    en: `, but may be one of ${other}: try --hashed ${other}`,
    fr: `, mais peut en être une de ${other} : essayer --hashed ${other}`,
  }
}

function digest(algorithm: DigestAlgorithm): Column {
  return column('person', `${algorithm} of the address in lower case`, (written) => {
    if (isDigestText(written, algorithm)) return value(`${algorithm}:${written.toLowerCase()}`)
    const { en, fr } = fitting(written)
    return bad(`is no ${algorithm} digest${en}`, `n’est pas une empreinte ${algorithm}${fr}`)
  })
}

function address(): Column {
  return column('person', 'e-mail address', (written) => {
    const canonical = readAddress(written) ?? readAddress(bracketedAddress(written) ?? '')
    return canonical === undefined
      ? bad('is not an e-mail address', 'n’est pas une adresse électronique')
      : value(canonical)
  })
}

function objector(): Column {
  const mailbox = address()
  return column('person', 'e-mail address, or `@example.com` for everybody in a domain', (written) => {
    const domain = readWholeDomain(written)
    if (domain !== undefined) return value(`@${domain}`)
    const algorithm = algorithmOf(written)
    if (algorithm === undefined) return mailbox.read(written)
    const flag = `--hashed ${algorithm}`
    return bad(
      `may be a digest and is no address: say ${flag}`,
      `peut être une empreinte, pas une adresse : ajouter ${flag}`,
    )
  })
}

function oneOf(field: string, words: readonly string[]): Column {
  const known = new Set(words)
  const read = (written: string): Reading =>
    known.has(written)
      ? value(written)
      : bad(`is not one of: ${words.join(', ')}`, `n’est pas l’un de : ${words.join(', ')}`)
  return { ...column(field, words.map((word) => `\`${word}\``).join(', '), read), values: words }
}

function id(field: string): Column {
  return column(field, 'id: letters, digits, `.`, `_`, `-`', (written) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(written)
      ? clean(written)
      : bad('is not an id', 'n’est pas un identifiant'),
  )
}

function text(field: string, maxLength: number): Column {
  const form = `text of at most ${maxLength} characters`
  const read = (written: string): Reading => {
    if (hasControls(written)) return bad(...WITH_CONTROLS)
    if (written.length <= maxLength) return clean(written)
    return bad(`is not a ${form}`, `n’est pas un texte de ${maxLength} caractères au plus`)
  }
  return { ...column(field, form, read), free: true }
}

/** What the form says to everybody, a telephone number of the advertiser included: no data about the person. */
function wording(field: string): Column {
  return column(field, 'text of at most 2000 characters', (written) => {
    const folded = written.replace(/\s+/g, ' ')
    if (hasControls(folded)) return bad(...WITH_CONTROLS)
    return folded.length <= 2000
      ? value(folded)
      : bad('is not a text of at most 2000 characters', 'n’est pas un texte de 2000 caractères au plus')
  })
}

/** Order means nothing: two spellings of a set are one statement. */
function set(field: string): Column {
  const words = list(field)
  return column(field, words.form, (written) => {
    const reading = words.read(written)
    return reading.kind === 'value' ? value([...new Set(reading.value as readonly string[])].sort()) : reading
  })
}

function list(field: string): Column {
  return column(field, 'words separated by `|`', (written) => {
    const words = written.split('|').map((word) => word.trim())
    if (words.length > 64 || !words.every((word) => /^[\p{L}\p{N}][\p{L}\p{N} ._:-]{0,127}$/u.test(word)))
      return bad('is not a list of words separated by "|"', 'n’est pas une liste de mots séparés par « | »')
    const found = words.map(unnecessaryData).find((data) => data !== undefined)
    return found === undefined ? value(words) : unnecessary(found)
  })
}

function flag(field: string): Column {
  return column(field, '`true`, `false` or `unknown`', (written) => {
    const word = written.toLowerCase()
    if (YES.has(word)) return value(true)
    if (NO.has(word)) return value(false)
    return word === 'unknown'
      ? { kind: 'absent' }
      : bad('is not true, false or unknown', 'n’est ni true, ni false, ni unknown')
  })
}

const YES = new Set(['true', 'yes', 'oui', '1'])
const NO = new Set(['false', 'no', 'non', '0'])

const MOMENT = '2026-01-10T09:30:00+01:00'

function moment(field: string, rule = 'FORMAT', readText = readMoment): Column {
  return column(field, 'moment, ISO 8601', (written) => {
    const at = readText(written)
    return at === undefined
      ? bad(`is not a moment such as ${MOMENT}`, `n’est pas un moment tel que ${MOMENT}`, rule)
      : value(at)
  })
}

function sha256(field: string): Column {
  return column(field, 'SHA-256, 64 hexadecimal digits', (written) =>
    /^[0-9a-f]{64}$/i.test(written) ? value(written.toLowerCase()) : bad('is not a SHA-256', 'n’est pas un SHA-256'),
  )
}

function language(field: string): Column {
  return column(field, 'language, e.g. `fr`', (written) =>
    /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(written)
      ? value(written)
      : bad('is not a language tag', 'n’est pas un code de langue'),
  )
}

function url(field: string): Column {
  return column(field, 'https or http URL', (written) =>
    /^https?:\/\/[^\s\p{Cc}]{1,500}$/u.test(written) ? clean(written) : bad('is not a URL', 'n’est pas une URL'),
  )
}

/** A SIREN looks like the numbers minimisation refuses: its check digit tells. */
function siren(field: string): Column {
  return column(field, 'nine digits of the Sirene register', (written) =>
    isSiren(written) ? value(written) : bad('is not a SIREN', 'n’est pas un SIREN'),
  )
}

function score(field: string): Column {
  return column(field, 'integer from 0 (a person) to 100 (a robot)', (written) =>
    /^(?:\d{1,2}|100)$/.test(written)
      ? value(Number(written))
      : bad('is not an integer from 0 to 100', 'n’est pas un entier de 0 à 100'),
  )
}

function column(field: string, form: string, read: (text: string) => Reading): Column {
  return { field, form, read }
}

function hasControls(written: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(written)
}

const WITH_CONTROLS = [
  'has a line end or another control character in it: write it on one line',
  'contient une fin de ligne ou un autre caractère de contrôle : l’écrire sur une ligne',
] as const

function clean(written: string): Reading {
  const found = unnecessaryData(written)
  return found === undefined ? value(written) : unnecessary(found)
}

function unnecessary(found: UnnecessaryData): Reading {
  return bad(
    `contains ${found.startsWith('e') ? 'an' : 'a'} ${found}: the registry has no use for it`,
    `contient ${UNNECESSARY_IN_FRENCH[found]} : le registre n’en a pas besoin`,
    'DATA-MINIMISATION',
  )
}

const UNNECESSARY_IN_FRENCH: Readonly<Record<UnnecessaryData, string>> = {
  'telephone number': 'un numéro de téléphone',
  'bank account number': 'un numéro de compte bancaire',
  'social security number': 'un numéro de sécurité sociale',
  'e-mail address': 'une adresse électronique',
}

function value(read: Value): Reading {
  return { kind: 'value', value: read }
}

function bad(en: string, fr: string, rule = 'FORMAT'): Reading {
  return { kind: 'bad', rule, reason: { en, fr } }
}
