/** Records and objections as a person reads them: every field that is stated, in words, Paris time. */
import type { ConsentRecord } from '../../domain/consent-record.js'
import type { Objection, ObjectionScope } from '../../domain/objection.js'
import type { Site } from '../../domain/party.js'
import type { RecordOnFile } from '../../domain/registry.js'
import { CONSENT_COLUMNS } from '../../registry/import/columns.js'
import {
  type Bilingual,
  COLON,
  type Language,
  listed,
  said,
  type WordTable,
  wordFor,
  yesOrNo,
} from '../../words/language.js'
import { momentsIn } from '../../words/moments.js'
import { COLUMNS, type ColumnName } from '../../words/record-fields.js'
import {
  AGES,
  BASES,
  CHANNELS,
  CONTEXTS,
  METHODS,
  PROOFS,
  purposeIn,
  REASONS,
  SCOPES,
  SOURCES,
  STATUSES,
  SUBJECTS,
} from '../../words/record-words.js'

/** Legal names of the parties a site declares, by id. */
export type Names = (id: string) => string

type Parties = Pick<Site, 'advertisers' | 'routers' | 'sources'>

export function namesOf(parties: Parties): Names {
  const legalName = legalNamesOf(parties)
  return (id) => (legalName(id) === id ? id : `${legalName(id)} (${id})`)
}

/** Without the ids, which tell a person nothing. */
export function legalNamesOf({ advertisers, routers, sources }: Parties): Names {
  return (id) => (advertisers.get(id) ?? routers.get(id) ?? sources.get(id))?.legalName ?? id
}

const WORDS = {
  version: { en: 'Version {version}, written on {at} by {by}', fr: 'Version {version}, inscrite le {at} par {by}' },
  batch: { en: ', import {batch}', fr: ', import {batch}' },
  altered: {
    en: 'ALTERED: what this version says is not what was written, and it authorises nothing',
    fr: 'ALTÉRÉE : cette version ne dit plus ce qui a été écrit, et n’autorise rien',
  },
  earlier: { en: 'Before, where it differed:', fr: 'Auparavant, là où elle différait :' },
  notStated: { en: 'not stated', fr: 'non renseigné' },
  objection: { en: '{at}, {scope}, by {channel}, reason: {reason}', fr: '{at}, {scope}, {channel}, motif : {reason}' },
  wholeDomain: { en: 'for the whole domain', fr: 'pour tout le domaine' },
  list: { en: 'list {list} of {advertiser}', fr: 'liste {list} de l’annonceur {advertiser}' },
} as const satisfies WordTable

const TABLES: Partial<Readonly<Record<ColumnName, WordTable>>> = {
  channel: CHANNELS,
  legal_basis: BASES,
  status: STATUSES,
  subject_kind: SUBJECTS,
  method: METHODS,
  collection_context: CONTEXTS,
  source_kind: SOURCES,
  proof_type: PROOFS,
  age_band: AGES,
}

const NAMES_A_PARTY: ReadonlySet<ColumnName> = new Set(['source_party_id', 'transfer_chain', 'named_recipients'])

/** What decides whether the person may be written to comes first. */
const FIRST: readonly ColumnName[] = ['status', 'restricted', 'objection_pending', 'legal_basis', 'purposes']
/** Who is meant, and which record, is said above. */
const SAID_ABOVE: ReadonlySet<ColumnName> = new Set(['address', 'advertiser_id', 'id'])
const ORDER = [...new Set([...FIRST, ...(Object.keys(COLUMNS) as ColumnName[])])].filter(
  (column) => !SAID_ABOVE.has(column),
)

/** @returns for each field that is stated, its column and the value in words */
function statedIn(language: Language, record: ConsentRecord, names: Names): ReadonlyMap<ColumnName, string> {
  const stated = new Map<ColumnName, string>()
  for (const column of ORDER) {
    const value = valueAt(record, CONSENT_COLUMNS[column]!.field)
    if (value !== undefined) stated.set(column, valueIn(language, column, value, names))
  }
  return stated
}

function valueAt(record: ConsentRecord, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((part, name) => (part as Readonly<Record<string, unknown>> | undefined)?.[name], record)
}

function valueIn(language: Language, column: ColumnName, value: unknown, names: Names): string {
  if (typeof value === 'boolean') return yesOrNo(language, value)
  if (typeof value === 'number') return momentsIn(language).moment(value)
  if (Array.isArray(value)) return listed(value.map((one) => valueIn(language, column, one, names)))
  const text = String(value)
  if (column === 'purposes') return purposeIn(language, text)
  if (NAMES_A_PARTY.has(column)) return names(text)
  const table = TABLES[column]
  return table === undefined ? text : wordFor(language, table, text)
}

/** The newest version in full, then what each earlier one said otherwise. One fact a line, not indented. */
export function recordLines(language: Language, versions: readonly RecordOnFile[], names: Names): string[] {
  const newest = versions.at(-1)
  if (newest === undefined) return []
  const label = (column: ColumnName, value: string): string =>
    `${capitalised(wordFor(language, COLUMNS, column))}${COLON[language]}${value}`
  const lines = heading(language, newest)
  for (const [column, value] of statedIn(language, newest.record, names)) lines.push(label(column, value))
  if (versions.length > 1) lines.push(said(language, WORDS.earlier))
  for (let index = versions.length - 2; index >= 0; index--) {
    const before = statedIn(language, versions[index]!.record, names)
    const after = statedIn(language, versions[index + 1]!.record, names)
    const columns = ORDER.filter((column) => before.get(column) !== after.get(column))
    lines.push(...heading(language, versions[index]!).map((line) => `  ${line}`))
    for (const column of columns)
      lines.push(`    ${label(column, before.get(column) ?? said(language, WORDS.notStated))}`)
  }
  return lines
}

function heading(language: Language, { record, intact }: RecordOnFile): string[] {
  const { version, createdAt, createdBy, importBatchId } = record
  const at = momentsIn(language).moment(createdAt)
  const batch = importBatchId === undefined ? '' : said(language, WORDS.batch, { batch: importBatchId })
  const line = said(language, WORDS.version, { version: String(version), at, by: createdBy }) + batch
  return intact ? [line] : [line, said(language, WORDS.altered)]
}

/** When, against whom, by which channel, why. */
export function objectionIn(language: Language, { at, of, scope, channel, reason }: Objection, names: Names): string {
  return said(language, WORDS.objection, {
    at: momentsIn(language).moment(at),
    scope: listed([scopeIn(language, scope, names), of === 'domain' ? said(language, WORDS.wholeDomain) : '']),
    channel: wordFor(language, CHANNELS, channel),
    reason: wordFor(language, REASONS, reason),
  })
}

function scopeIn(language: Language, scope: ObjectionScope, names: Names): string {
  switch (scope.kind) {
    case 'global':
      return wordFor(language, SCOPES, 'global')
    case 'advertiser':
      return names(scope.advertiserId)
    case 'router':
      return names(scope.routerId)
    case 'list':
      return said(language, WORDS.list, { list: scope.list, advertiser: names(scope.advertiserId) })
  }
}

/** A title and what belongs under it, indented; nothing where nothing does. */
export function part(language: Language, title: Bilingual, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', said(language, title), ...lines.map((line) => `  ${line}`)]
}

export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
