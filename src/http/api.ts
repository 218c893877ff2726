/**
 * The API for the systems of advertisers: objections, contact events and consents in, keys, links and decisions out. Bearer tokens
 * (RFC 6750) of which only the digest is known, each with what it may do and for whom; problems as RFC 9457; the same
 * `Idempotency-Key` is the same request. A token learns nothing about other advertisers (promise I6).
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { ApiScope } from '../domain/objection-ways.js'
import { type DecisionPorts, giveAdvice, giveDecisions } from './api-decisions.js'
import { json, problem } from './problem.js'
import { createRateLimit } from './rate-limit.js'
import type { WebAnswer, WebRequest } from './web-server.js'

export interface ApiToken {
  readonly name: string
  /** Lower-case hexadecimal. */
  readonly sha256: string
  readonly scopes: readonly ApiScope[]
  readonly advertisers: readonly string[]
  /** Whom it sends as. */
  readonly credential: string | undefined
}

/** A row with the column names of import files. */
export type ApiRow = Readonly<Record<string, string>>

export interface RowsWritten {
  /** One for each row, in order; empty when something was refused and nothing written. */
  readonly results: readonly Readonly<Record<string, unknown>>[]
  readonly problems: readonly {
    readonly index: number
    readonly column: string
    readonly rule: string
    readonly reason: string
  }[]
  /** Whether the idempotency key was used for another request before. */
  readonly conflict: boolean
}

export interface ApiPorts extends DecisionPorts {
  /** All rows or none. Resolves once they are on disk. */
  write(kind: 'objection' | 'event' | 'consent', rows: readonly ApiRow[], by: WrittenBy): Promise<RowsWritten>
  /** That every objection an advertiser has collected elsewhere up to now was written. Resolves once that is on disk. */
  feedComplete(advertiserId: string): Promise<void>
  /** What each address is called, under every key; undefined for what is no address. */
  keys(addresses: readonly string[]): readonly (readonly string[] | undefined)[]
  /** The person's own unsubscribe link at Aval's endpoint. */
  link(address: string, advertiserId: string, campaignId: string | undefined): string | undefined
  failed(error: unknown): void
}

export interface WrittenBy {
  readonly token: string
  readonly advertisers: readonly string[]
  readonly idempotency: { readonly key: string; readonly digest: string } | undefined
}

export const MAX_API_OCTETS = 1_048_576
const MOST_ROWS = 1_000
const LONGEST_IDEMPOTENCY_KEY = 255

interface Asked {
  readonly request: WebRequest
  readonly body: unknown
  readonly token: ApiToken
  readonly ports: ApiPorts
}

interface Resource {
  readonly scope: ApiScope
  readonly answer: (asked: Asked) => WebAnswer | Promise<WebAnswer>
}

/** What is answered where, and the scope it takes. */
const RESOURCES: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  ['/v1/objections', { scope: 'objections:write', answer: (asked) => writeRows(asked, 'objection') }],
  ['/v1/events', { scope: 'events:write', answer: (asked) => writeRows(asked, 'event') }],
  ['/v1/consents', { scope: 'consents:write', answer: (asked) => writeRows(asked, 'consent') }],
  ['/v1/feeds', { scope: 'objections:write', answer: noteFeed }],
  ['/v1/keys', { scope: 'keys:read', answer: giveKeys }],
  ['/v1/links', { scope: 'links:read', answer: giveLink }],
  ['/v1/decide', { scope: 'decide', answer: ({ body, token, ports }) => giveAdvice(body, token, ports) }],
  ['/v1/decisions', { scope: 'decisions:read', answer: ({ body, token, ports }) => giveDecisions(body, token, ports) }],
])

/** Every path something is answered at. */
export const API_PATHS: readonly string[] = [...RESOURCES.keys()]

export interface ApiOptions {
  readonly tokens: readonly ApiToken[]
  readonly requestsPerMinute: number
  readonly ports: ApiPorts
}

export function createApi({
  tokens,
  requestsPerMinute,
  ports,
}: ApiOptions): (request: WebRequest) => Promise<WebAnswer> {
  const limit = createRateLimit(requestsPerMinute)

  async function answer(request: WebRequest): Promise<WebAnswer> {
    const token = tokenOf(request, tokens)
    if (token === undefined)
      return problem(401, 'A bearer token is needed', {}, { 'www-authenticate': 'Bearer realm="aval"' })
    if (!limit.take(token.name)) return problem(429, 'Too many requests', {}, { 'retry-after': '60' })
    const resource = RESOURCES.get(request.path)
    if (resource === undefined) return problem(404, 'No such resource')
    if (request.method !== 'POST') return problem(405, 'Only POST is answered here', {}, { allow: 'POST' })
    if (!token.scopes.includes(resource.scope)) return problem(403, `The token lacks the scope ${resource.scope}`)
    const body = bodyOf(request)
    if (body === undefined) return problem(400, 'The body is no JSON')
    return resource.answer({ request, body, token, ports })
  }

  return async (request) => {
    try {
      return await answer(request)
    } catch (error) {
      ports.failed(error)
      return problem(503, 'Nothing was recorded: please try again', {}, { 'retry-after': '30' })
    }
  }
}

/** Every configured digest is compared, so that time tells nothing. */
function tokenOf(request: WebRequest, tokens: readonly ApiToken[]): ApiToken | undefined {
  const [, bearer] = /^Bearer ([\w.~+/=-]+)$/i.exec(request.header('authorization') ?? '') ?? []
  if (bearer === undefined) return undefined
  const digest = createHash('sha256').update(bearer).digest()
  return tokens.filter(({ sha256 }) => timingSafeEqual(digest, Buffer.from(sha256, 'hex')))[0]
}

function bodyOf({ body }: WebRequest): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

async function writeRows(
  { request, body, token, ports }: Asked,
  kind: 'objection' | 'event' | 'consent',
): Promise<WebAnswer> {
  const rows = rowsOf(body)
  if (rows === undefined) return problem(400, `Expected an object, or a list of at most ${MOST_ROWS}, with text values`)
  const key = request.header('idempotency-key')
  if (key !== undefined && (key === '' || key.length > LONGEST_IDEMPOTENCY_KEY))
    return problem(400, `Idempotency-Key has 1 to ${LONGEST_IDEMPOTENCY_KEY} characters`)
  const digest = createHash('sha256').update(`${request.path}\n`).update(request.body).digest('hex')
  const { results, problems, conflict } = await ports.write(kind, rows, {
    token: token.name,
    advertisers: token.advertisers,
    idempotency: key === undefined ? undefined : { key, digest },
  })
  if (conflict) return problem(422, 'This Idempotency-Key was used for another request')
  if (problems.length > 0) return problem(422, 'Nothing was recorded', { problems })
  return json(200, { results })
}

function rowsOf(body: unknown): ApiRow[] | undefined {
  const list = Array.isArray(body) ? body : [body]
  if (list.length === 0 || list.length > MOST_ROWS || !list.every(isRow)) return undefined
  return list.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])))
}

function isRow(row: unknown): row is Readonly<Record<string, string | number | boolean>> {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false
  return Object.values(row).every((value) => ['string', 'number', 'boolean'].includes(typeof value))
}

async function noteFeed({ body, token: { advertisers }, ports }: Asked): Promise<WebAnswer> {
  const { advertiser_id: advertiser } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (typeof advertiser !== 'string') return problem(400, 'Expected {"advertiser_id": ...}')
  if (!advertisers.includes(advertiser)) return problem(403, 'The token is not for this advertiser')
  await ports.feedComplete(advertiser)
  return json(200, { result: 'complete' })
}

function giveKeys({ body, ports }: Asked): WebAnswer {
  const { addresses } = (body ?? {}) as { addresses?: unknown }
  if (!Array.isArray(addresses) || addresses.length > MOST_ROWS || !addresses.every((one) => typeof one === 'string'))
    return problem(400, `Expected {"addresses": [...]}, at most ${MOST_ROWS}`)
  return json(200, { keys: ports.keys(addresses).map((keys) => keys ?? null) })
}

function giveLink({ body, token: { advertisers }, ports }: Asked): WebAnswer {
  const { address, advertiser_id: advertiser, campaign } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (typeof address !== 'string' || typeof advertiser !== 'string')
    return problem(400, 'Expected {"address": ..., "advertiser_id": ...}')
  if (!advertisers.includes(advertiser)) return problem(403, 'The token is not for this advertiser')
  const link = ports.link(address, advertiser, typeof campaign === 'string' ? campaign : undefined)
  return link === undefined
    ? problem(422, 'No such link: the address is none, or the advertiser has no hosted endpoint')
    : json(200, { link, post: 'List-Unsubscribe=One-Click' })
}
