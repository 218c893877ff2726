/**
 * The first half of an import: a file read, checked and turned into what will be written, in batches of some thousand rows.
 * Knows the keys but not the registry, so that it runs in a thread of its own while the last batch is written.
 */
import type { Site } from '../../domain/party.js'
import {
  type DigestAlgorithm,
  type OtherName,
  type SubjectKeys,
  subjectKeys,
  undigestedKeys,
} from '../../domain/subject-key.js'
import type { ImportKind } from '../books/batches.js'
import {
  type ConsentDraft,
  type DigestedAddress,
  type EventDraft,
  isDigest,
  isDomain,
  type ObjectionDraft,
  type Problem,
  type WholeDomain,
  type Words,
} from '../records/drafts.js'
import { integrityCodes } from '../ledger/integrity.js'
import { identify, type MasterKeys, subjectSecrets } from '../key-source.js'
import { prepareConsent } from '../records/prepared-consent.js'
import { type EncodedStatement, statementEncoder } from '../records/record-codec.js'
import { validateConsent, validateEvent, validateObjection } from '../records/record-validation.js'
import { type AlikeRow, AlikeRows } from './alike-rows.js'
import { CONSENT_COLUMNS, type Columns, EVENT_COLUMNS, hashedObjectionColumns, OBJECTION_COLUMNS } from './columns.js'
import { beginningOf } from './beginning.js'
import { type CsvHeader, CsvRows } from './csv-rows.js'
import { ImportRefusedError } from './import-refused.js'
import { refuseOtherFormats } from './other-formats.js'
import { JSON_ROWS } from './json-rows.js'
import { PLAIN_ROWS } from './plain-rows.js'
import { ConsentPacker, type PackedConsents } from './packed-consents.js'
import {
  columnReaders,
  type Defaults,
  type DraftResult,
  readConsentDraft,
  readEventDraft,
  robotsOf,
  readObjectionDraft,
  type WrittenObjection,
  type ReadOptions,
  unknownColumn,
} from './read-draft.js'
import type { Reject } from './rejects.js'
import type { Row, RowReader, RowResult } from './rows.js'
import { type Position, type SourceLine, sourceLines } from './source-lines.js'

/** Plain data: it is handed to another thread. */
export interface PrepareOptions {
  readonly kind: ImportKind
  readonly path: string
  readonly format: 'csv' | 'jsonl'
  readonly defaults: Defaults
  /** Undefined: any. */
  readonly advertisers: ReadonlySet<string> | undefined
  readonly strip: boolean
  /** Algorithm of the digests that stand in the column `address` of objections. */
  readonly hashed: DigestAlgorithm | undefined
  readonly keys: MasterKeys
  readonly separators: string | undefined
  readonly site: Site | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How else than by an address the objections on file say whose they are. */
  readonly otherNames: readonly OtherName[]
  /** Where an interrupted run of the same file had come to. */
  readonly from: Position
}

export interface PreparedBatch {
  /** Rows read, those refused included. */
  readonly rows: number
  /** Where to go on after this batch. */
  readonly position: Position
  readonly rejects: readonly Reject[]
  /** Columns something was dropped from, and how often. */
  readonly stripped: readonly (readonly [string, number])[]
  /** What is to be written, in the order of its key: rows about one person stay in the order of the file. */
  readonly content: PreparedContent
  /** The line of each. */
  readonly lines: Float64Array
}

export type PreparedContent =
  | { readonly kind: 'consent'; readonly consents: PackedConsents }
  | { readonly kind: 'event'; readonly events: readonly EventDraft[] }
  | { readonly kind: 'objection'; readonly objections: readonly ObjectionDraft[] }

/** Of one transaction: some hundredths of a second, for which somebody who objects may have to wait. */
const BATCH_ROWS = 2_000
/** A quoted record that ends may bring as many rows at once as it has lines. */
const MOST_BATCH_ROWS = BATCH_ROWS + 100

/** @throws ImportRefusedError when the header is none, or has unknown or too few columns */
export async function* preparedBatches(options: PrepareOptions): AsyncGenerator<PreparedBatch> {
  const preparer = new Preparer(options)
  const { reader, header, start } = await openRows(options, preparer.reading)
  if (header) preparer.expect(header)
  let end: Position = start
  for await (const lines of sourceLines(options.path, start)) {
    for (const line of lines) {
      if (reader.isOpen || !preparer.takeAlike(line)) preparer.take(reader.push(line), reader.isOpen ? undefined : line)
      end = { line: line.number, bytes: line.end }
      if (preparer.rows >= BATCH_ROWS && !reader.isOpen) yield preparer.batch(end)
    }
  }
  preparer.take(reader.end())
  yield preparer.batch(end)
}

function columnsOf({ kind, hashed }: PrepareOptions): Columns {
  switch (kind) {
    case 'consent':
      return CONSENT_COLUMNS
    case 'event':
      return EVENT_COLUMNS
    case 'objection':
      return hashed === undefined ? OBJECTION_COLUMNS : hashedObjectionColumns(hashed)
  }
}

async function openRows(
  options: PrepareOptions,
  reading: ReadOptions,
): Promise<{ readonly reader: RowReader; readonly header?: CsvHeader; readonly start: Position }> {
  const { path, format, from, kind, hashed } = options
  if (format === 'jsonl') {
    refuseOtherFormats(path)
    return { reader: JSON_ROWS, start: from }
  }
  const begins = await beginningOf(path, { of: kind === 'objection' ? 'objections' : 'rows', hashed })
  const start = from.bytes > begins.start.bytes ? from : begins.start
  if (begins.kind === 'plain') return { reader: PLAIN_ROWS, start }
  const { header } = begins
  checkColumns(header, columnsOf(options), reading)
  return { reader: new CsvRows(header), header, start }
}

function checkColumns(header: CsvHeader, columns: Columns, reading: ReadOptions): void {
  const problems = reading.strip
    ? []
    : header.columns.filter((name) => !Object.hasOwn(columns, name)).map((name) => unknownColumn(name))
  for (const [name, { required }] of Object.entries(columns)) {
    if (required && !header.columns.includes(name) && reading.defaults[name] === undefined)
      problems.push({ column: name, rule: 'FORMAT', reason: NOT_IN_HEADER })
  }
  if (problems.length === 0) return
  const list = (language: keyof Words) =>
    problems.map(({ column, rule, reason }) => `${column} ${reason[language]} (${rule})`).join('; ')
  const words = { en: `the header cannot be taken: ${list('en')}`, fr: `l’en-tête ne convient pas : ${list('fr')}` }
  throw new ImportRefusedError(words, problems)
}

const NOT_IN_HEADER: Words = { en: 'is missing from the header', fr: 'manque dans l’en-tête' }

interface Sorted<Draft> {
  readonly line: number
  readonly key: string
  readonly draft: Draft
}

class Preparer {
  readonly reading: ReadOptions
  readonly #options: PrepareOptions
  readonly #identify
  readonly #codes
  readonly #encode = statementEncoder()
  #alike: AlikeRows | undefined
  #stripped = new Map<string, number>()
  #rows = 0
  #rejects: Reject[] = []
  readonly #consents
  #events: Sorted<EventDraft>[] = []
  #objections: Sorted<ObjectionDraft>[] = []

  constructor(options: PrepareOptions) {
    this.#options = options
    const secrets = subjectSecrets(options.keys)
    const name = options.otherNames.length > 0 ? subjectKeys : undigestedKeys
    this.#consents = new ConsentPacker(MOST_BATCH_ROWS, options.otherNames)
    this.#identify = (person: Parameters<typeof identify>[0] | SubjectKeys) =>
      typeof person === 'string' ? identify(person, secrets, options.separators, name) : person
    this.#codes = new Map(options.keys.map((key) => [key.keyId, integrityCodes(key)]))
    this.reading = {
      columns: columnReaders(columnsOf(options)),
      known: columnsOf(options),
      defaults: options.defaults,
      strip: options.strip,
      ...robotsOf(options.site),
      stripped: (column) => this.#stripped.set(column, (this.#stripped.get(column) ?? 0) + 1),
    }
  }

  get rows(): number {
    return this.#rows
  }

  /** Tells what the lines of a CSV file hold, so that those like each other need not be read one by one. */
  expect(header: CsvHeader): void {
    const { kind, defaults, strip } = this.#options
    if (kind === 'consent' && !strip) this.#alike = new AlikeRows(header, this.reading.columns!, defaults)
  }

  /** @returns false for a line that has to be read as a row */
  takeAlike({ number, text }: SourceLine): boolean {
    const { now, site } = this.#options
    const alike = this.#alike?.read(text)
    if (alike === undefined || validateConsent(alike.draft, now, site).length > 0) return false
    this.#rows += 1
    this.#consent(number, alike.draft, alike.encode)
    return true
  }

  /** @param line that alone made what there is */
  take(results: readonly RowResult[], line?: SourceLine): void {
    for (const result of results) {
      this.#rows += 1
      if (result.ok) this.#row(result.row, results.length === 1 ? line?.text : undefined)
      else this.#refuse(result.line, [{ column: result.column, rule: 'FORMAT', reason: result.reason }])
    }
  }

  /** What was taken since the last batch. */
  batch(position: Position): PreparedBatch {
    const { content, lines } = this.#content()
    const rejects = this.#rejects
    const batch = { rows: this.#rows, position, rejects, stripped: [...this.#stripped], content, lines }
    this.#rows = 0
    this.#rejects = []
    this.#stripped = new Map()
    this.#events = []
    this.#objections = []
    return batch
  }

  #content(): Pick<PreparedBatch, 'content' | 'lines'> {
    switch (this.#options.kind) {
      case 'consent': {
        const { consents, lines } = this.#consents.batch()
        return { content: { kind: 'consent', consents }, lines }
      }
      case 'event': {
        const { drafts, lines } = inOrder(this.#events)
        return { content: { kind: 'event', events: drafts }, lines }
      }
      case 'objection': {
        const { drafts, lines } = inOrder(this.#objections)
        return { content: { kind: 'objection', objections: drafts }, lines }
      }
    }
  }

  #row(row: Row, line: string | undefined): void {
    const { now, site } = this.#options
    switch (this.#options.kind) {
      case 'consent':
        return this.#checked(
          row.line,
          readConsentDraft(row, this.reading),
          (draft) => validateConsent(draft, now, site),
          (draft) => {
            const { form } = this.#consent(row.line, draft, this.#encode)
            if (line !== undefined) this.#alike?.learn(line, draft, form)
          },
        )
      case 'event':
        return this.#checked(
          row.line,
          readEventDraft(row, this.reading),
          (draft) => validateEvent(draft, now, site),
          (draft) => {
            const subject = plainKeys(this.#identify(draft.person))
            this.#events.push({ line: row.line, key: subject.consentKey, draft: { ...draft, person: subject } })
          },
        )
      case 'objection':
        return this.#checked(
          row.line,
          readObjectionDraft(row, this.reading),
          (draft) => validateObjection(draft, now),
          (draft) => this.#objection(row.line, draft),
        )
    }
  }

  #consent(line: number, draft: ConsentDraft, encode: AlikeRow['encode']): EncodedStatement {
    const subject = this.#identify(draft.person)
    const consent = prepareConsent(draft, subject, this.#codes, encode)
    this.#consents.add(consent, line)
    return consent.statement
  }

  #objection(line: number, draft: WrittenObjection): void {
    const person: SubjectKeys | DigestedAddress | WholeDomain =
      isDigest(draft.person) || isDomain(draft.person) ? draft.person : plainKeys(this.#identify(draft.person))
    const key = isDigest(person) ? person.digest : isDomain(person) ? person.domain : person.objectionKey
    this.#objections.push({ line, key, draft: { ...draft, person } })
  }

  #checked<Draft extends ConsentDraft | EventDraft | ObjectionDraft>(
    line: number,
    read: DraftResult<Draft>,
    check: (draft: Draft) => readonly Problem[],
    take: (draft: Draft) => void,
  ): void {
    if (!read.ok) return this.#refuse(line, read.problems)
    const { draft } = read
    const { advertisers } = this.#options
    const problems = check(draft)
    if (problems.length > 0) return this.#refuse(line, problems)
    const advertiserId = advertiserOf(draft)
    if (advertisers && advertiserId !== undefined && !advertisers.has(advertiserId))
      return this.#refuse(line, [NO_ADVERTISER])
    take(draft)
  }

  #refuse(line: number, problems: readonly Problem[]): void {
    this.#rejects.push(...problems.map((problem) => ({ line, ...problem })))
  }
}

const NO_ADVERTISER: Problem = {
  column: 'advertiser_id',
  rule: 'FORMAT',
  reason: { en: 'is no advertiser of this relay', fr: 'n’est pas un annonceur de ce relais' },
}

/** Undefined for an objection against nobody in particular. */
function advertiserOf(draft: ConsentDraft | EventDraft | ObjectionDraft): string | undefined {
  if ('advertiserId' in draft) return draft.advertiserId
  return 'advertiserId' in draft.scope ? draft.scope.advertiserId : undefined
}

/** Neighbours in the index are written together; the later line about a person is the later word. */
function inOrder<Draft>(sorted: Sorted<Draft>[]): { readonly drafts: Draft[]; readonly lines: Float64Array } {
  sorted.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : left.line - right.line))
  return { drafts: sorted.map(({ draft }) => draft), lines: Float64Array.from(sorted, ({ line }) => line) }
}

/** Without what is made when asked for, which would be made to be handed over. */
function plainKeys({ keyId, consentKey, objectionKey, earlier }: SubjectKeys): SubjectKeys {
  const keys = { keyId, consentKey, objectionKey }
  return earlier === undefined ? keys : { ...keys, earlier: earlier.map(plainKeys) }
}
