/** A campaign costs a handful of requests, however many people it goes to and however many wait at the same time. */
import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Authority, createAuthority } from '../support/web/identities.js'
import { linkHouse } from '../support/web/link-house.js'
import { fakeNames } from '../support/web/names.js'
import { type RequestLog, type WebServer, recorded, startHttps } from '../support/web/servers.js'

const RECIPIENTS = Number(process.env['AVAL_TEST_CAMPAIGN'] ?? 100_000)
const HOST = 'www.acme.test'
const log: RequestLog = []
let authority: Authority
let server: WebServer

beforeAll(async () => {
  authority = createAuthority()
  server = await startHttps(
    authority.issue([HOST]),
    recorded(log, (request, response) => {
      const isThere = (request.url ?? '').startsWith('/list/3f9a2c11d0/unsub/')
      response.writeHead(isThere ? 200 : 404, { 'content-type': 'text/html' }).end(isThere ? 'Stop ?' : 'Not found')
    }),
  )
})

afterAll(async () => {
  await server?.close()
  authority?.remove()
})

test(
  `${RECIPIENTS} recipients, two links each, a handful of requests, bounded memory`,
  { timeout: 120_000 },
  async () => {
    const house = linkHouse({
      hosts: [HOST],
      ca: authority.ca,
      names: fakeNames({ [HOST]: { addresses: ['127.0.0.1'] } }),
    })
    const send = async (number: number): Promise<string> => {
      const token = randomBytes(12).toString('hex')
      const uri = `https://${HOST}:${server.port}/list/3f9a2c11d0/unsub/${token}`
      const links = [{ where: 'header', uri } as const, { where: 'body', uri: `${uri}?from=mail` } as const]
      const found = await house.links.assess(links, house.question(`p${number}@client.example`))
      return found.map(({ kind }) => kind).join()
    }
    for (let number = 0; number < 10; number++) await send(number)
    const before = { requests: log.length, heap: heapInUse() }
    expect(before.requests).toBeLessThanOrEqual(40)
    const kinds = new Set<string>()
    for (let sent = 10; sent < RECIPIENTS; sent += 500) {
      const batch = Array.from({ length: Math.min(500, RECIPIENTS - sent) }, (_, i) => send(sent + i))
      for (const kind of await Promise.all(batch)) kinds.add(kind)
    }
    expect(kinds).toEqual(new Set(['usable,usable']))
    expect(log.length).toBe(before.requests)
    const grown = (heapInUse() - before.heap) / 2 ** 20
    console.log(`${RECIPIENTS} recipients: ${log.length} requests, heap grown by ${grown.toFixed(0)} MiB`)
    expect(grown).toBeLessThan(30)
  },
)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heapInUse(): number {
  collect()
  return process.memoryUsage().heapUsed
}
