/** Takes the PROXY header off a connection, and leaves what comes behind it to whoever reads next. */
import type { Socket } from 'node:net'
import { type ProxyHeader, readProxyHeader } from './proxy-header.js'

type Read = Extract<ProxyHeader, { kind: 'read' }>

/**
 * Calls `done` once, with undefined when no header came within the time; the connection is then broken off.
 *
 * @param limitMs by the wall clock: octets do not reset it
 */
export function receiveProxyHeader(socket: Socket, limitMs: number, done: (header: Read | undefined) => void): void {
  let octets: Buffer = Buffer.alloc(0)

  function end(header: Read | undefined): void {
    clearTimeout(timer)
    socket.off('readable', onReadable)
    for (const event of ['error', 'close', 'end']) socket.off(event, giveUp)
    if (header === undefined) {
      // An error that is still on its way must not end the process.
      socket.on('error', () => undefined)
      socket.destroy()
    } else if (octets.length > header.length) {
      socket.unshift(octets.subarray(header.length))
    }
    done(header)
  }

  function giveUp(): void {
    end(undefined)
  }

  function onReadable(): void {
    for (let piece = socket.read() as Buffer | null; piece !== null; piece = socket.read() as Buffer | null) {
      octets = Buffer.concat([octets, piece])
      const header = readProxyHeader(octets)
      if (header.kind === 'invalid') return giveUp()
      if (header.kind === 'read') return end(header)
    }
  }

  const timer = setTimeout(giveUp, limitMs)
  timer.unref()
  socket.on('readable', onReadable)
  for (const event of ['error', 'close', 'end']) socket.on(event, giveUp)
}
