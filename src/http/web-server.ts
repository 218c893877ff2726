/**
 * A small HTTP server for what strangers or programs ask: bounded in time, size and connections, TLS of its own or none behind a
 * reverse proxy. What is asked and what is answered are plain values; nothing here knows what they mean.
 */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { canonicalIp, cidrContains } from '../domain/network.js'

export interface WebRequest {
  readonly method: string
  /** Percent-encoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  header(name: string): string | undefined
  readonly body: Buffer
  /** IP address of who asks, as far as trusted proxies tell. */
  readonly client: string
}

export interface WebAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WebOptions {
  readonly host: string
  readonly port: number
  /** PEM; without it connections are in clear. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** CIDR blocks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  readonly maxBodyOctets: number
  /** Must not reject. */
  answer(request: WebRequest): Promise<WebAnswer>
  /** For a body that is larger. */
  tooLarge(request: Omit<WebRequest, 'body'>): WebAnswer
}

export interface WebServer {
  readonly address: string
  readonly port: number
  /** For handshakes from now on. */
  reloadTls(tls: { readonly cert: string; readonly key: string }): void
  /** Takes no more connections, lets answers in progress end for a moment. */
  close(): Promise<void>
}

/** A page and a button need seconds; who takes longer holds a place on purpose. */
const LIMITS = { requestTimeout: 20_000, headersTimeout: 10_000, keepAliveTimeout: 5_000, maxHeaderSize: 16_384 }
const MAX_CONNECTIONS = 1_000
const FAREWELL_MS = 5_000

/** Resolves once it listens. @throws when the address cannot be bound */
export async function startWebServer(options: WebOptions): Promise<WebServer> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // Whatever goes wrong with one answer, the process goes on.
    serve(options, request, response).catch(() => response.destroy())
  }
  const secure = options.tls && createTlsServer({ ...LIMITS, ...options.tls }, listener)
  const server = secure ?? createServer(LIMITS, listener)
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { address, port } = server.address() as AddressInfo
  return {
    address,
    port,
    reloadTls: (tls) => secure?.setSecureContext(tls),
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), FAREWELL_MS)
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

async function serve(options: WebOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = read(options, request)
  const body = await bodyOf(request, options.maxBodyOctets)
  // A client that has left is told nothing.
  if (body === 'lost') return
  const {
    status,
    headers,
    body: text,
  } = body === 'too_large' ? options.tooLarge(asked) : await options.answer({ ...asked, body })
  response.writeHead(status, {
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...(options.tls && { 'strict-transport-security': 'max-age=31536000' }),
    ...(body === 'too_large' && { connection: 'close' }),
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

function read(options: WebOptions, request: IncomingMessage): Omit<WebRequest, 'body'> {
  const [path = '/', ...query] = (request.url ?? '/').split('?')
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query.join('?')),
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    client: clientOf(request, options.trustedProxies),
  }
}

async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer | 'too_large' | 'lost'> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > most) return 'too_large'
      chunks.push(chunk)
    }
  } catch {
    return 'lost'
  }
  return Buffer.concat(chunks, size)
}

/** The last address of X-Forwarded-For that is no trusted proxy: what stands before it anybody can write. */
function clientOf(request: IncomingMessage, trusted: readonly string[]): string {
  const forwarded = (request.headers['x-forwarded-for'] ?? '').toString().split(',')
  let client = canonicalIp(request.socket.remoteAddress ?? '') ?? '0.0.0.0'
  while (isTrusted(client, trusted)) {
    const before = canonicalIp((forwarded.pop() ?? '').trim())
    if (before === undefined) break
    client = before
  }
  return client
}

function isTrusted(address: string, networks: readonly string[]): boolean {
  return networks.some((network) => cidrContains(network, address))
}
