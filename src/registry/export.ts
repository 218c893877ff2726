/**
 * The registry as files: every version, event or objection, oldest number first, some thousand rows at a time. People are
 * named by their keyed hashes, because the registry knows nothing else of them.
 */
import type { ImportKind } from './books/batches.js'
import { CONSENT_COLUMNS } from './import/columns.js'
import { ledgerPages } from './ledger/ledger-pages.js'
import {
  readObjections,
  VERSION_COLUMNS,
  VersionReader,
  type ObjectionRow,
  OBJECTION_COLUMNS,
  type VersionRow,
} from './records/rows.js'
import type { WriterParts } from './writer/writer-parts.js'

export type ExportedRow = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** Columns of each kind, those of imports but for `address`, which the registry does not have. */
export const EXPORT_COLUMNS: Readonly<Record<ImportKind, readonly string[]>> = {
  consent: [
    'subject_key',
    'key_id',
    'record_id',
    'version',
    ...Object.keys(CONSENT_COLUMNS).filter((name) => name !== 'address' && name !== 'id'),
    'created_by',
    'created_at',
    'intact',
  ],
  event: [
    'subject_key',
    'key_id',
    'advertiser_id',
    'type',
    'at',
    'source',
    'link_kind',
    'campaign_id',
    'bot_suspected',
  ],
  objection: ['objection_key', 'key_id', 'of', 'scope', 'advertiser_id', 'router_id', 'channel', 'reason', 'at'],
}

export function exportedRows(parts: WriterParts, kind: ImportKind): Generator<readonly ExportedRow[]> {
  switch (kind) {
    case 'consent':
      return consents(parts)
    case 'event':
      return events(parts)
    case 'objection':
      return objections(parts)
  }
}

function* consents({ database, codes }: WriterParts): Generator<readonly ExportedRow[]> {
  const reader = new VersionReader(database, codes)
  const before = database
    .prepare<[Buffer, Buffer, string, Buffer, number], VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM consent_version WHERE substr(subject_key, 1, 8) = substr(?, 1, 8)
         AND subject_key = ? AND advertiser_id = ? AND record_id = ? AND version = ?`,
    )
    .raw()
  const columns = ['subject_key', ...VERSION_COLUMNS.split(', ')]
  for (const rows of ledgerPages<[Buffer, ...VersionRow]>(database, 'version', columns)) {
    yield rows.map(([key, ...row]) => {
      const previous = row[3] > 1 ? before.get(key, key, row[1], row[2], row[3] - 1) : undefined
      const pair = previous ? [previous, row] : [row]
      const { record, intact } = reader.read(pair, 0, pair.length - 1, key.toString('hex'))
      return {
        subject_key: record.subjectKey,
        key_id: record.keyId,
        record_id: record.id,
        version: record.version,
        ...Object.fromEntries(
          Object.entries(CONSENT_COLUMNS).map(([name, { field }]) => [name, memberOf(record, field, name)]),
        ),
        created_by: record.createdBy,
        created_at: moment(record.createdAt),
        intact,
      }
    })
  }
}

/** A member, or a member of one; moments as imports have them. */
function memberOf(
  record: object,
  field: string,
  name: string,
): string | number | boolean | readonly string[] | undefined {
  let value: unknown = record
  for (const part of field.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined)?.[part]
  if (typeof value === 'number' && name.endsWith('_at')) return moment(value)
  return value as ReturnType<typeof memberOf>
}

type EventColumns = [Buffer, string, string, string, number, string, string | null, string | null, number]

function* events({ database }: WriterParts): Generator<readonly ExportedRow[]> {
  const columns = ['subject_key', 'key_id', 'advertiser_id', 'type', 'at', 'source', 'link_kind', 'campaign_id']
  for (const rows of ledgerPages<EventColumns>(database, 'event', [...columns, 'bot_suspected'])) {
    yield rows.map(([key, keyId, advertiserId, type, at, source, linkKind, campaignId, bot]) => ({
      subject_key: key.toString('hex'),
      key_id: keyId,
      advertiser_id: advertiserId,
      type,
      at: moment(at),
      source,
      link_kind: linkKind ?? undefined,
      campaign_id: campaignId ?? undefined,
      bot_suspected: bot === 1,
    }))
  }
}

function* objections({ database, codes }: WriterParts): Generator<readonly ExportedRow[]> {
  const columns = ['objection_key', ...OBJECTION_COLUMNS.split(', ')]
  for (const rows of ledgerPages<[Buffer, ...ObjectionRow]>(database, 'objection', columns)) {
    yield rows.map(([key, ...row]) => {
      const objectionKey = key.toString('hex')
      const [{ of = 'person', scope, channel, reason, at }] = readObjections([row], objectionKey, codes) as [
        ReturnType<typeof readObjections>[number],
      ]
      return {
        objection_key: objectionKey,
        key_id: row[1],
        of,
        scope: scope.kind,
        advertiser_id: 'advertiserId' in scope ? scope.advertiserId : undefined,
        router_id: 'routerId' in scope ? scope.routerId : undefined,
        channel,
        reason,
        at: moment(at),
      }
    })
  }
}

function moment(at: number): string {
  return new Date(at).toISOString()
}
