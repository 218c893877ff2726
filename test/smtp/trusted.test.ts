/** Who speaks for a client behind it: load balancers (PROXY), mail systems (XCLIENT, XFORWARD). Nobody is believed unasked. */
import { afterEach, describe, expect, it } from 'vitest'
import { createAuthenticator } from '#aval/smtp/login/authentication.js'
import type { Trust } from '#aval/smtp/options.js'
import { startHaproxy, HAPROXY_PRESENT, type Haproxy } from '../support/haproxy.js'
import { describeWith } from '../support/peers.js'
import { Client, eventually } from './support/client.js'
import { type Bench, type BenchOptions, startBench } from './support/listener.js'
import { credential, site } from './support/site.js'

let bench: Bench
afterEach(() => bench.stop())

const LOOPBACK = ['127.0.0.0/8']
const NOBODY: Trust = { proxyProtocol: [], xclient: [], xforward: [] }
const declared = site(credential('routix'), credential('office', { networks: ['192.0.2.0/24'] }))

async function start(trust: Partial<Trust>, options: BenchOptions = {}): Promise<void> {
  bench = await startBench({
    trust: { ...NOBODY, ...trust },
    authenticator: createAuthenticator({ site: () => declared, now: () => 0 }),
    ...options,
  })
}

async function mailFrom(client: Client): Promise<string> {
  await client.ask('EHLO client.example')
  return client.ask('MAIL FROM:<a@example.com>')
}

describe('PROXY', () => {
  const HEADER = 'PROXY TCP4 192.0.2.7 192.0.2.1 56324 25\r\n'

  it('names the client: its credential, its place in the log, its share of the connections', async () => {
    await start({ proxyProtocol: LOOPBACK }, { limits: { maxConnectionsPerClient: 1 } })
    const client = await Client.open(bench.port)
    client.send(`${HEADER}EHLO client.example\r\n`)
    expect(await client.line()).toMatch(/^220 /)
    await client.reply()
    await client.ask('MAIL FROM:<a@example.com>')
    expect(bench.relay.peers).toMatchObject([
      {
        address: '192.0.2.7',
        credentialId: 'office',
        transport: 'clear',
        origin: { address: '192.0.2.7', port: 56_324 },
      },
    ])
    const second = await Client.open(bench.port)
    second.send(HEADER)
    expect(await second.line()).toMatch(/^421 4\.3\.2 /)
    const elsewhere = await Client.open(bench.port)
    elsewhere.send('PROXY TCP4 198.51.100.9 192.0.2.1 1 25\r\n')
    expect(await elsewhere.line()).toMatch(/^220 /)
    client.destroy()
    await eventually(() => bench.count('disconnected') === 1, 'the first to be gone')
    const third = await Client.open(bench.port)
    third.send(HEADER)
    expect(await third.line()).toMatch(/^220 /)
  })

  it('comes before TLS where the listener begins with it', async () => {
    await start({ proxyProtocol: LOOPBACK }, { tlsMode: 'implicit' })
    const client = await Client.open(bench.port)
    client.send(HEADER)
    await client.secure()
    expect(await client.line()).toMatch(/^220 /)
    await mailFrom(client)
    expect(bench.relay.peers).toMatchObject([{ address: '192.0.2.7', transport: 'tls' }])
  })

  it('is required of a balancer: without one there is no session', async () => {
    await start({ proxyProtocol: LOOPBACK })
    const client = await Client.open(bench.port)
    client.send('EHLO client.example\r\n')
    await client.closed()
    expect(client.unread).toBe('')
    expect(bench.events.filter(({ event }) => event === 'refused').map(({ details }) => details[1])).toEqual([
      'proxy_header',
    ])
  })

  it('is not waited for longer than for a greeting, whatever drips in', async () => {
    await start({ proxyProtocol: LOOPBACK }, { limits: { greetingMs: 200 } })
    const client = await Client.open(bench.port)
    const drip = setInterval(() => client.socket.writable && client.send('P'), 20)
    client.send('PROXY')
    await client.closed()
    clearInterval(drip)
    expect(bench.listener.status().sessions).toBe(0)
  })

  it('of nobody else is anything but a wrong command', async () => {
    await start({})
    const client = await Client.open(bench.port)
    await client.line()
    expect(await client.ask(HEADER.trimEnd())).toMatch(/^500 /)
    await mailFrom(client)
    expect(bench.relay.peers).toMatchObject([{ address: '127.0.0.1' }])
  })
})

describeWith({ haproxy: HAPROXY_PRESENT }, 'behind haproxy', () => {
  let balancer: Haproxy | undefined
  afterEach(() => balancer?.stop())

  it.each(['send-proxy', 'send-proxy-v2'])('%s', async (option) => {
    await start({ proxyProtocol: LOOPBACK })
    balancer = await startHaproxy({ to: bench.port, option })
    const client = await Client.open(balancer.port)
    expect(await client.line()).toMatch(/^220 /)
    await mailFrom(client)
    expect(bench.relay.peers[0]?.origin).toMatchObject({
      address: '127.0.0.1',
      port: (client.socket.address() as { port: number }).port,
    })
  })
})

describe('XCLIENT', () => {
  it('puts another in the place of the client, and the session begins anew', async () => {
    await start({ xclient: LOOPBACK })
    const client = await Client.open(bench.port)
    await client.line()
    client.send('EHLO proxy.example\r\n')
    expect(await client.reply()).toContain('250 XCLIENT NAME ADDR PORT PROTO HELO LOGIN')
    expect(await client.ask('XCLIENT ADDR=192.0.2.7 PORT=4711 HELO=news.example NAME=[UNAVAILABLE]')).toMatch(/^220 /)
    expect(await client.ask('MAIL FROM:<a@example.com>')).toMatch(/^503 /)
    await mailFrom(client)
    expect(bench.relay.peers).toMatchObject([
      { address: '192.0.2.7', helo: 'news.example', credentialId: 'office', transport: 'clear' },
    ])
    expect(bench.relay.peers[0]?.origin).toMatchObject({ address: '192.0.2.7', port: 4711, name: undefined })
  })

  it('vouches for a user, who must exist and may be used from there', async () => {
    await start({ xclient: LOOPBACK })
    const client = await Client.open(bench.port)
    await client.line()
    expect(await client.ask('XCLIENT ADDR=203.0.113.5 LOGIN=nobody')).toMatch(/^535 /)
    expect(await client.ask('XCLIENT ADDR=203.0.113.5 LOGIN=office')).toMatch(/^535 /)
    expect(await client.ask('XCLIENT ADDR=203.0.113.5 LOGIN=routix')).toMatch(/^220 /)
    await mailFrom(client)
    expect(bench.relay.peers).toMatchObject([{ address: '203.0.113.5', credentialId: 'routix' }])
  })

  it.each([
    'XCLIENT',
    'XCLIENT ADDR=example.com',
    'XCLIENT ADDR=192.0.2.7 FOO=bar',
    'XCLIENT PORT=70000',
    'XCLIENT PROTO=HTTP',
    'XCLIENT HELO=a+0D+0AMAIL',
    'XCLIENT IDENT=x',
    `XCLIENT HELO=${'a'.repeat(256)}`,
  ])('%s is refused', async (command) => {
    await start({ xclient: LOOPBACK })
    const client = await Client.open(bench.port)
    await client.line()
    expect(await client.ask(command)).toMatch(/^501 5\.5\.4 /)
  })

  it('is neither offered to others nor taken from them, nor within a transaction', async () => {
    await start({ xclient: ['192.0.2.7/32'] })
    const stranger = await Client.open(bench.port)
    await stranger.line()
    stranger.send('EHLO client.example\r\n')
    expect((await stranger.reply()).join()).not.toContain('XCLIENT')
    expect(await stranger.ask('XCLIENT ADDR=192.0.2.7')).toMatch(/^502 /)
    await bench.stop()
    await start({ xclient: LOOPBACK })
    const proxy = await Client.open(bench.port)
    await proxy.line()
    await mailFrom(proxy)
    expect(await proxy.ask('XCLIENT ADDR=192.0.2.7')).toMatch(/^503 /)
  })
})

describe('XFORWARD', () => {
  it('says whom the next message comes from, and changes no right', async () => {
    await start({ xforward: LOOPBACK })
    const client = await Client.open(bench.port)
    await client.line()
    await client.ask('EHLO proxy.example')
    expect(await client.ask('XFORWARD ADDR=192.0.2.7 NAME=news.example PORT=4711')).toMatch(/^250 /)
    expect(await client.ask('XFORWARD PROTO=ESMTP HELO=mail.example IDENT=4BxY2 SOURCE=REMOTE')).toMatch(/^250 /)
    await client.ask('MAIL FROM:<a@example.com>')
    expect(bench.relay.peers).toMatchObject([{ address: '127.0.0.1', credentialId: undefined, transport: 'local' }])
    expect(bench.relay.peers[0]?.origin).toEqual({
      address: '192.0.2.7',
      name: 'news.example',
      port: 4711,
      protocol: 'ESMTP',
      helo: 'mail.example',
      ident: '4BxY2',
      source: 'REMOTE',
    })
    await client.ask('RSET')
    await client.ask('MAIL FROM:<a@example.com>')
    expect(bench.relay.peers.at(-1)?.origin).toMatchObject({ address: '127.0.0.1', helo: 'proxy.example' })
  })

  it('is not taken from others', async () => {
    await start({})
    const client = await Client.open(bench.port)
    await client.line()
    expect(await client.ask('XFORWARD ADDR=192.0.2.7')).toMatch(/^502 /)
  })
})
