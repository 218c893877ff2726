// The four systems of the bench, each a process of its own on loopback: where to send, what it is called, what memory it takes.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

export async function startSink() {
  const port = await freePort()
  const child = spawn('/usr/sbin/smtp-sink', ['-u', 'nobody', `127.0.0.1:${port}`, '512'], { stdio: 'ignore' })
  await listening(port)
  return system('sink alone', port, child)
}

export async function startNaive(upstreamPort) {
  const port = await freePort()
  const child = spawn(process.execPath, [resolve('bench/naive-relay.mjs'), String(port), String(upstreamPort)], {
    stdio: 'ignore',
  })
  await listening(port)
  return system('naive relay', port, child)
}

/** @param over sections of the configuration in place of those of the bench; @param onLine is given every line of the log, parsed */
export async function startAval(home, upstreamPort, records, { limits = {}, over = {}, env = {}, onLine } = {}) {
  const port = await freePort()
  const directory = resolve(`var/bench-${records}`)
  await fillRegistry(directory, records)
  const config = join(home, 'aval.json')
  writeFileSync(config, JSON.stringify({ ...site(directory, home, port, upstreamPort), limits, ...over }))
  const child = spawn(process.execPath, [resolve('dist/main.js'), 'serve', '-c', config], {
    stdio: ['ignore', onLine === undefined ? 'ignore' : 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  if (onLine !== undefined) createInterface({ input: child.stdout }).on('line', (line) => onLine(JSON.parse(line)))
  await listening(port)
  return { ...system('Aval', port, child), process: child }
}

/** Postfix before-queue: its smtpd hands every message straight to the sink, and checks nothing. */
export async function startPostfixProxy(home, upstreamPort) {
  const port = await freePort()
  const [conf, spool, data] = ['conf', 'spool', 'data'].map((name) => join(home, 'postfix', name))
  for (const directory of [conf, spool, data]) mkdirSync(directory, { recursive: true })
  spawnSync('chmod', ['755', home, join(home, 'postfix')])
  chownSync(data, Number(execFileSync('id', ['-u', 'postfix'])), 0)
  writeFileSync(join(conf, 'main.cf'), mainCf(spool, data, home))
  writeFileSync(join(conf, 'master.cf'), masterCf(port, upstreamPort))
  const { status, stderr } = spawnSync('postfix', ['-c', conf, 'start'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`postfix start ended with ${status}: ${stderr}`)
  await listening(port)
  const master = () => Number(readFileSync(join(spool, 'pid/master.pid'), 'utf8'))
  return {
    name: 'Postfix smtpd_proxy_filter',
    port,
    memory: () => familyOf(master()).reduce((total, pid) => total + proportionalMegabytes(pid), 0),
    stop: () => spawnSync('postfix', ['-c', conf, 'stop'], { stdio: 'ignore' }),
  }
}

function system(name, port, child) {
  return { name, port, memory: () => peakMegabytes(child.pid), stop: () => child.kill() }
}

async function fillRegistry(directory, records) {
  const done = join(directory, 'done')
  if (existsSync(done)) return
  process.stderr.write(`making a registry of ${records} records in ${directory}\n`)
  const { openRegistryWriter } = await import('../dist/registry/writer/registry-writer.js')
  const { keyFile } = await import('../dist/registry/key-source.js')
  const { createKeyFile } = await import('../dist/storage/key-file.js')
  mkdirSync(directory, { recursive: true })
  const key = join(directory, 'aval.key')
  if (!existsSync(key)) createKeyFile(key)
  const registry = openRegistryWriter({ path: join(directory, 'aval.db'), keys: keyFile(key) })
  const givenAt = Date.now() - 100 * 86_400_000
  for (let first = 1; first <= records; first += 5_000) {
    registry.transaction(() => {
      for (let i = first; i < first + 5_000 && i <= records; i++) {
        registry.addConsent(consent(`${i}@list.example`, givenAt), { by: 'bench' })
      }
    })
  }
  registry.close()
  writeFileSync(done, '')
}

function consent(person, givenAt) {
  return {
    person,
    advertiserId: 'acme',
    channel: 'email',
    purposes: ['own_offers'],
    legalBasis: 'consent',
    status: 'given',
    collectedAt: givenAt,
    givenAt,
    method: 'double_opt_in',
    preticked: false,
    sourceKind: 'first_party',
    noticeId: 'privacy',
    noticeVersion: '3',
    noticeSha256: 'ee'.repeat(32),
    noticeLang: 'fr',
    prospectingAnnounced: true,
    optoutOfferedAtCollection: true,
    wording: 'Je souhaite recevoir les offres d’Acme.',
    proof: {
      type: 'doi_log',
      ref: `signup-${person}`.replace('@', '-'),
      sha256: 'ff'.repeat(32),
      capturedAt: givenAt,
      formVersion: 'v7',
    },
  }
}

function site(directory, home, port, upstreamPort) {
  return {
    node: { name: 'bench' },
    listeners: [{ address: `127.0.0.1:${port}` }],
    upstream: { url: `smtp://127.0.0.1:${upstreamPort}`, tls: 'none', max_messages_per_connection: 1000 },
    storage: { url: `sqlite:${directory}/aval.db`, key_file: `${directory}/aval.key` },
    journal: { url: `sqlite:${home}/journal.db` },
    spool: { directory: `${home}/spool` },
    http: { address: 'off' },
    advertisers: {
      acme: {
        legal_name: 'Acme SAS',
        brands: ['Acme'],
        privacy_url: 'https://www.acme.example/privacy',
        contact_email: 'contact@acme.example',
        from_domains: ['news.acme.example'],
      },
    },
    policy: {
      unsub: { min_assurance: 0 },
      justifications: {
        'unsub.min_assurance': { reason: 'links at .example lead nowhere', by: 'the bench', on: '2026-11-25' },
      },
    },
    credentials: { bench: { advertisers: ['acme'], classes: ['prospecting_b2c'], networks: ['127.0.0.0/8'] } },
  }
}

function mainCf(spool, data, home) {
  return `compatibility_level = 3.6
queue_directory = ${spool}
data_directory = ${data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${home}/postfix/mail.log
maillog_file_prefixes = ${home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mta.example
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtp_dns_support_level = disabled
alias_maps =
local_recipient_maps =
`
}

function masterCf(port, upstreamPort) {
  return `127.0.0.1:${port} inet n - n - 30 smtpd -o smtpd_proxy_filter=127.0.0.1:${upstreamPort}
cleanup  unix       n - n -   0 cleanup
qmgr     unix       n - n 300 1 qmgr
rewrite  unix       - - n -   - trivial-rewrite
bounce   unix       - - n -   0 bounce
proxymap unix       - - n -   - proxymap
anvil    unix       - - n -   1 anvil
postlog  unix-dgram n - n -   1 postlogd
`
}

function peakMegabytes(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
}

/** Shared pages counted once over the processes that share them. */
function proportionalMegabytes(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024
  } catch {
    return 0
  }
}

function familyOf(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          pid === parent || Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) === parent
        )
      } catch {
        return false
      }
    })
}

function freePort() {
  return new Promise((done) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

async function listening(port) {
  for (let tries = 0; tries < 500; tries++) {
    const greeted = await new Promise((done) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('data', () => socket.end('QUIT\r\n', () => done(true)))
      socket.once('error', () => done(false))
    })
    if (greeted) return
    await pause(50)
  }
  throw new Error(`nothing listens on ${port}`)
}
