/**
 * Decisions of one advertiser as programs ask for them: a page at a time, each looking at so many entries and no more, because
 * the thread that asks has mail to relay.
 */
import type { DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import type { Reference } from '../domain/reference.js'
import type { SubjectKey } from '../domain/subject-key.js'
import type { Database } from '../storage/sqlite.js'
import { ENTRY_SELECT, type EntryRow, PERSONAL_SELECT } from './journal-rows.js'
import { readStored } from './reader.js'
import { readingConnection } from './reading-connection.js'
import { type PersonalReader, segmentKeysBeside } from './segments/personal-reader.js'

/** What narrows a search; moments are milliseconds since the epoch. */
export interface DecisionSearch {
  readonly advertisers: readonly string[]
  readonly router?: string | undefined
  readonly ref?: Reference | undefined
  /** Names of one person, under every key. */
  readonly toKeys?: readonly SubjectKey[] | undefined
  readonly from?: number | undefined
  /** Not included. */
  readonly to?: number | undefined
  readonly verdict?: string | undefined
  /** Ids of the highest ground. */
  readonly rules?: readonly string[] | undefined
  /** Where the page before ended. */
  readonly after?: Cursor | undefined
  /** Decisions on a page. */
  readonly limit: number
}

/** A place between two entries, in the order of their moments. */
export interface Cursor {
  readonly at: number
  readonly seq: number
}

export interface FoundDecision {
  readonly decision: DecisionEntry
  /** Undefined while the upstream has not answered, and after a refusal. */
  readonly outcome: OutcomeEntry | undefined
}

export interface DecisionPage {
  readonly found: readonly FoundDecision[]
  /** Undefined at the end. A page may be empty and not be the last. */
  readonly next: Cursor | undefined
}

export interface DecisionSearcher {
  /** Oldest first. @throws JournalUnavailableError */
  search(search: DecisionSearch): Promise<DecisionPage>
  close(): void
}

interface Connection {
  readonly database: Database
  readonly path: string
  readonly parts: PersonalReader
}

/** Entries looked at for one page: some milliseconds. */
const MOST_LOOKED_AT = 5_000
const START: Cursor = { at: Number.MIN_SAFE_INTEGER, seq: 0 }

/** Opens the file with the first question. */
export function openDecisionSearch(path: string, segmentKeyFile = segmentKeysBeside(path)): DecisionSearcher {
  const { ask, close } = readingConnection<Connection>(path, segmentKeyFile, (database, parts) => ({
    database,
    path,
    parts,
  }))
  return { search: (search) => ask((connection) => pageOf(connection, search)), close }
}

/** The entries a search has to look at, in order. */
function sourceOf({ ref, toKeys }: DecisionSearch): string {
  if (ref !== undefined) return `${ENTRY_SELECT} WHERE e.ref = @ref`
  if (toKeys !== undefined) return `${PERSONAL_SELECT} WHERE p.tag IN (SELECT unhex(value) FROM json_each(@tags))`
  return `${ENTRY_SELECT} WHERE true`
}

const WITHIN = 'AND (e.at, e.seq) > (@at, @seq) ORDER BY e.at, e.seq'
const FITTING = `
  kind = 'decision' AND advertiser IN (SELECT value FROM json_each(@advertisers)) AND at < @to
  AND (@router IS NULL OR router = @router) AND (@verdict IS NULL OR result = @verdict) AND (@rules IS NULL OR rule IN (SELECT value FROM json_each(@rules)))`

function pageOf(connection: Connection, search: DecisionSearch): DecisionPage {
  const { database, parts } = connection
  const { from = START.at, to = Number.MAX_SAFE_INTEGER, limit, ref, toKeys } = search
  const after = laterOf(search.after ?? START, { at: from, seq: 0 })
  const looked = `${sourceOf(search)} ${WITHIN} LIMIT ${MOST_LOOKED_AT}`
  const values = {
    advertisers: JSON.stringify(search.advertisers),
    router: search.router ?? null,
    verdict: search.verdict ?? null,
    rules: search.rules === undefined ? null : JSON.stringify(search.rules),
    to,
    ...after,
    ...(ref !== undefined && { ref }),
    ...(toKeys !== undefined && ref === undefined && { tags: JSON.stringify(tagsOf(parts, toKeys)) }),
  }
  const rows = database
    .prepare<object, EntryRow>(`SELECT * FROM (${looked}) WHERE ${FITTING} ORDER BY at, seq LIMIT ${limit}`)
    .all(values)
  const full = rows.length === limit ? rows.at(-1) : undefined
  return { found: rows.map((row) => found(connection, row)), next: full ?? lastLookedAt(database, looked, values) }
}

/** Where to go on after a page that was not filled; undefined when everything was looked at. */
function lastLookedAt(database: Database, looked: string, values: { readonly to: number }): Cursor | undefined {
  const { ref, tags, at, seq } = values as { ref?: string; tags?: string; at?: number; seq?: number }
  const asked = { at, seq, ...(ref !== undefined && { ref }), ...(tags !== undefined && { tags }) }
  const last = database
    .prepare<object, Cursor>(`SELECT at, seq FROM (${looked}) LIMIT 1 OFFSET ${MOST_LOOKED_AT - 1}`)
    .get(asked)
  return last === undefined || last.at >= values.to ? undefined : last
}

function tagsOf(parts: PersonalReader, toKeys: readonly SubjectKey[]): string[] {
  return toKeys.flatMap((toKey) => parts.tagsOf(toKey)).map((tag) => tag.toString('hex'))
}

function found({ database, path, parts }: Connection, row: EntryRow): FoundDecision {
  const decision = readStored(row, path, parts).entry as DecisionEntry
  const outcome = database
    .prepare<[string, number], EntryRow>(`${ENTRY_SELECT} WHERE e.ref = ? AND e.rcpt = ? AND e.kind = 'outcome'`)
    .get(decision.ref, decision.rcpt)
  return { decision, outcome: outcome && (readStored(outcome, path, parts).entry as OutcomeEntry) }
}

function laterOf(one: Cursor, other: Cursor): Cursor {
  return one.at > other.at || (one.at === other.at && one.seq >= other.seq) ? one : other
}
