/** The life of a listener: how it closes, what a reload changes, what it tells. */
import { afterEach, describe, expect, it } from 'vitest'
import { Authority } from '../support/authority.js'
import { TEST_CERT } from './support/certificate.js'
import { Client, eventually, greeted, inData } from './support/client.js'
import { type Bench, startBench } from './support/listener.js'

let bench: Bench
afterEach(() => bench.stop())

describe('closing', () => {
  it('tells idle sessions, finishes a message and answers it truthfully, takes no new one', async () => {
    bench = await startBench()
    const [idle, receiving, working] = [
      await greeted(bench.port),
      await inData(bench.port),
      await inData(bench.port, 'data-wait@example.com'),
    ]
    working.send('x\r\n.\r\n')
    await eventually(() => bench.relay.waiting.length === 1, 'the relay to have the message')
    expect(bench.listener.status()).toEqual({ sessions: 3, transactions: 2 })
    const closing = bench.listener.close(5000)
    expect(await idle.line()).toBe('421 4.3.2 Service shutting down, try again later')
    await expect(Client.open(bench.port)).rejects.toThrow('ECONNREFUSED')
    receiving.send('y\r\n.\r\nMAIL FROM:<a@example.com>\r\n')
    expect(await receiving.line()).toBe('250 2.0.0 Queued as F00D')
    expect(await receiving.line()).toMatch(/^421 4\.3\.2/)
    bench.relay.release()
    expect(await working.line()).toBe('250 2.0.0 Queued as F00D')
    expect(await working.line()).toMatch(/^421 4\.3\.2/)
    await closing
    expect(bench.relay.taken.length).toBe(2)
    expect(bench.listener.status()).toEqual({ sessions: 0, transactions: 0 })
  })

  it('lets a transaction reach its end, but not dawdle', async () => {
    bench = await startBench()
    const [brisk, slow] = [await greeted(bench.port), await greeted(bench.port)]
    for (const client of [brisk, slow]) await client.ask('MAIL FROM:<a@example.com>')
    const closing = bench.listener.close(30_000)
    expect(await brisk.ask('RCPT TO:<b@example.com>')).toMatch(/^250 /)
    expect(await brisk.ask('DATA')).toMatch(/^354 /)
    expect(await brisk.ask('x\r\n.')).toMatch(/^250 /)
    expect(await slow.line()).toMatch(/^421 4\.3\.2/)
    await closing
    expect(bench.relay.aborts).toBe(1)
  })

  it('ends what remains after the time given, without a word that is not true', async () => {
    bench = await startBench()
    const [receiving, working] = [await inData(bench.port), await inData(bench.port, 'data-wait@example.com')]
    working.send('x\r\n.\r\n')
    await eventually(() => bench.relay.waiting.length === 1, 'the relay to have the message')
    await bench.listener.close(100)
    for (const client of [receiving, working]) expect(await client.line()).toMatch(/^421 4\.3\.2/)
    expect(bench.relay.aborts).toBe(2)
    expect(bench.relay.taken).toEqual([])
  })

  it('does not wait for a handshake', async () => {
    bench = await startBench({ limits: { greetingMs: 60_000 } })
    const client = await greeted(bench.port)
    expect(await client.ask('STARTTLS')).toMatch(/^220 /)
    await bench.listener.close(60_000)
    await client.closed()
    expect(bench.listener.status().sessions).toBe(0)
  })

  it('can be cut short', async () => {
    bench = await startBench()
    const client = await inData(bench.port)
    const closing = bench.listener.close(60_000)
    bench.listener.drainNow()
    expect(await client.line()).toMatch(/^421 4\.3\.2/)
    await closing
  })
})

describe('reload', () => {
  it('takes a new certificate for new handshakes and keeps the sessions', async () => {
    const authority = new Authority()
    bench = await startBench()
    const [before, during] = [await greeted(bench.port), await greeted(bench.port)]
    await before.ask('STARTTLS')
    await before.secure()
    bench.listener.reload({ tls: authority.issue('renewed', 'DNS:mx.example') })
    authority.remove()
    for (const client of [before, during]) expect(await client.ask('NOOP')).toBe('250 2.0.0 OK')
    await during.ask('STARTTLS')
    expect((await during.secure()).getPeerCertificate().subject.CN).toBe('renewed')
    expect(await during.ask('EHLO client.example')).toMatch(/^250 /)
  })

  it('keeps the old certificate when the new one is broken', async () => {
    bench = await startBench()
    expect(() => bench.listener.reload({ tls: { key: 'nonsense', cert: TEST_CERT } })).toThrow()
    const client = await greeted(bench.port)
    await client.ask('STARTTLS')
    await client.secure()
    expect(await client.ask('EHLO client.example')).toMatch(/^250 /)
  })
})

describe('events', () => {
  it('tell what a session did, and why it ended', async () => {
    bench = await startBench()
    const client = await inData(bench.port)
    client.send('x\r\n.\r\nBOGUS\r\nQUIT\r\n')
    await client.closed()
    await eventually(() => bench.count('disconnected') === 1, 'the event')
    const [, counters, reason] = bench.events.find(({ event }) => event === 'disconnected')!.details
    expect(reason).toBe('quit')
    expect(counters).toMatchObject({ commands: 6, transactions: 1, messages: 1, errors: 1, authFailures: 0 })
  })

  it('change nothing for the client when they fail', async () => {
    const broken = new Proxy({} as never, {
      get: () => () => {
        throw new Error('broken observer')
      },
    })
    bench = await startBench({ events: broken })
    const client = await inData(bench.port)
    client.send('x\r\n.\r\nBOGUS\r\n')
    expect(await client.line()).toMatch(/^250 /)
    expect(await client.line()).toMatch(/^500 /)
  })
})
