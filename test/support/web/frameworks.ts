/** Sites made with what real senders use, each with living unsubscribe pages and with links that lead nowhere. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import express from 'express'
import fastify from 'fastify'
import { freePort } from '../ports.js'
import { until } from '../until.js'
import type { Identity } from './identities.js'
import { type WebServer, started } from './servers.js'

export interface FrameworkSite {
  /** Path and query of a link, by what stands for the recipient. */
  readonly links: Readonly<Record<string, { readonly living: boolean; readonly path: (token: string) => string }>>
  start(): Promise<WebServer>
}

const living = (path: (token: string) => string) => ({ living: true, path })
const gone = (path: (token: string) => string) => ({ living: false, path })

/** What a template that was renamed, mistyped or taken down leaves behind. */
const DEAD = {
  'renamed page': gone((token) => `/desabonnement/${token}`),
  'mistyped page': gone((token) => `/unsubscibe?token=${token}`),
  'page of an old version': gone((token) => `/old/optout.php?u=${token}`),
  'two parts': gone((token) => `/lists/3f9a2c11d0/leave/${token}`),
}

const expressSite: FrameworkSite = {
  links: {
    'token in the path': living((token) => `/u/${token}`),
    'token in the query': living((token) => `/unsubscribe?token=${token}`),
    'unknown token is 404': living((token) => `/optout/${token}`),
    'unknown token is 400 in JSON': living((token) => `/api/unsubscribe/${token}`),
    'list and token': living((token) => `/list/3f9a2c11d0/unsub/${token}`),
    'POST only': living((token) => `/one-click/${token}`),
    ...DEAD,
  },
  start() {
    const app = express()
    app.get(
      '/u/:token',
      (_, response) => void response.send('<title>Stop</title><form method=post><button>OK</button></form>'),
    )
    app.get('/unsubscribe', (_, response) => void response.send('<title>Stop</title><p>Lien inconnu'))
    app.get(
      '/optout/:token',
      (_, response) => void response.status(404).send('<title>Lien inconnu</title><p>Ce lien ne dit rien.'),
    )
    app.get('/api/unsubscribe/:token', (_, response) => void response.status(400).json({ error: 'token' }))
    app.get('/list/:list/unsub/:token', (request, response, next) =>
      request.params.list === '3f9a2c11d0' ? void response.send('<title>Stop</title>') : next(),
    )
    app.post('/one-click/:token', (_, response) => void response.sendStatus(200))
    return started(createServer(app))
  },
}

const fastifySite: FrameworkSite = {
  links: {
    'token in the path': living((token) => `/u/${token}`),
    'token in the query': living((token) => `/unsubscribe?token=${token}`),
    'unknown token is 404 in JSON': living((token) => `/optout/${token}`),
    'redirect to a page': living((token) => `/r/${token}`),
    ...DEAD,
  },
  async start() {
    const app = fastify()
    app.get('/u/:token', async (_, reply) => reply.type('text/html').send('<title>Stop</title><p>Confirmer ?'))
    app.get('/unsubscribe', async (_, reply) => reply.code(422).send({ error: 'unknown token' }))
    app.get('/optout/:token', async (_, reply) => reply.code(404).send({ message: 'unknown link' }))
    app.get('/r/:token', async (_, reply) => reply.redirect('/bye'))
    app.get('/bye', async (_, reply) => reply.type('text/html').send('<title>Bye</title>'))
    await app.listen({ port: 0, host: '127.0.0.1' })
    const address = app.server.address()
    return { port: typeof address === 'object' && address !== null ? address.port : 0, close: () => app.close() }
  },
}

/** A static site whose server sends its one page whatever is asked for: which links it knows is known to its scripts alone. */
const singlePageSite: FrameworkSite = {
  links: {
    'token in the path': living((token) => `/u/${token}`),
    'token in the query': living((token) => `/unsubscribe?token=${token}`),
    ...DEAD,
  },
  start() {
    const app = express()
    app.use((_, response) => void response.send('<title>Acme</title><div id=root></div><script src=/app.js></script>'))
    return started(createServer(app))
  },
}

/** Says that there is no such page, with the status of one that is there. */
const softSite: FrameworkSite = {
  links: {
    'token in the path': living((token) => `/u/${token}`),
    'unknown token on a page of its own': living((token) => `/unsubscribe?token=${token}`),
    ...DEAD,
  },
  start() {
    const app = express()
    app.get('/u/:token', (_, response) => void response.send('<title>Se désinscrire</title><button>Oui</button>'))
    app.get('/unsubscribe', (_, response) => void response.send('<title>Lien inconnu</title><p>Lien inconnu'))
    app.use(
      (request, response) => void response.send(`<title>Oups</title><p>Page introuvable ${request.ip} ${Date.now()}`),
    )
    return started(createServer(app))
  },
}

const phpSite: FrameworkSite = {
  links: {
    'script with token': living((token) => `/unsubscribe.php?t=${token}`),
    'script behind a router': living((token) => `/desinscription/${token}`),
    'script that answers 404 to an unknown token': living((token) => `/optout.php?u=${token}`),
    'script that fails on an unknown token': living((token) => `/stop.php?u=${token}`),
    ...DEAD,
  },
  async start() {
    const directory = mkdtempSync(join(tmpdir(), 'aval-php-'))
    const write = (name: string, text: string): void => writeFileSync(join(directory, name), text)
    write('unsubscribe.php', '<title>Stop</title><?php echo isset($_GET["t"]) ? "Lien inconnu" : "Lien incomplet";')
    write('optout.php', '<?php http_response_code(404); echo "<title>Lien inconnu</title>Lien inconnu";')
    write('stop.php', '<?php http_response_code(403); echo "<title>Refused</title>bad token";')
    write(
      'router.php',
      `<?php $path = parse_url($_SERVER["REQUEST_URI"], PHP_URL_PATH);
if (preg_match("#^/desinscription/[0-9a-f]+$#", $path)) { echo "<title>Stop</title>Confirmer"; return true; }
if (is_file(__DIR__ . $path)) return false;
http_response_code(404); echo "<title>404 Not Found</title>Not Found";`,
    )
    const port = await freePort()
    const child = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', directory, join(directory, 'router.php')], {
      stdio: 'ignore',
    })
    await answering(port)
    return { port, close: () => ended(child).then(() => rmSync(directory, { recursive: true, force: true })) }
  },
}

const nginxSite: FrameworkSite = {
  links: {
    'rewritten to a page': living((token) => `/unsub/${token}`),
    'page by location': living((token) => `/u/${token}`),
    'redirect to a page': living((token) => `/go/unsubscribe?k=${token}`),
    'unknown token is 410': living((token) => `/optout/${token}`),
    ...DEAD,
  },
  async start() {
    const directory = mkdtempSync(join(tmpdir(), 'aval-nginx-'))
    const port = await freePort()
    mkdirSync(join(directory, 'html'))
    writeFileSync(join(directory, 'html', 'unsub.html'), '<title>Stop</title>Confirmer')
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
      .join(' ')
    writeFileSync(
      join(directory, 'nginx.conf'),
      `daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 64; }
http { access_log off; ${temp} default_type text/html;
  server { listen 127.0.0.1:${port}; root ${directory}/html; absolute_redirect off;
    rewrite ^/unsub/([0-9a-f]+)$ /unsub.html?t=$1 last;
    location /u/ { return 200 "<title>Stop</title>"; }
    location = /go/unsubscribe { return 302 /unsub.html; }
    location /optout/ { return 410 "<title>Lien inconnu</title>"; }
    location / { try_files $uri =404; }
  } }`,
    )
    const child = spawn('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')], { stdio: 'ignore' })
    await answering(port)
    return { port, close: () => ended(child).then(() => rmSync(directory, { recursive: true, force: true })) }
  },
}

export const FRAMEWORKS: Readonly<Record<string, FrameworkSite>> = {
  express: expressSite,
  fastify: fastifySite,
  php: phpSite,
  nginx: nginxSite,
  'soft 404': softSite,
  'single-page app': singlePageSite,
}

/** TLS in front of a server that speaks HTTP. */
export function tlsInFront(identity: Identity, { port }: WebServer): Promise<WebServer> {
  const server = createTlsServer({ ...identity }, (socket) => {
    const behind = connect(port, '127.0.0.1')
    socket.on('error', () => behind.destroy()).on('close', () => behind.destroy())
    behind.on('error', () => socket.destroy())
    socket.pipe(behind).pipe(socket)
  })
  return started(server)
}

async function answering(port: number): Promise<void> {
  const answers = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
  await until(answers, `a server on port ${port}`)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill('SIGKILL')
  })
}
