/**
 * URLs that try to lead Aval to where it must not go. Forbidden addresses are never dialled: a recorder stands in for the
 * connector, and what would be loopback for real ends at a listener that must stay silent.
 */
import { createServer as createHttpServer, type Server } from 'node:http'
import { type AddressInfo, type Server as TcpServer, connect, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fetcher, createFetcher } from '#aval/fetch/fetcher.js'
import type { Names } from '#aval/fetch/names.js'
import { type FakeNames, fakeNames } from '../support/web/names.js'

/** Spellings of addresses that are not public, as the host of a URL. */
const LITERALS = [
  '127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '0177.1',
  '127.000.000.001', '①②⑦.⓪.⓪.①', '127。0。0。1', '127.0.0.1.', '%31%32%37.0.0.1', '0', '0.0.0.0', '00000', '0x0', '127.127.127.127',
  '10.0.0.1', '167772161', '0xa000001', '012.0.0.1', '172.16.0.1', '2886729729', '192.168.0.1', '3232235521', '0xc0a80001', '192.168.1',
  '169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '0xa9.0xfe.0xa9.0xfe', '169.254.43518', '169.16689662', '169.254.170.2', '100.100.100.200', '168.63.129.16',
  '192.0.0.192', '198.18.0.1', '224.0.0.1', '255.255.255.255', '100.64.0.1',
  '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::127.0.0.1]', '[::7f00:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:1]',
  '[::ffff:169.254.169.254]', '[::ffff:a9fe:a9fe]', '[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::1]',
  '[2002:7f00:1::]', '[2002:a9fe:a9fe::]', '[2001:0:7f00:1::1]', '[2a00:1450::5efe:7f00:1]', '[fc00::1]', '[fd00:ec2::254]',
  '[fe80::1]', '[fec0::1]', '[ff02::1]', '[2001:db8::1]', '[4000::1]',
] as const // prettier-ignore

/** What a name that looks public answers. */
const ANSWERS: readonly (readonly string[])[] = [
  ['127.0.0.1'], ['10.1.2.3'], ['172.20.0.1'], ['192.168.0.10'], ['169.254.169.254'], ['100.64.1.1'], ['0.0.0.0'], ['168.63.129.16'],
  ['::1'], ['::ffff:127.0.0.1'], ['::ffff:10.0.0.1'], ['::127.0.0.1'], ['64:ff9b::7f00:1'], ['2002:a00:1::1'], ['fd00::1'], ['fe80::1'],
  ['9.9.9.9', '127.0.0.1'], ['9.9.9.9', '149.112.112.112', '10.0.0.1'], ['9.9.9.9', '::1'], ['2620:fe::9', 'fd00:ec2::254'],
] // prettier-ignore

const OTHER_URLS = [
  'file:///etc/passwd', 'ftp://files.test/', 'gopher://files.test/', 'data:text/html,x', 'javascript:alert(1)', 'unix:/var/run/docker.sock',
  'https://user:pass@public.test/', 'https://user@public.test/', 'https://public.test@127.0.0.1/', 'https://public.test:22/', 'https://public.test:8080/',
  'http://public.test:443/', 'https://localhost/', 'https://localhost./', 'https://LOCALHOST/', 'https://printer.local/',
] // prettier-ignore

const PUBLIC = '9.9.9.9'
let attempts = 0
let silent: TcpServer
let visits = 0
let dialled: string[] = []
let names: FakeNames

beforeAll(async () => {
  silent = createServer((socket) => {
    visits++
    socket.destroy()
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  silent.close()
  console.log(`SSRF: ${attempts} attempts refused, ${visits} connections to the forbidden listener`)
  expect(attempts).toBeGreaterThanOrEqual(100)
  expect(visits).toBe(0)
})

/** Whatever is dialled ends at the silent listener and is remembered. */
function guarded(over: { names?: Names; openHosts?: readonly string[] } = {}): Fetcher {
  dialled = []
  names = fakeNames({ 'public.test': { addresses: [PUBLIC] }, localhost: { addresses: ['127.0.0.1', '::1'] } })
  return createFetcher({
    names: over.names ?? names,
    userAgent: 'Aval-Test',
    openHosts: () => over.openHosts ?? [],
    dial: (address) => {
      dialled.push(address)
      return connect((silent.address() as AddressInfo).port, '127.0.0.1')
    },
  })
}

async function expectRefused(fetcher: Fetcher, url: string): Promise<void> {
  attempts++
  const result = await fetcher.fetch(new URL(url), { method: 'GET' })
  expect(result).toMatchObject({ kind: 'failure' })
  expect(['url', 'forbidden', 'no_host']).toContain(result.kind === 'failure' && result.fault)
  expect(dialled).toEqual([])
}

describe('refused, and nothing is dialled', () => {
  test.each(LITERALS)('the host %s', async (host) => {
    await expectRefused(guarded(), `https://${host}/`)
    await expectRefused(guarded(), `http://${host}/`)
  })

  test.each(ANSWERS)('a name that answers %s %s %s', async (...addresses) => {
    const lying = fakeNames({ 'www.acme.test': { addresses } })
    await expectRefused(guarded({ names: lying }), 'https://www.acme.test/u/x')
  })

  test.each(OTHER_URLS)('%s', async (url) => {
    await expectRefused(guarded(), url)
  })

  test('a host that was opened opens no other one', async () => {
    await expectRefused(guarded({ openHosts: ['intranet.test'] }), 'https://localhost/')
    await expectRefused(guarded({ openHosts: ['intranet.test'] }), 'https://public.test:8443/')
  })
})

describe('rebinding', () => {
  test('a name is asked once for each connection, and the address that was judged is the one that is dialled', async () => {
    let turn = 0
    const rebinding = fakeNames({ 'www.acme.test': { addresses: () => [turn++ === 0 ? PUBLIC : '127.0.0.1'] } })
    const result = await guardedByRecorder(rebinding).fetch(new URL('http://www.acme.test/'), { method: 'GET' })
    attempts++
    expect(result).toMatchObject({ kind: 'failure', fault: 'refused' })
    expect([rebinding.asked, dialled]).toEqual([['www.acme.test'], [PUBLIC]])
  })

  test('a connection that ends elsewhere than judged is closed before anything is sent', async () => {
    let received = 0
    const elsewhere = createServer((socket) => socket.on('data', () => received++))
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const { port } = elsewhere.address() as AddressInfo
    const fetcher = createFetcher({
      names: fakeNames({ 'www.acme.test': { addresses: [PUBLIC] } }),
      userAgent: 'Aval-Test',
      dial: () => connect(port, '127.0.0.1'),
    })
    const result = await fetcher.fetch(new URL('http://www.acme.test/'), { method: 'GET' })
    await new Promise((resolve) => elsewhere.close(resolve))
    attempts++
    expect(result).toMatchObject({ kind: 'failure', fault: 'forbidden' })
    expect(received).toBe(0)
  })
})

describe('redirects', () => {
  let site: Server
  let port: number
  let location = ''

  beforeAll(async () => {
    site = createHttpServer((_, response) => response.writeHead(302, { location }).end())
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    port = (site.address() as AddressInfo).port
  })
  afterAll(() => site.close())

  test.each([
    ...LITERALS.map((host) => `http://${host}/`),
    'http://metadata.test/latest/meta-data/',
    'http://mixed.test/',
    'file:///etc/passwd',
    'http://user:pass@public.test/',
    'http://public.test:25/',
    'gopher://public.test/',
  ])('to %s', async (target) => {
    location = /^[\x20-\x7e]*$/.test(target) ? target : encodeURI(target)
    dialled = []
    const fetcher = createFetcher({
      names: fakeNames({
        'start.test': { addresses: ['127.0.0.1'] },
        'public.test': { addresses: [PUBLIC] },
        'metadata.test': { addresses: ['169.254.169.254'] },
        'mixed.test': { addresses: [PUBLIC, '192.168.0.1'] },
      }),
      userAgent: 'Aval-Test',
      openHosts: () => ['start.test'],
      dial: (address, to) => {
        if (to === port) return connect(to, address)
        dialled.push(address)
        return connect((silent.address() as AddressInfo).port, '127.0.0.1')
      },
    })
    const result = await fetcher.fetch(new URL(`http://start.test:${port}/`), { method: 'GET', redirects: 3 })
    attempts++
    expect(result.hops[0]).toMatchObject({ status: 302 })
    expect(result).toMatchObject({ kind: 'failure' })
    expect(dialled).toEqual([])
  })
})

/** Refuses whatever it is asked to dial, as a closed port would. */
function guardedByRecorder(names: Names): Fetcher {
  dialled = []
  return createFetcher({
    names,
    userAgent: 'Aval-Test',
    dial: (address) => {
      dialled.push(address)
      return connect(1, '127.0.0.1')
    },
  })
}
