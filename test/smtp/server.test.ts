/** Sessions over real sockets: their messages, who the client is, limits, logins, and faults of our own. */
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import type { SessionCounters } from '#aval/smtp/events.js'
import { createAuthenticator } from '#aval/smtp/login/authentication.js'
import { Client, eventually, greeted, inData } from './support/client.js'
import { type Bench, SECRET, startBench } from './support/listener.js'
import { credential, site } from './support/site.js'

let bench: Bench
afterEach(() => bench.stop())

const LOGIN = `AUTH PLAIN ${Buffer.from(`\0routix\0${SECRET}`).toString('base64')}`

describe('messages', () => {
  it('of 5 MB pass through a file, octet by octet, and leave nothing behind (I4)', async () => {
    bench = await startBench({ memoryLimit: 10_000 })
    const client = await inData(bench.port)
    const lines = Array.from(
      { length: 70_000 },
      () =>
        `${randomBytes(27)
          .toString('latin1')
          .replace(/[\r\n]/g, '.')}.........`,
    )
    const content = Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1')
    client.send(Buffer.from(lines.map((line) => `${line.replace(/^\./, '..')}\r\n`).join('') + '.\r\n', 'latin1'))
    expect(await client.line()).toBe('250 2.0.0 Queued as F00D')
    const [message] = bench.relay.taken
    expect(message?.sha256).toBe(createHash('sha256').update(content).digest('hex'))
    expect(message?.content.equals(content)).toBe(true)
    expect(bench.spooler.bytesInFlight).toBe(0)
  })

  it('whose line ends are rewritten are told with the digest of what came', async () => {
    bench = await startBench({ bareNewline: () => 'normalize' })
    for (const [sent, received, taken] of [
      ['a\r\nb\r\n', undefined, 'a\r\nb\r\n'],
      ['a\nb\rc\r\n..\r\n', 'a\nb\rc\r\n.\r\n', 'a\r\nb c\r\n.\r\n'],
    ]) {
      const client = await inData(bench.port)
      client.send(`${sent}.\r\n`)
      expect(await client.line()).toMatch(/^250 /)
      const message = bench.relay.taken.at(-1)!
      expect(message.content.toString()).toBe(taken)
      expect(message.receivedSha256).toBe(received && createHash('sha256').update(received).digest('hex'))
    }
  })

  it('cut off by the client are aborted, never half taken, and free the spool (I1, I12)', async () => {
    bench = await startBench({ memoryLimit: 1000 })
    const client = await inData(bench.port)
    client.send('x'.repeat(100_000))
    await eventually(() => bench.spooler.bytesInFlight === 100_000, 'the octets to arrive')
    client.socket.resetAndDestroy()
    await eventually(() => bench.listener.status().sessions === 0, 'the session to end')
    await eventually(() => bench.spooler.bytesInFlight === 0, 'the spool to be freed')
    expect(bench.relay.taken).toEqual([])
    expect(bench.relay.aborts).toBe(1)
    expect(bench.count('messageAborted')).toBe(1)
  })

  it('abort the transaction when the client is gone while the relay still works', async () => {
    bench = await startBench()
    const client = await inData(bench.port, 'data-wait@example.com')
    client.send('x\r\n.\r\n')
    await eventually(() => bench.relay.waiting.length === 1, 'the relay to have the message')
    client.socket.resetAndDestroy()
    await eventually(() => bench.relay.aborts === 1, 'the abort')
  })

  it('get their reply through a connection the client has half closed, however long the relay takes', async () => {
    bench = await startBench()
    const client = await inData(bench.port, 'data-wait@example.com')
    client.send('x\r\n.\r\n')
    client.socket.end()
    await eventually(() => bench.relay.waiting.length === 1, 'the relay to have the message')
    await new Promise((resolve) => setTimeout(resolve, 50))
    bench.relay.release()
    expect(await client.line()).toBe('250 2.0.0 Queued as F00D')
    await client.closed()
    expect(bench.relay.aborts).toBe(0)
  })

  it('that the spool cannot hold are answered 451 and read to their end (I3)', async () => {
    bench = await startBench({
      spool: {
        hasRoom: () => true,
        isWanted: false,
        open: () =>
          Promise.resolve({
            write: () => Promise.reject(new Error('EIO: /var/spool/secret')),
            finish: () => Promise.reject(new Error('not reached')),
            discard: () => Promise.resolve(),
          }),
      },
    })
    const client = await inData(bench.port)
    client.send('x\r\n.\r\nNOOP\r\n')
    expect(await client.line()).toBe('451 4.3.0 Temporary fault, try again later')
    expect(await client.line()).toBe('250 2.0.0 OK')
    expect(bench.count('failed')).toBe(1)
  })
})

describe('the peer', () => {
  it('is known by its credential once it has logged in, and by TLS', async () => {
    bench = await startBench()
    const client = await greeted(bench.port)
    await client.ask('MAIL FROM:<a@example.com>')
    await client.ask('RSET')
    expect(await client.ask(LOGIN)).toMatch(/^235 2\.7\.0/)
    await client.ask('MAIL FROM:<a@example.com> SMTPUTF8')
    expect(bench.relay.peers.map((peer) => [peer.credentialId, peer.protocol, peer.helo, peer.address])).toEqual([
      [undefined, 'ESMTP', 'client.example', '127.0.0.1'],
      ['routix', 'UTF8SMTPA', 'client.example', '127.0.0.1'],
    ])
  })

  it('is known by its network when that is enough', async () => {
    const declared = site(
      credential('wide', { networks: ['127.0.0.0/8'] }),
      credential('narrow', { networks: ['127.0.0.1/32'] }),
    )
    bench = await startBench({ authenticator: createAuthenticator({ site: () => declared, now: () => 0 }) })
    const client = await greeted(bench.port)
    await client.ask('MAIL FROM:<a@example.com>')
    expect(bench.relay.peers[0]?.credentialId).toBe('narrow')
  })

  it('I12: a stranger is told no a few times, a client with a credential as often as it asks', async () => {
    bench = await startBench({ limits: { maxErrors: 3 } })
    const stranger = await greeted(bench.port)
    const replies: string[] = []
    for (let i = 0; i < 3; i++) replies.push((await stranger.ask('MAIL FROM:<refuse@example.com>')).slice(0, 3))
    expect(replies).toEqual(['550', '550', '421'])
    await stranger.closed()

    const known = await greeted(bench.port)
    expect(await known.ask(LOGIN)).toMatch(/^235 /)
    for (let i = 0; i < 6; i++) expect(await known.ask('MAIL FROM:<refuse@example.com>')).toMatch(/^550 /)
  })

  it('forgets what it said in clear when TLS begins', async () => {
    bench = await startBench()
    const client = await greeted(bench.port)
    await client.ask(LOGIN)
    await client.ask('MAIL FROM:<a@example.com>')
    expect(await client.ask('STARTTLS')).toBe('220 2.0.0 Ready to start TLS')
    const socket: TLSSocket = await client.secure()
    expect(['TLSv1.2', 'TLSv1.3']).toContain(socket.getProtocol())
    expect(await client.ask('MAIL FROM:<a@example.com>')).toBe('503 5.5.1 Send EHLO first')
    client.send('EHLO client.example\r\n')
    const offered = await client.reply()
    expect(offered.some((line) => line.includes('STARTTLS'))).toBe(false)
    await client.ask('MAIL FROM:<a@example.com>')
    expect(await client.ask('STARTTLS')).toMatch(/^503 /)
    const { credentialId, protocol, transport } = bench.relay.peers.at(-1)!
    expect({ credentialId, protocol, transport }).toEqual({
      credentialId: undefined,
      protocol: 'ESMTPS',
      transport: 'tls',
    })
    expect(await client.ask('QUIT')).toMatch(/^221 /)
    await eventually(() => bench.listener.status().sessions === 0, 'the connection to be forgotten')
  })

  it('speaks TLS from the first octet where that is asked for', async () => {
    bench = await startBench({ tlsMode: 'implicit' })
    const client = await Client.openTls(bench.port)
    expect(await client.line()).toMatch(/^220 /)
    await client.ask('EHLO client.example')
    expect(await client.ask(LOGIN)).toMatch(/^235 /)
    await client.ask('MAIL FROM:<a@example.com>')
    expect(bench.relay.peers[0]?.protocol).toBe('ESMTPSA')
    client.destroy()
  })
})

describe('limits (I12)', () => {
  it('refuse the connections beyond the limit of one client, and count those that end', async () => {
    bench = await startBench({ limits: { maxConnectionsPerClient: 2 } })
    const [first, second] = [await greeted(bench.port), await greeted(bench.port)]
    const third = await Client.open(bench.port)
    expect(await third.line()).toBe('421 4.3.2 Too busy, try again later')
    await third.closed()
    expect(bench.events.find(({ event }) => event === 'refused')?.details).toEqual([
      '127.0.0.1',
      'connections_per_client',
    ])
    await first.ask('QUIT')
    second.destroy()
    await eventually(() => bench.listener.status().sessions === 0, 'both to be forgotten')
    expect(await (await greeted(bench.port)).ask('NOOP')).toBe('250 2.0.0 OK')
  })

  it('refuse the connections beyond the limit of all, and those of an overloaded relay', async () => {
    let overloaded = false
    bench = await startBench({ limits: { maxConnections: 1 }, overloaded: () => overloaded })
    const first = await greeted(bench.port)
    expect(await (await Client.open(bench.port)).line()).toMatch(/^421 4\.3\.2/)
    await first.ask('QUIT')
    await eventually(() => bench.listener.status().sessions === 0, 'the first to be forgotten')
    overloaded = true
    expect(await (await Client.open(bench.port)).line()).toMatch(/^421 4\.3\.2/)
  })

  it('let nobody wait for ever: before EHLO, idle, within a line, within a message', async () => {
    bench = await startBench({ limits: { greetingMs: 150, idleMs: 400, commandMs: 250, dataMs: 300 } })
    const silent = await Client.open(bench.port)
    await silent.line()
    const [idle, slowLine, slowData] = [await greeted(bench.port), await greeted(bench.port), await inData(bench.port)]
    const drip = setInterval(() => {
      slowLine.send('x')
      slowData.send('x\r\n')
    }, 20)
    try {
      for (const client of [silent, idle, slowLine, slowData]) {
        expect(await client.line()).toBe('421 4.4.2 Timeout, closing connection')
        await client.closed()
      }
    } finally {
      clearInterval(drip)
    }
    expect(bench.relay.taken).toEqual([])
    expect(bench.relay.aborts).toBe(1)
  })

  it('end a session that is too old, but not within its transaction', async () => {
    bench = await startBench({ limits: { sessionMs: 200 } })
    const [busy, idle] = [await inData(bench.port), await greeted(bench.port)]
    expect(await idle.line()).toMatch(/^421 4\.3\.2 Session too long/)
    busy.send('x\r\n.\r\n')
    expect(await busy.line()).toMatch(/^250 /)
    expect(await busy.line()).toMatch(/^421 4\.3\.2 Session too long/)
  })

  it('answer 451 when the relay does not, and abort the transaction', async () => {
    bench = await startBench({ limits: { handlerMs: 150 } })
    const client = await greeted(bench.port)
    await client.ask('MAIL FROM:<a@example.com>')
    expect(await client.ask('RCPT TO:<wait@example.com>')).toMatch(/^451 4\.3\.0/)
    await client.closed()
    expect(bench.relay.aborts).toBe(1)
    expect(bench.count('failed')).toBe(1)
  })

  it('read no further from a client that does not read its replies', async () => {
    bench = await startBench({ limits: { idleMs: 400, maxJunkCommands: 1e9 } })
    const client = await greeted(bench.port)
    client.socket.pause()
    const flood = Buffer.from('NOOP\r\n'.repeat(10_000))
    for (let i = 0; i < 300; i++) client.send(flood)
    await eventually(() => bench.count('disconnected') === 1, 'the client to be given up')
    const counters = bench.events.find(({ event }) => event === 'disconnected')?.details[1] as SessionCounters
    expect(counters.octets).toBeLessThan(300 * flood.length)
    client.destroy()
  }, 15_000)

  it('close a flood of octets without a line end', async () => {
    bench = await startBench()
    const client = await greeted(bench.port)
    client.send('x'.repeat(300_000))
    expect(await client.line()).toBe('500 5.5.2 Line too long')
    await client.closed()
  })

  it('never keep a client out because of the handshake of another', async () => {
    bench = await startBench({ tlsMode: 'implicit', limits: { greetingMs: 200 } })
    const silent = connect({ port: bench.port, host: '127.0.0.1' })
    await new Promise((resolve) => silent.once('close', resolve))
    await eventually(() => bench.listener.status().sessions === 0, 'the connection to be forgotten')
  })
})

describe('authentication', () => {
  it('is taken in clear from this machine', async () => {
    bench = await startBench({ tlsMode: 'none' })
    expect(await (await greeted(bench.port)).ask(LOGIN)).toMatch(/^235 /)
  })

  it('is neither offered nor taken in clear from elsewhere, but for networks that are named', async () => {
    const trust = { proxyProtocol: ['127.0.0.0/8'], xclient: [], xforward: [] }
    bench = await startBench({ trust, plainAuthNetworks: ['198.51.100.0/24'] })
    const from = async (address: string): Promise<{ client: Client; offered: string }> => {
      const client = await Client.open(bench.port)
      client.send(`PROXY TCP4 ${address} 192.0.2.1 1 25\r\nEHLO client.example\r\n`)
      await client.line()
      return { client, offered: (await client.reply()).join(' ') }
    }
    const { client, offered } = await from('192.0.2.7')
    expect(offered).not.toContain('AUTH')
    expect(await client.ask(LOGIN)).toMatch(/^538 5\.7\.11 /)
    await client.ask('STARTTLS')
    await client.secure()
    expect(await client.ask('EHLO client.example')).toMatch(/^250 AUTH PLAIN LOGIN$/)
    expect(await client.ask(LOGIN)).toMatch(/^235 /)
    const named = await from('198.51.100.7')
    expect(named.offered).toContain('AUTH PLAIN LOGIN')
    expect(await named.client.ask(LOGIN)).toMatch(/^235 /)
  })

  it('remembers no more than three failures for a connection', async () => {
    bench = await startBench()
    const client = await greeted(bench.port)
    const wrong = `AUTH PLAIN ${Buffer.from('\0routix\0wrong').toString('base64')}`
    expect(await client.ask(wrong)).toMatch(/^535 5\.7\.8/)
    expect(await client.ask(wrong)).toMatch(/^535 5\.7\.8/)
    expect(await client.ask(wrong)).toMatch(/^421 4\.7\.0/)
    expect(bench.count('authFailed')).toBe(3)
    expect(JSON.stringify(bench.events)).not.toContain('wrong')
  })

  it('is temporary when it cannot be established (I3)', async () => {
    bench = await startBench({
      authenticator: {
        login: () => Promise.reject(new Error('scrypt failed')),
        recognise: () => undefined,
        vouched: () => undefined,
        offersLogin: () => true,
      },
    })
    expect(await (await greeted(bench.port)).ask(LOGIN)).toMatch(/^454 4\.7\.0/)
    expect(bench.count('failed')).toBe(1)
  })
})

describe('our own mistakes', () => {
  it('outside the relay are answered 451 as well, and the session goes on (I3)', async () => {
    let broken = true
    bench = await startBench({
      authenticator: {
        login: () => Promise.reject(new Error('not reached')),
        recognise: () => undefined,
        vouched: () => undefined,
        offersLogin: () => {
          if (broken) throw new Error('broken')
          return false
        },
      },
      spool: {
        hasRoom: () => {
          throw new Error('broken')
        },
        isWanted: false,
        open: () => {
          throw new Error('not reached')
        },
      },
    })
    const client = await Client.open(bench.port)
    await client.line()
    expect(await client.ask('EHLO client.example')).toBe('451 4.3.0 Temporary fault, try again later')
    broken = false
    expect(await client.ask('EHLO client.example')).toMatch(/^250 /)
    expect(await client.ask('MAIL FROM:<a@example.com>')).toBe('451 4.3.0 Temporary fault, try again later')
    expect(await client.ask('NOOP')).toBe('250 2.0.0 OK')
    expect(bench.count('failed')).toBe(2)
  })
})

it('the spool directory is empty while messages are held in files', async () => {
  bench = await startBench({ memoryLimit: 1000 })
  const client = await inData(bench.port)
  client.send('x'.repeat(200_000))
  await eventually(() => bench.spooler.bytesInFlight === 200_000, 'the octets to arrive')
  expect(readdirSync(bench.directory)).toEqual([])
})
