/** I12: how many sessions there may be, of whom, and how fast; and that messages wait for room rather than fill it. */
import { afterEach, describe, expect, it } from 'vitest'
import { neighbourhood } from '#aval/domain/network.js'
import { createAuthenticator } from '#aval/smtp/login/authentication.js'
import { measureLag } from '#aval/telemetry/lag.js'
import { until } from '../support/until.js'
import { Client, eventually } from './support/client.js'
import { type Bench, SECRET, startBench } from './support/listener.js'
import { credential, site } from './support/site.js'

let bench: Bench
afterEach(() => bench.stop())

const TRUST = { proxyProtocol: ['127.0.0.0/8'], xclient: [], xforward: [] }

/** A connection from an address, through a load balancer. */
async function from(address: string): Promise<Client> {
  const client = await Client.open(bench.port)
  client.send(`PROXY TCP4 ${address} 192.0.2.1 1 25\r\n`)
  return client
}

const reasons = () => bench.events.filter(({ event }) => event === 'refused').map(({ details }) => details[1])

describe('sessions', () => {
  it('of one network are bounded, others are not touched, and a place comes free again', async () => {
    bench = await startBench({ trust: TRUST, limits: { maxConnectionsPerNetwork: 2 } })
    const [one, two] = [await from('192.0.2.1'), await from('192.0.2.2')]
    expect([await one.line(), await two.line()].every((line) => line?.startsWith('220 '))).toBe(true)
    expect(await (await from('192.0.2.3')).line()).toMatch(/^421 4\.3\.2 /)
    expect(await (await from('198.51.100.1')).line()).toMatch(/^220 /)
    expect(reasons()).toEqual(['connections_per_network'])
    one.destroy()
    await eventually(() => bench.count('disconnected') === 1, 'the first to be gone')
    expect(await (await from('192.0.2.3')).line()).toMatch(/^220 /)
  })

  it('of one address within a minute are bounded, however short they are', async () => {
    bench = await startBench({ trust: TRUST, limits: { maxConnectionsPerMinute: 3 } })
    for (let nth = 0; nth < 3; nth++) {
      const client = await from('192.0.2.1')
      await client.line()
      await client.ask('QUIT')
    }
    expect(await (await from('192.0.2.1')).line()).toMatch(/^421 /)
    expect(await (await from('192.0.2.2')).line()).toMatch(/^220 /)
    expect(reasons()).toEqual(['connection_rate'])
  })

  it('of one credential are bounded from the first MAIL on, until they end', async () => {
    const declared = site(credential('office', { networks: ['127.0.0.0/8'] }))
    bench = await startBench({
      authenticator: createAuthenticator({ site: () => declared, now: () => 0 }),
      limits: { maxConnectionsPerCredential: 1 },
    })
    const [one, two] = [await Client.open(bench.port), await Client.open(bench.port)]
    for (const client of [one, two]) {
      await client.line()
      await client.ask('EHLO client.example')
    }
    expect(await one.ask('MAIL FROM:<a@example.com>')).toMatch(/^250 /)
    await one.ask('RSET')
    expect(await one.ask('MAIL FROM:<a@example.com>')).toMatch(/^250 /)
    expect(await two.ask('MAIL FROM:<a@example.com>')).toMatch(/^421 4\.3\.2 /)
    await two.closed()
    one.destroy()
    await eventually(() => bench.count('disconnected') === 2, 'both to be gone')
    const three = await Client.open(bench.port)
    await three.line()
    await three.ask('EHLO client.example')
    expect(await three.ask('MAIL FROM:<a@example.com>')).toMatch(/^250 /)
  })
})

it('a burst waits for room, one after the other, and every message is taken', async () => {
  bench = await startBench({ maxBytesInFlight: 100_000, patienceMs: 20_000 })
  const body = `${'x'.repeat(98)}\r\n`.repeat(400)
  let most = 0
  const sampler = setInterval(() => (most = Math.max(most, bench.spooler.bytesInFlight)), 1)
  const replies = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const client = await Client.open(bench.port)
      await client.line()
      await client.ask('EHLO client.example')
      await client.ask(`MAIL FROM:<a@example.com> SIZE=${body.length}`)
      await client.ask('RCPT TO:<b@example.com>')
      const go = await client.ask('DATA')
      client.send(`${body}.\r\n`)
      const taken = (await client.line()) ?? 'closed'
      client.destroy()
      return [go.slice(0, 3), taken.slice(0, 3)]
    }),
  )
  clearInterval(sampler)
  expect(new Set(replies.map((pair) => pair.join(' ')))).toEqual(new Set(['354 250']))
  expect(bench.relay.taken).toHaveLength(12)
  expect(most).toBeLessThanOrEqual(100_000)
  expect(bench.spooler.bytesInFlight).toBe(0)
})

it('a burst of messages that do not say their size fills the room, and every one of them is taken', async () => {
  bench = await startBench({ maxBytesInFlight: 200_000, largestMessage: 50_000, patienceMs: 20_000 })
  const piece = `${'x'.repeat(98)}\r\n`.repeat(40)
  const clients = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const client = await Client.open(bench.port)
      await client.line()
      await client.ask('EHLO client.example')
      await client.ask('MAIL FROM:<a@example.com>')
      await client.ask('RCPT TO:<b@example.com>')
      expect(await client.ask('DATA')).toMatch(/^354 /)
      return client
    }),
  )
  for (let sent = 0; sent < 10; sent++) {
    for (const client of clients) client.send(piece)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(bench.spooler.bytesInFlight).toBeLessThanOrEqual(200_000)
  }
  for (const client of clients) client.send('.\r\n')
  for (const client of clients) expect(await client.line()).toMatch(/^250 /)
  expect(bench.spooler.bytesInFlight).toBe(0)
  for (const client of clients) client.destroy()
}, 30_000)

/** A session in which a message may come next. */
async function begun(mail: string, ...before: readonly string[]): Promise<Client> {
  const client = await Client.open(bench.port)
  await client.line()
  for (const line of ['EHLO client.example', ...before, mail, 'RCPT TO:<b@example.com>']) {
    expect(await client.ask(line)).toMatch(/^2/)
  }
  return client
}

async function inData(mail: string, thinkMs = 0): Promise<Client> {
  const client = await begun(mail)
  await new Promise((resolve) => setTimeout(resolve, thinkMs))
  expect(await client.ask('DATA')).toMatch(/^354 /)
  return client
}

describe('room that others wait for', () => {
  const STALL_MS = 200
  const SIZED = 'MAIL FROM:<a@example.com> SIZE=90000'
  const stalled = () =>
    bench.events.filter(({ event, details }) => event === 'disconnected' && details[2] === 'stalled')

  async function smallRoom(): Promise<void> {
    bench = await startBench({
      maxBytesInFlight: 100_000,
      largestMessage: 90_000,
      patienceMs: 20_000,
      limits: { stallMs: STALL_MS },
    })
  }

  it.each<[string, string, string, number]>([
    ['has declared much and sends nothing', SIZED, '', 0],
    ['sends next to nothing of it', SIZED, 'x', 20],
    ['has sent half of it and stops', SIZED, `${'x'.repeat(98)}\r\n`.repeat(450), 0],
    ['has declared nothing, sent something and stops', 'MAIL FROM:<a@example.com>', 'x'.repeat(1_000), 0],
  ])('I12: is not held by a client that %s', async (_, mail, octets, everyMs) => {
    await smallRoom()
    const idle = await inData(mail)
    idle.send(octets)
    const drip = everyMs > 0 ? setInterval(() => idle.send(octets), everyMs) : undefined
    await new Promise((resolve) => setTimeout(resolve, 3 * STALL_MS))
    expect(stalled(), 'nobody waits').toEqual([])
    const waiting = await inData(SIZED)
    clearInterval(drip)
    expect(await idle.line()).toMatch(/^421 4\.4\.2 /)
    idle.destroy()
    await until(() => stalled().length === 1, 'the log to say why')
    waiting.send('x\r\n.\r\n')
    expect(await waiting.line()).toMatch(/^250 /)
    expect(bench.relay.taken).toHaveLength(1)
    expect(bench.spooler.bytesInFlight).toBe(0)
  })

  it('is left to a client that sends all the time, however long it takes, and to one that waits for room itself', async () => {
    await smallRoom()
    // What was thought about before the message is not counted against it.
    const steady = await inData(SIZED, 3 * STALL_MS)
    const sending = setInterval(() => steady.send(`${'x'.repeat(498)}\r\n`), 10)
    const next = inData(SIZED)
    await until(() => bench.spooler.isWanted, 'the other to wait')
    await new Promise((resolve) => setTimeout(resolve, 5 * STALL_MS))
    clearInterval(sending)
    steady.send('.\r\n')
    expect(await steady.line()).toMatch(/^250 /)
    const [holder, grower] = [await next, await inData('MAIL FROM:<a@example.com>')]
    const holding = setInterval(() => holder.send(`${'x'.repeat(498)}\r\n`), 10)
    grower.send(`${'x'.repeat(98)}\r\n`.repeat(200))
    await until(() => bench.spooler.isWanted, 'it to wait for room')
    await new Promise((resolve) => setTimeout(resolve, 5 * STALL_MS))
    clearInterval(holding)
    holder.send('.\r\n')
    expect(await holder.line()).toMatch(/^250 /)
    grower.send('.\r\n')
    expect(await grower.line()).toMatch(/^250 /)
    expect(stalled()).toEqual([])
  })
})

it('I12: the burst of one credential does not keep another from its room', async () => {
  bench = await startBench({ maxBytesInFlight: 100_000, patienceMs: 20_000 })
  const SIZED = 'MAIL FROM:<a@example.com> SIZE=45000'
  const [first] = [await inData(SIZED), await inData(SIZED)]
  const login = `AUTH PLAIN ${Buffer.from(`\0routix\0${SECRET}`).toString('base64')}`
  const [third, other] = [await begun(SIZED), await begun(SIZED, login)]
  const goAheads: string[] = []
  for (const [name, client] of [
    ['third', third],
    ['other', other],
  ] as const) {
    client.send('DATA\r\n')
    void client.line().then(() => goAheads.push(name))
    await until(() => bench.spooler.isWanted, 'it to wait')
  }
  // Both wait by now: one more is answered behind them.
  expect(await (await begun(SIZED)).ask('NOOP')).toMatch(/^250 /)
  first.send('.\r\n')
  await until(() => goAheads.length > 0, 'one to go ahead')
  expect(goAheads).toEqual(['other'])
})

it('a client whose octets wait for room is not taken for an idle one', async () => {
  const idleMs = 200
  bench = await startBench({
    maxBytesInFlight: 100_000,
    largestMessage: 90_000,
    patienceMs: 20_000,
    limits: { idleMs },
  })
  const [holder, waiting] = [
    await inData('MAIL FROM:<a@example.com> SIZE=90000'),
    await inData('MAIL FROM:<a@example.com>'),
  ]
  const holding = setInterval(() => holder.send('x\r\n'), idleMs / 10)
  waiting.send(`${'x'.repeat(98)}\r\n`.repeat(200))
  await new Promise((resolve) => setTimeout(resolve, 5 * idleMs))
  clearInterval(holding)
  expect(bench.spooler.isWanted).toBe(true)
  holder.send('.\r\n')
  expect(await holder.line()).toMatch(/^250 /)
  waiting.send('.\r\n')
  expect(await waiting.line()).toMatch(/^250 /)
})

it('an octet beyond what was declared is taken while there is room, and never more than there is', async () => {
  bench = await startBench({ maxBytesInFlight: 1_000 })
  const client = await Client.open(bench.port)
  await client.line()
  await client.ask('EHLO client.example')
  await client.ask('MAIL FROM:<a@example.com> SIZE=10')
  await client.ask('RCPT TO:<b@example.com>')
  await client.ask('DATA')
  client.send(`${'x'.repeat(500)}\r\n.\r\n`)
  expect(await client.line()).toMatch(/^250 /)
})

it.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2::3', '2001:db8:1::/48'],
  ['nonsense', 'nonsense'],
])('the network of %s is %s', async (address, network) => {
  bench = await startBench()
  expect(neighbourhood(address)).toBe(network)
})

it('a process that falls behind itself knows', async () => {
  bench = await startBench()
  const lag = measureLag(5)
  await until(() => lag.lagMs() < 40, 'a quiet moment')
  const busyUntil = performance.now() + 100
  while (performance.now() < busyUntil);
  expect(lag.lagMs()).toBeGreaterThan(50)
  lag.stop()
})
