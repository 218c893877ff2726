/**
 * Every kind of endpoint that unsubscribe links lead to, good and bad, and what is found of each; and the log of everything
 * that was requested meanwhile, in which no recipient may be found (promise I7).
 */
import type { RequestListener, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, createAuthority } from '../support/web/identities.js'
import { type LinkHouse, inWords, linkHouse, recipientParts } from '../support/web/link-house.js'
import { type FakeNames, fakeNames } from '../support/web/names.js'
import { type RequestLog, type WebServer, recorded, startHttp, startHttp2, startHttps } from '../support/web/servers.js'

const JEAN = 'jean.dupont@client.example'

const html = (response: ServerResponse, status: number, title: string, text: string): void => {
  response
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
    .end(`<html><head><title>${title}</title></head><body><p>${text}</p></body></html>`)
}
const isUnsubscribe = (url = ''): boolean => url.startsWith('/u/')
const notThere = (response: ServerResponse): void => html(response, 404, 'Not Found', 'Nothing here.')

/** Behind `/u/` what is told, elsewhere 404. */
const behindLink =
  (listener: RequestListener): RequestListener =>
  (request, response) =>
    isUnsubscribe(request.url) ? listener(request, response) : notThere(response)

const everywhere =
  (status: number, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(`status ${status}`)
  }

/** Unsubscribed by whoever requests the link, as scanners do: nobody may be in here in the end. */
const unsubscribed: string[] = []

const BOMB = gzipSync(Buffer.alloc(20_000_000, 'x'))

/** By host name: how it answers and what is to be found. */
const ZOO: Readonly<Record<string, readonly [listener: RequestListener, found: string]>> = {
  'works-on-get': [
    behindLink((request, response) => {
      unsubscribed.push(request.url ?? '')
      html(response, 200, 'Désinscription', 'Vous êtes désinscrit.')
    }),
    'usable 2',
  ],
  'works-on-post-only': [
    behindLink((request, response) =>
      request.method === 'POST' ? html(response, 200, 'Done', 'Done.') : html(response, 405, 'No', 'POST only.'),
    ),
    'usable 2',
  ],
  'unsubscribes-on-head': [
    behindLink((request, response) => {
      if (request.method === 'HEAD') unsubscribed.push(request.url ?? '')
      html(response, 200, 'Désinscription', 'Un clic suffit.')
    }),
    'usable 2',
  ],
  'unknown-link-404': [
    behindLink((_, response) => html(response, 404, 'Lien inconnu', 'Ce lien ne dit rien.')),
    'usable 2',
  ],
  'unknown-link-json': [
    behindLink((_, response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"token"}'),
    ),
    'usable 2',
  ],
  'unknown-link-410': [behindLink((_, response) => html(response, 410, 'Expiré', 'Ce lien a expiré.')), 'usable 2'],
  'redirects-to-page': [
    (request, response) => {
      if (isUnsubscribe(request.url)) response.writeHead(302, { location: '/preferences/invalid' }).end()
      else if (request.url === '/preferences/invalid') html(response, 200, 'Désinscription', 'Lien invalide.')
      else notThere(response)
    },
    'usable 2',
  ],
  'login-wall': [
    (request, response) => {
      if (request.url?.startsWith('/login')) html(response, 200, 'Connexion', '<input type="password">')
      else response.writeHead(302, { location: `/login?next=${request.url}` }).end()
    },
    'usable 2 login indistinct',
  ],
  'asks-for-password': [
    behindLink((_, response) => html(response, 200, 'Compte', '<form><input name=p type=password></form>')),
    'usable 2 login',
  ],
  'status-401': [everywhere(401, { 'www-authenticate': 'Basic' }), 'usable 2 login'],
  'status-403': [behindLink(everywhere(403)), 'usable 2 status_403'],
  captcha: [
    behindLink((_, response) => html(response, 200, 'Check', '<div class="g-recaptcha"></div>')),
    'usable 2 captcha',
  ],
  'status-404': [(_, response) => notThere(response), 'unusable status_404'],
  'status-404-changing': [
    (_, response) => html(response, 404, 'Not Found', `Nothing here. Reference ${Math.random()} ${Date.now()}`),
    'unusable status_404',
  ],
  'status-404-quoting': [
    (request, response) => html(response, 404, 'Error', `Cannot GET ${request.url}`),
    'unusable status_404',
  ],
  'status-410': [(_, response) => html(response, 410, 'Gone', 'Gone.'), 'unusable status_410'],
  'soft-404': [
    (_, response) => html(response, 200, 'Page introuvable', 'Cette page n’existe pas.'),
    'unusable soft_404',
  ],
  'single-page-app': [(_, response) => html(response, 200, 'Acme', '<div id=root></div>'), 'usable 2 indistinct'],
  'status-500': [everywhere(500), 'unusable status_500'],
  'status-503': [everywhere(503, { 'retry-after': '60' }), 'unsettled status_503'],
  'rate-limited': [everywhere(429, { 'retry-after': '60' }), 'unsettled status_429'],
  'says-nothing': [() => {}, 'unsettled timeout'],
  'endless-body': [
    behindLink((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
        response.once('drain', more)
      }
      more()
    }),
    'usable 2',
  ],
  'gzip-bomb': [
    behindLink((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(BOMB),
    ),
    'usable 2',
  ],
  'redirect-loop': [
    (request, response) => response.writeHead(302, { location: request.url === '/a' ? '/b' : '/a' }).end(),
    'unusable redirect_loop',
  ],
  'redirect-to-itself': [
    (request, response) => response.writeHead(302, { location: request.url }).end(),
    'unusable redirect_loop',
  ],
  'redirect-to-metadata': [
    everywhere(302, { location: 'https://169.254.169.254/latest/meta-data/' }),
    'unusable redirect_forbidden',
  ],
  'redirect-to-private-name': [
    everywhere(302, { location: 'https://intranet.example.test/' }),
    'unusable redirect_forbidden',
  ],
  'redirect-to-nowhere': [everywhere(302, { location: 'https://nowhere.example.test/' }), 'unusable redirect_no_host'],
  'redirect-to-http': [everywhere(302, { location: 'http://www.acme.test/u' }), 'unusable downgrade'],
}

const OTHER_HOSTS = [
  'expired',
  'wrong-name',
  'self-signed',
  'http2-only',
  'refused',
  'private',
  'half-private',
  'nowhere',
  'servfail',
  'no-tls',
]
const nameOf = (host: string): string => `${host}.zoo.test`

let authority: Authority
let house: LinkHouse
let names: FakeNames
const servers: WebServer[] = []
const ports = new Map<string, number>()
const log: RequestLog = []
const parts = recipientParts(JEAN)

beforeAll(async () => {
  authority = createAuthority()
  const hostNames = Object.keys(ZOO).map(nameOf)
  const listen = async (host: string, server: Promise<WebServer>): Promise<void> => {
    const started = await server
    servers.push(started)
    ports.set(host, started.port)
  }
  const zoo = recorded(log, (request, response) => {
    const host = (request.headers.host ?? '').replace(/\.zoo\.test.*/, '')
    ZOO[host]![0](request, response)
  })
  const page = recorded(
    log,
    behindLink((_, response) => html(response, 200, 'Bye', 'Bye.')),
  )
  const foreign = createAuthority()
  await listen('zoo', startHttps(authority.issue(hostNames), zoo))
  await listen('expired', startHttps(authority.issue([nameOf('expired')], -1), page))
  await listen('wrong-name', startHttps(authority.issue(['other.zoo.test']), page))
  await listen('self-signed', startHttps(foreign.issue([nameOf('self-signed')]), page))
  await listen('http2-only', startHttp2(authority.issue([nameOf('http2-only')]), page))
  await listen('no-tls', startHttp(page))
  foreign.remove()
  const loopback = { addresses: ['127.0.0.1'] }
  names = fakeNames({
    ...Object.fromEntries([...Object.keys(ZOO), ...OTHER_HOSTS].map((host) => [nameOf(host), loopback])),
    'nowhere.zoo.test': {},
    'servfail.zoo.test': { addresses: { kind: 'unknown', code: 'ESERVFAIL' } },
    'private.zoo.test': { addresses: ['10.0.0.1'] },
    'half-private.zoo.test': { addresses: ['9.9.9.9', '169.254.169.254'] },
    'intranet.example.test': { addresses: ['192.168.0.1'] },
  })
  house = linkHouse({
    ca: authority.ca,
    hosts: [...Object.keys(ZOO), ...OTHER_HOSTS.filter((host) => !host.includes('private'))].map(nameOf),
    advertiser: { unsubscribeHosts: ['zoo.test', ...[...Object.keys(ZOO), ...OTHER_HOSTS].map(nameOf)] },
    fetchLimits: { totalMs: 1_000, gate: { total: 20, perHost: 4, waiting: 100, perHostAndMinute: 1_000 } },
    names,
  })
})

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()))
  authority?.remove()
})

const link = (host: string, part = parts['uuid']!): string => {
  const port =
    host === 'private' || host === 'half-private'
      ? ''
      : `:${ports.get(host) ?? (host === 'refused' ? 1 : ports.get('zoo'))}`
  return `https://${nameOf(host)}${port}/u/${encodeURIComponent(part)}`
}

describe('what is found of', () => {
  test.each(Object.entries(ZOO).map(([host, [, found]]) => [host, found]))('%s: %s', async (host, found) => {
    expect(inWords(await house.assess(link(host)))).toBe(found)
  })

  test.each([
    ['expired', 'unusable certificate'],
    ['wrong-name', 'unusable certificate'],
    ['self-signed', 'unusable certificate'],
    ['http2-only', 'usable 2'],
    ['no-tls', 'unsettled tls'],
    ['refused', 'unusable refused'],
    ['nowhere', 'unusable no_host'],
    ['servfail', 'unsettled dns'],
    ['private', 'unusable forbidden'],
    ['half-private', 'unusable forbidden'],
  ])('%s: %s', async (host, found) => {
    expect(inWords(await house.assess(link(host)))).toBe(found)
  })
})

describe('I7, vector 38: nobody is unsubscribed by a check', () => {
  test('whatever a link is made of, and wherever it stands', async () => {
    for (const part of Object.values(parts)) {
      for (const host of ['works-on-get', 'unsubscribes-on-head', 'status-404', 'login-wall']) {
        const text = encodeURIComponent(part)
        await house.assess(link(host, part), JEAN)
        await house.assess(link(host, part), 'marie@client.example', 'body')
        await house.assess(`${link(host, 'x')}?t=${text}`, JEAN)
        await house.assess(`${link(host, 'x')}?${text}`, JEAN)
        await house.assess(`${link(host, 'x')}/${text}/confirm.php?list=news`, JEAN)
        await house.assess(`${link(host, 'x')}/unsubscribe-${text}.html#${text}`, JEAN)
      }
    }
    for (const part of Object.values(parts).filter((one) => /^[a-z0-9][a-z0-9-]{4,61}$/i.test(one)))
      await house.assess(link('works-on-get').replace('https://', `https://${part}.`), JEAN)
    expect(log.length).toBeGreaterThan(150)
  })

  test('in the log of every request: no token, no address, no encoding or digest of one, no request that could change anything', () => {
    const forms = Object.entries(parts).flatMap(([name, part]) => {
      const spellings = [part, encodeURIComponent(part), part.toLowerCase(), part.toUpperCase()]
      return spellings.map((form) => [name, form] as const)
    })
    for (const { method, host, url, headers, body } of log) {
      expect(['GET', 'HEAD', 'OPTIONS']).toContain(method)
      expect(body).toBe('')
      for (const [name, form] of forms) {
        // Three random octets, and four digits, may come up by chance in something longer.
        const isIn = form.length < 8 ? url.split(/[/?=&.#-]/).includes(form) : `${host}${url}${headers}`.includes(form)
        expect(isIn, `${name} in ${method} ${url}`).toBe(false)
      }
    }
    for (const asked of names.asked)
      for (const [name, form] of forms)
        expect(form.length >= 8 && asked.includes(form.toLowerCase()), `${name} in the DNS: ${asked}`).toBe(false)
    expect(names.asked.length).toBeGreaterThan(100)
    const real = Object.values(parts).map((part) => `/u/${encodeURIComponent(part)}`)
    expect(unsubscribed.filter((url) => real.includes(url))).toEqual([])
    console.log(
      `zoo: ${log.length} requests and ${names.asked.length} names, ${forms.length} forms of a recipient looked for in each, none found`,
    )
  })

  test('nothing of a recipient is told either', () => {
    const told = JSON.stringify(house.probed)
    for (const part of Object.values(parts)) if (part.length >= 8) expect(told).not.toContain(part)
  })
})
