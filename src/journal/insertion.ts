/** Entries put into the file, by whoever writes: always in one transaction with the head, moved and sealed. */
import { randomBytes, randomFillSync } from 'node:crypto'
import type { JournalEntry } from '../domain/journal-entry.js'
import type { Database } from '../storage/sqlite.js'
import { checkHead, type JournalProblem, walkChain } from './chain-check.js'
import { chainSource } from './chain-source.js'
import {
  awaitsOutcome,
  type ChainPoint,
  columnsOf,
  genesisHash,
  headerText,
  headSeal,
  JOURNAL_FORMAT,
  type JournalHeader,
  sealEntry,
} from './entry-format.js'
import { unavailable } from './journal-error.js'
import { entriesFrom, readHead, readHeader } from './journal-rows.js'
import type { SegmentWriter } from './segments/segments.js'
import type { Vault } from './segments/vault.js'
import type { OpenChain } from './tree/sealing.js'

export interface JournalKey {
  readonly keyId: string
  /** Derived for the purpose `journal`. */
  readonly secret: Uint8Array
}

/** What the head is sealed with. */
export interface Seal {
  /** Id of the journal. */
  readonly journal: string
  readonly key: JournalKey
}

export interface HeaderOptions {
  readonly path: string
  readonly node: string
  /** The one in force first. */
  readonly keys: readonly JournalKey[]
}

/** Reads the header, or makes it and the head in one transaction. */
export function ensureHeader(
  database: Database,
  options: HeaderOptions,
): { readonly header: string; readonly journal: string } {
  const header = readHeader(database) ?? createHeader(database, options)
  return { header, journal: (JSON.parse(header) as JournalHeader).journal }
}

function createHeader(database: Database, { path, node, keys }: HeaderOptions): string {
  return database
    .transaction(() => {
      const present = readHeader(database)
      if (present !== undefined) return present
      const isEmpty = database.prepare('SELECT seq FROM entry LIMIT 1').get() === undefined
      if (readHead(database) || !isEmpty) throw unavailable('damaged', path, 'the header is missing')
      const journal = randomBytes(16).toString('hex')
      const header = headerText({ format: JOURNAL_FORMAT, journal, node, createdAt: Date.now() })
      database.prepare('INSERT INTO journal (id, header) VALUES (1, ?)').run(header)
      moveHead(prepareInsertion(database), { seq: 0, hash: genesisHash(header) }, { journal, key: keys[0]! })
      return header
    })
    .immediate()
}

export type Insertion = ReturnType<typeof prepareInsertion>

export function prepareInsertion(database: Database) {
  return {
    entry: database.prepare(
      `INSERT INTO entry (seq, at, kind, ref, rcpt, result, rule, advertiser, router, hash, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    personal: database.prepare('INSERT INTO personal (seq, segment, tag, sealed) VALUES (?, ?, ?, ?)'),
    addressee: database.prepare('INSERT INTO addressee (seq, segment, tag, sealed) VALUES (?, ?, ?, ?)'),
    await: database.prepare('INSERT OR REPLACE INTO awaiting (ref, rcpt, seq) VALUES (?, ?, ?)'),
    settle: database.prepare('DELETE FROM awaiting WHERE ref = ? AND rcpt = ?'),
    head: database.prepare('INSERT OR REPLACE INTO head (id, seq, hash, key_id, seal) VALUES (1, ?, ?, ?, ?)'),
  }
}

/** The end of a chain that is being written to: entries are put behind it, and the head moved once at the end. */
export interface ChainEnd extends OpenChain {
  /** Moves the head to where the chain ends now. */
  close(): ChainPoint
}

/** The caller holds a write transaction. */
export function openEnd(
  database: Database,
  insertion: Insertion,
  from: ChainPoint,
  seal: Seal,
  segments: SegmentWriter,
): ChainEnd {
  let head = from
  return {
    database,
    journal: seal.journal,
    get head() {
      return head
    },
    append(entries) {
      for (const entry of entries) head = insertEntry(insertion, entry, head, segments)
      return head
    },
    close() {
      moveHead(insertion, head, seal)
      return head
    },
  }
}

/** What is wrong with the chain from a point on, head and seal included. */
export function checkFrom(
  database: Database,
  start: ChainPoint,
  journal: string,
  keys: readonly JournalKey[],
  vault: Vault,
): JournalProblem | undefined {
  const walker = walkChain(start, chainSource(database, vault))
  for (const row of entriesFrom(database, start.seq + 1)) {
    const problem = walker.step(row)
    if (problem) return problem
  }
  return checkHead(readHead(database), walker.last, journal, new Map(keys.map((key) => [key.keyId, key.secret])))
}

function insertEntry(
  insertion: Insertion,
  entry: JournalEntry,
  previous: ChainPoint,
  segments: SegmentWriter,
): ChainPoint {
  const { body, hash, personal } = sealEntry(entry, previous, nextSalt())
  const { at, kind, ref, rcpt, result, rule, advertiser, router } = columnsOf(entry)
  const seq = previous.seq + 1
  insertion.entry.run(seq, at, kind, ref, rcpt, result, rule, advertiser, router, hash, body)
  if (personal) {
    const { segment, tag, sealed } = segments.seal(personal)
    insertion.personal.run(seq, segment, tag, sealed)
  }
  if (entry.kind === 'decision' && entry.toObjectionKey !== undefined) {
    const { segment, tag, sealed } = segments.sealAddressee(entry.messageIdSha256, entry.toObjectionKey)
    insertion.addressee.run(seq, segment, tag, sealed)
  }
  if (awaitsOutcome(entry)) insertion.await.run(ref, rcpt, seq)
  if (entry.kind === 'outcome') insertion.settle.run(ref, rcpt)
  return { seq, hash }
}

const SALT_OCTETS = 32
const salts = Buffer.alloc(128 * SALT_OCTETS)
let nextSaltAt = salts.length

/** Random octets are drawn for many entries at once: drawing costs more than hashing. Each is used once and wiped. */
function nextSalt(): string {
  if (nextSaltAt === salts.length) {
    randomFillSync(salts)
    nextSaltAt = 0
  }
  const octets = salts.subarray(nextSaltAt, (nextSaltAt += SALT_OCTETS))
  const salt = octets.toString('hex')
  octets.fill(0)
  return salt
}

function moveHead(insertion: Insertion, head: ChainPoint, { journal, key }: Seal): void {
  insertion.head.run(head.seq, head.hash, key.keyId, headSeal(key.secret, journal, key.keyId, head))
}
