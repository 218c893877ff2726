/** Rows that come one request at a time: read by the same columns as import files, written all or none, once for each key. */
import type { Problem } from '../records/drafts.js'
import type { ImportKind } from '../books/batches.js'
import {
  type DraftResult,
  readConsentDraft,
  readEventDraft,
  readObjectionDraft,
  robotsOf,
} from '../import/read-draft.js'
import type { IntegrityCodes } from '../ledger/integrity.js'
import type { RegistryWriter } from './registry-writer.js'
import type { WriterParts } from './writer-parts.js'

export interface ApiRequest {
  readonly kind: ImportKind
  readonly rows: readonly Readonly<Record<string, string>>[]
  /** Whom the request may concern. */
  readonly advertisers: readonly string[]
  /** Who asks, e.g. `api:shop`. */
  readonly by: string
  readonly idempotency: { readonly key: string; readonly digest: string } | undefined
  /** Milliseconds since the epoch: when something happened that does not say when. */
  readonly now: number
}

/** What is wrong with a row, in English: programs read it. */
export interface ApiProblem extends Omit<Problem, 'reason'> {
  readonly index: number
  readonly reason: string
}

export interface ApiResponse {
  readonly results: readonly Readonly<Record<string, unknown>>[]
  readonly problems: readonly ApiProblem[]
  readonly conflict: boolean
}

const REMEMBERED_MS = 24 * 3_600_000
const READING = { strip: false, stripped: (): void => {} }

export function writeApiRows(writer: RegistryWriter, request: ApiRequest): ApiResponse {
  return writer.transaction(() => {
    const earlier = request.idempotency && remembered(writer.parts, request)
    if (earlier !== undefined) return earlier
    const written = request.rows.map((row, index) => write(writer, request, row, index))
    const problems = written.flatMap((one) => one.problems)
    if (problems.length > 0) throw new RefusedRows(problems)
    const response = { results: written.map(({ result }) => result), problems: [], conflict: false }
    if (request.idempotency !== undefined) remember(writer.parts, request, response)
    return response
  })
}

/** Rolls back what the rows before the refused one have written. */
export class RefusedRows extends Error {
  override readonly name = 'RefusedRows'
  constructor(readonly problems: ApiResponse['problems']) {
    super('rows were refused')
  }
}

/** @throws RegistryUnavailableError */
export function answerApiRequest(writer: RegistryWriter, request: ApiRequest): ApiResponse {
  try {
    return writeApiRows(writer, request)
  } catch (error) {
    if (error instanceof RefusedRows) return { results: [], problems: error.problems, conflict: false }
    throw error
  }
}

interface Row {
  readonly result: Readonly<Record<string, unknown>>
  readonly problems: readonly ApiProblem[]
}

function write(writer: RegistryWriter, request: ApiRequest, given: ApiRequest['rows'][number], index: number): Row {
  const { kind, advertisers, by, now } = request
  const happened: Readonly<Record<string, string>> = kind === 'consent' ? {} : { at: new Date(now).toISOString() }
  const scope: Readonly<Record<string, string>> = kind === 'objection' ? { scope: 'advertiser', reason: 'manual' } : {}
  const values = new Map(Object.entries({ ...happened, ...scope, ...given }))
  const reading = { ...READING, defaults: {}, ...robotsOf(writer.parts.site) }
  const row = { line: index + 1, values }
  const advertiser = values.get('advertiser_id') ?? ''
  if (!advertisers.includes(advertiser)) return refused(index, [NOT_YOURS])
  if (kind === 'objection' && values.get('scope') !== 'advertiser') return refused(index, [TOO_WIDE])
  switch (kind) {
    case 'objection':
      return settle(index, readObjectionDraft(row, reading), (draft) =>
        writer.addObjection(draft, { unlessRepeated: true }),
      )
    case 'event':
      return settle(index, readEventDraft(row, reading), (draft) => writer.addEvent(draft))
    case 'consent':
      return settle(index, readConsentDraft(row, reading), (draft) => writer.addConsent(draft, { by }))
  }
}

const NOT_YOURS: Problem = {
  column: 'advertiser_id',
  rule: 'FORMAT',
  reason: {
    en: 'is needed, and must be an advertiser of this token',
    fr: 'est nécessaire, et doit être un annonceur de ce jeton',
  },
}
const TOO_WIDE: Problem = {
  column: 'scope',
  rule: 'FORMAT',
  reason: { en: 'can only be "advertiser" here', fr: 'ne peut être ici que « advertiser »' },
}

function settle<Draft>(
  index: number,
  read: DraftResult<Draft>,
  act: (draft: Draft) => { readonly kind: string; readonly problems?: readonly Problem[] },
): Row {
  if (!read.ok) return refused(index, read.problems)
  const { kind: result, problems, ...rest } = act(read.draft)
  if (problems !== undefined) return refused(index, problems)
  // That an objection stands is told, and no more of it: it may be another advertiser's.
  return { result: result === 'objected' ? { result } : { result, ...rest }, problems: [] }
}

function refused(index: number, problems: readonly Problem[]): Row {
  return { result: {}, problems: problems.map(({ reason, ...where }) => ({ index, ...where, reason: reason.en })) }
}

/** The answers kept for repetition name records of persons; a request sent again is carried out again, which changes nothing. */
export function forgetApiRequests({ parts }: RegistryWriter): void {
  parts.database.exec('DELETE FROM api_request')
}

function remembered({ database, codes }: WriterParts, request: ApiRequest): ApiResponse | undefined {
  database.prepare('DELETE FROM api_request WHERE at < ?').run(request.now - REMEMBERED_MS)
  const find = database.prepare<[string, string], { digest: string; response: string }>(
    'SELECT digest, response FROM api_request WHERE token = ? AND key = ?',
  )
  for (const each of codes.values()) {
    const { key, digest } = named(each, request)
    const known = find.get(request.by, key)
    if (known?.digest === digest) return JSON.parse(known.response) as ApiResponse
    if (known !== undefined) return { results: [], problems: [], conflict: true }
  }
  return undefined
}

function remember({ database, codes, keys }: WriterParts, request: ApiRequest, response: ApiResponse): void {
  const { key, digest } = named(codes.get(keys[0].keyId)!, request)
  database
    .prepare('INSERT INTO api_request (token, key, digest, response, at) VALUES (?, ?, ?, ?, ?)')
    .run(request.by, key, digest, JSON.stringify(response), request.now)
}

/** A client may put the address into its key, and a digest of what it sent is found by trying addresses: neither is kept (I8). */
function named(
  codes: IntegrityCodes,
  { by, idempotency }: ApiRequest,
): { readonly key: string; readonly digest: string } {
  const { key, digest } = idempotency!
  const id = (parts: readonly string[]): string => codes.id('request', parts).toString('hex')
  return { key: id([by, key]), digest: id([by, key, digest]) }
}
