/** What is leaned on inside smtp-server. When one of these fails after an upgrade, read its source before touching the test. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'

const require = createRequire(import.meta.url)
const manifest = JSON.parse(readFileSync(require.resolve('smtp-server/package.json'), 'utf8')) as { version: string }

function source(member: unknown): string {
  return typeof member === 'function' ? member.toString() : ''
}

function method(name: keyof SMTPConnection): string {
  return source(SMTPConnection.prototype[name])
}

describe('the inside of smtp-server', () => {
  it('is the version it was read in', () => {
    expect(manifest.version, 'smtp-server was upgraded: read session.ts, input.ts and server.ts against it').toBe(
      '3.21.6',
    )
  })

  it.each(['connect', '_acceptSocket', '_handleProxy', '_upgrade', 'updateSecureContext'])(
    'SMTPServer has %s, which server.ts overrides or calls',
    (name) => {
      expect(typeof SMTPServer.prototype[name as keyof SMTPServer], `SMTPServer.${name} is gone`).toBe('function')
    },
  )

  it.each([
    'init',
    'send',
    'close',
    'upgrade',
    '_createParser',
    '_armTimeout',
    '_setListeners',
    '_onError',
    '_onClose',
  ])('SMTPConnection has %s, which session.ts overrides or calls', (name) => {
    expect(typeof SMTPConnection.prototype[name as keyof SMTPConnection], `SMTPConnection.${name} is gone`).toBe(
      'function',
    )
  })

  it('SMTPStream is a writable with isClosed, which input.ts takes the place of', () => {
    const stream = new SMTPStream()
    expect(stream.isClosed).toBe(false)
    expect(typeof SMTPStream.prototype._write).toBe('function')
    expect(method('_onClose')).toContain('isClosed = true')
  })

  it('makes its parser through _createParser only, in the constructor and at STARTTLS', () => {
    const constructor = source(SMTPConnection)
    expect(constructor.match(/this\._createParser\(\)/g)?.length).toBe(2)
    expect(constructor.match(/new SMTPStream\(/g)?.length).toBe(1)
    expect(constructor.indexOf('this._server = server')).toBeLessThan(constructor.indexOf('this._createParser()'))
  })

  it('dispatches commands only from its own parser, so that no handler of its own can run', () => {
    expect(source(SMTPConnection).match(/this\._onCommand\(/g)?.length).toBe(1)
    expect(method('_createParser')).toContain('this._onCommand(')
  })

  it('retires the parser and hands over the TLS socket before the handshake of STARTTLS', () => {
    const upgrade = method('upgrade')
    expect(upgrade).toContain('this._parser.isClosed = true')
    expect(upgrade).toContain('this._armTimeout(tlsSocket)')
    expect(upgrade.indexOf('this._armTimeout(tlsSocket)')).toBeLessThan(upgrade.indexOf("tlsSocket.once('secure'"))
  })

  it('offers every connection to _acceptSocket and _handleProxy before it starts a session', () => {
    const constructor = source(SMTPServer)
    const places = ['this._acceptSocket(socket', 'this._handleProxy(socket', 'this.connect(socket, socketOptions)']
    const found = places.map((text) => constructor.indexOf(text))
    expect(found.every((at) => at > 0)).toBe(true)
    expect([...found].sort((a, b) => a - b)).toEqual(found)
  })

  it('closes a socket that lingers after close() by itself', () => {
    expect(method('close')).toContain('_closeTimer')
  })
})
