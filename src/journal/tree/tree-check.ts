/**
 * Follows the tree while the chain is walked: every checkpoint must be over the entries before it and signed by the key in
 * force there, every key handed over by the one before, every checkpoint known from elsewhere agreed with.
 */
import type { CheckpointEntry, KeyEntry } from '../../domain/journal-entry.js'
import type { Database } from '../../storage/sqlite.js'
import type { JournalProblem } from '../chain-check.js'
import { parseBody } from '../entry-format.js'
import type { EntryRow } from '../journal-rows.js'
import { problemOfCheckpoint } from './checkpoints.js'
import { problemOfKey } from './key-statement.js'
import { growTree } from './merkle.js'
import { type Checkpoint, keyHash, openNote, originOf, type RawKey, readCheckpoint, verifierKey } from './note.js'

export interface SigningKeyUse {
  /** Number of the entry that announces it. */
  readonly seq: number
  readonly reason: KeyEntry['reason']
  /** In the notation of signed notes. */
  readonly key: string
}

export interface TreeSummary {
  readonly checkpoints: number
  /** Entries under the last of them. */
  readonly signed: number
  readonly keys: readonly SigningKeyUse[]
}

export interface TreeChecker {
  /** @returns what is wrong with the row, as far as the tree goes */
  step(row: EntryRow): JournalProblem | undefined
  /** @returns what is wrong once no row is left */
  end(): JournalProblem | undefined
  summary(): TreeSummary
}

/** @param known signed checkpoints kept elsewhere, of this journal or said not to be */
export function treeChecker(database: Database, journal: string, known: readonly string[]): TreeChecker {
  const origin = originOf(journal)
  const kept = keptSubtrees(database)
  let odd: number | undefined
  const tree = growTree(undefined, (level, index, hash) => {
    if (level % 8 !== 0) return
    const stored = kept.get(`${level}/${index}`)
    if (stored && !stored.equals(hash)) odd ??= (index + 1) * 2 ** level
    kept.delete(`${level}/${index}`)
  })
  const foreign = readKnown(known)
  const keys: (SigningKeyUse & { readonly raw: RawKey })[] = []
  let checkpoints = 0
  let signed = 0

  function checkKnown(): JournalProblem | undefined {
    const here = foreign.bySize.get(tree.size)
    if (!here?.some(({ root }) => !root.equals(tree.root()))) return undefined
    const message = `the entries up to ${tree.size} are not those of a checkpoint known from elsewhere: one of them or all were replaced`
    return { seq: tree.size, kind: 'checkpoint', message }
  }

  function stepKey({ seq, body }: EntryRow): JournalProblem | undefined {
    const entry = parseBody(body)!.entry as KeyEntry
    const problem = problemOfKey(entry, journal, keys.at(-1)?.raw)
    if (problem !== undefined)
      return { seq, kind: 'key', message: `entry ${seq} announces a signing key and ${problem}` }
    const raw = Buffer.from(entry.publicKey, 'base64')
    keys.push({ seq, reason: entry.reason, key: verifierKey(origin, raw), raw })
    return undefined
  }

  function stepCheckpoint({ seq, body }: EntryRow): JournalProblem | undefined {
    const entry = parseBody(body)!.entry as CheckpointEntry
    const problem = problemOfCheckpoint(entry, journal, { size: tree.size, root: tree.root() }, keys.at(-1)?.raw)
    if (problem !== undefined)
      return { seq, kind: 'checkpoint', message: `entry ${seq} is a checkpoint and ${problem}` }
    checkpoints += 1
    signed = entry.size
    return undefined
  }

  return {
    step(row) {
      const problem = row.kind === 'checkpoint' ? stepCheckpoint(row) : row.kind === 'key' ? stepKey(row) : undefined
      if (problem) return problem
      tree.add(Buffer.from(row.hash, 'hex'))
      return checkKnown()
    },
    end() {
      const { size } = tree
      if (odd !== undefined) {
        return { seq: odd, kind: 'checkpoint', message: `a kept hash over the entries up to ${odd} is not theirs` }
      }
      if (kept.size > 0) return { seq: size, kind: 'checkpoint', message: 'hashes are kept over entries there are not' }
      return endOfKnown(foreign, origin, size, keys)
    },
    summary: () => ({ checkpoints, signed, keys: keys.map(({ raw: _raw, ...use }) => use) }),
  }
}

interface Known {
  readonly all: readonly { readonly note: string; readonly checkpoint: Checkpoint | undefined }[]
  readonly bySize: ReadonlyMap<number, readonly Checkpoint[]>
}

function readKnown(notes: readonly string[]): Known {
  const all = notes.map((note) => ({ note, checkpoint: readCheckpoint(note) }))
  const bySize = new Map<number, Checkpoint[]>()
  for (const { checkpoint } of all) {
    if (checkpoint) bySize.set(checkpoint.size, [...(bySize.get(checkpoint.size) ?? []), checkpoint])
  }
  return { all, bySize }
}

function endOfKnown(
  known: Known,
  origin: string,
  size: number,
  keys: readonly { readonly raw: RawKey }[],
): JournalProblem | undefined {
  for (const { note, checkpoint } of known.all) {
    if (!checkpoint) return { seq: 0, kind: 'checkpoint', message: 'what was given as a checkpoint is none' }
    if (checkpoint.origin !== origin) {
      const message = `the checkpoint given is of ${checkpoint.origin}, and this is ${origin}`
      return { seq: 0, kind: 'checkpoint', message }
    }
    if (checkpoint.size > size) {
      const message = `the newest entries were removed: a checkpoint known from elsewhere is over the entries up to ${checkpoint.size}, here the last is ${size}`
      return { seq: size + 1, kind: 'truncated', message }
    }
    if (!keys.some(({ raw }) => openNote(note, origin, raw) !== undefined)) {
      const names = keys.map(({ raw }) => keyHash(origin, raw).toString('hex')).join(', ')
      const message = `the checkpoint given is signed with none of the keys this journal names (${names || 'none'})`
      return { seq: 0, kind: 'checkpoint', message }
    }
  }
  return undefined
}

function keptSubtrees(database: Database): Map<string, Buffer> {
  const rows = database
    .prepare<[], { level: number; number: number; hash: Buffer }>('SELECT level, number, hash FROM subtree')
    .all()
  return new Map(rows.map(({ level, number, hash }) => [`${level}/${number}`, hash]))
}
