// npm run bench: the same work through four systems in one run, and the ratios between them.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { newsletter, smallMessage } from './messages.mjs'
import { startAval, startNaive, startPostfixProxy, startSink } from './systems.mjs'

const RECORDS = Number(process.env['BENCH_RECORDS'] ?? 1_000_000)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)

const home = mkdtempSync(join(tmpdir(), 'aval-bench-'))
const files = {
  small: writeMessage('small.eml', await smallMessage()),
  newsletter: writeMessage('newsletter.eml', await newsletter()),
}

const WORK = [
  { name: '10 KB, 20 open sessions', file: files.small, keepOpen: 1, messages: 2500 },
  { name: '80 KB newsletter, 20 open sessions', file: files.newsletter, keepOpen: 1, messages: 600 },
  { name: '10 KB, a connection each', file: files.small, keepOpen: 0, messages: 900 },
]

const systems = []
try {
  const sink = await startSink()
  systems.push(sink)
  systems.push(await startPostfixProxy(home, sink.port))
  systems.push(await startNaive(sink.port))
  // A generator that opens a session for each message is what this limit keeps out.
  systems.push(await startAval(home, sink.port, RECORDS, { limits: { connections_per_minute: 1_000_000 } }))
  const results = WORK.map((work) => ({ work: work.name, systems: measure(work) }))
  report(results)
} finally {
  for (const system of systems.toReversed()) system.stop()
  rmSync(home, { recursive: true, force: true })
}

function writeMessage(name, raw) {
  const file = join(home, name)
  writeFileSync(file, Buffer.concat([raw, Buffer.from('\r\n.\r\n')]))
  return { path: file, octets: raw.length }
}

/** Systems take turns within a round, so that a slow minute of the machine falls on all of them. */
function measure(work) {
  const rounds = systems.map(() => [])
  for (const system of systems) load(system.port, work, work.messages)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, system] of systems.entries()) rounds[i].push(load(system.port, work, work.messages))
  }
  return systems.map((system, i) => {
    const best = [...rounds[i]].sort((a, b) => a.rate - b.rate)[Math.floor(rounds[i].length / 2)]
    return { name: system.name, ...best, memory: system.memory() }
  })
}

function load(port, { file, keepOpen }, messages) {
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [resolve('bench/load.mjs'), String(port), '20', String(messages), String(keepOpen), String(RECORDS), file.path],
    { encoding: 'utf8', timeout: 120_000 },
  )
  if (status !== 0) throw new Error(`load generator ended with ${status}: ${stderr}`)
  const result = JSON.parse(stdout)
  if (result.failed > 0) throw new Error(`${result.failed} messages failed on port ${port}: ${result.firstFailure}`)
  return result
}

function report(results) {
  const lines = [
    `${cpus().length} cores, Node ${process.version}, ${RECORDS.toLocaleString('en')} consent records, median of ${ROUNDS} rounds`,
  ]
  for (const { work, systems: measured } of results) {
    const [, postfix, naive] = measured
    lines.push(
      '',
      work,
      '',
      '| system | messages/s | to Postfix | to naive | p50 ms | p99 ms | memory MB |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    )
    for (const { name, rate, p50, p99, memory } of measured) {
      const cells = [
        rate.toFixed(0),
        (rate / postfix.rate).toFixed(2),
        (rate / naive.rate).toFixed(2),
        p50.toFixed(1),
        p99.toFixed(1),
        memory.toFixed(0),
      ]
      lines.push(`| ${name} | ${cells.join(' | ')} |`)
    }
  }
  process.stdout.write(`${lines.join('\n')}\n`)
  mkdirSync('bench/results', { recursive: true })
  writeFileSync(`bench/results/${new Date().toISOString().slice(0, 10)}.json`, `${JSON.stringify(results, null, 2)}\n`)
}
