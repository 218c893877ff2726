/**
 * Streams a file of consents, events or objections into the registry (CONSENT-IMPORT): constant memory, some thousand rows
 * a transaction, each bad row reported by line while the rest goes on. A second run of the same file changes nothing; a run
 * that was killed leaves whole transactions, and the next run of the same file goes on where it ended.
 */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { basename } from 'node:path'
import { canonicalJson } from '../../domain/canonical-json.js'
import type { DigestAlgorithm } from '../../domain/subject-key.js'
import { blankAddresses } from '../../domain/written-address.js'
import type { BatchContent, ImportBatch, ImportKind } from '../books/batches.js'
import type { Problem, Words } from '../records/drafts.js'
import type { BatchResult, ConsentResult, RegistryWriter, WriteResult } from '../writer/registry-writer.js'
import { type PreparedBatch, type PreparedContent, preparedBatches, type PrepareOptions } from './prepare.js'
import { preparedElsewhere } from './prepared-elsewhere.js'
import type { Defaults } from './read-draft.js'
import { type Reject, RejectsFile } from './rejects.js'
import { START_OF_FILE } from './source-lines.js'

export { ImportRefusedError } from './import-refused.js'

export interface ImportOptions {
  readonly kind: ImportKind
  readonly path: string
  /** By the name of the file unless given: `.jsonl` and `.ndjson` are JSON Lines, everything else CSV. */
  readonly format?: 'csv' | 'jsonl'
  /** Who declares the data, e.g. `cli:root`; recorded with every version. */
  readonly declaredBy: string
  readonly declaredSource?: string
  /** For columns the file does not have, or leaves empty, e.g. `{ advertiser_id: 'acme' }`. */
  readonly defaults?: Defaults
  /** Advertisers that exist; a row of another is refused. Undefined: any. */
  readonly advertisers?: ReadonlySet<string>
  readonly strip?: boolean
  /** Algorithm of the digests that stand in the column `address` of objections; such a list may have no header. */
  readonly hashed?: DigestAlgorithm
  /** Read, check and count everything; write nothing. */
  readonly dryRun?: boolean
  /** `<path>.rejects.csv` unless given. */
  readonly rejectsPath?: string
  /** Chooses the language of the rejects file; English unless given. */
  readonly say?: (words: Words) => string
  readonly onProgress?: (bytes: number, rows: number) => void
  readonly signal?: AbortSignal
}

export interface ImportCounts {
  readonly rows: number
  readonly added: number
  /** On file already, word for word. */
  readonly unchanged: number
  /** Older than what is on file. */
  readonly stale: number
  /** Not written because the person has objected or withdrawn; listed among the rejects. */
  readonly objected: number
  readonly refused: number
}

export interface ImportReport {
  /** Of the whole file, whatever an interrupted run did of it. */
  readonly counts: ImportCounts
  /** Undefined for a dry run. */
  readonly batchId: string | undefined
  /** Rows an interrupted run had done. */
  readonly resumedAfter: number
  /** Undefined when there was nothing to reject. */
  readonly rejectsPath: string | undefined
  /** The first rejects, for the screen. */
  readonly rejects: readonly Reject[]
  /** Columns `strip` dropped something from, and how often. */
  readonly stripped: ReadonlyMap<string, number>
}

const SHOWN_REJECTS = 20
/** The clock of a file server may be ahead: a second run must not take that for a file written since the first. */
const CLOCK_TOLERANCE_MS = 60_000
/** Smaller files are read before a thread would have started. */
const THREAD_OCTETS = 2_000_000

/**
 * @throws ImportRefusedError when the header is none, or has unknown or too few columns
 * @throws RegistryUnavailableError when the registry cannot be written; what was committed before stays
 */
export async function importFile(writer: RegistryWriter, given: ImportOptions): Promise<ImportReport> {
  const { path, dryRun = false } = given
  const content = dryRun && given.kind !== 'objection' ? undefined : await contentOf(given)
  const batch = dryRun || content === undefined ? undefined : beginBatch(writer, given, content)
  const preparing = writer.preparing()
  const firstSeen = batch?.startedAt ?? (content && writer.batches.startedAt(content))
  const at = objectedAt(path, firstSeen, preparing.now)
  const options = { ...given, defaults: { ...objectionDefaults(given, at), ...given.defaults } }
  const reading = readingOf(options)
  const interrupted = batch?.interrupted?.reading === reading ? batch.interrupted : undefined
  const prepare: PrepareOptions = {
    kind: options.kind,
    path,
    format: options.format ?? (/\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : 'csv'),
    defaults: options.defaults,
    advertisers: options.advertisers,
    strip: options.strip ?? false,
    hashed: options.hashed,
    ...preparing,
    from: interrupted ?? START_OF_FILE,
  }
  const rejects = new RejectsFile(
    options.rejectsPath ?? `${path}.rejects.csv`,
    options.say ?? (({ en }) => en),
    interrupted?.rejects,
  )
  const run = new ImportRun(writer, { ...options, reading, batch, rejects })
  if (interrupted) run.counts = { ...NOTHING, ...interrupted.counts }
  try {
    const elsewhere = statSync(path).size - prepare.from.bytes > THREAD_OCTETS
    for await (const prepared of elsewhere ? preparedElsewhere(prepare) : preparedBatches(prepare)) {
      run.write(prepared)
      options.onProgress?.(prepared.position.bytes, run.counts.rows)
      options.signal?.throwIfAborted()
      await writer.letOthersWrite(pause)
    }
    if (batch) run.finish(batch)
  } finally {
    rejects.close()
  }
  return {
    counts: run.counts,
    batchId: batch?.id,
    resumedAfter: interrupted?.counts['rows'] ?? 0,
    rejectsPath: rejects.size > 0 ? rejects.path : undefined,
    rejects: run.shown,
    stripped: run.stripped,
  }
}

const NOTHING: ImportCounts = { rows: 0, added: 0, unchanged: 0, stale: 0, objected: 0, refused: 0 }

/**
 * What a list of objections may leave out, read so that no objection is weaker for it: against the advertiser it is given
 * for, else against everybody.
 */
function objectionDefaults({ kind, defaults = {} }: ImportOptions, at: number): Defaults {
  if (kind !== 'objection') return {}
  const scope = defaults['advertiser_id'] === undefined ? 'global' : 'advertiser'
  return { scope, reason: 'manual', at: new Date(at).toISOString() }
}

/**
 * When those in a list without dates have objected, milliseconds since the epoch: when its content was first imported, since
 * nobody in it objected later; or when the file was written, where that is after: it is then said anew. A date of the file
 * from before says nothing, archives and copies set it as they like; nor does one to come.
 */
function objectedAt(path: string, firstSeen: number | undefined, now: number): number {
  const written = Math.floor(statSync(path).mtimeMs)
  const first = Math.min(firstSeen ?? now, now)
  return written <= now && written - first > CLOCK_TOLERANCE_MS ? written : first
}

/** What a row is read and refused by, beside what it says itself. */
function readingOf({ defaults = {}, strip = false, hashed, advertisers }: ImportOptions): string {
  return JSON.stringify([defaults, strip, hashed ?? null, advertisers ? [...advertisers].sort() : null])
}

/** One list imported against two advertisers is two: what it says of the second is heard when it is first said. */
async function contentOf({ kind, path, defaults = {}, hashed }: ImportOptions): Promise<BatchContent> {
  const fileSha256 = await digestOf(path)
  if (kind !== 'objection') return { kind, fileSha256 }
  return { kind, fileSha256, saidOfAll: canonicalJson({ ...defaults, hashed: hashed ?? null }) }
}

function beginBatch(writer: RegistryWriter, options: ImportOptions, content: BatchContent): ImportBatch {
  const { path, declaredBy, declaredSource } = options
  return writer.transaction(() =>
    writer.batches.begin({
      ...content,
      fileName: blankAddresses(basename(path)),
      declaredBy,
      ...(declaredSource === undefined ? {} : { declaredSource }),
    }),
  )
}

async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>) {
    digest.update(chunk)
  }
  return digest.digest('hex')
}

interface RunOptions extends ImportOptions {
  readonly reading: string
  /** Undefined for a dry run. */
  readonly batch: ImportBatch | undefined
  readonly rejects: RejectsFile
}

class ImportRun {
  counts: ImportCounts = NOTHING
  readonly shown: Reject[] = []
  readonly stripped = new Map<string, number>()
  readonly #writer: RegistryWriter
  readonly #options: RunOptions
  readonly #advertisers = new Set<string>()

  constructor(writer: RegistryWriter, options: RunOptions) {
    this.#writer = writer
    this.#options = options
  }

  /** One transaction. */
  write(prepared: PreparedBatch): void {
    const { rows, position, lines, content } = prepared
    const { batch, rejects: file, reading } = this.#options
    const refused = rows - lines.length
    const counts = { ...this.counts, rows: this.counts.rows + rows, refused: this.counts.refused + refused }
    const rejects = [...prepared.rejects]
    const all = (): void => {
      this.#contents(content, (written, index) => {
        const { kind, problems } = outcomeOf(written)
        counts[kind] += 1
        rejects.push(...problems.map((problem) => ({ line: lines[index]!, ...problem })))
      })
      rejects.sort((left, right) => left.line - right.line)
      // Before the commit, which says how much of the rejects file is true.
      file.write(rejects)
      if (batch) this.#writer.batches.progress(batch, { ...position, rejects: file.size, reading, counts })
    }
    if (batch) this.#writer.transaction(all)
    else rehearse(this.#writer, all)
    this.counts = counts
    this.shown.push(...rejects.slice(0, SHOWN_REJECTS - this.shown.length))
    for (const [column, times] of prepared.stripped) this.stripped.set(column, (this.stripped.get(column) ?? 0) + times)
  }

  finish(batch: ImportBatch): void {
    const { kind, defaults = {} } = this.#options
    const advertiser = defaults['advertiser_id']
    if (advertiser !== undefined) this.#advertisers.add(advertiser)
    this.#writer.transaction(() => {
      this.#writer.importFinished(batch, { ...this.counts }, this.#options.declaredBy)
      if (kind === 'objection' && this.counts.refused === 0) this.#writer.objectionsSynced([...this.#advertisers])
    })
  }

  #contents(content: PreparedContent, told: (written: Written, index: number) => void): void {
    const writer = this.#writer
    switch (content.kind) {
      case 'consent': {
        const { declaredBy, batch } = this.#options
        const provenance = batch ? { by: declaredBy, batch } : { by: declaredBy }
        writer.writeBatch(content.consents, provenance, told)
        break
      }
      case 'event':
        content.events.forEach((event, index) => told(writer.addEvent(event), index))
        break
      case 'objection':
        content.objections.forEach((objection, index) => {
          if (objection.scope.kind === 'advertiser') this.#advertisers.add(objection.scope.advertiserId)
          told(writer.addObjection(objection), index)
        })
    }
  }
}

type Written = ConsentResult | WriteResult | BatchResult

interface Outcome {
  readonly kind: Exclude<keyof ImportCounts, 'rows'>
  readonly problems: readonly Problem[]
}

function outcomeOf(result: Written): Outcome {
  switch (result.kind) {
    case 'objected':
      return { kind: 'objected', problems: [OBJECTED] }
    case 'withdrawn':
      return { kind: 'objected', problems: [WITHDRAWN] }
    case 'refused':
      return result
    default:
      return { kind: result.kind, problems: [] }
  }
}

const OBJECTED: Problem = {
  column: 'address',
  rule: 'OPPOSITION-LISTED',
  reason: {
    en: 'the person has objected; only a newer double opt-in with the advertiser itself would count',
    fr: 'la personne s’est opposée ; seul un double opt-in plus récent auprès de l’annonceur compterait',
  },
}
const WITHDRAWN: Problem = {
  column: 'status',
  rule: 'CONSENT-WITHDRAWN',
  reason: {
    en: 'consent is on file as ended; only one the person gives the advertiser itself afterwards brings it back',
    fr: 'le consentement est au registre comme terminé ; seul celui que la personne redonne à l’annonceur le rétablit',
  },
}

/** Runs `work` and undoes it. Rows that repeat one of an earlier batch of the file are counted as new. */
function rehearse(writer: RegistryWriter, work: () => void): void {
  const undo = new Error('rehearsal')
  try {
    writer.transaction(() => {
      work()
      throw undo
    })
  } catch (cause) {
    if (cause !== undo) throw cause
  }
}
