/**
 * Follows the chain entry by entry and says in words what is wrong with the first one that does not fit. Pure reading:
 * where the rows come from is the caller's business.
 */
import { ENTRY_SCHEMA } from '../domain/journal-entry.js'
import { bodyMatchesRow } from './body-scan.js'
import {
  type ChainPoint,
  columnsOf,
  type EntryBody,
  type EntryColumns,
  entryHash,
  headSeal,
  isKnownKind,
  parseBody,
  personalCommitment,
} from './entry-format.js'
import { type EntryRow, type HeadRow, sealedPartOf } from './journal-rows.js'
import type { OpenedPart, SealedPart } from './segments/vault.js'

export type ProblemKind =
  | 'storage'
  | 'header'
  | 'changed'
  | 'removed'
  | 'inserted'
  | 'reordered'
  | 'column'
  | 'personal'
  | 'key'
  | 'checkpoint'
  | 'schema'
  | 'truncated'
  | 'head'
  | 'awaiting'
  | 'segment'

/** The first entry that cannot be trusted; 0 is the header, or a file that cannot be read at all. */
export interface JournalProblem {
  readonly seq: number
  readonly kind: ProblemKind
  readonly message: string
}

/** What the check may look at again once something does not fit. */
export interface ChainSource {
  entry(seq: number): EntryRow | undefined
  head(): HeadRow | undefined
  octets(seq: number): Buffer
  open(part: SealedPart): OpenedPart
  /** Whether an entry of the chain says that the personal part of this one was erased. */
  isErased(seq: number): boolean
}

export interface ChainWalker {
  /** The last entry that was in order. */
  readonly last: ChainPoint
  /** @returns what is wrong with the next row in order of `seq`, undefined when it fits */
  step(row: EntryRow): JournalProblem | undefined
}

const UNREADABLE = '\ufffd'

/** @param start the point the first row must follow */
export function walkChain(start: ChainPoint, source: ChainSource): ChainWalker {
  let last = start
  let before: ChainPoint | undefined
  return {
    get last() {
      return last
    },
    step(row) {
      const problem =
        isInOrder(row, last, source) && !source.isErased(row.seq)
          ? checkOctets(row, source)
          : examine(row, last, before, source)
      before = last
      last = { seq: row.seq, hash: row.hash }
      return problem
    },
  }
}

/** Compares the head with the end of the chain; `keys` by key id, undefined when nobody gave any. */
export function checkHead(
  head: HeadRow | undefined,
  end: ChainPoint,
  journal: string,
  keys: ReadonlyMap<string, Uint8Array> | undefined,
): JournalProblem | undefined {
  if (!head)
    return { seq: end.seq, kind: 'head', message: 'the head is missing: entries may have been cut off the end' }
  if (keys) {
    const key = keys.get(head.keyId)
    if (!key) {
      return {
        seq: end.seq + 1,
        kind: 'head',
        message: `the head is sealed with the key "${head.keyId}", which is not at hand`,
      }
    }
    if (headSeal(key, journal, head.keyId, head) !== head.seal) {
      const message = 'the head was not sealed by the relay: entries may have been cut off the end'
      return { seq: Math.min(head.seq, end.seq) + 1, kind: 'head', message }
    }
  }
  if (head.seq > end.seq) {
    const message = `the newest entries were removed: the head stands at ${head.seq}, the last entry is ${end.seq}`
    return { seq: end.seq + 1, kind: 'truncated', message }
  }
  if (head.seq < end.seq) {
    const message = `the head stands at ${head.seq} and the entries go on to ${end.seq}: an older head was put back, or entries were added by hand`
    return { seq: head.seq + 1, kind: 'head', message }
  }
  if (head.hash === end.hash) return undefined
  if (end.seq === 0) return { seq: 0, kind: 'header', message: 'the header was changed' }
  return keys
    ? { seq: end.seq, kind: 'changed', message: `entry ${end.seq} was replaced: its hash is not the one of the head` }
    : { seq: end.seq, kind: 'head', message: `the head does not match entry ${end.seq}: one of the two was changed` }
}

function isInOrder(row: EntryRow, last: ChainPoint, source: ChainSource): boolean {
  return row.seq === last.seq + 1 && bodyMatchesRow(row, last, source) && entryHash(row.body) === row.hash
}

/** Finds the words for what {@link isInOrder} could not vouch for. */
function examine(
  row: EntryRow,
  last: ChainPoint,
  before: ChainPoint | undefined,
  source: ChainSource,
): JournalProblem | undefined {
  const body = parseBody(row.body)
  return (
    checkPlace(row, body, last, before, source) ??
    checkOctets(row, source) ??
    checkMeaning(row, body!) ??
    checkPersonal(row, body!, source)
  )
}

function checkPlace(
  row: EntryRow,
  body: EntryBody | undefined,
  last: ChainPoint,
  before: ChainPoint | undefined,
  source: ChainSource,
): JournalProblem | undefined {
  const seq = last.seq + 1
  if (row.seq > seq) {
    const which = row.seq - seq === 1 ? `entry ${seq} is` : `the entries ${seq} to ${row.seq - 1} are`
    return { seq, kind: 'removed', message: `${which} missing` }
  }
  if (row.seq < seq)
    return { seq: row.seq, kind: 'inserted', message: `an entry was inserted under the number ${row.seq}` }
  const computed = entryHash(row.body)
  if (body?.seq === seq && computed === row.hash && body.prev === last.hash) return undefined
  if (computed !== row.hash) return describeBadHash(row, body, computed, source)
  if (!body) return { seq, kind: 'changed', message: `entry ${seq} was changed: its body is not an entry` }
  if (body.seq !== seq) return describeBadNumber(row, body, last, before, source)
  return describeBadLink(row, last, source)
}

function describeBadHash(
  row: EntryRow,
  body: EntryBody | undefined,
  computed: string,
  source: ChainSource,
): JournalProblem {
  const { seq } = row
  if (body && body.seq !== seq && source.entry(body.seq)?.hash === computed) {
    return { seq, kind: 'reordered', message: `the body of entry ${body.seq} stands in the place of entry ${seq}` }
  }
  const part = hashThatFollows(seq, source) === computed ? 'hash' : 'body'
  return { seq, kind: 'changed', message: `entry ${seq} was changed: its ${part} is not what was written` }
}

function describeBadNumber(
  row: EntryRow,
  body: EntryBody,
  last: ChainPoint,
  before: ChainPoint | undefined,
  source: ChainSource,
): JournalProblem {
  const { seq } = row
  if (body.seq === seq - 1 && body.prev === before?.hash && row.hash !== last.hash) {
    return { seq: seq - 1, kind: 'inserted', message: `an entry was inserted before entry ${body.seq}` }
  }
  const inItsPlace = source.entry(body.seq)
  if (inItsPlace && parseBody(inItsPlace.body)?.seq === seq) {
    return { seq, kind: 'reordered', message: `the entries ${seq} and ${body.seq} have changed places` }
  }
  if (body.seq === seq + 1) {
    return { seq, kind: 'removed', message: `entry ${seq} was removed and the following ones renumbered` }
  }
  return { seq, kind: 'reordered', message: `entry ${body.seq} stands in the place of entry ${seq}` }
}

/** The entry is sound and follows something else: whichever of the two the rest of the chain does not know was replaced. */
function describeBadLink(row: EntryRow, last: ChainPoint, source: ChainSource): JournalProblem {
  if (hashThatFollows(row.seq, source) !== row.hash) {
    return {
      seq: row.seq,
      kind: 'changed',
      message: `entry ${row.seq} was replaced: it does not follow entry ${last.seq}`,
    }
  }
  if (last.seq === 0) return { seq: 0, kind: 'header', message: 'the header was changed' }
  return {
    seq: last.seq,
    kind: 'changed',
    message: `entry ${last.seq} was replaced: entry ${row.seq} follows another one`,
  }
}

/** What the next entry, or the head, says the hash of this one is. */
function hashThatFollows(seq: number, source: ChainSource): string | undefined {
  const next = source.entry(seq + 1)
  if (next) return parseBody(next.body)?.prev
  const head = source.head()
  return head?.seq === seq ? head.hash : undefined
}

/** Octets that are no UTF-8 read as U+FFFD; only then is it worth asking whether U+FFFD is what was written. */
function checkOctets(row: EntryRow, source: ChainSource): JournalProblem | undefined {
  const { seq, body } = row
  if (!body.includes(UNREADABLE) || source.octets(seq).equals(Buffer.from(body))) return undefined
  return { seq, kind: 'changed', message: `entry ${seq} was changed: its body is not UTF-8` }
}

function checkMeaning(row: EntryRow, { entry }: EntryBody): JournalProblem | undefined {
  const { seq } = row
  if (entry.schema !== ENTRY_SCHEMA || !isKnownKind(entry.kind)) {
    return { seq, kind: 'schema', message: `entry ${seq} is of a kind or schema this version of Aval does not know` }
  }
  const columns = columnsOf(entry)
  for (const name of Object.keys(columns) as (keyof EntryColumns)[]) {
    if (columns[name] === row[name]) continue
    return { seq, kind: 'column', message: `the column "${name}" of entry ${seq} differs from its body` }
  }
  return undefined
}

function checkPersonal(row: EntryRow, { entry }: EntryBody, source: ChainSource): JournalProblem | undefined {
  const { seq } = row
  const part = sealedPartOf(row)
  const absent = part === undefined
  if (!('personal' in entry)) {
    if (absent) return undefined
    return { seq, kind: 'personal', message: `entry ${seq} was given a personal part it did not have` }
  }
  const erased = source.isErased(seq)
  if (absent && erased) return undefined
  if (absent) {
    return { seq, kind: 'personal', message: `the personal part of entry ${seq} was removed and no entry says so` }
  }
  if (erased) return { seq, kind: 'personal', message: `the personal part of entry ${seq} was erased and is back` }
  const text = source.open(part)
  if (text === 'unreadable' || (text !== 'altered' && personalCommitment(text) === entry.personal)) return undefined
  return { seq, kind: 'personal', message: `the personal part of entry ${seq} was changed` }
}
