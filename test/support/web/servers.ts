/** Servers on loopback that remember every request they were sent. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net'
import type { Identity } from './identities.js'

export interface SeenRequest {
  readonly method: string
  readonly host: string
  readonly url: string
  readonly headers: string
  readonly body: string
}

export interface WebServer {
  readonly port: number
  close(): Promise<void>
}

/** Every request to any server that was given it, in order. */
export type RequestLog = SeenRequest[]

export function recorded(log: RequestLog, listener: RequestListener): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = []
    const entry = log.length
    const seen = (body: string): SeenRequest => ({
      method: request.method ?? '',
      host: String(request.headers.host ?? request.headers[':authority'] ?? ''),
      url: request.url ?? '',
      headers: JSON.stringify(request.headers),
      body,
    })
    log.push(seen(''))
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      log[entry] = seen(Buffer.concat(chunks).toString())
    })
    listener(request, response)
  }
}

export function startHttp(listener: RequestListener): Promise<WebServer> {
  return started(createHttpServer(listener))
}

export function startHttps(identity: Identity, listener: RequestListener): Promise<WebServer> {
  return started(createHttpsServer({ ...identity }, listener))
}

export function startHttp2(identity: Identity, listener: RequestListener): Promise<WebServer> {
  const server = createSecureServer({ ...identity, allowHTTP1: false }, listener as never)
  return started(server)
}

export async function started(server: Server | TcpServer, host = '127.0.0.1'): Promise<WebServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
