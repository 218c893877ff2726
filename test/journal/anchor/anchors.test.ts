/** Checkpoints given to others: a real time-stamping authority (openssl ts) over HTTP, a webhook, a directory. */
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Anchor, type AnchorerOptions, startAnchorer } from '#aval/journal/anchor/anchorer.js'
import { der, derInteger, derOid, readDer, TAG } from '#aval/journal/anchor/der.js'
import { readTimeStamp, timeStampRequest } from '#aval/journal/anchor/time-stamp.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { checkpointNow } from '#aval/journal/tree/signing-acts.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { freshPath, KEY, open, refusal, T0 } from '../support.js'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.log('anchors: time-stamping left out, openssl is not installed')

const servers: Server[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

async function serve(answer: (body: Buffer, type: string) => { status: number; body?: Buffer }): Promise<URL> {
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = answer(await buffer(request), request.headers['content-type'] ?? '')
    response.writeHead(status).end(body)
  }
  const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`)
}

async function post(url: URL, body: Buffer, type: string): Promise<Buffer> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) })
  if (!answer.ok) throw new Error(`the answer has status ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

/** A journal with one checkpoint, and an anchorer over it. */
async function anchored(anchors: readonly Anchor[], more: Partial<AnchorerOptions> = {}) {
  const path = freshPath()
  const seal = { keyFile: join(dirname(path), 'signing.key'), by: 'cli:root' }
  const guest = { path, keys: [KEY] as const, node: 'relay-1' } as const
  const journal = await open(path)
  await journal.append([refusal(1)])
  const events: string[] = []
  let clock = T0
  const anchorer = startAnchorer({
    path,
    anchors,
    journal,
    post,
    now: () => clock,
    events: {
      anchored: (name, size) => events.push(`${name} ${size}`),
      failed: (name, cause) => events.push(`${name}: ${cause}`),
    },
    ...more,
  })
  return {
    path,
    events,
    seal: () => checkpointNow(guest, seal, clock),
    append: (number: number) => journal.append([refusal(number)]),
    pass: (ms: number) => (clock += ms),
    look: () => anchorer.look(),
    anchors() {
      const reader = openJournalReader(path)
      const found = [...reader.entries({ kind: 'anchor' })].map(({ entry }) => entry)
      reader.close()
      return found
    },
    async close() {
      anchorer.stop()
      await journal.close()
      expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, problem: undefined })
    },
  }
}

describe.skipIf(!hasOpenssl)('a time-stamping authority', () => {
  let authority: string

  beforeAll(() => {
    authority = mkdtempSync(join(tmpdir(), 'aval-tsa-'))
    writeFileSync(
      join(authority, 'tsa.cnf'),
      `[req]
distinguished_name = name
[name]
[ext]
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa1
[tsa1]
dir = ${authority}
serial = ${authority}/serial
crypto_device = builtin
signer_cert = ${authority}/tsa.pem
signer_key = ${authority}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`,
    )
    writeFileSync(join(authority, 'serial'), '01\n')
    const name = ['-subj', '/CN=Time stamps of the test', '-days', '2', '-nodes']
    const files = ['-keyout', join(authority, 'tsa.key'), '-out', join(authority, 'tsa.pem')]
    const more = ['-config', join(authority, 'tsa.cnf'), '-extensions', 'ext']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...name, ...files, ...more], { stdio: 'ignore' })
  })
  afterAll(() => rmSync(authority, { recursive: true }))

  function reply(query: Buffer): Buffer {
    writeFileSync(join(authority, 'query.tsq'), query)
    const files = ['-queryfile', join(authority, 'query.tsq'), '-out', join(authority, 'reply.tsr')]
    execFileSync('openssl', ['ts', '-reply', '-config', join(authority, 'tsa.cnf'), ...files], { stdio: 'ignore' })
    return readFileSync(join(authority, 'reply.tsr'))
  }

  it('takes the request, and its token holds for whoever has its certificate', async () => {
    const url = await serve((body, type) =>
      type === 'application/timestamp-query' ? { status: 200, body: reply(body) } : { status: 415 },
    )
    const house = await anchored([{ name: 'authority', target: { method: 'rfc3161', url }, every: 1_000 }])
    const { note, size } = house.seal()
    await house.look()
    expect(house.events).toEqual([`authority ${size}`])
    const [entry] = house.anchors()
    expect(entry).toMatchObject({ kind: 'anchor', method: 'rfc3161', name: 'authority', size })
    const [noteFile, tokenFile] = [join(authority, 'note'), join(authority, 'token')]
    writeFileSync(noteFile, note)
    writeFileSync(tokenFile, Buffer.from((entry as { token: string }).token, 'base64'))
    const check = [
      'ts',
      '-verify',
      '-data',
      noteFile,
      '-in',
      tokenFile,
      '-token_in',
      '-CAfile',
      join(authority, 'tsa.pem'),
    ]
    expect(spawnSync('openssl', check, { encoding: 'utf8' })).toMatchObject({ status: 0 })
    writeFileSync(noteFile, `${note} `)
    expect(spawnSync('openssl', check).status).not.toBe(0)
    await house.close()
  })

  it('that stamps something else, or answers another request, is not believed', () => {
    const [one, other] = [timeStampRequest('one'), timeStampRequest('other')]
    const answer = reply(one.query)
    expect(Math.abs(readTimeStamp(answer, one).at - Date.now())).toBeLessThan(600_000)
    expect(() => readTimeStamp(answer, other)).toThrow('over another text')
    expect(() => readTimeStamp(answer, { ...one, nonce: other.nonce })).toThrow('another request')
    const refused = reply(Buffer.concat([one.query.subarray(0, -1), Buffer.of(0)]).fill(0, 5, 6))
    expect(() => readTimeStamp(refused, one)).toThrow(/refused|no time-stamp/)
  })

  it('whose answer is cut short or garbled anywhere is refused in words', () => {
    const request = timeStampRequest('one')
    const answer = reply(request.query)
    fc.assert(
      fc.property(fc.nat(answer.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const garbled = Buffer.from(answer)
        garbled[at]! ^= change
        for (const wrong of [garbled, answer.subarray(0, at)]) {
          try {
            readTimeStamp(wrong, request)
          } catch (error) {
            expect(error).toMatchObject({ name: 'TimeStampError' })
          }
        }
      }),
      { numRuns: 300 },
    )
    expect(() => readTimeStamp(answer.subarray(0, -10), request)).toThrow('no time-stamp')
  })
})

describe('a webhook and a directory', () => {
  it('are given the newest checkpoint, once an interval and only when there is a newer one', async () => {
    const got: string[] = []
    const url = await serve((body, type) => {
      got.push(`${type} ${body.toString()}`)
      return { status: 204 }
    })
    const directory = join(mkdtempSync(join(tmpdir(), 'aval-drop-')), 'made')
    const house = await anchored([
      { name: 'hook', target: { method: 'webhook', url }, every: 1_000 },
      { name: 'drop', target: { method: 'file', directory }, every: 5_000 },
    ])
    await house.look()
    expect(house.events).toEqual([])
    const first = house.seal()
    await house.look()
    await house.look()
    expect(got).toEqual([`text/plain; charset=utf-8 ${first.note}`])
    house.pass(1_000)
    await house.append(2)
    const second = house.seal()
    await house.look()
    expect(got).toHaveLength(2)
    expect(readdirSync(directory)).toEqual([`checkpoint-${String(first.size).padStart(12, '0')}.txt`])
    house.pass(4_000)
    await house.look()
    expect(readdirSync(directory)).toHaveLength(2)
    expect(readFileSync(join(directory, readdirSync(directory)[1]!), 'utf8')).toBe(second.note)
    expect(house.anchors()).toHaveLength(4)
    await house.close()
  })

  it('that fail are said to, and tried again', async () => {
    let status = 500
    const url = await serve(() => ({ status }))
    const house = await anchored([{ name: 'hook', target: { method: 'webhook', url }, every: 1_000 }])
    const { size } = house.seal()
    await house.look()
    status = 200
    await house.look()
    expect(house.events).toEqual(['hook: the answer has status 500', `hook ${size}`])
    await house.close()
  })
})

describe('DER', () => {
  it('is read back as it was written, at every length', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const content = Buffer.alloc(length, 7)
      expect(readDer(der(TAG.octets, content))).toMatchObject([{ tag: TAG.octets, content }])
    }
    expect(derInteger(Buffer.of(0, 0, 0x80)).toString('hex')).toBe('02020080')
    expect(derInteger(Buffer.of(0)).toString('hex')).toBe('020100')
    expect(derOid('2.16.840.1.101.3.4.2.1').toString('hex')).toBe('0609608648016503040201')
  })

  it('that is none is refused', () => {
    for (const hex of ['04', '0480', '0485ffffffffff', '0405ff', '1f00']) {
      expect(() => readDer(Buffer.from(hex, 'hex'))).toThrow(RangeError)
    }
  })
})
