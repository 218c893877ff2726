/**
 * Checks a journal from its first octet to its head without trusting any of it, on one snapshot, while the relay goes on
 * writing. Names the first entry that cannot be trusted and what is wrong with it (promise I11).
 *
 * What a file alone cannot show is that all of it was put back as it was earlier, head included: give points known from
 * elsewhere as `anchors`, and the chain must run through them.
 */
import { deriveKey, type MasterKey } from '../storage/key-file.js'
import { watchSchema } from '../storage/schema-check.js'
import { assertMigrated, type Database, openDatabase } from '../storage/sqlite.js'
import { type ChainSource, checkHead, type JournalProblem, walkChain } from './chain-check.js'
import { chainSource } from './chain-source.js'
import { type ChainPoint, genesisHash, JOURNAL_FORMAT, type JournalHeader } from './entry-format.js'
import { entriesFrom, type EntryRow, readHead, readHeader } from './journal-rows.js'
import { MIGRATIONS } from './schema.js'
import { segmentKeysBeside } from './segments/personal-reader.js'
import { type SegmentChecker, segmentChecker, type SegmentSummary } from './segments/segment-check.js'
import { openVault, type SealedPart } from './segments/vault.js'
import { startStorageCheck, type StorageCheck } from './storage-check.js'
import { type TreeChecker, treeChecker, type TreeSummary } from './tree/tree-check.js'

export interface VerifyOptions {
  /** Without them the seal of the head is not checked, and a cut end whose head was adjusted is not found. */
  readonly keys?: readonly MasterKey[]
  /** Keys of the segments, beside the journal when left out. Personal parts whose key is not at hand are counted. */
  readonly segmentKeyFile?: string
  /** Points of this chain kept elsewhere. */
  readonly anchors?: readonly ChainPoint[]
  /** Signed checkpoints of this journal kept elsewhere. */
  readonly checkpoints?: readonly string[]
  /** Called every few thousand entries. */
  readonly onProgress?: (checked: number, total: number) => void
}

export interface OpenDecision {
  readonly seq: number
  readonly ref: string
  readonly rcpt: number
}

export interface VerificationResult {
  readonly ok: boolean
  /** The first thing wrong; what follows it was not looked at. */
  readonly problem: JournalProblem | undefined
  readonly header: JournalHeader | undefined
  /** Entries that were in order. */
  readonly entries: number
  /** The last of them. */
  readonly head: ChainPoint | undefined
  /** Whether the seal of the head was checked, and held. */
  readonly sealed: boolean
  /** Permitted at the end of DATA and without an outcome: under way, or of a run that ended. At most 1,000 are listed. */
  readonly open: readonly OpenDecision[]
  readonly openCount: number
  /** As far as the check came. */
  readonly tree: TreeSummary
  readonly segments: SegmentSummary
  /** Personal parts that were not looked into, for want of their key. */
  readonly unread: number
}

const LISTED_OPEN = 1_000
const PROGRESS_EVERY = 4_096

/** Never throws for what is in the file; a file that cannot be read is a problem of kind `storage`. */
export function verifyJournal(path: string, options: VerifyOptions = {}): VerificationResult {
  const audit: Audit = {
    header: undefined,
    checked: 0,
    last: undefined,
    open: new Map(),
    sealed: false,
    tree: undefined,
    segments: undefined,
    unread: 0,
  }
  let problem: JournalProblem | undefined
  let database: Database | undefined
  try {
    database = openDatabase(path, { readonly: true })
    assertMigrated(database, MIGRATIONS)
    database.exec('BEGIN')
    const segmentKeyFile = options.segmentKeyFile ?? segmentKeysBeside(path)
    problem = examine(database, audit, options, { path, segmentKeyFile })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    problem = { seq: audit.last?.seq ?? 0, kind: 'storage', message: `the file ${path} cannot be read: ${reason}` }
  } finally {
    database?.close()
  }
  return {
    ok: problem === undefined,
    problem,
    header: audit.header,
    entries: audit.checked,
    head: audit.last,
    sealed: audit.sealed,
    open: [...audit.open.values()].slice(0, LISTED_OPEN),
    openCount: audit.open.size,
    tree: audit.tree?.summary() ?? { checkpoints: 0, signed: 0, keys: [] },
    segments: audit.segments?.summary() ?? { closed: 0, destroyed: 0 },
    unread: audit.unread,
  }
}

interface Audit {
  header: JournalHeader | undefined
  checked: number
  last: ChainPoint | undefined
  sealed: boolean
  readonly open: Map<string, OpenDecision>
  tree: TreeChecker | undefined
  segments: SegmentChecker | undefined
  unread: number
}

function examine(
  database: Database,
  audit: Audit,
  options: VerifyOptions,
  { path, segmentKeyFile }: { readonly path: string; readonly segmentKeyFile: string },
): JournalProblem | undefined {
  const text = readHeader(database)
  const header = text === undefined ? undefined : parseHeader(text)
  if (text === undefined || !header) return { seq: 0, kind: 'header', message: 'the header is missing or unreadable' }
  audit.header = header
  audit.tree = treeChecker(database, header.journal, options.checkpoints ?? [])
  const vault = openVault(segmentKeyFile, header.journal)
  audit.segments = segmentChecker(vault)
  const source = countUnread(chainSource(database, vault), audit)
  const storage = startStorageCheck(database, path, readHead(database)?.seq ?? 0)
  return (
    examineChain(database, text, audit, options, source) ??
    examineHead(database, header, audit, options) ??
    audit.tree.end() ??
    audit.segments.end() ??
    examineAside(database, audit, storage) ??
    examineStorage(audit, storage) ??
    examineSchema(database)
  )
}

function examineChain(
  database: Database,
  header: string,
  audit: Audit,
  { anchors = [], onProgress }: VerifyOptions,
  source: ChainSource,
): JournalProblem | undefined {
  const anchored = new Map(anchors.map((anchor) => [anchor.seq, anchor.hash]))
  const total = readHead(database)?.seq ?? 0
  const walker = walkChain({ seq: 0, hash: genesisHash(header) }, source)
  audit.last = walker.last
  const unanchored = checkAnchor(anchored, walker.last)
  if (unanchored) return unanchored
  for (const row of entriesFrom(database, Number.MIN_SAFE_INTEGER)) {
    const problem = walker.step(row) ?? checkAnchor(anchored, row) ?? audit.tree?.step(row) ?? audit.segments?.step(row)
    if (problem) return problem
    audit.last = walker.last
    audit.checked += 1
    followOutcome(audit.open, row)
    if (audit.checked % PROGRESS_EVERY === 0) onProgress?.(audit.checked, total)
  }
  onProgress?.(audit.checked, total)
  const { seq } = walker.last
  const beyond = anchors.find((anchor) => anchor.seq > seq)
  if (!beyond) return undefined
  const message = `the newest entries were removed: entry ${beyond.seq} is known from elsewhere, the last here is ${seq}`
  return { seq: seq + 1, kind: 'truncated', message }
}

/** The walk asks twice for a part it cannot vouch for at first sight: each counts once. */
function countUnread(source: ChainSource, audit: Audit): ChainSource {
  let asked: SealedPart | undefined
  return {
    ...source,
    open(part) {
      const opened = source.open(part)
      if (opened === 'unreadable' && !asked?.sealed.equals(part.sealed)) audit.unread += 1
      asked = part
      return opened
    },
  }
}

function checkAnchor(anchors: ReadonlyMap<number, string>, point: ChainPoint): JournalProblem | undefined {
  const known = anchors.get(point.seq)
  if (known === undefined || known === point.hash) return undefined
  const message = `entry ${point.seq} is not the one known from elsewhere: it or an earlier one was replaced`
  return { seq: point.seq, kind: 'changed', message }
}

function examineHead(
  database: Database,
  header: JournalHeader,
  audit: Audit,
  { keys }: VerifyOptions,
): JournalProblem | undefined {
  const secrets = keys && new Map(keys.map((key) => [key.keyId, deriveKey(key, 'journal')]))
  const problem = checkHead(readHead(database), audit.last!, header.journal, secrets)
  audit.sealed = !problem && secrets !== undefined
  return problem
}

/** The tables that are no evidence themselves must say the same as the chain. */
function examineAside(database: Database, audit: Audit, storage: StorageCheck): JournalProblem | undefined {
  const { stray } = storage.result()
  if (stray !== undefined)
    return { seq: stray, kind: 'personal', message: `a personal part belongs to no entry (${stray})` }
  const noted = database.prepare<[], OpenDecision>('SELECT seq, ref, rcpt FROM awaiting ORDER BY seq').all()
  const wrong = noted.find(({ seq, ref, rcpt }) => audit.open.get(openKey(ref, rcpt))?.seq !== seq)
  const numbers = new Set(noted.map(({ seq }) => seq))
  const missing = [...audit.open.values()].find(({ seq }) => !numbers.has(seq))
  const seq = wrong?.seq ?? missing?.seq
  if (seq === undefined) return undefined
  return { seq, kind: 'awaiting', message: `the list of decisions without outcome is wrong about entry ${seq}` }
}

/** Catches what reads well and is broken all the same, such as an index that hides an entry. */
function examineStorage(audit: Audit, storage: StorageCheck): JournalProblem | undefined {
  const report = storage.result().file
  if (report === 'ok') return undefined
  const message = `the entries are in order and the file around them is damaged: ${report}`
  return { seq: audit.last?.seq ?? 0, kind: 'storage', message }
}

/** A trigger may swallow what will be written; it has changed nothing that is there. */
function examineSchema(database: Database): JournalProblem | undefined {
  const trouble = watchSchema(database, MIGRATIONS)()
  return trouble && { seq: 0, kind: 'storage', message: trouble.words.en }
}

function followOutcome(open: Map<string, OpenDecision>, row: EntryRow): void {
  const { seq, ref, rcpt } = row
  if (row.kind === 'outcome') open.delete(openKey(ref, rcpt))
  else if (row.result === 'permit' && isAtData(row.body)) open.set(openKey(ref, rcpt), { seq, ref, rcpt })
}

/** `stage` comes after every list of a body, and a quote inside a text is escaped: the last one found is the entry's own. */
function isAtData(body: string): boolean {
  const found = body.lastIndexOf('"stage":"')
  return body.startsWith('data"', found + '"stage":"'.length)
}

function openKey(ref: string, rcpt: number): string {
  return `${ref}/${rcpt}`
}

function parseHeader(text: string): JournalHeader | undefined {
  try {
    const header = JSON.parse(text) as JournalHeader
    return header.format === JOURNAL_FORMAT && typeof header.journal === 'string' ? header : undefined
  } catch {
    return undefined
  }
}
