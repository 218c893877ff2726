/*
 * The least an import of consents can do with plain SQLite: FILE cut at line ends and commas, the address replaced by one keyed
 * hash, the person's own fields kept as one text, and a row inserted into the table and index of REGISTRY (its schema alone is
 * read), by the same pragmas in transactions of the same size. No look at what is on file, no objections, nothing checked, no
 * code, no version, no way to go on after an interruption. Prints what it took.
 */
import { createReadStream } from 'node:fs'
import { createHmac } from 'node:crypto'
import Database from 'better-sqlite3'

const [registry, file, path] = process.argv.slice(2)
const BATCH_ROWS = 2_000
const OWN = ['collected_at', 'given_at', 'proof_ref', 'proof_sha256', 'proof_captured_at']
const SECRET = Buffer.alloc(32, 7)

const source = new Database(registry, { readonly: true })
const schema = source
  .prepare(
    `SELECT sql FROM sqlite_schema WHERE tbl_name = 'consent_version' AND type IN ('table', 'index') AND sql IS NOT NULL`,
  )
  .pluck()
  .all()
source.close()

const began = performance.now()
const target = new Database(path)
target.pragma('journal_mode = WAL')
for (const pragma of ['synchronous = FULL', 'cache_size = -65536', 'wal_autocheckpoint = 8192', 'foreign_keys = OFF'])
  target.pragma(pragma)
for (const sql of schema) target.exec(sql)
const insert = target.prepare(`INSERT INTO consent_version VALUES (?, ?, 'acme', ?, 1, 'k1', 1, ?, 1, 'bench', ?, ?)`)
const write = target.transaction((batch) => {
  for (const [key, own] of batch) insert.run(++rows, key, key.subarray(0, 16), own, Date.now(), key.subarray(16))
})

let rows = 0
let waiting = []
let rest = ''
let own
for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 262_144 })) {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop()
  for (const line of lines) {
    const fields = line.split(',')
    if (own === undefined) {
      own = OWN.map((name) => fields.indexOf(name))
      continue
    }
    const key = createHmac('sha256', SECRET).update(fields[0]).digest()
    waiting.push([key, own.map((index) => fields[index]).join(',')])
    if (waiting.length >= BATCH_ROWS) flush()
  }
}
flush()
target.close()
const seconds = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage()
const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024)
process.stdout.write(`${JSON.stringify({ rows, seconds, cpuSeconds: (user + system) / 1e6, peakMegabytes })}\n`)

function flush() {
  waiting.sort(([left], [right]) => left.compare(right))
  write(waiting)
  waiting = []
}
