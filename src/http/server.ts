/** The operator's HTTP port: liveness, readiness with its reasons, and metrics. Loopback by default; no address ever passes. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReadinessCheck {
  readonly name: string
  /** Undefined when all is well, else a sentence that says what is wrong. Must not throw. */
  readonly problem: () => string | undefined
}

export interface OperatorHttpOptions {
  readonly host: string
  readonly port: number
  readonly readiness: readonly ReadinessCheck[]
  /** The Prometheus exposition text and its content type. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

export interface OperatorHttp {
  readonly address: string
  readonly port: number
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** Resolves once it listens. @throws when the address cannot be bound */
export async function startOperatorHttp(options: OperatorHttpOptions): Promise<OperatorHttp> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void respond(options, request, response)
  })
  server.maxConnections = 100
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { address, port } = server.address() as AddressInfo
  return { address, port, close: () => closeServer(server) }
}

async function respond(
  options: OperatorHttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, contentType, body } = await answer(options, request).catch((): Answer =>
    problem(500, 'The answer could not be made; see the log.'),
  )
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answer(options: OperatorHttpOptions, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return problem(405, 'Only GET and HEAD are answered here.')
  switch (request.url?.split('?', 1)[0]) {
    case '/livez':
      return json(200, { status: 'ok' })
    case '/readyz':
      return readiness(options.readiness)
    case '/metrics': {
      const { contentType, text } = await options.metrics()
      return { status: 200, contentType, body: text }
    }
    default:
      return problem(404, 'Try /livez, /readyz or /metrics.')
  }
}

function readiness(checks: readonly ReadinessCheck[]): Answer {
  const results = checks.map(({ name, problem }) => ({ name, problem: problem() }))
  const ready = results.every((result) => result.problem === undefined)
  return json(ready ? 200 : 503, {
    status: ready ? 'ready' : 'not ready',
    checks: Object.fromEntries(results.map((result) => [result.name, result.problem ?? 'ok'])),
  })
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` }
}

/** RFC 9457. */
function problem(status: number, detail: string): Answer {
  return { status, contentType: 'application/problem+json', body: `${JSON.stringify({ status, detail })}\n` }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
