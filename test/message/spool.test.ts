import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSpooler, type SpoolOptions, type SpoolWriter, type Spooler } from '#aval/message/spool.js'
import type { SpooledMessage } from '#aval/relay/ports.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aval-spool-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function spooler(changes: Partial<SpoolOptions> = {}): Spooler {
  return createSpooler({ directory, memoryLimit: 1000, maxBytesInFlight: 10_000_000, ...changes })
}

/** A place that is free now. */
async function begin(spool: Spooler, size = 0): Promise<SpoolWriter> {
  const writer = await spool.open(size)
  return writer ?? expect.fail('no room')
}

async function fill(writer: SpoolWriter, content: Buffer, size: number): Promise<SpooledMessage> {
  for (let at = 0; at < content.length; at += size) {
    const written = await writer.write(content.subarray(at, at + size))
    if (written !== 'taken') expect.fail(`not taken at ${at}`)
  }
  return writer.finish()
}

async function gather(message: SpooledMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message.chunks()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('a spooled message', () => {
  it.each([
    ['empty', 0, 1],
    ['in memory', 999, 100],
    ['in memory, exactly', 1000, 1],
    ['in a file, just', 1001, 1],
    ['in a file, octet by octet', 40_000, 1],
    ['in a file, in odd pieces', 500_000, 4093],
    ['in a file, in large pieces', 2_000_000, 65_536],
  ])('%s: comes back as it went in, as often as asked (I4)', async (_, length, piece) => {
    const spool = spooler()
    const content = randomBytes(length)
    const message = await fill(await begin(spool), content, piece)
    expect(message.size).toBe(length)
    expect(message.sha256).toBe(createHash('sha256').update(content).digest('hex'))
    expect((await gather(message)).equals(content)).toBe(true)
    expect((await gather(message)).equals(content)).toBe(true)
    expect((await message.bytes()).equals(content)).toBe(true)
    expect(spool.bytesInFlight).toBe(length)
    await message.dispose()
    await message.dispose()
    expect(spool.bytesInFlight).toBe(0)
    await expect(message.bytes()).rejects.toThrow('disposed')
  })

  it('has no name on the disk, so that a crash leaves nothing', async () => {
    const message = await fill(await begin(spooler()), randomBytes(100_000), 10_000)
    expect(readdirSync(directory)).toEqual([])
    await message.dispose()
  })
})

describe('a spool', () => {
  it('holds no more than it may, over all messages (I12)', async () => {
    const spool = spooler({ maxBytesInFlight: 5000, patienceMs: 20 })
    const [one, other] = [await begin(spool), await begin(spool)]
    expect(await one.write(randomBytes(3000))).toBe('taken')
    expect(await other.write(randomBytes(2001))).toBe('full')
    expect(await other.write(randomBytes(2000))).toBe('taken')
    await one.discard()
    await one.discard()
    expect(spool.bytesInFlight).toBe(2000)
    await other.discard()
    expect(spool.bytesInFlight).toBe(0)
  })

  it('lets a message wait for room rather than refuse it, in order (I12)', async () => {
    const spool = spooler({ maxBytesInFlight: 5000 })
    const one = await begin(spool, 4000)
    const order: string[] = []
    const second = spool.open(3000).then((writer) => (order.push('second'), writer))
    const third = spool.open(500).then((writer) => (order.push('third'), writer))
    const unknown = spool.open(0).then((writer) => (order.push('of unknown size'), writer))
    expect(spool.bytesInFlight).toBe(4000)
    await new Promise((resolve) => setImmediate(resolve))
    expect(order).toEqual([])
    await one.discard()
    const writers = await Promise.all([second, third, unknown])
    expect(order).toEqual(['second', 'third', 'of unknown size'])
    expect(spool.bytesInFlight).toBe(3500)
    for (const writer of writers) await writer?.discard()
    expect(spool.bytesInFlight).toBe(0)
  })

  it('keeps what was promised, takes what comes beyond it, and gives back what was not needed', async () => {
    const spool = spooler({ maxBytesInFlight: 5000 })
    const more = await begin(spool, 1000)
    expect(await more.write(randomBytes(800))).toBe('taken')
    expect(spool.bytesInFlight).toBe(1000)
    expect(await more.write(randomBytes(800))).toBe('taken')
    expect(spool.bytesInFlight).toBe(1600)
    const less = await begin(spool, 2000)
    expect(await less.write(randomBytes(10))).toBe('taken')
    const message = await less.finish()
    expect(spool.bytesInFlight).toBe(1610)
    await message.dispose()
    await more.discard()
    expect(spool.bytesInFlight).toBe(0)
  })

  it('lets those that have begun go first, because only their end makes room', async () => {
    const spool = spooler({ maxBytesInFlight: 1000 })
    const [one, other] = [await begin(spool, 500), await begin(spool, 500)]
    const waiting = spool.open(500)
    await one.write(randomBytes(500))
    const growing = one.write(randomBytes(400))
    await other.discard()
    expect(await growing).toBe('taken')
    await one.discard()
    expect(await waiting).toBeDefined()
  })

  it('refuses at once what could never be held', async () => {
    const spool = spooler({ maxBytesInFlight: 1000 })
    expect(spool.hasRoom(1001)).toBe(false)
    expect(await spool.open(1001)).toBeUndefined()
    const writer = await begin(spool)
    expect(await writer.write(randomBytes(900))).toBe('taken')
    expect(await writer.write(randomBytes(101))).toBe('full')
    await writer.discard()
  })

  it('has patience, not for ever', async () => {
    const spool = spooler({ maxBytesInFlight: 1000, patienceMs: 20 })
    const writer = await begin(spool, 1000)
    expect(await spool.open(1)).toBeUndefined()
    await writer.discard()
    expect(await spool.open(1)).toBeDefined()
  })

  it('does not keep a buffer for every octet', async () => {
    const writer = await begin(spooler({ memoryLimit: 200_000 }))
    const message = await fill(writer, randomBytes(100_000), 1)
    expect([...(message.chunks() as Iterable<Buffer>)].length).toBeLessThan(10)
  })

  it('removes what an earlier run left, and nothing else', async () => {
    const left = 'aval-00000000-0000-4000-8000-000000000000.spool'
    for (const name of [left, 'aval.db', 'notes.spool']) writeFileSync(join(directory, name), 'x')
    await spooler().prepare()
    expect(readdirSync(directory).sort()).toEqual(['aval.db', 'notes.spool'])
  })

  it('makes its directory', async () => {
    rmSync(directory, { recursive: true })
    const spool = spooler()
    await spool.prepare()
    await (await fill(await begin(spool), randomBytes(5000), 1000)).dispose()
  })

  it('rejects when the disk fails, and frees everything', async () => {
    rmSync(directory, { recursive: true })
    const spool = spooler()
    const writer = await begin(spool)
    await expect(writer.write(randomBytes(5000))).rejects.toThrow('ENOENT')
    await writer.discard()
    expect(spool.bytesInFlight).toBe(0)
  })

  it('frees the file of a message discarded while it is written', async () => {
    const spool = spooler()
    const writer = await begin(spool)
    const writing = writer.write(randomBytes(100_000))
    await writer.discard()
    await writing
    expect(spool.bytesInFlight).toBe(0)
    expect(readdirSync(directory)).toEqual([])
  })
})
