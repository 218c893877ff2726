/**
 * The pack for an inspection: what an advertiser sent through Aval in a period, on what facts, and the proofs, in one zip
 * that can be checked without Aval. Described in `docs/journal-format.md`. Written as it is read, in constant memory but for
 * one number for each entry.
 *
 * Only what concerns the advertiser is in it. That the rest of the journal stands between its entries is shown by the
 * tree; what it says is not.
 */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/canonical-json.js'
import { jsonLine } from '../domain/json-line.js'
import type { DecisionEntry } from '../domain/journal-entry.js'
import type { Advertiser } from '../domain/party.js'
import { parseBody, restoreEntry } from '../journal/entry-format.js'
import type { EntryRow } from '../journal/journal-rows.js'
import type { JournalReader, RowScope } from '../journal/reader.js'
import { type NoteSigner, signNote } from '../journal/tree/note.js'
import { type EvidenceReader, type RecordEvidence, statementOf } from '../registry/records/record-evidence.js'
import { type Archive, openArchive } from './archive.js'
import { countFigures, type Figures } from './figures.js'
import { type InForce, inForceOf } from './in-force.js'
import { inspectionNotes } from './notes.js'
import { summaryPage } from './summary.js'

export const PACK_FORMAT = 'aval-evidence/1'

export interface PackOptions {
  readonly advertiser: Advertiser
  /** Milliseconds since the epoch. */
  readonly from: number
  /** Not included. */
  readonly to: number
  /** When and by whom it is made. */
  readonly at: number
  readonly by: string
  readonly version: string
  /** The newest checkpoint: everything in the pack is under it. */
  readonly checkpoint: { readonly size: number; readonly note: string; readonly key: string }
  /** Sizes of checkpoints somebody kept elsewhere: the pack shows how they lead to the newest. */
  readonly keptElsewhere?: readonly number[]
  /** Signs the manifest: the key of the journal. */
  readonly signer: NoteSigner
  readonly journal: JournalReader
  readonly registry: EvidenceReader
  /** Text of `verify.mjs`, and of the page that describes the format. */
  readonly verifier: string
  readonly format: string
  /** Called every few thousand entries. */
  readonly onProgress?: (entries: number) => void
}

export interface Pack {
  readonly output: NodeJS.ReadableStream
  /** Complete once the output has ended. */
  readonly figures: () => Figures
}

/** What one passage over the journal leaves for the next file. */
interface Passage {
  readonly leaves: number[]
  readonly configurations: Set<string>
  readonly counter: ReturnType<typeof countFigures>
  readonly missingRecords: Set<string>
  /** Companies addresses of these records came from. */
  readonly sources: Set<string>
}

/** The source of a record that was purged or erased. */
const GONE = 'gone'
const PROGRESS_EVERY = 2_000

export function writePack(options: PackOptions): Pack {
  const archive = openArchive(options.at)
  const passage: Passage = {
    leaves: [],
    configurations: new Set(),
    counter: countFigures(),
    missingRecords: new Set(),
    sources: new Set(),
  }
  const { journal, checkpoint, advertiser } = options
  let read: InForce | undefined
  const inForce = () => (read ??= inForceOf(journal, passage.configurations, advertiser.id, passage.sources))

  archive.add('journal/header.json', () => [journal.headerText()])
  archive.add('journal/entries.jsonl', () => entryLines(options, passage))
  archive.add('journal/tree.txt', () => base64Lines(journal.hashesBeside(passage.leaves, checkpoint.size)))
  archive.add('journal/checkpoint.txt', () => [checkpoint.note])
  archive.add('journal/checkpoints.jsonl', () => checkpointLines(options))
  archive.add('records.jsonl', () => recordLines(options, passage))
  archive.add('objections.jsonl', () => jsonLines(options.registry.objections(advertiser.id, options.to)))
  archive.add('configurations.jsonl', () => jsonLines(inForce().configurations))
  archive.add('rules.jsonl', () => jsonLines(inForce().rules))
  archive.add('contracts.json', () => [jsonPage(inForce().contracts)])
  for (const language of ['fr', 'en'] as const) {
    archive.add(`summary.${language}.html`, () => [
      summaryPage(language, {
        ...options,
        figures: passage.counter.figures(),
        inForce: inForce(),
        missingRecords: passage.missingRecords.size,
      }),
    ])
  }
  archive.add('README.txt', () => [inspectionNotes(options)])
  archive.add('FORMAT.md', () => [options.format])
  archive.add('verify.mjs', () => [options.verifier])
  addManifest(archive, options)
  archive.end()
  return { output: archive.output, figures: () => passage.counter.figures() }
}

/** Last, because it names everything before it. */
function addManifest(archive: Archive, options: PackOptions): void {
  const { advertiser, from, to, at, by, version, checkpoint, signer } = options
  let text = ''
  archive.add('manifest.json', () => {
    const files = Object.fromEntries([...archive.written].map(([name, file]) => [name, { ...file }]))
    const { key, size } = checkpoint
    text = canonicalJson({
      format: PACK_FORMAT,
      advertiser: advertiser.id,
      from,
      to,
      at,
      by,
      version,
      key,
      size,
      files,
    })
    return [text]
  })
  archive.add('manifest.sig', () => [
    signNote(`${PACK_FORMAT}\n${createHash('sha256').update(text).digest('base64')}\n`, signer),
  ])
}

function scopeOf({ advertiser, from, to, checkpoint }: PackOptions): RowScope {
  return { advertiser: advertiser.id, from, to, last: checkpoint.size }
}

function* entryLines(options: PackOptions, passage: Passage): Generator<string, void> {
  const { leaves, configurations, counter } = passage
  for (const row of options.journal.rows(scopeOf(options))) {
    leaves.push(row.seq - 1)
    const exported = options.journal.exported(row)
    const entry = entryOf(row, options.journal)
    counter.add(entry, 'personal' in parseBody(row.body)!.entry && exported.personal === undefined)
    if (entry.kind === 'decision') configurations.add(entry.configSha256)
    if (leaves.length % PROGRESS_EVERY === 0) options.onProgress?.(leaves.length)
    yield jsonLine(exported)
  }
}

/** Each version a decision rests on, once, in the state it was in then. */
function* recordLines(options: PackOptions, passage: Passage): Generator<string, void> {
  const { registry, advertiser } = options
  const sources = new Map<string, string>()
  for (const row of options.journal.rows(scopeOf(options))) {
    if (row.kind !== 'decision') continue
    const decision = entryOf(row, options.journal) as DecisionEntry
    const { recordId, recordVersion, toKey } = decision
    if (recordId === '') {
      passage.counter.addSource(decision, '')
      continue
    }
    const name = `${recordId}/${recordVersion}`
    let source = sources.get(name)
    // Of an erased decision nobody knows the person any more; a later one may lead to the same record.
    if (source === undefined && toKey !== '') {
      const record = registry.version(toKey, advertiser.id, recordId, recordVersion)
      if (record) yield jsonLine(record)
      const { sourcePartyId } = (record && statementOf(record)) ?? {}
      if (sourcePartyId !== undefined) passage.sources.add(sourcePartyId)
      source = record ? sourceOf(record) : GONE
      sources.set(name, source)
    }
    if (source === undefined || source === GONE) passage.missingRecords.add(name)
    else passage.missingRecords.delete(name)
    passage.counter.addSource(decision, source ?? GONE)
  }
}

function sourceOf(record: RecordEvidence): string {
  const { sourceKind, sourcePartyId } = statementOf(record) ?? {}
  return sourceKind === undefined ? 'unknown' : [sourceKind, sourcePartyId].filter(Boolean).join(' ')
}

/** The last of each day, those given outside, and how each leads to the newest. */
function* checkpointLines({ journal, checkpoint, from, to, keptElsewhere = [] }: PackOptions): Generator<string, void> {
  const all = journal.checkpoints().filter(({ size }) => size <= checkpoint.size)
  const outside = new Set(keptElsewhere)
  for (const { entry } of journal.entries({ kind: 'anchor', from }))
    if (entry.kind === 'anchor') outside.add(entry.size)
  for (const [i, { size, note, at }] of all.entries()) {
    const next = all[i + 1]
    const isLastOfDay = next === undefined || dayOf(next.at) !== dayOf(at)
    const isOfPeriod = at >= from && (at < to || (all[i - 1]?.at ?? 0) < to)
    if (!outside.has(size) && !(isLastOfDay && isOfPeriod)) continue
    const consistency = journal.consistencyProof(size, checkpoint.size).map((hash) => hash.toString('base64'))
    yield jsonLine({ note, consistency })
  }
}

function* base64Lines(hashes: Iterable<Buffer>): Generator<string, void> {
  for (const hash of hashes) yield `${hash.toString('base64')}\n`
}

function* jsonLines(values: Iterable<unknown>): Generator<string, void> {
  for (const value of values) yield jsonLine(value)
}

function jsonPage(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function entryOf(row: EntryRow, journal: JournalReader) {
  return restoreEntry(parseBody(row.body)!.entry, journal.exported(row).personal)
}

function dayOf(at: number): number {
  return Math.floor(at / 86_400_000)
}
