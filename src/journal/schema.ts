/** The tables of a journal file. Only `entry` and `journal` are evidence; the rest helps to find, to erase and to notice. */
import type { Migration } from '../storage/sqlite.js'

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE journal (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        header TEXT NOT NULL
      ) STRICT;
      CREATE TABLE entry (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        ref TEXT NOT NULL,
        rcpt INTEGER NOT NULL,
        result TEXT NOT NULL,
        rule TEXT NOT NULL,
        advertiser TEXT NOT NULL,
        router TEXT NOT NULL,
        hash TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX entry_by_ref ON entry (ref);
      CREATE INDEX entry_by_time ON entry (at);
      CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'entries of the journal are never changed'); END;
      CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
        BEGIN SELECT RAISE(ABORT, 'entries of the journal are never removed'); END;
      CREATE TABLE personal (
        seq INTEGER PRIMARY KEY,
        salt TEXT NOT NULL,
        to_key TEXT NOT NULL,
        message_id_sha256 TEXT NOT NULL
      ) STRICT;
      CREATE INDEX personal_by_key ON personal (to_key);
      CREATE TABLE awaiting (
        ref TEXT NOT NULL,
        rcpt INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (ref, rcpt)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        key_id TEXT NOT NULL,
        seal TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 2,
    sql: `
      CREATE INDEX entry_by_act ON entry (kind) WHERE kind NOT IN ('decision', 'outcome');
    `,
  },
  {
    version: 3,
    sql: `
      CREATE TABLE subtree (
        level INTEGER NOT NULL,
        number INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (level, number)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 4,
    sql: `
      CREATE TABLE configuration (
        sha256 TEXT PRIMARY KEY,
        body TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 5,
    sql: `
      CREATE TABLE addressee (
        seq INTEGER PRIMARY KEY,
        objection_key BLOB NOT NULL,
        message BLOB NOT NULL
      ) STRICT;
      CREATE INDEX addressee_by_message ON addressee (message);
      CREATE TRIGGER addressee_goes_with_personal AFTER DELETE ON personal
        BEGIN DELETE FROM addressee WHERE seq = OLD.seq; END;
    `,
  },
  {
    version: 6,
    sql: `
      DROP TRIGGER addressee_goes_with_personal;
      DROP INDEX personal_by_key;
      DROP INDEX addressee_by_message;
      ALTER TABLE personal RENAME TO personal_in_clear;
      ALTER TABLE addressee RENAME TO addressee_in_clear;
      CREATE TABLE personal (
        seq INTEGER PRIMARY KEY,
        segment INTEGER NOT NULL,
        tag BLOB NOT NULL,
        sealed BLOB NOT NULL
      ) STRICT;
      CREATE INDEX personal_by_tag ON personal (tag);
      CREATE TABLE addressee (
        seq INTEGER PRIMARY KEY,
        segment INTEGER NOT NULL,
        tag BLOB NOT NULL,
        sealed BLOB NOT NULL
      ) STRICT;
      CREATE INDEX addressee_by_tag ON addressee (tag);
      CREATE TRIGGER addressee_goes_with_personal AFTER DELETE ON personal
        BEGIN DELETE FROM addressee WHERE seq = OLD.seq; END;
    `,
  },
  {
    version: 7,
    sql: `
      ALTER TABLE configuration ADD COLUMN disclosures TEXT NOT NULL DEFAULT '[]';
    `,
  },
]
