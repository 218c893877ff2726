/**
 * The one client for everything Aval requests from the world: unsubscribe links, webhooks, connectors. URLs come from mail
 * and from configuration, so it is safe by construction against being led to where it must not go (SSRF): each hop is
 * resolved once, every answer is judged, and the connection goes to the judged address and nowhere else. Size, time,
 * redirects and decompression are bounded; there are no cookies, and the proxy environment is not read.
 */
import { type Dispatcher, Client } from 'undici'
import { readBody } from './bounded-body.js'
import { type Dial, connectTo, dialTcp } from './connect.js'
import { assertRequestable, hostOf, resolveDestination } from './destination.js'
import { FetchError, type FetchResult, type Hop } from './fetch-result.js'
import { DEFAULT_GATE, type GateLimits, createHostGate } from './host-gate.js'
import type { Names } from './names.js'

export interface FetchRequest {
  readonly method: 'HEAD' | 'GET' | 'OPTIONS' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Redirects that are followed; only of HEAD and GET. None where left out: the redirect is the answer. */
  readonly redirects?: number
}

export interface Fetcher {
  /** Never rejects. */
  fetch(url: URL, request: FetchRequest): Promise<FetchResult>
  /** Resolves the host and opens a connection, TLS included, and sends nothing. Undefined when that went well. */
  reach(url: URL): Promise<(FetchResult & { kind: 'failure' }) | undefined>
}

export interface FetchLimits {
  /** Milliseconds for name, connection and TLS. */
  readonly connectMs: number
  /** Milliseconds for one request, its connection included; the time it waits for its turn is not counted. */
  readonly totalMs: number | (() => number)
  /** Octets of the decoded body. */
  readonly bodyBytes: number
  readonly gate: GateLimits
}

export const DEFAULT_LIMITS: FetchLimits = { connectMs: 3_000, totalMs: 5_000, bodyBytes: 65_536, gate: DEFAULT_GATE }

export interface FetcherOptions {
  readonly names: Names
  readonly userAgent: string
  /** Hosts, canonical, that may be at any address and any port: intranets and tests. Asked anew at each request. */
  readonly openHosts?: () => readonly string[]
  readonly limits?: Partial<FetchLimits>
  /** PEM; those of Node where left out. */
  readonly ca?: string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly dial?: Dial
}

const MOST_HEADER_OCTETS = 16_384

export function createFetcher(options: FetcherOptions): Fetcher {
  const { names, userAgent, openHosts = () => [], ca, now = Date.now, dial = dialTcp } = options
  const limits: FetchLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const totalMs = (): number => (typeof limits.totalMs === 'number' ? limits.totalMs : limits.totalMs())
  const gate = createHostGate(limits.gate, now)
  const isOpened = (host: string): boolean => openHosts().includes(host)

  async function connect(url: URL, signal: AbortSignal) {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(limits.connectMs)])
    const destination = await withDeadline(resolveDestination(url, names, isOpened), inTime)
    return connectTo(destination, { ca, dial, signal: inTime })
  }

  async function exchange(url: URL, request: FetchRequest, signal: AbortSignal, hops: readonly Hop[]) {
    const socket = await connect(url, signal)
    const client = new Client(url.origin, {
      // For one request; where it fails there is no second connection, which nobody would have judged.
      connect: (_, callback) => queueMicrotask(() => callback(null, socket)),
      maxHeaderSize: MOST_HEADER_OCTETS,
      headersTimeout: totalMs(),
      bodyTimeout: totalMs(),
    })
    try {
      const { method, headers, body } = request
      const answer = await client.request({
        method,
        path: `${url.pathname}${url.search}`,
        headers: { 'accept-encoding': 'identity', 'user-agent': userAgent, ...headers },
        body: body ?? null,
        signal,
      })
      const fields = fieldsOf(answer.headers)
      const read = await readBody(answer.body, fields.get('content-encoding') ?? '', limits.bodyBytes)
      const { statusCode: status } = answer
      return { kind: 'answer', status, headers: fields, ...read, hops: [...hops, { url, status }] } as const
    } finally {
      void client.destroy().catch(() => {})
    }
  }

  async function follow(url: URL, request: FetchRequest, hops: readonly Hop[]): Promise<FetchResult> {
    const unanswered: readonly Hop[] = [...hops, { url, status: undefined }]
    let leave: (() => void) | undefined
    try {
      assertRequestable(url, isOpened)
      leave = await gate.enter(hostOf(url))
      if (leave === undefined) throw new FetchError('busy', 'too many requests to this host')
      const signal = AbortSignal.timeout(totalMs())
      const answer = await exchange(url, request, signal, hops).catch((error: unknown) => {
        throw faultOf(error, signal)
      })
      leave()
      const next = redirectOf(answer.status, answer.headers, url)
      if (next === undefined || request.redirects === undefined || !isSafe(request)) return answer
      if (url.protocol === 'https:' && next.protocol === 'http:') {
        return { kind: 'failure', fault: 'downgrade', detail: 'redirect to http', hops: answer.hops }
      }
      if (answer.hops.some((hop) => hop.url.href === next.href)) {
        return { kind: 'failure', fault: 'redirect_loop', detail: 'redirect to where it came from', hops: answer.hops }
      }
      if (answer.hops.length > request.redirects) {
        return { kind: 'failure', fault: 'too_many_redirects', detail: 'too many redirects', hops: answer.hops }
      }
      return await follow(next, request, answer.hops)
    } catch (error) {
      const { fault, message } = error instanceof FetchError ? error : new FetchError('protocol', nameOf(error))
      return { kind: 'failure', fault, detail: message, hops: unanswered }
    } finally {
      leave?.()
    }
  }

  return {
    fetch: (url, request) => follow(url, request, []),
    async reach(url) {
      const hops = [{ url, status: undefined }]
      try {
        assertRequestable(url, isOpened)
        const socket = await connect(url, AbortSignal.timeout(totalMs()))
        socket.destroy()
        return undefined
      } catch (error) {
        const { fault, message } = error instanceof FetchError ? error : new FetchError('protocol', nameOf(error))
        return { kind: 'failure', fault, detail: message, hops }
      }
    },
  }
}

function isSafe({ method }: FetchRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Where an answer sends on to, without fragment; undefined where it does not, or to nowhere. */
export function redirectOf(status: number, headers: ReadonlyMap<string, string>, from: URL): URL | undefined {
  const location = headers.get('location')
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined
  try {
    const to = new URL(location, from)
    to.hash = ''
    return to
  } catch {
    return undefined
  }
}

function fieldsOf(headers: Dispatcher.ResponseData['headers']): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

/** The DNS client cannot be interrupted; whoever waits for it can. */
function withDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new FetchError('timeout', 'no answer in time'))
    if (signal.aborted) late()
    else signal.addEventListener('abort', late, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late))
  })
}

function faultOf(error: unknown, signal: AbortSignal): FetchError {
  if (error instanceof FetchError) return error
  const code = nameOf(error)
  const late = signal.aborted || /TIMEOUT/.test(code)
  return new FetchError(late ? 'timeout' : 'protocol', late ? 'no answer in time' : code, { cause: error })
}

/** Never the message of an error, which may quote the URL. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
