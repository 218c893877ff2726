// What the link test costs a campaign in the whole program: two relays, one that tests links and one that looks at their form,
// sent the same messages in turns; the site their links lead to is a server of its own, over TLS, and counts what it is asked.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { smallMessage } from './messages.mjs'
import { startAval, startSink } from './systems.mjs'

const RECORDS = 20_000
const SENDER = 'bonjour@localhost'

/** @returns rates and times of each relay, the median of the rounds, and how often the site was asked */
export async function relayedCampaign({ messages, rounds }) {
  const home = mkdtempSync(join(tmpdir(), 'aval-links-'))
  const running = []
  try {
    const site = await startSite(home)
    running.push(site)
    const sink = await startSink()
    running.push(sink)
    const file = join(home, 'message.eml')
    const raw = await smallMessage({ site: site.url, domain: 'localhost' })
    writeFileSync(file, Buffer.concat([raw, Buffer.from('\r\n.\r\n')]))
    const relays = []
    for (const [name, level] of [
      ['form only', 0],
      ['tested', 2],
    ]) {
      const directory = join(home, name.replace(' ', '-'))
      mkdirSync(directory)
      const relay = await startAval(directory, sink.port, RECORDS, {
        over: sectionsFor(level),
        env: { NODE_EXTRA_CA_CERTS: site.caFile },
      })
      running.push(relay)
      relays.push({ name, port: relay.port, rounds: [] })
    }
    for (const { port } of relays) await load(port, 200, file)
    const warm = site.asked()
    for (let round = 0; round < rounds; round++)
      for (const relay of relays) relay.rounds.push(await load(relay.port, messages, file))
    return {
      relays: relays.map(({ name, rounds: all }) => ({ name, ...middle(all) })),
      toWarm: warm,
      onceWarm: site.asked() - warm,
      messages: messages * rounds,
    }
  } finally {
    for (const one of running.toReversed()) one.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

function sectionsFor(level) {
  const reason = { reason: 'the bench', by: 'the bench', on: '2026-11-25' }
  return {
    advertisers: {
      acme: {
        legal_name: 'Acme SAS',
        brands: ['Acme'],
        privacy_url: 'https://localhost/privacy',
        contact_email: 'contact@localhost',
        from_domains: ['localhost'],
        unsubscribe: { hosts: ['localhost'] },
      },
    },
    policy: {
      unsub: { min_assurance: level, probe: { allow_hosts: ['localhost'] } },
      justifications: {
        'unsub.probe.allow_hosts': reason,
        ...(level < 2 && { 'unsub.min_assurance': reason }),
      },
    },
  }
}

async function startSite(home) {
  const [key, cert] = [join(home, 'site.key'), join(home, 'site.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const make = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', ...subject]
  execFileSync('openssl', ['req', '-x509', ...make, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  let asked = 0
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    asked++
    const found = request.url.startsWith('/unsubscribe/')
    response.writeHead(found ? 200 : 404).end(found ? 'Stop ?' : 'Not found')
  })
  await new Promise((ready) => server.listen(0, 'localhost', ready))
  return {
    url: `https://localhost:${server.address().port}`,
    caFile: cert,
    asked: () => asked,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Beside this process, which has the site to serve. */
function load(port, messages, file) {
  const sessions = '10'
  const argv = [resolve('bench/load.mjs'), String(port), sessions, String(messages), '1', String(RECORDS), file, SENDER]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  return new Promise((done, failed) => {
    child.on('exit', () => {
      const result = text === '' ? { failed: messages, firstFailure: 'no result' } : JSON.parse(text)
      if (result.failed > 0) failed(new Error(`${result.failed} messages failed: ${result.firstFailure}`))
      else done(result)
    })
  })
}

function middle(rounds) {
  return rounds.toSorted((one, other) => one.rate - other.rate)[rounds.length >> 1]
}
