/**
 * The tables of the registry, laid out for ten million records.
 *
 * A record version is split in two. What everybody who met the same form has in common (wording, notice, method, source)
 * is written once in `collection_form`; what is particular to the person is the row. Measured on 150,000 records with full
 * proof, index included: 1098 bytes a record as one JSON text, 365 bytes so, 242 bytes with the person's part in sixteen
 * columns. Columns were not chosen: they read slower, and each new field of the law would be a migration of the largest
 * table.
 *
 * Keys are random, so a table clustered by them would scatter every import over the whole file: versions are appended by
 * number, and only a narrow index is in key order. It holds eight octets of the key, which already tell ten million people
 * apart. Events and objections are small and clustered by key, so that what is known about a person stands on one page.
 *
 * Every `number`, and every `seq`, is a number of its ledger (`ledgers.ts`).
 */
import type { Migration } from '../storage/sqlite.js'

export const REGISTRY_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE registry_key (
  key_id TEXT NOT NULL PRIMARY KEY,
  key_check BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE registry_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  body TEXT NOT NULL,
  key_id TEXT NOT NULL,
  seal BLOB NOT NULL
) STRICT;

CREATE TABLE gone (
  ledger TEXT NOT NULL,
  number INTEGER NOT NULL,
  act INTEGER NOT NULL,
  code BLOB NOT NULL,
  PRIMARY KEY (ledger, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE collection_form (
  number INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL,
  key_id TEXT NOT NULL,
  code BLOB NOT NULL
) STRICT;

CREATE TABLE import_batch (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_sha256 TEXT NOT NULL,
  declared_source TEXT,
  declared_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  counts TEXT NOT NULL,
  progress TEXT
) STRICT;

CREATE TABLE consent_version (
  seq INTEGER PRIMARY KEY,
  subject_key BLOB NOT NULL CHECK (length(subject_key) = 32),
  advertiser_id TEXT NOT NULL,
  record_id BLOB NOT NULL CHECK (length(record_id) = 16),
  version INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  form INTEGER NOT NULL REFERENCES collection_form (number),
  body TEXT NOT NULL,
  batch INTEGER REFERENCES import_batch (number),
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  code BLOB NOT NULL
) STRICT;
CREATE INDEX consent_version_of_subject ON consent_version (substr(subject_key, 1, 8));

CREATE TABLE contact_event (
  subject_key BLOB NOT NULL CHECK (length(subject_key) = 32),
  advertiser_id TEXT NOT NULL,
  id BLOB NOT NULL,
  number INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  type TEXT NOT NULL,
  link_kind TEXT,
  at INTEGER NOT NULL,
  bot_suspected INTEGER NOT NULL,
  source TEXT NOT NULL,
  campaign_id TEXT,
  code BLOB NOT NULL,
  PRIMARY KEY (subject_key, advertiser_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE objection (
  objection_key BLOB NOT NULL CHECK (length(objection_key) = 32),
  id BLOB NOT NULL,
  number INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  channel TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  source_ref TEXT,
  code BLOB NOT NULL,
  PRIMARY KEY (objection_key, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER consent_version_is_append_only BEFORE UPDATE ON consent_version
  BEGIN SELECT RAISE(ABORT, 'consent versions are never changed: append one'); END;
CREATE TRIGGER collection_form_is_append_only BEFORE UPDATE ON collection_form
  BEGIN SELECT RAISE(ABORT, 'collection forms are never changed'); END;
CREATE TRIGGER contact_event_is_append_only BEFORE UPDATE ON contact_event
  BEGIN SELECT RAISE(ABORT, 'contact events are never changed'); END;
CREATE TRIGGER objection_is_append_only BEFORE UPDATE ON objection
  BEGIN SELECT RAISE(ABORT, 'objections are never changed'); END;
CREATE TRIGGER objection_is_kept BEFORE DELETE ON objection
  BEGIN SELECT RAISE(ABORT, 'objections are kept'); END;
`,
  },
  {
    version: 2,
    sql: `
CREATE TABLE canary (
  objection_key BLOB NOT NULL CHECK (length(objection_key) = 32),
  advertiser_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  seeded_at INTEGER NOT NULL,
  code BLOB NOT NULL,
  PRIMARY KEY (objection_key, advertiser_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE objection_feed (
  advertiser_id TEXT NOT NULL PRIMARY KEY,
  synced_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE register_entry (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  person BLOB,
  body TEXT NOT NULL,
  key_id TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  code BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX register_entry_of_kind ON register_entry (kind, id, version);
CREATE TRIGGER register_entry_is_append_only BEFORE UPDATE ON register_entry
  BEGIN SELECT RAISE(ABORT, 'entries of the register are never changed: append one'); END;
`,
  },
  {
    version: 3,
    sql: `
CREATE TABLE objection_retraction (
  objection_key BLOB NOT NULL CHECK (length(objection_key) = 32),
  objection_id BLOB NOT NULL,
  key_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  code BLOB NOT NULL,
  PRIMARY KEY (objection_key, objection_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE objection_log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  objection_key BLOB NOT NULL,
  id BLOB NOT NULL
) STRICT;
INSERT INTO objection_log (kind, objection_key, id) SELECT 'recorded', objection_key, id FROM objection ORDER BY at;

CREATE TABLE feed_position (
  target TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  not_before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER objection_is_logged AFTER INSERT ON objection
  BEGIN INSERT INTO objection_log (kind, objection_key, id) VALUES ('recorded', NEW.objection_key, NEW.id); END;
CREATE TRIGGER retraction_is_logged AFTER INSERT ON objection_retraction
  BEGIN INSERT INTO objection_log (kind, objection_key, id) VALUES ('retracted', NEW.objection_key, NEW.objection_id); END;
CREATE TRIGGER objection_retraction_is_append_only BEFORE UPDATE ON objection_retraction
  BEGIN SELECT RAISE(ABORT, 'retractions are never changed'); END;
`,
  },
  {
    version: 4,
    sql: `
CREATE TABLE api_request (
  token TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  response TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_request_by_age ON api_request (at);
`,
  },
  {
    version: 5,
    sql: `
ALTER TABLE objection_feed ADD COLUMN code BLOB NOT NULL DEFAULT x'';
`,
  },
  {
    // What was remembered of requests stood there in clear, or under a digest without a key.
    version: 6,
    sql: `
DELETE FROM api_request;
`,
  },
]

/** From here on a row of `objection_feed` has a code. */
export const FEEDS_HAVE_CODES = 5
