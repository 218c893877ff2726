/**
 * Opens the connection: to an address that was judged, under the name of the URL (SNI, certificate), and looks again at whom
 * it is connected to before anything is sent.
 */
import { type Socket, connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { isSameAddress, whyForbidden } from './address-guard.js'
import type { Destination } from './destination.js'
import { FetchError } from './fetch-result.js'

export interface ConnectOptions {
  /** PEM; those of Node where left out. */
  readonly ca?: string | undefined
  /** Opens a TCP connection. */
  readonly dial: Dial
  readonly signal: AbortSignal
}

export type Dial = (address: string, port: number) => Socket

export const dialTcp: Dial = (address, port) => connectTcp({ host: address, port, autoSelectFamily: false })

/**
 * Tries the addresses in order.
 *
 * @throws FetchError `refused`, `unreachable`, `forbidden`, `certificate`, `tls`, `timeout`
 */
export async function connectTo(destination: Destination, options: ConnectOptions): Promise<Socket> {
  const failures: FetchError[] = []
  for (const address of destination.addresses) {
    try {
      const socket = await reach(address, destination, options)
      return destination.secure ? await secured(socket, destination, options) : socket
    } catch (error) {
      const failure = error instanceof FetchError ? error : new FetchError('unreachable', 'connection failed')
      if (failure.fault !== 'refused' && failure.fault !== 'unreachable') throw failure
      failures.push(failure)
    }
  }
  // One address that could not be reached may be our own network's fault; then it is not known whether the host answers.
  throw (
    failures.find(({ fault }) => fault === 'unreachable') ?? failures[0] ?? new FetchError('unreachable', 'no address')
  )
}

async function reach(
  address: string,
  { port, opened }: Destination,
  { dial, signal }: ConnectOptions,
): Promise<Socket> {
  const socket = dial(address, port)
  await settled(
    socket,
    'connect',
    signal,
    (error) =>
      new FetchError(codeOf(error) === 'ECONNREFUSED' ? 'refused' : 'unreachable', codeOf(error), { cause: error }),
  )
  const peer = socket.remoteAddress ?? ''
  if (!isSameAddress(peer, address) || (!opened && whyForbidden(peer) !== undefined)) {
    socket.destroy()
    throw new FetchError('forbidden', 'connected to another address than the one that was judged')
  }
  socket.setNoDelay(true)
  return socket
}

async function secured(socket: Socket, { host }: Destination, { ca, signal }: ConnectOptions): Promise<TLSSocket> {
  const tls = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca }),
    ALPNProtocols: ['http/1.1', 'h2'],
    minVersion: 'TLSv1.2',
  })
  await settled(tls, 'secureConnect', signal, (error) => {
    socket.destroy()
    const code = codeOf(error)
    return new FetchError(isAboutCertificate(code) ? 'certificate' : 'tls', code, { cause: error })
  })
  return tls
}

/** Resolves on the event, or rejects with what became of the socket instead. */
function settled(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  failureOf: (error: Error) => FetchError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (failure?: FetchError): void => {
      signal.removeEventListener('abort', onAbort)
      socket.off(event, onEvent).off('error', onError).off('close', onClose)
      if (failure === undefined) {
        resolve()
        return
      }
      socket.on('error', () => {}).destroy()
      reject(failure)
    }
    const onEvent = (): void => end()
    const onError = (error: Error): void => end(failureOf(error))
    const onClose = (): void => end(failureOf(new Error('closed')))
    const onAbort = (): void => end(new FetchError('timeout', 'no connection in time'))
    socket.once(event, onEvent).once('error', onError).once('close', onClose)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** Codes of OpenSSL's verification, and Node's own for a name that does not fit. */
function isAboutCertificate(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH/.test(code)
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
