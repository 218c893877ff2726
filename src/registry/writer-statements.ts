/** The statements of the registry's writer, prepared once for a connection. */
import type { Database } from '../storage/sqlite.js'
import { OBJECTION_COLUMNS, type ObjectionRow, VERSION_COLUMNS, type VersionRow } from './rows.js'

export type WriterStatements = ReturnType<typeof prepareStatements>

export function prepareStatements(database: Database) {
  return {
    versions: database
      .prepare<[Buffer], VersionRow>(
        `SELECT ${VERSION_COLUMNS} FROM consent_version WHERE subject_key = ? ORDER BY advertiser_id, record_id, version`,
      )
      .raw(),
    versionsOfRecord: database
      .prepare<[Buffer, string, Buffer], VersionRow>(
        `SELECT ${VERSION_COLUMNS} FROM consent_version
         WHERE subject_key = ? AND advertiser_id = ? AND record_id = ? ORDER BY version`,
      )
      .raw(),
    findForm: database.prepare<[Buffer], number>('SELECT number FROM collection_form WHERE sha256 = ?').pluck(),
    insertForm: database.prepare<[Buffer, string]>('INSERT INTO collection_form (sha256, body) VALUES (?, ?)'),
    insertVersion: database.prepare(
      `INSERT INTO consent_version
         (subject_key, advertiser_id, record_id, version, key_id, form, body, batch, created_by, created_at, code)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertEvent: database.prepare(
      `INSERT OR IGNORE INTO contact_event
         (subject_key, advertiser_id, id, key_id, type, link_kind, at, bot_suspected, source, campaign_id, code)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    objections: database
      .prepare<[Buffer], ObjectionRow>(
        `SELECT ${OBJECTION_COLUMNS} FROM objection WHERE objection_key = ? ORDER BY at, id`,
      )
      .raw(),
    insertObjection: database.prepare(
      `INSERT OR IGNORE INTO objection (objection_key, id, key_id, scope, channel, reason, at, source_ref)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    counts: database.prepare<[], { versions: number; events: number; objections: number }>(
      `SELECT (SELECT count(*) FROM consent_version) AS versions, (SELECT count(*) FROM contact_event) AS events,
         (SELECT count(*) FROM objection) AS objections`,
    ),
  }
}
