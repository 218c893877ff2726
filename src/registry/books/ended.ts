/**
 * What retention has ended for, and what it is about to end for. The clock is the one decisions use, asked with the same
 * policy: nothing is read from a date that was once computed (promise I9).
 */
import type { LastContact } from '../../domain/contact-event.js'
import type { RecordOnFile } from '../../domain/registry.js'
import { type RetentionClock, retentionClock, retentionMonths, type RetentionPolicy } from '../../domain/retention.js'
import { monthsLater } from '../../domain/paris-time.js'
import type { SubjectKeys } from '../../domain/subject-key.js'
import { ledgerPages } from '../ledger/ledger-pages.js'
import {
  isSameRecord,
  LAST_CONTACTS,
  readContacts,
  VERSION_COLUMNS,
  VersionReader,
  VERSIONS_OF_SUBJECT,
} from '../records/rows.js'
import type { EventRow, VersionRow } from '../records/rows.js'
import type { WriterParts } from '../writer/writer-parts.js'

export interface KeptRecord {
  readonly subject: SubjectKeys
  readonly onFile: RecordOnFile
  readonly clock: RetentionClock
}

const PAGE_ROWS = 2_000

/** Yields the newest version of every record with the clock that ends it, some thousand at a time. */
export function* keptRecords(
  { database, codes }: WriterParts,
  policy: RetentionPolicy,
  now: number,
): Generator<readonly KeptRecord[]> {
  const reader = new VersionReader(database, codes)
  const page = database
    .prepare<[number, number], [number, Buffer, string]>(
      'SELECT seq, subject_key, key_id FROM consent_version WHERE seq > ? ORDER BY seq LIMIT ?',
    )
    .raw()
  const versions = database
    .prepare<[Buffer, Buffer], VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM consent_version WHERE ${VERSIONS_OF_SUBJECT}
       ORDER BY advertiser_id, record_id, version`,
    )
    .raw()
  const contacts = database.prepare<[Buffer, string, number], EventRow>(LAST_CONTACTS).raw()
  for (let rows = page.all(0, PAGE_ROWS); rows.length > 0; rows = page.all(rows.at(-1)![0], PAGE_ROWS)) {
    const kept: KeptRecord[] = []
    for (const [seq, key, keyId] of rows) {
      const consentKey = key.toString('hex')
      const all = versions.all(key, key)
      const last = all.findIndex((row, index) => row[0] === seq && !isSameRecord(all[index + 1], row))
      if (last === -1) continue // An older version, or gone since the page was read.
      const first = all.findIndex((row) => isSameRecord(all[last], row))
      const onFile = reader.read(all, first, last, consentKey)
      const { advertiserId } = onFile.record
      const known = readContacts(contacts.all(key, advertiserId, now), consentKey, advertiserId, codes)
      // The wide key is not on file with a record, and nothing here asks for it.
      const subject: SubjectKeys = { keyId, consentKey, objectionKey: consentKey }
      kept.push({ subject, onFile, clock: clockOf(onFile, known, policy, now) })
    }
    yield kept
  }
}

export interface LoneContacts {
  readonly subject: SubjectKeys
  readonly advertiserId: string
}

/** Yields whose contacts with an advertiser nothing on record rests on, and are older than a record would be kept. */
export function* loneContacts(
  { database }: WriterParts,
  policy: RetentionPolicy,
  now: number,
): Generator<readonly LoneContacts[]> {
  const hasRecord = database
    .prepare<[Buffer, Buffer, string], number>(
      `SELECT 1 FROM consent_version WHERE ${VERSIONS_OF_SUBJECT} AND advertiser_id = ? LIMIT 1`,
    )
    .pluck()
  const isOver = ({ key, advertiserId, last }: Contacts): boolean =>
    now >= monthsLater(last, policy.retention.months) && hasRecord.get(key, key, advertiserId) === undefined
  let open: Contacts | undefined
  for (const rows of ledgerPages<[Buffer, string, string, number]>(database, 'event', CONTACT_COLUMNS)) {
    const over: LoneContacts[] = []
    for (const [key, advertiserId, keyId, at] of rows) {
      if (open?.advertiserId === advertiserId && open.key.equals(key)) {
        open.last = Math.max(open.last, at)
        continue
      }
      if (open && isOver(open)) over.push(named(open))
      open = { key, advertiserId, keyId, last: at }
    }
    yield over
  }
  if (open && isOver(open)) yield [named(open)]
}

const CONTACT_COLUMNS = ['subject_key', 'advertiser_id', 'key_id', 'at']

interface Contacts {
  readonly key: Buffer
  readonly advertiserId: string
  readonly keyId: string
  last: number
}

function named({ key, advertiserId, keyId }: Contacts): LoneContacts {
  const consentKey = key.toString('hex')
  return { subject: { keyId, consentKey, objectionKey: consentKey }, advertiserId }
}

/** A record that cannot say when it began is counted from the day it was stored: no data are kept without an end. */
function clockOf(
  { record }: RecordOnFile,
  contacts: readonly LastContact[],
  policy: RetentionPolicy,
  now: number,
): RetentionClock {
  const clock = retentionClock(record, contacts, policy, now)
  if (clock !== undefined) return clock
  const startedAt = record.createdAt
  return { startedAt, startedBy: 'stored', dueAt: monthsLater(startedAt, retentionMonths(record, policy)) }
}
