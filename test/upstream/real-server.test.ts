/** Against servers that others wrote, where the machine has them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startSink } from '../support/sink.js'
import { until } from '../support/until.js'
import { MESSAGE, content, engine, recipient, sender } from './setting.js'

const SMTP_SINK = '/usr/sbin/smtp-sink'
const BODY = Array.from({ length: 200 }, (_, line) => `${'.'.repeat(line % 4)}line ${line}\r\n`).join('')

let server: ChildProcess | undefined
let directory: string | undefined
afterEach(() => {
  server?.kill()
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

describe.skipIf(!existsSync(SMTP_SINK))('Postfix smtp-sink as upstream', () => {
  it('I1 takes 500 messages over a few connections', async () => {
    const port = await freePort()
    directory = mkdtempSync(join(tmpdir(), 'aval-sink-'))
    const who = userInfo().uid === 0 ? ['-u', 'nobody'] : []
    server = spawn(SMTP_SINK, [...who, '-c', `127.0.0.1:${port}`, '100'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let counted = ''
    server.stdout!.on('data', (octets: Buffer) => (counted += octets.toString()))
    const { upstream } = engine({
      port,
      limits: { command: 5_000, data: 5_000, dot: 5_000 },
      pool: { maxConnections: 5 },
    })
    await until(async () => (await upstream.probe()).ok, 'smtp-sink')
    const deliveries = await Promise.all(
      Array.from({ length: 500 }, () => upstream.deliver(sender(), [recipient()], content(MESSAGE, BODY))),
    )
    expect(deliveries.filter(({ complete }) => complete).length).toBe(500)
    await until(() => /(?:^|\D)500\D*$/.test(counted.trimEnd()), 'the sink to have counted 500')
    await upstream.close()
  })

  it('I4 dumps what was sent', async () => {
    const port = await freePort()
    directory = mkdtempSync(join(tmpdir(), 'aval-sink-'))
    const who = userInfo().uid === 0 ? ['-u', userInfo().username] : []
    server = spawn(SMTP_SINK, [...who, '-d', join(directory, 'm.'), `127.0.0.1:${port}`, '100'], { stdio: 'ignore' })
    const { upstream } = engine({ port, limits: { command: 5_000, data: 5_000, dot: 5_000 } })
    await until(async () => (await upstream.probe()).ok, 'smtp-sink')
    expect(await upstream.deliver(sender(), [recipient()], content(MESSAGE, BODY))).toMatchObject({ complete: true })
    await upstream.close()
    const dumps = readdirSync(directory).map((name) => readFileSync(join(directory!, name), 'latin1'))
    expect(
      dumps.some((dump) => dump.replaceAll('\r\n', '\n').includes((MESSAGE + BODY).replaceAll('\r\n', '\n'))),
    ).toBe(true)
  })
})

describe('smtp-server as upstream', () => {
  it('I4 reads the content that was sent', async () => {
    const sink = await startSink()
    try {
      const { upstream } = engine({ port: sink.port, limits: { command: 5_000, data: 5_000, dot: 5_000 } })
      const to = [recipient('<a@example.com>'), recipient('<b@example.com>')]
      const text = 'Subject: plain\r\n\r\n..two dots are read as one by the RFC\r\nend\r\n'
      expect(await upstream.deliver(sender(), to, content(text))).toMatchObject({ complete: true })
      expect(sink.messages[0]).toMatchObject({ from: 'news@acme.example', to: ['a@example.com', 'b@example.com'] })
      expect(sink.messages[0]!.raw.toString()).toBe(text)
      await upstream.close()
    } finally {
      await sink.close()
    }
  })
})
