import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { formFields } from '#aval/http/form-fields.js'
import { createRateLimit } from '#aval/http/rate-limit.js'
import { type WebRequest, type WebServer, startWebServer } from '#aval/http/web-server.js'

let server: WebServer | undefined
const asked: WebRequest[] = []
let failing = false

afterEach(async () => {
  await server?.close()
  server = undefined
  asked.length = 0
})

async function start(trustedProxies: readonly string[] = []): Promise<number> {
  server = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    trustedProxies,
    maxBodyOctets: 100,
    async answer(one) {
      if (failing) throw new Error('as the test wishes')
      asked.push(one)
      return { status: 200, headers: {}, body: 'ok' }
    },
    tooLarge: () => ({ status: 413, headers: {}, body: 'too large' }),
  })
  return server.port
}

test.each([
  [[], '203.0.113.9', '127.0.0.1'],
  [['127.0.0.1/32'], '203.0.113.9', '203.0.113.9'],
  [['127.0.0.1/32'], '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  [['127.0.0.1/32', '203.0.113.0/24'], '198.51.100.1, 203.0.113.9', '198.51.100.1'],
  [['127.0.0.1/32'], 'not an address', '127.0.0.1'],
  [['127.0.0.1/32'], '', '127.0.0.1'],
  [['127.0.0.1/32'], '::ffff:203.0.113.9', '203.0.113.9'],
])('trusting %j, X-Forwarded-For %j: the client is %s', async (trusted, forwarded, client) => {
  const port = await start(trusted)
  await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-forwarded-for': forwarded } })
  expect(asked[0]?.client).toBe(client)
})

test('a body over the limit is answered before it has all come, and never handed on', async () => {
  const port = await start()
  const response = await new Promise<number | undefined>((resolve, reject) => {
    const sending = request({ port, host: '127.0.0.1', method: 'POST' }, ({ statusCode }) => resolve(statusCode))
    sending.on('error', reject)
    sending.write('x'.repeat(200))
  })
  expect(response).toBe(413)
  expect(asked).toEqual([])
})

test('an answer that fails ends its connection, and nothing else', async () => {
  const port = await start()
  failing = true
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  failing = false
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
})

test('a client that leaves in the middle of its body does no harm', async () => {
  const port = await start()
  const socket = connect(port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf')
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.destroy()
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  expect(asked.map(({ method }) => method)).toEqual(['GET'])
})

test('so many a minute for each key: a burst, then evenly, and no other key is touched', () => {
  let now = 0
  const limit = createRateLimit(60, () => now)
  const passed = Array.from({ length: 100 }, () => limit.take('one')).filter(Boolean).length
  expect(passed).toBe(60)
  expect(limit.take('two')).toBe(true)
  now += 1_000
  expect([limit.take('one'), limit.take('one')]).toEqual([true, false])
  now += 60_000
  expect(Array.from({ length: 100 }, () => limit.take('one')).filter(Boolean).length).toBe(60)
})

test.each([
  ['List-Unsubscribe=One-Click', 'application/x-www-form-urlencoded', { 'List-Unsubscribe': 'One-Click' }],
  [
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    'multipart/form-data; boundary=x',
    { 'List-Unsubscribe': 'One-Click' },
  ],
  ['scope=list&lang=fr', 'application/x-www-form-urlencoded; charset=UTF-8', { scope: 'list', lang: 'fr' }],
  [`a=${'x'.repeat(1000)}`, 'application/x-www-form-urlencoded', {}],
  ['broken', 'multipart/form-data; boundary=x', undefined],
  ['{}', 'application/json', undefined],
  ['', 'application/x-www-form-urlencoded', undefined],
])('the form %j as %s', async (body, type, expected) => {
  const fields = await formFields(Buffer.from(body), type)
  expect(fields && Object.fromEntries(fields)).toEqual(expected)
})
