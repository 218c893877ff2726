/** Reads one row by its columns into what is to be written, with everything that is wrong with it. */
import type { Site } from '../../domain/party.js'
import type { ConsentStatement } from '../records/record-codec.js'
import type {
  ConsentDraft,
  DigestedAddress,
  EventDraft,
  ObjectionDraft,
  Person,
  Problem,
  WholeDomain,
  Words,
} from '../records/drafts.js'
import {
  type Column,
  type Columns,
  CONSENT_COLUMNS,
  EVENT_COLUMNS,
  OBJECTION_COLUMNS,
  type Reading,
  type Value,
} from './columns.js'
import type { Row } from './rows.js'

/** Values for columns a file does not have, e.g. `advertiser_id` given on the command line. */
export type Defaults = Readonly<Record<string, string>>

export interface ReadOptions {
  /** Readers kept from row to row; made for this one row when absent. */
  readonly columns?: readonly ColumnReader[]
  /** What the file may have, where that is not what files of its kind have. */
  readonly known?: Columns
  readonly defaults: Defaults
  /** Drop unknown columns and unnecessary data instead of refusing the row; told for each dropped column. */
  readonly strip: boolean
  readonly stripped: (column: string) => void
  /** See `policy.events.bot_min`; its default where left out. */
  readonly botMinMs?: number
}

export function robotsOf(site: Site | undefined): Pick<ReadOptions, 'botMinMs'> {
  return site === undefined ? {} : { botMinMs: site.policy.events.botMinMs }
}

export type DraftResult<Draft> =
  { readonly ok: true; readonly draft: Draft } | { readonly ok: false; readonly problems: readonly Problem[] }

/** A score from which a click is taken for a scanner's. */
const ROBOT_SCORE = 50
/** Scanners follow the links of a message within seconds of its delivery. */
const STANDARD_BOT_MIN_MS = 10_000

export function readConsentDraft(row: Row, options: ReadOptions): DraftResult<ConsentDraft> {
  const { fields, problems } = readFields(row, CONSENT_COLUMNS, options)
  const proof = fields['proof']
  if (isNested(proof) && proof['type'] === undefined && problems.length === 0)
    problems.push({ column: 'proof_type', rule: 'FORMAT', reason: TYPE_OF_PROOF })
  if (namesPerson(fields)) problems.push({ column: 'wording', rule: 'DATA-MINIMISATION', reason: NAMES_THE_PERSON })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, draft: fields as unknown as ConsentDraft }
}

/** A form says the same to everybody and outlives those who met it: the address of one of them does not belong there (I8). */
function namesPerson({ person, wording }: Fields): boolean {
  return typeof wording === 'string' && typeof person === 'string' && wording.toLowerCase().includes(person)
}

/** Whether, when and how a person consented is not corrected: it is given or withdrawn. */
const NOT_CORRECTED = new Set([
  'status',
  'givenAt',
  'collectedAt',
  'method',
  'preticked',
  'legalBasis',
  'person',
  'advertiserId',
  'externalId',
])

/** What is to be corrected in a record (GDPR art. 16), by the column names of import files. */
export function readCorrection(values: ReadonlyMap<string, string>): DraftResult<Partial<ConsentStatement>> {
  const fields: Record<string, Value> = {}
  const problems: Problem[] = []
  for (const [name, text] of values) {
    const column = Object.hasOwn(CONSENT_COLUMNS, name) ? CONSENT_COLUMNS[name] : undefined
    const reading = column?.read(text)
    if (column === undefined) problems.push(unknownColumn(name))
    else if (NOT_CORRECTED.has(column.field) || column.field.includes('.'))
      problems.push({ column: name, rule: 'FORMAT', reason: NOT_TO_BE_CORRECTED })
    else if (reading?.kind === 'bad') problems.push({ column: name, rule: reading.rule, reason: reading.reason })
    else if (reading?.kind === 'value') fields[column.field] = reading.value
  }
  if (values.size === 0) problems.push({ column: '', rule: 'FORMAT', reason: NOTHING_TO_CORRECT })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, draft: fields }
}

export function readEventDraft(row: Row, options: ReadOptions): DraftResult<EventDraft> {
  const { fields, problems } = readFields(row, EVENT_COLUMNS, options)
  if (problems.length > 0) return { ok: false, problems }
  const { botScore = 0, deliveredAt, ...event } = fields as unknown as EventDraft & RobotSigns
  const tooSoon =
    event.type === 'link_click' &&
    deliveredAt !== undefined &&
    event.at >= deliveredAt &&
    event.at - deliveredAt < (options.botMinMs ?? STANDARD_BOT_MIN_MS)
  return { ok: true, draft: { ...event, botSuspected: botScore >= ROBOT_SCORE || tooSoon } }
}

interface RobotSigns {
  readonly botScore?: number
  readonly deliveredAt?: number
}

/** Files name people by address, digest or domain. */
export type WrittenObjection = ObjectionDraft & { readonly person: Person | DigestedAddress | WholeDomain }

export function readObjectionDraft(row: Row, options: ReadOptions): DraftResult<WrittenObjection> {
  const { fields, problems } = readFields(row, options.known ?? OBJECTION_COLUMNS, options)
  if (problems.length > 0) return { ok: false, problems }
  const { scope: written, advertiserId = '', routerId = '', channel = 'email', ...rest } = fields
  const kind = row.values.has('scope') ? written : (namedScope(row) ?? written)
  const scope =
    kind === 'advertiser' ? { kind, advertiserId } : kind === 'router' ? { kind, routerId } : { kind: 'global' }
  return {
    ok: true,
    draft: { ...rest, person: personOf(rest['person']), scope, channel } as unknown as WrittenObjection,
  }
}

/** Whom a row is against that names somebody and says no scope. */
function namedScope({ values }: Row): 'advertiser' | 'router' | undefined {
  if (values.has('advertiser_id')) return 'advertiser'
  return values.has('router_id') ? 'router' : undefined
}

/** No address is without an `@`, or begins with one. */
function personOf(read: unknown): unknown {
  if (typeof read !== 'string') return read
  if (read.startsWith('@')) return { domain: read.slice(1) }
  const [algorithm, digest] = read.includes('@') ? [] : read.split(':')
  return digest === undefined ? read : { algorithm, digest }
}

/** What a row says, by the members of the draft. */
export type Fields = Record<string, Value | Record<string, Value | undefined> | undefined>

function readFields(row: Row, columns: Columns, options: ReadOptions): { fields: Fields; problems: Problem[] } {
  const fields: Fields = {}
  const problems: Problem[] = []
  let expected = 0
  for (const reader of options.columns ?? columnReaders(columns)) {
    const { name, column } = reader
    const own = row.values.get(name)
    if (own !== undefined) expected += 1
    const written = own ?? options.defaults[name]
    const reading = written === undefined ? ABSENT : reader.read(written)
    if (reading.kind === 'value') {
      put(fields, reader.path, reading.value)
    } else if (reading.kind === 'bad' && !(options.strip && column.free && reading.rule === 'DATA-MINIMISATION')) {
      problems.push({ column: name, rule: reading.rule, reason: reading.reason })
    } else if (reading.kind === 'bad') {
      options.stripped(name)
    } else if (column.required && !mayLack(row, name)) {
      const rule = name === 'collected_at' ? 'RETENTION-UNKNOWN' : 'FORMAT'
      problems.push({ column: name, rule, reason: lacks(column) })
    }
  }
  if (expected < row.values.size) problems.push(...unknownColumns(row, columns, options))
  return { fields, problems }
}

const TYPE_OF_PROOF: Words = { en: 'is needed when a proof is given', fr: 'est nécessaire quand une preuve est donnée' }
const NAMES_THE_PERSON: Words = {
  en: 'contains the address of the person: give what the form says to everybody',
  fr: 'contient l’adresse de la personne : donner ce que le formulaire dit à tous',
}
const NOT_TO_BE_CORRECTED: Words = {
  en: 'cannot be corrected: give or withdraw consent instead',
  fr: 'ne se corrige pas : donner ou retirer le consentement',
}
const NOTHING_TO_CORRECT: Words = { en: 'nothing to correct was given', fr: 'rien à corriger n’a été donné' }
const NO_USE: Words = {
  en: 'is a column the registry has no use for',
  fr: 'est une colonne dont le registre n’a pas besoin',
}

function lacks({ values }: Column): Words {
  if (values === undefined) return { en: 'is missing', fr: 'manque' }
  const known = values.join(', ')
  return { en: `is missing: one of ${known}`, fr: `manque : un parmi ${known}` }
}

const ABSENT: Reading = { kind: 'absent' }

/** What most columns say is one of a few things, and worth remembering; for the others it is a waste with an end. */
const MOST_READINGS = 64

/** Reads one column of one file, the same text as the same value. */
export interface ColumnReader {
  readonly name: string
  readonly column: Column
  /** Where the value goes in the draft: a member, or a member of one. */
  readonly path: readonly [string, string?]
  read(text: string): Reading
}

export function columnReaders(columns: Columns): ColumnReader[] {
  return Object.entries(columns).map(([name, column]) => {
    const known = new Map<string, Reading>()
    return {
      name,
      column,
      path: column.field.split('.') as [string, string?],
      read(text) {
        const met = known.get(text)
        if (met !== undefined) return met
        const reading = column.read(text)
        if (known.size < MOST_READINGS) known.set(text, reading)
        return reading
      },
    }
  })
}

function unknownColumns(row: Row, columns: Columns, { strip, stripped }: ReadOptions): Problem[] {
  const unknown = [...row.values.keys()].filter((name) => !Object.hasOwn(columns, name))
  if (!strip) return unknown.map(unknownColumn)
  unknown.forEach(stripped)
  return []
}

export function unknownColumn(name: string): Problem {
  const shown = /^[a-z0-9_]{1,40}$/.test(name) ? name : 'unnamed'
  return { column: shown, rule: 'DATA-MINIMISATION', reason: NO_USE }
}

/** A record that only restricts is taken without a date of collection: refusing it would leave the person exposed. */
function mayLack(row: Row, column: string): boolean {
  const status = row.values.get('status')
  return column === 'collected_at' && status !== undefined && status !== 'given' && status !== 'reconfirmed'
}

export function put(fields: Fields, [name, member]: ColumnReader['path'], value: Value | undefined): void {
  if (member === undefined) {
    fields[name] = value
    return
  }
  const nested = fields[name]
  if (isNested(nested)) nested[member] = value
  else fields[name] = { [member]: value }
}

export function isNested(value: Fields[string]): value is Record<string, Value | undefined> {
  return typeof value === 'object' && !Array.isArray(value)
}
