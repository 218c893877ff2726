/**
 * The runs of the closed loop, in a database of its own: evidence that unsubscribing works (level 3), which must outlive the
 * process that watches. No link and no address is in it; who was unsubscribed is a keyed hash.
 */
import type { SubjectKey } from '../../domain/subject-key.js'
import { type Migration, migrate, openDatabase } from '../../storage/sqlite.js'

export type RunKind = 'canary' | 'seed'

/**
 * waiting: unsubscribed, and it is watched what comes of it; proven: honoured; not_honoured: it was not; not_taken: the
 * endpoint did not take the request; undetermined: an objection from before leaves nothing to be seen.
 */
export type RunState = 'waiting' | 'proven' | 'not_honoured' | 'not_taken' | 'undetermined'

export interface LoopRun {
  readonly id: string
  readonly advertiserId: string
  readonly kind: RunKind
  /** Wide key of the address that was unsubscribed. */
  readonly objectionKey: SubjectKey
  /** Scheme and host of the link; names nobody. */
  readonly origin: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly state: RunState
  /** What the endpoint answered, or why the run ended as it did: a stable code. */
  readonly detail: string
  /** Undefined while it is waiting. */
  readonly endedAt: number | undefined
}

export interface LoopStore {
  add(run: LoopRun): void
  end(id: string, state: Exclude<RunState, 'waiting'>, detail: string, at: number): void
  waiting(): readonly LoopRun[]
  /** The newest run about an address. */
  newestOf(advertiserId: string, objectionKey: SubjectKey): LoopRun | undefined
  /** The newest run of an advertiser in this state. */
  newestIn(advertiserId: string, state: RunState): LoopRun | undefined
  close(): void
}

const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE loop_run (
  id TEXT NOT NULL PRIMARY KEY,
  advertiser_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  objection_key TEXT NOT NULL,
  origin TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX loop_run_of_advertiser ON loop_run (advertiser_id, state, started_at);
CREATE INDEX loop_run_of_address ON loop_run (objection_key, advertiser_id, started_at);
CREATE TRIGGER loop_run_ends_once BEFORE UPDATE ON loop_run WHEN OLD.ended_at IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'a run that has ended is evidence and is not changed'); END;
CREATE TRIGGER loop_run_is_kept BEFORE DELETE ON loop_run
  BEGIN SELECT RAISE(ABORT, 'runs are evidence and are kept'); END;
`,
  },
]

interface Row {
  readonly id: string
  readonly advertiser_id: string
  readonly kind: RunKind
  readonly objection_key: string
  readonly origin: string
  readonly started_at: number
  readonly state: RunState
  readonly detail: string
  readonly ended_at: number | null
}

/** @throws StorageError */
export function openLoopStore(path: string): LoopStore {
  const database = openDatabase(path)
  migrate(database, MIGRATIONS)
  const insert = database.prepare(
    'INSERT INTO loop_run VALUES (:id, :advertiserId, :kind, :objectionKey, :origin, :startedAt, :state, :detail, :endedAt)',
  )
  const end = database.prepare(
    'UPDATE loop_run SET state = :state, detail = :detail, ended_at = :at WHERE id = :id AND ended_at IS NULL',
  )
  const waiting = database.prepare<[], Row>("SELECT * FROM loop_run WHERE state = 'waiting' ORDER BY started_at")
  const newestOf = database.prepare<[string, string], Row>(
    'SELECT * FROM loop_run WHERE objection_key = ? AND advertiser_id = ? ORDER BY started_at DESC LIMIT 1',
  )
  const newestIn = database.prepare<[string, string], Row>(
    'SELECT * FROM loop_run WHERE advertiser_id = ? AND state = ? ORDER BY started_at DESC LIMIT 1',
  )
  return {
    add: (run) => void insert.run({ ...run, endedAt: run.endedAt ?? null }),
    end: (id, state, detail, at) => void end.run({ id, state, detail, at }),
    waiting: () => waiting.all().map(runOf),
    newestOf(advertiserId, objectionKey) {
      const row = newestOf.get(objectionKey, advertiserId)
      return row && runOf(row)
    },
    newestIn(advertiserId, state) {
      const row = newestIn.get(advertiserId, state)
      return row && runOf(row)
    },
    close: () => void database.close(),
  }
}

function runOf(row: Row): LoopRun {
  return {
    id: row.id,
    advertiserId: row.advertiser_id,
    kind: row.kind,
    objectionKey: row.objection_key,
    origin: row.origin,
    startedAt: row.started_at,
    state: row.state,
    detail: row.detail,
    endedAt: row.ended_at ?? undefined,
  }
}
