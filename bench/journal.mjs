// node bench/journal.mjs [entries]: what checkpoints cost an append, and how far a check is from the least possible one.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openJournal } from '../dist/journal/journal.js'
import { checkpointNow } from '../dist/journal/tree/signing-acts.js'
import { verifyJournal } from '../dist/journal/verify.js'

const ENTRIES = Number(process.argv[2] ?? 100_000)
const ROUNDS = 3
const IN_FLIGHT = 500
const keys = [{ keyId: 'k1', secret: Buffer.alloc(32, 7) }]
const home = mkdtempSync(join(tmpdir(), 'aval-bench-journal-'))
const START = Date.UTC(2026, 0, 5)

try {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => [round, 'plain', 'signed']).flatMap(([round, ...kinds]) =>
    kinds.map((kind) => ({ kind, path: join(home, `${kind}-${round}.db`) })),
  )
  const appends = []
  for (const { kind, path } of rounds) appends.push({ kind, ...(await append(kind, path)) })
  const signed = rounds.filter(({ kind }) => kind === 'signed').map(({ path }) => path)
  const checks = signed.map((path) => ({ kind: 'check', ...timed(() => check(path)) }))
  const limits = signed.map((path) => ({ kind: 'least', ...timed(() => least(path)) }))
  report([...appends, ...checks, ...limits])
} finally {
  rmSync(home, { recursive: true, force: true })
}

async function append(kind, path) {
  const signing = { keyFile: `${path}.signing-key`, by: 'relay-1', everyEntries: 1_000, everyMs: 60_000 }
  const journal = await openJournal({ path, keys, node: 'relay-1', ...(kind === 'signed' && { signing }) })
  const before = clock()
  for (let from = 0; from < ENTRIES / 2; from += IN_FLIGHT) {
    const calls = Array.from({ length: IN_FLIGHT }, (_, i) => [
      journal.append([decision(from + i)]),
      journal.append([outcome(from + i)]),
    ])
    await Promise.all(calls.flat())
  }
  const spent = since(before)
  await journal.close()
  if (kind === 'signed') checkpointNow({ path, keys, node: 'relay-1' }, signing, Date.now())
  return spent
}

function check(path) {
  const { ok, problem } = verifyJournal(path, { keys })
  if (!ok) throw new Error(problem.message)
}

/** Each body read in order and hashed once: nothing that finds a change can do with less. */
function least(path) {
  const database = new Database(path, { readonly: true })
  let last = ''
  for (const body of database.prepare('SELECT body FROM entry ORDER BY seq').pluck().iterate()) {
    last = createHash('sha256').update(last).update(body).digest('hex')
  }
  database.close()
}

function timed(work) {
  const before = clock()
  work()
  return since(before)
}

/** Processor time beside the time on the wall: other programs run on this machine. */
function clock() {
  return { wall: performance.now(), cpu: process.cpuUsage() }
}

function since(before) {
  const { user, system } = process.cpuUsage(before.cpu)
  return { wall: performance.now() - before.wall, cpu: (user + system) / 1_000 }
}

function report(results) {
  console.log(`${ENTRIES} entries, ${ROUNDS} rounds, the median of each`)
  const rates = {}
  for (const kind of ['plain', 'signed', 'check', 'least']) {
    const [wall, cpu] = ['wall', 'cpu'].map((of) => {
      const times = results.filter((result) => result.kind === kind).map((result) => result[of])
      return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]
    })
    rates[kind] = cpu
    const words = { plain: 'append', signed: 'append with checkpoints', check: 'verify', least: 'least possible check' }
    const each = ((cpu / ENTRIES) * 1_000).toFixed(1)
    console.log(
      `${words[kind].padEnd(24)} ${Math.round(ENTRIES / (wall / 1_000))} a second, ${each} us of processor each`,
    )
  }
  console.log(`checkpoints cost an append ${(rates.signed / rates.plain).toFixed(2)} times what it costs without`)
  console.log(`a check costs ${(rates.check / rates.least).toFixed(2)} times the least possible`)
}

function decision(number) {
  return {
    kind: 'decision',
    schema: 1,
    ref: referenceOf(number),
    rcpt: 1,
    at: START + number,
    stage: 'data',
    node: 'relay-1',
    version: '0.1.0',
    configSha256: 'c0'.repeat(32),
    session: `s${number}`,
    credential: 'routix-acme',
    router: 'routix',
    advertiser: 'acme',
    messageClass: 'prospecting_b2c',
    campaign: 'spring',
    senderDomain: 'news.acme.example',
    toKey: number.toString(16).padStart(64, '0'),
    toKeyId: 'k1',
    verdict: 'permit',
    would: 'permit',
    mode: 'enforce',
    rule: '',
    findings: [{ rule: 'CONSENT-MISSING', outcome: 'pass', detail: '', evidence: { records: 1 } }],
    passed: Array.from({ length: 40 }, (_, i) => `RULE-NUMBER-${i}`),
    skipped: [],
    recordId: '01J0000000000000000000REC1',
    recordVersion: 2,
    recordSha256: 'ab'.repeat(32),
    legalBasis: 'consent',
    clockStartedAt: START - 1,
    clockStartedBy: 'link_click',
    dueAt: START + 1,
    messageSha256: 'de'.repeat(32),
    messageSize: 2_048,
    messageIdSha256: 'fa'.repeat(32),
    reply: '',
  }
}

function outcome(number) {
  const reply = '250 2.0.0 queued as ABCDEF'
  const upstream = 'mta.example:25'
  return {
    kind: 'outcome',
    schema: 1,
    ref: referenceOf(number),
    rcpt: 1,
    at: START + number,
    status: 'relayed',
    upstream,
    reply,
  }
}

function referenceOf(number) {
  return `01J${String(number).padStart(23, '0')}`
}
