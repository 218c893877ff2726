// npm run bench:registry: an import, look-ups and relaying during an import, each beside the least SQLite can do in the same run.
// usage: node bench/registry.mjs [--rows 200000] [--pairs 1] [--relay-rows 100000] [--relay-minutes 10] [--keep DIRECTORY]
import { execFileSync, spawn } from 'node:child_process'
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { smallMessage } from './messages.mjs'
import { startAval, startSink } from './systems.mjs'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    pairs: { type: 'string', default: '1' },
    'relay-rows': { type: 'string', default: '100000' },
    'relay-minutes': { type: 'string', default: '10' },
    keep: { type: 'string' },
  },
})
const ROWS = Number(values.rows)
const RELAY_ROWS = Number(values['relay-rows'])
/** Of each kind. */
const LOOKUPS = 10_000
const LOOKUPS_AT_ONCE = 500
/** Of one run. */
const RELAY_MESSAGES = 500
/** As many as an import writes in one transaction. */
const BATCH_ROWS = 2_000
const MAIN = resolve('dist/main.js')

const home = values.keep ?? mkdtempSync(join(tmpdir(), 'aval-bench-'))
mkdirSync(home, { recursive: true })
const result = { cpus: cpus().length, node: process.version, rows: ROWS }
try {
  if (ROWS > 0) {
    const file = join(home, 'consents.csv')
    await writeConsents(file, ROWS)
    result.file = megabytes(file)
    tell('file', { megabytes: result.file })
    const pairs = []
    let site
    for (let pair = 0; pair < Number(values.pairs); pair++) {
      if (site) rmSync(site.directory, { recursive: true })
      site = makeSite(join(home, 'site'))
      pairs.push(await importPair(site, file))
    }
    rmSync(file)
    result.pairs = pairs
    result.ofLimit = median(pairs.map(({ ofLimit }) => ofLimit))
    result.cpuOfLimit = median(pairs.map(({ cpuOfLimit }) => cpuOfLimit))
    result.ofInserts = median(pairs.map(({ ofInserts }) => ofInserts))
    result.database = megabytes(site.registry)
    result.bytesPerRecord = Math.round(statSync(site.registry).size / ROWS)
    result.lookup = await lookups(site)
    tell('lookup', result.lookup)
  }
  if (RELAY_ROWS > 0) result.relay = await relayDuringImport()
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  mkdirSync('bench/results', { recursive: true })
  writeFileSync(
    `bench/results/registry-${new Date().toISOString().slice(0, 10)}-${ROWS}.json`,
    `${JSON.stringify(result, null, 2)}\n`,
  )
} finally {
  if (values.keep === undefined) rmSync(home, { recursive: true, force: true })
}

function makeSite(directory) {
  mkdirSync(directory, { recursive: true })
  const key = join(directory, 'aval.key')
  if (!existsSync(key)) writeFileSync(key, `k1:${'5a'.repeat(32)}\n`, { mode: 0o600 })
  const config = join(directory, 'aval.json')
  const site = {
    node: { name: 'bench' },
    listeners: [{ address: '127.0.0.1:0' }],
    upstream: { url: `capture:${directory}/outbox` },
    storage: { url: `sqlite:${directory}/aval.db`, key_file: key },
    journal: { url: `sqlite:${directory}/journal.db` },
    advertisers: { acme: { legal_name: 'Acme SAS', from_domains: ['news.acme.example'] } },
  }
  writeFileSync(config, JSON.stringify(site))
  const registry = join(directory, 'aval.db')
  if (!existsSync(registry))
    execFileSync(process.execPath, [MAIN, 'registry', 'create', '-c', config], { stdio: 'ignore' })
  return { directory, config, key, registry }
}

/** With full proof; every hundredth row is like one before it, every thousandth is bad. */
async function writeConsents(path, rows, first = 0) {
  const out = createWriteStream(path, { highWaterMark: 1_048_576 })
  out.write(
    'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,given_at,method,preticked,bundled_terms,conditional,' +
      'refusal_equal,source_kind,collection_context,notice_id,notice_version,notice_sha256,notice_lang,prospecting_announced,' +
      'proof_type,proof_ref,proof_sha256,proof_captured_at,proof_form_url,proof_form_version\n',
  )
  const digest = '5b6d7c0d0a4e5f0a1c7b7d0f8b8d4d8e3f1b9a6c2e5d8f7a0b3c6d9e2f5a8b1c'
  for (let i = first; i < first + rows; i++) {
    const at = new Date(Date.UTC(2025, 0, 1) + ((i * 7919) % 31_536_000) * 1000).toISOString()
    const proof = ((i * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0').repeat(8)
    const line =
      `person${i}@mail${i % 97}.example.com,acme,email,own_offers,consent,given,${at},${at},double_opt_in,false,false,false,true,` +
      `first_party,newsletter_form,privacy,3,${digest},fr,true,doi_log,signup-${i},${proof},${at},` +
      `https://www.acme.example/newsletter,2026-0${i % 3}\n`
    if (!out.write(line)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

/** One after the other on the same file, so that what else the machine does weighs on all of them. */
async function importPair({ registry, key, config }, file) {
  const least = join(home, 'limit.db')
  const aval = await measured('bench/import-rows.mjs', registry, key, config, file)
  tell('import', aval)
  const limit = await measured('bench/least-import.mjs', registry, file, least)
  removeDatabase(least)
  tell('the least from the same file', limit)
  const inserts = leastInsert(registry, least)
  removeDatabase(least)
  tell('the least with rows ready to insert', inserts)
  return {
    aval,
    limit,
    inserts,
    ofLimit: round(aval.seconds / limit.seconds),
    cpuOfLimit: round(aval.cpuSeconds / limit.cpuSeconds),
    ofInserts: round(aval.seconds / inserts.seconds),
  }
}

/** In a process of its own, at the priority of the bench. */
async function measured(script, ...args) {
  const child = spawn(process.execPath, [resolve(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (text) => (out += text))
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${script} ended with ${code}`)
  const took = JSON.parse(out)
  const { rows, seconds, cpuSeconds } = took
  return {
    ...took,
    seconds: round(seconds),
    cpuSeconds: round(cpuSeconds),
    rate: Math.round(rows / seconds),
    load: loadavg().map(Math.round),
  }
}

function removeDatabase(path) {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}

function tell(what, took) {
  process.stderr.write(`${new Date().toISOString()} ${what}: ${JSON.stringify(took)}\n`)
}

/** The command as a person runs it: rate over all of it, peak memory of the process. Ended by `stop`, it says how far it came. */
function importCommand({ config }, file) {
  const started = performance.now()
  const child = spawn(process.execPath, [MAIN, 'consent', 'import', file, '-c', config, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (text) => (out += text))
  let peak = 0
  let running = true
  const watch = setInterval(() => (peak = Math.max(peak, peakMegabytes(child.pid))), 200)
  const ended = once(child, 'exit').then(([code]) => {
    running = false
    clearInterval(watch)
    if (code !== 0 && out !== '') throw new Error(`the import ended with ${code}`)
    return out === '' ? undefined : JSON.parse(out).counts.rows
  })
  return {
    isRunning: () => running,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async finish() {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      return {
        rows: await ended,
        seconds: round((performance.now() - started) / 1000),
        peakMegabytes: Math.round(peak),
      }
    },
  }
}

function peakMegabytes(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
  } catch {
    return 0
  }
}

/** The rows an import has made into the same table with the same index, in transactions of the same size, by the same pragmas. */
function leastInsert(from, path) {
  const source = new Database(from, { readonly: true })
  const target = new Database(path)
  target.pragma('journal_mode = WAL')
  for (const pragma of ['synchronous = FULL', 'cache_size = -65536', 'wal_autocheckpoint = 8192', 'foreign_keys = OFF'])
    target.pragma(pragma)
  const schema = source.prepare(
    `SELECT sql FROM sqlite_schema WHERE tbl_name = 'consent_version' AND type IN ('table', 'index') AND sql IS NOT NULL`,
  )
  for (const sql of schema.pluck().all()) target.exec(sql)
  const read = source.prepare('SELECT * FROM consent_version WHERE seq > ? ORDER BY seq LIMIT ?').raw()
  const insert = target.prepare('INSERT INTO consent_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const write = target.transaction((rows) => {
    for (const row of rows) insert.run(row)
  })
  let spent = 0
  let cpu = 0
  let count = 0
  for (let rows = read.all(0, BATCH_ROWS); rows.length > 0; rows = read.all(rows.at(-1)[0], BATCH_ROWS)) {
    const started = performance.now()
    const before = process.cpuUsage()
    write(rows)
    const { user, system } = process.cpuUsage(before)
    spent += performance.now() - started
    cpu += user + system
    count += rows.length
  }
  source.close()
  target.close()
  return {
    seconds: round(spent / 1000),
    cpuSeconds: round(cpu / 1e6),
    rate: Math.round(count / (spent / 1000)),
    load: loadavg().map(Math.round),
  }
}

/**
 * Each person once: what was found for one is not of use for the next. The least is the same questions with the answers
 * unread, statement by statement and in one transaction. Taken in turns, so that all meet the same machine.
 */
async function lookups({ registry: path, key }) {
  const { openRegistry } = await import('../dist/registry/sqlite-registry.js')
  const { keyFile, subjects } = await import('../dist/registry/key-source.js')
  const keys = keyFile(key)
  const people = subjects(keys)
  const registry = openRegistry({ path, keys })
  let found = 0
  const ways = {
    aval: async (subject) =>
      (found += (await registry.lookup({ subject: () => subject, advertiserId: 'acme' })).records.length),
    limit: leastLookup(path),
    limitInOneTransaction: leastLookup(path, true),
  }
  const names = Object.keys(ways)
  const everybody = names.length * LOOKUPS
  const step = Math.max(1, Math.floor(ROWS / everybody))
  const subjectOf = (i, next = 0) => {
    const who = ((i * 7919) % everybody) * step + ((i + next) % step)
    return people.identify(`person${who}@mail${who % 97}.example.com`)
  }
  const asked = Object.fromEntries(
    names.map((name, way) => [name, Array.from({ length: LOOKUPS }, (_none, i) => subjectOf(way * LOOKUPS + i))]),
  )
  // About people nobody asks about afterwards.
  for (const name of names) for (let i = 0; i < 3_000; i++) await ways[name](subjectOf(i, 1))
  found = 0
  const taken = Object.fromEntries(names.map((name) => [name, { times: new Float64Array(LOOKUPS), cpu: 0 }]))
  for (let from = 0; from < LOOKUPS; from += LOOKUPS_AT_ONCE) {
    for (const name of names) {
      const before = process.cpuUsage()
      for (let i = from; i < from + LOOKUPS_AT_ONCE; i++) {
        const started = performance.now()
        await ways[name](asked[name][i])
        taken[name].times[i] = performance.now() - started
      }
      const { user, system } = process.cpuUsage(before)
      taken[name].cpu += user + system
    }
  }
  registry.close()
  if (found !== LOOKUPS) throw new Error(`${LOOKUPS} people were asked about, ${found} were found`)
  const figures = names.map((name) => [
    name,
    { ...percentiles(taken[name].times), cpuUs: round(taken[name].cpu / LOOKUPS) },
  ])
  return { ...Object.fromEntries(figures), load: loadavg().map(Math.round) }
}

function leastLookup(path, inOneTransaction = false) {
  const database = new Database(path, { readonly: true })
  database.pragma('cache_size = -65536')
  const of = (table, condition) => database.prepare(`SELECT * FROM ${table} WHERE ${condition}`).raw()
  const versions = of('consent_version', 'substr(subject_key, 1, 8) = substr(?, 1, 8) AND subject_key = ?')
  const events = of('contact_event', 'subject_key = ?')
  const others = [of('objection', 'objection_key = ?'), of('canary', 'objection_key = ?')]
  const begin = database.prepare('BEGIN')
  const end = database.prepare('COMMIT')
  return ({ consentKey, objectionKey }) => {
    const [exact, wide] = [Buffer.from(consentKey, 'hex'), Buffer.from(objectionKey, 'hex')]
    if (inOneTransaction) begin.run()
    versions.all(exact, exact)
    events.all(exact)
    for (const other of others) other.all(wide)
    if (inOneTransaction) end.run()
  }
}

/**
 * A relay with its own load while rows are imported into its registry. The import is stopped and let go on in turns, so that
 * what else the machine does weighs on both, until it is done or the minutes are over.
 */
async function relayDuringImport() {
  const message = join(home, 'small.eml')
  writeFileSync(message, Buffer.concat([await smallMessage(), Buffer.from('\r\n.\r\n')]))
  const people = 20_000
  const sink = await startSink()
  const aval = await startAval(home, sink.port, people)
  let importing
  try {
    const file = join(home, 'relay.csv')
    await writeConsents(file, RELAY_ROWS, 50_000_000 + (Date.now() % 1_000_000_000))
    await load(aval.port, RELAY_MESSAGES, people, message)
    const registry = resolve(`var/bench-${people}/aval.db`)
    importing = importCommand({ config: join(home, 'aval.json') }, file)
    while (rowsImported(registry) === 0) await pause(200)
    const idle = []
    const during = []
    let whileMeasured = 0
    const until = performance.now() + Number(values['relay-minutes']) * 60_000
    while (importing.isRunning() && performance.now() < until) {
      importing.pause()
      await pause(500)
      idle.push(await load(aval.port, RELAY_MESSAGES, people, message))
      const before = rowsImported(registry)
      importing.resume()
      await pause(500)
      const run = await load(aval.port, RELAY_MESSAGES, people, message)
      // A run in which the import came to its end has seen less of it.
      if (!importing.isRunning()) break
      during.push(run)
      whileMeasured += rowsImported(registry) - before
      tell('relay', { idle: idle.at(-1).p99, importing: run.p99, rows: rowsImported(registry) })
    }
    const rows = rowsImported(registry)
    const { seconds, peakMegabytes: peak } = await importing.finish()
    return {
      pairs: during.length,
      idle: summary(idle),
      importing: summary(during),
      p99Ratio: round(median(during.map(({ p99 }, pair) => p99 / idle[pair].p99))),
      import: { rows, whileMeasured, seconds, peakMegabytes: peak },
      load: loadavg().map(Math.round),
    }
  } finally {
    if (importing?.isRunning()) await importing.finish()
    aval.stop()
    sink.stop()
    rmSync(resolve(`var/bench-${people}`), { recursive: true, force: true })
  }
}

/** Of the import under way, or of the last. */
function rowsImported(registry) {
  const database = new Database(registry, { readonly: true })
  try {
    return (
      JSON.parse(database.prepare('SELECT counts FROM import_batch ORDER BY number DESC LIMIT 1').pluck().get() ?? '{}')
        .rows ?? 0
    )
  } finally {
    database.close()
  }
}

function summary(runs) {
  const of = (name) => round(median(runs.map((run) => run[name])))
  return { rate: of('rate'), p50: of('p50'), p99: of('p99') }
}

/** Four sessions: a relay at work, not one at its limit, whose waiting would say nothing about the import. */
async function load(port, messages, people, file) {
  const child = spawn(
    process.execPath,
    [resolve('bench/load.mjs'), String(port), '4', String(messages), '1', String(people), file],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let out = ''
  child.stdout.on('data', (text) => (out += text))
  await once(child, 'exit')
  const run = JSON.parse(out)
  if (run.failed > 0) throw new Error(`${run.failed} messages failed: ${run.firstFailure}`)
  return run
}

function percentiles(milliseconds) {
  const sorted = milliseconds.toSorted()
  const at = (share) => round(sorted[Math.floor(sorted.length * share)] * 1000)
  return { p50us: at(0.5), p99us: at(0.99) }
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}

function round(number) {
  return Math.round(number * 100) / 100
}

function megabytes(path) {
  return Math.round(statSync(path).size / 1_048_576)
}
