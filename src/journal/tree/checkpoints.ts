/** Checkpoints of a journal file: read, and made from what is in it. */
import { type AnchorEntry, type CheckpointEntry, ENTRY_SCHEMA } from '../../domain/journal-entry.js'
import type { Database } from '../../storage/sqlite.js'
import { parseBody } from '../entry-format.js'
import { IS_ACT } from '../journal-rows.js'
import { checkpointText, type NoteSigner, openNote, originOf, type RawKey, readCheckpoint, signNote } from './note.js'
import { SigningKeyError } from './signing-key.js'
import type { TreeGrower } from './merkle.js'
import { storedTree } from './stored-tree.js'

export interface KnownCheckpoint {
  /** Number of the entry that holds it. */
  readonly seq: number
  readonly size: number
  readonly note: string
  readonly at: number
}

const LAST = `SELECT seq, body FROM entry WHERE kind = ? AND ${IS_ACT} ORDER BY seq DESC LIMIT 1`

/** The newest one; its signature was not looked at. */
export function lastCheckpoint(database: Database): KnownCheckpoint | undefined {
  const row = database.prepare<[string], { seq: number; body: string }>(LAST).get('checkpoint')
  return row && readRow(row)
}

/** Oldest first. */
export function checkpointsOf(database: Database): KnownCheckpoint[] {
  return database
    .prepare<[string], { seq: number; body: string }>(
      `SELECT seq, body FROM entry WHERE kind = ? AND ${IS_ACT} ORDER BY seq`,
    )
    .all('checkpoint')
    .flatMap((row) => readRow(row) ?? [])
}

function readRow({ seq, body }: { seq: number; body: string }): KnownCheckpoint | undefined {
  const entry = parseBody(body)?.entry
  return entry?.kind === 'checkpoint' ? { seq, size: entry.size, note: entry.note, at: entry.at } : undefined
}

/** The newest checkpoint given to an anchor of this name. */
export function lastAnchor(database: Database, name: string): AnchorEntry | undefined {
  const row = database
    .prepare<[string, string], { seq: number; body: string }>(
      `SELECT seq, body FROM entry WHERE kind = ? AND ${IS_ACT} AND body ->> '$.entry.name' = ? ORDER BY seq DESC LIMIT 1`,
    )
    .get('anchor', name)
  const entry = row && parseBody(row.body)?.entry
  return entry?.kind === 'anchor' ? entry : undefined
}

/** The key the journal names, undefined before it names one. */
export function keyInForce(database: Database): RawKey | undefined {
  const row = database.prepare<[string], { seq: number; body: string }>(LAST).get('key')
  const entry = row && parseBody(row.body)?.entry
  return entry?.kind === 'key' ? Buffer.from(entry.publicKey, 'base64') : undefined
}

/**
 * The tree under the last checkpoint, to be grown further.
 *
 * @throws SigningKeyError when the entries under it are no longer those it was signed over: two checkpoints that contradict
 * each other are never signed
 */
export function signedTree(database: Database): TreeGrower {
  const before = lastCheckpoint(database)
  const signed = before && readCheckpoint(before.note)
  const tree = storedTree(database).grow(before?.size ?? 0)
  if (before && !signed?.root.equals(tree.root())) {
    throw new SigningKeyError(
      `the entries before the checkpoint at ${before.size} were changed after it was signed: run "aval journal verify" and keep the file as evidence`,
    )
  }
  return tree
}

/** A checkpoint over everything in the tree, to be appended as the next entry. */
export function checkpointOver(tree: TreeGrower, journal: string, signer: NoteSigner, at: number): CheckpointEntry {
  const origin = originOf(journal)
  const note = signNote(checkpointText({ origin, size: tree.size, root: tree.root(), at }), signer)
  return { kind: 'checkpoint', schema: ENTRY_SCHEMA, ref: '', rcpt: 0, at, size: tree.size, note }
}

/** @returns what is wrong with a checkpoint that claims `size` and `root`, undefined when nothing is */
export function problemOfCheckpoint(
  entry: CheckpointEntry,
  journal: string,
  expected: { readonly size: number; readonly root: Buffer },
  key: RawKey | undefined,
): string | undefined {
  const stated = readCheckpoint(entry.note)
  if (!stated || stated.origin !== originOf(journal)) return 'it is no checkpoint of this journal'
  if (stated.size !== entry.size || stated.size !== expected.size) return 'it is not over all the entries before it'
  if (!key || openNote(entry.note, stated.origin, key) === undefined) return 'it is not signed with the key in force'
  return stated.root.equals(expected.root) ? undefined : 'its root is not that of the entries before it'
}
