import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCaptureUpstream } from '#aval/upstream/capture-upstream.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { content, recipient, sender } from './setting.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aval-capture-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const NOW = Date.UTC(2026, 10, 21, 9, 30)
const BYTES = Buffer.from('Subject: a\r\n\r\n.dot\r\n\0é no end', 'latin1')

describe('the capture upstream', () => {
  it('I4 writes the message octet by octet, and its envelope beside it', async () => {
    const directory = join(root, 'var', 'outbox')
    const upstream = createCaptureUpstream({ directory, now: () => NOW })
    const to = [recipient('<A@example.com> NOTIFY=NEVER'), recipient('<b@example.com>')]
    const delivery = await upstream.deliver(
      sender('<n@acme.example> RET=HDRS'),
      to,
      content(BYTES.subarray(0, 9), BYTES.subarray(9)),
    )
    const name = `20261121T093000.000Z-${process.pid}-1`
    expect(delivery).toEqual({
      upstream: `capture:${directory}`,
      recipients: to.map(() => ({ kind: 'reply', reply: { code: 250, enhanced: '2.1.5', text: 'Ok' } })),
      final: { kind: 'reply', reply: { code: 250, enhanced: '2.0.0', text: `captured as ${name}.eml` } },
      complete: true,
    })
    expect(readdirSync(directory).sort()).toEqual([`${name}.eml`, `${name}.json`])
    expect(readFileSync(join(directory, `${name}.eml`)).equals(BYTES)).toBe(true)
    expect(JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'))).toEqual({
      from: 'n@acme.example',
      fromParameters: [{ keyword: 'RET', value: 'HDRS' }],
      to: [
        { address: 'A@example.com', parameters: [{ keyword: 'NOTIFY', value: 'NEVER' }] },
        { address: 'b@example.com', parameters: [] },
      ],
    })
  })

  it('answers step by step, and writes nothing for a transaction given up', async () => {
    const upstream = createCaptureUpstream({ directory: root })
    const opening = await upstream.open(sender('<>'))
    if (opening.kind !== 'open') throw new Error('not open')
    expect(opening.reply.code).toBe(250)
    expect(await opening.transaction.rcpt(recipient())).toMatchObject({ kind: 'reply', reply: { code: 250 } })
    expect(await opening.transaction.data(content('x\r\n'))).toMatchObject({ kind: 'reply', reply: { code: 250 } })
    expect(await opening.transaction.data(content('x\r\n'))).toMatchObject({ kind: 'failure', sent: 'none' })
    const abandoned = await upstream.open(sender())
    if (abandoned.kind !== 'open') throw new Error('not open')
    await abandoned.transaction.rcpt(recipient())
    abandoned.transaction.abort()
    expect(await abandoned.transaction.data(content('x\r\n'))).toMatchObject({ kind: 'failure' })
    const nobody = await upstream.open(sender())
    if (nobody.kind !== 'open') throw new Error('not open')
    expect(await nobody.transaction.data(content('x\r\n'))).toMatchObject({ reply: { code: 554 } })
    expect(readdirSync(root).filter((name) => name.endsWith('.eml')).length).toBe(1)
  })

  it('I1 gives no consent to what is not on disk, and leaves nothing half', async () => {
    const upstream = createCaptureUpstream({ directory: root })
    const chunks = async function* () {
      yield Buffer.from('half')
      throw new Error('spool gone')
    }
    await expect(upstream.deliver(sender(), [recipient()], { size: 9, chunks })).rejects.toThrow('spool gone')
    expect(readdirSync(root)).toEqual([])
    writeFileSync(join(root, 'file'), '')
    const broken = createCaptureUpstream({ directory: join(root, 'file', 'outbox') })
    await expect(broken.deliver(sender(), [recipient()], content('x'))).rejects.toThrow('ENOTDIR')
    expect(await broken.probe()).toMatchObject({ ok: false, failure: { stage: 'connect', cause: 'connection' } })
  })

  it('keeps many at once apart, and ends them before it closes', async () => {
    mkdirSync(join(root, 'outbox'))
    const upstream = createCaptureUpstream({ directory: join(root, 'outbox'), now: () => NOW })
    const bodies = Array.from({ length: 50 }, (_, index) => `message ${index}\r\n`)
    const writing = bodies.map((body) => upstream.deliver(sender(), [recipient()], content(body)))
    await upstream.close()
    const found = readdirSync(join(root, 'outbox')).filter((name) => name.endsWith('.eml'))
    const hash = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
    expect(found.map((name) => hash(readFileSync(join(root, 'outbox', name)))).sort()).toEqual(bodies.map(hash).sort())
    await Promise.all(writing)
    expect(await upstream.deliver(sender(), [recipient()], content('x'))).toMatchObject({ complete: false })
    expect(await upstream.open(sender())).toMatchObject({ kind: 'closed' })
  })

  it('offers everything', async () => {
    const capabilities = { eightBitMime: true, smtpUtf8: true, dsn: true, requireTls: false, size: undefined }
    const upstream = createCaptureUpstream({ directory: root })
    expect(upstream.capabilities()).toEqual(capabilities)
    expect(await upstream.probe()).toEqual({ ok: true, capabilities, tls: undefined })
  })
})
