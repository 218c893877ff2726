/** Rows of the registry as SQLite hands them over, read into the vocabulary of the domain. */
import type { ConsentRecord } from '../../domain/consent-record.js'
import type { ContactEventType, LastContact } from '../../domain/contact-event.js'
import type { Objection, ObjectionReason, ObjectionScope } from '../../domain/objection.js'
import type { RecordOnFile } from '../../domain/registry.js'
import { everyKey, type OtherName, type SubjectKey, type SubjectKeys } from '../../domain/subject-key.js'
import type { Database } from '../../storage/sqlite.js'
import type { IntegrityCodes } from '../ledger/integrity.js'
import { type DecodedForm, decodeForm, decodeRecord, formDigest, recordDigest } from './record-codec.js'
import { formatId } from './record-id.js'

/** `seq, advertiser_id, record_id, version, key_id, form, body, batch, created_by, created_at, code` */
export type VersionRow = [number, string, Buffer, number, string, number, string, number | null, string, number, Buffer]
export const VERSION_COLUMNS =
  'seq, advertiser_id, record_id, version, key_id, form, body, batch, created_by, created_at, code'
/** The index holds the first octets of the key; takes the key twice. */
export const VERSIONS_OF_SUBJECT = 'substr(subject_key, 1, 8) = substr(?, 1, 8) AND subject_key = ?'

/** `id, key_id, type, link_kind, at, source, campaign_id, number, code` */
export type EventRow = [Buffer, string, ContactEventType, string | null, number, string, string | null, number, Buffer]

/**
 * The newest contact of each kind, and apart from it the newest of those to come: of clocks that go ahead, none hides what
 * was there before. Takes key, advertiser and moment.
 */
export const LAST_CONTACTS = `SELECT id, key_id, type, link_kind, max(at), source, campaign_id, number, code
  FROM contact_event WHERE subject_key = ? AND advertiser_id = ? AND bot_suspected = 0
  GROUP BY type, link_kind, at > ?`

/** `id, key_id, scope, channel, reason, at, source_ref, number, code` */
export type ObjectionRow = [Buffer, string, string, string, ObjectionReason, number, string | null, number, Buffer]
export const OBJECTION_COLUMNS = 'id, key_id, scope, channel, reason, at, source_ref, number, code'

interface KnownForm {
  readonly sha256: string
  readonly fields: DecodedForm
}

/** The last moment a date can name: no consent is newer than an objection that was edited. */
const END_OF_TIME = 8_640_000_000_000_000

/** Forms and batches never change, and a registry has few: what was read once is kept. */
const MAX_REMEMBERED = 10_000

export class VersionReader {
  readonly #codes: ReadonlyMap<string, IntegrityCodes>
  readonly #readForm
  readonly #readBatch
  readonly #forms = new Map<number, KnownForm>()
  readonly #batches = new Map<number, string>()

  constructor(database: Database, codes: ReadonlyMap<string, IntegrityCodes>) {
    this.#codes = codes
    this.#readForm = database.prepare<[number], string>('SELECT body FROM collection_form WHERE number = ?').pluck()
    this.#readBatch = database.prepare<[number], string>('SELECT id FROM import_batch WHERE number = ?').pluck()
  }

  /** Forgets what a rolled back transaction may have numbered. */
  forget(): void {
    this.#forms.clear()
    this.#batches.clear()
  }

  /**
   * The newest version of each record.
   *
   * @param rows ordered by advertiser, record, version
   */
  newest(rows: readonly VersionRow[], subjectKey: string): RecordOnFile[] {
    const newest: RecordOnFile[] = []
    for (let i = 0, first = 0; i < rows.length; i++) {
      const next = rows[i + 1]
      if (next && isSameRecord(next, rows[i]!)) continue
      newest.push(this.read(rows, first, i, subjectKey))
      first = i + 1
    }
    return newest
  }

  /** One version. It is intact when its code follows from what it says, its number included, and from its predecessor's. */
  read(rows: readonly VersionRow[], first: number, index: number, subjectKey: string): RecordOnFile {
    const [seq, advertiserId, recordId, version, keyId, formNumber, person, batch, createdBy, createdAt, code] =
      rows[index]!
    const form = this.#form(formNumber)
    const envelope = {
      id: formatId(recordId),
      version,
      advertiserId,
      subjectKey,
      keyId,
      ...(batch === null ? {} : { importBatchId: this.#batch(batch) }),
      createdBy,
      createdAt,
    }
    const sha256 = recordDigest(envelope, form?.sha256 ?? '', person)
    const record = form && tryDecode(() => decodeRecord(envelope, form.fields, person))
    if (!record) return { record: unreadableRecord(envelope), sha256, intact: false }
    const expected = this.#codes.get(keyId)?.recordCode(seq, sha256, rows[index - 1 < first ? -1 : index - 1]?.[10])
    return { record, sha256, intact: expected?.equals(code) ?? false }
  }

  #form(number: number): KnownForm | undefined {
    const known = this.#forms.get(number)
    if (known) return known
    const body = this.#readForm.get(number)
    const fields = body === undefined ? undefined : tryDecode(() => decodeForm(body))
    if (body === undefined || fields === undefined) return undefined
    if (this.#forms.size >= MAX_REMEMBERED) this.#forms.clear()
    const form = { sha256: formDigest(body), fields }
    this.#forms.set(number, form)
    return form
  }

  #batch(number: number): string {
    const known = this.#batches.get(number)
    if (known !== undefined) return known
    const id = this.#readBatch.get(number) ?? 'unknown'
    if (this.#batches.size >= MAX_REMEMBERED) this.#batches.clear()
    this.#batches.set(number, id)
    return id
  }
}

/** Contacts whose code verifies. One that does not is left out: it would only lengthen a clock. */
export function readContacts(
  rows: readonly EventRow[],
  subjectKey: string,
  advertiserId: string,
  codes: ReadonlyMap<string, IntegrityCodes>,
): LastContact[] {
  const contacts: LastContact[] = []
  for (const [id, keyId, type, linkKind, at, source, campaignId, number, code] of rows) {
    const parts = eventParts({ id, subjectKey, advertiserId, keyId, type, linkKind, at, bot: 0, source, campaignId })
    if (!codes.get(keyId)?.rowCode('event', number, parts).equals(code)) continue
    contacts.push({ eventId: formatId(id), type, linkKind: linkKind ?? undefined, at })
  }
  return contacts
}

export interface EventParts {
  readonly id: Buffer
  readonly subjectKey: string
  readonly advertiserId: string
  readonly keyId: string
  readonly type: string
  readonly linkKind: string | null
  readonly at: number
  readonly bot: number
  readonly source: string
  readonly campaignId: string | null
}

export function eventParts(event: EventParts): (string | number | Buffer | null)[] {
  const { id, subjectKey, advertiserId, keyId, type, linkKind, at, bot, source, campaignId } = event
  return [id, subjectKey, advertiserId, keyId, type, linkKind, at, bot, source, campaignId]
}

export interface ObjectionParts {
  readonly id: Buffer
  /** Lower-case hexadecimal. */
  readonly objectionKey: string
  readonly keyId: string
  readonly scope: string
  readonly channel: string
  readonly reason: string
  readonly at: number
  readonly sourceRef: string | null
}

export function objectionParts(objection: ObjectionParts): (string | number | Buffer | null)[] {
  const { id, objectionKey, keyId, scope, channel, reason, at, sourceRef } = objection
  return [id, objectionKey, keyId, scope, channel, reason, at, sourceRef]
}

/** Everything objections of a person may be filed under, in hexadecimal. @param otherNames met so far */
export function objectionKeys(subject: SubjectKeys, otherNames: readonly OtherName[]): readonly SubjectKey[] {
  if (otherNames.length === 0) return everyKey(subject).map(({ objectionKey }) => objectionKey)
  const digests = otherNames.some((name) => name !== 'domain')
  const domains = otherNames.includes('domain')
  return everyKey(subject).flatMap((keys) => [
    keys.objectionKey,
    ...(digests ? (keys.digestKeys ?? []) : []),
    ...(domains ? (keys.domainKeys ?? []) : []),
  ])
}

/** The objections under one key. Where a code does not verify somebody has edited the row, and it holds against everybody (I5). */
export function readObjections(
  rows: readonly ObjectionRow[],
  objectionKey: string,
  codes: ReadonlyMap<string, IntegrityCodes>,
): Objection[] {
  return rows.map(([id, keyId, scope, channel, reason, at, sourceRef, number, code]) => {
    const parts = objectionParts({ id, objectionKey, keyId, scope, channel, reason, at, sourceRef })
    const intact = codes.get(keyId)?.rowCode('objection', number, parts).equals(code) ?? false
    if (!intact)
      return { id: formatId(id), scope: { kind: 'global' }, channel: 'email', reason: 'manual', at: END_OF_TIME }
    return { id: formatId(id), ...readReach(scope), channel, reason, at }
  })
}

/** Whose an objection is and against whom. */
export type Reach = Pick<Objection, 'scope' | 'of'>

/** In front of the scope where everybody in a domain has objected. */
const OF_DOMAIN = 'domain/'

/** As the column `scope` holds it. */
export function writeReach({ scope, of }: Reach): string {
  return of === 'domain' ? OF_DOMAIN + writeScope(scope) : writeScope(scope)
}

function readReach(text: string): Reach {
  return text.startsWith(OF_DOMAIN)
    ? { of: 'domain', scope: readScope(text.slice(OF_DOMAIN.length)) }
    : { scope: readScope(text) }
}

export function writeScope(scope: ObjectionScope): string {
  switch (scope.kind) {
    case 'global':
      return 'global'
    case 'advertiser':
      return `advertiser:${scope.advertiserId}`
    case 'router':
      return `router:${scope.routerId}`
    case 'list':
      return `list:${scope.advertiserId}:${scope.list}`
  }
}

function readScope(text: string): ObjectionScope {
  if (text.startsWith('advertiser:')) return { kind: 'advertiser', advertiserId: text.slice('advertiser:'.length) }
  const [kind, advertiserId, list] = text.split(':')
  if (kind === 'list' && advertiserId !== undefined && list !== undefined) return { kind, advertiserId, list }
  if (text.startsWith('router:')) return { kind: 'router', routerId: text.slice('router:'.length) }
  return { kind: 'global' }
}

export function isSameRecord(left: VersionRow | undefined, right: VersionRow): boolean {
  return left !== undefined && left[1] === right[1] && left[2].equals(right[2])
}

function tryDecode<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}

/** Stands for a version nobody can read any more, so that the rules see that there was one and refuse. */
function unreadableRecord(
  envelope: Omit<ConsentRecord, 'channel' | 'purposes' | 'legalBasis' | 'status'>,
): ConsentRecord {
  return { ...envelope, channel: 'email', purposes: [], legalBasis: 'consent', status: 'invalidated' }
}
