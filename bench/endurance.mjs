// npm run endurance: what long and wide use does to the relay. Each part fails when its bound does not hold.
//
//   npm run endurance -- soak [--minutes 30]                      half of top speed; memory, descriptors, temporary files
//   npm run endurance -- idle [--connections 10000]               memory of connections that say nothing
//   npm run endurance -- large [--sessions 1000] [--megabytes 10] octets in flight never above the configured bound;
//                                                                 every other session says SIZE at MAIL
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { TOKEN, smallMessage } from './messages.mjs'
import { startAval, startSink } from './systems.mjs'

const RECORDS = 5_000
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '30' },
    connections: { type: 'string', default: '10000' },
    sessions: { type: 'string', default: '1000' },
    megabytes: { type: 'string', default: '10' },
  },
})
const PARTS = { soak, idle, large }
const home = mkdtempSync(join(tmpdir(), 'aval-endurance-'))
const started = []
try {
  const part = PARTS[positionals[0]]
  if (part === undefined) throw new Error('say which part: soak, idle or large')
  const problems = await part()
  for (const problem of problems) process.stderr.write(`NOT HELD: ${problem}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  for (const system of started.toReversed()) system.stop()
  rmSync(home, { recursive: true, force: true })
}

/** All of them come from one address, with one credential, and at once. */
function roomFor(connections) {
  const same = ['connections', 'connections_per_address', 'connections_per_network', 'connections_per_credential']
  return { ...Object.fromEntries(same.map((name) => [name, connections])), connections_per_minute: 20 * connections }
}

async function start(limits, onLine) {
  const sink = await startSink()
  started.push(sink)
  const aval = await startAval(home, sink.port, RECORDS, { limits, onLine })
  started.push(aval)
  return aval
}

async function soak() {
  const aval = await start({})
  const file = join(home, 'message.eml')
  writeFileSync(file, Buffer.concat([await smallMessage(), Buffer.from('\r\n.\r\n')]))
  await load(aval.port, file, 2_000)
  const { rate: top } = await load(aval.port, file, 4_000)
  const until = Date.now() + Number(options.minutes) * 60_000
  const samples = []
  let [messages, failed, firstFailure] = [0, 0, '']
  process.stdout.write(`top speed ${top.toFixed(0)} messages/s, going on at half of it\n`)
  while (Date.now() < until) {
    const share = Math.max(20, Math.round(top * 2.5))
    const beganAt = Date.now()
    const result = await load(aval.port, file, share)
    messages += result.messages
    failed += result.failed
    firstFailure ||= result.firstFailure
    await pause(Math.max(0, 5_000 - (Date.now() - beganAt)))
    samples.push(sample(aval.process.pid))
    if (samples.length % 12 === 0) progress(samples.at(-1), `${messages} messages, ${failed} failed`)
  }
  // What the first minute warms up is no leak.
  const settled = samples.slice(Math.min(12, Math.floor(samples.length / 4)))
  const third = Math.max(1, Math.floor(settled.length / 3))
  const [early, late] = [settled.slice(0, third), settled.slice(-third)].map(median)
  process.stdout.write(
    `${messages} messages in ${options.minutes} minutes, ${failed} failed\n` +
      `memory ${early.megabytes.toFixed(0)} MB, then ${late.megabytes.toFixed(0)} MB; ` +
      `descriptors ${early.descriptors}, then ${late.descriptors}; temporary files ${early.files}, then ${late.files}\n`,
  )
  return [
    failed > 0 && `${failed} messages failed, the first with ${firstFailure}`,
    late.megabytes > early.megabytes * 1.1 + 10 && 'memory grows',
    late.descriptors > early.descriptors + 5 && 'descriptors grow',
    late.files > early.files && 'temporary files are left',
  ].filter(Boolean)
}

async function idle() {
  const wanted = Number(options.connections)
  const aval = await start(roomFor(wanted + 100))
  const before = sample(aval.process.pid)
  const sockets = []
  for (let opened = 0; opened < wanted; opened += 100) {
    sockets.push(
      ...(await Promise.all(Array.from({ length: Math.min(100, wanted - opened) }, () => greeted(aval.port)))),
    )
  }
  await pause(2_000)
  const held = sockets.filter((socket) => !socket.destroyed).length
  const during = sample(aval.process.pid)
  for (const socket of sockets) socket.destroy()
  let after = sample(aval.process.pid)
  for (let waited = 0; after.descriptors > before.descriptors + 5 && waited < 60; waited++) {
    await pause(1_000)
    after = sample(aval.process.pid)
  }
  process.stdout.write(
    `${held} connections held with ${during.megabytes.toFixed(0)} MB (${before.megabytes.toFixed(0)} MB before them); ` +
      `descriptors ${before.descriptors}, ${during.descriptors}, ${after.descriptors} after\n`,
  )
  return [
    held < wanted && `only ${held} of ${wanted} held`,
    during.megabytes >= 300 && 'they take 300 MB or more',
    after.descriptors > before.descriptors + 5 && 'descriptors stay open',
  ].filter(Boolean)
}

async function large() {
  const bound = 256 * 1024 * 1024
  const [sessions, octets] = [Number(options.sessions), Number(options.megabytes) * 1024 * 1024]
  let highest = 0
  let peak = 0
  const aval = await start({ bytes_in_flight: '256MiB', ...roomFor(sessions + 10) }, (line) => {
    if (line.event === 'status') highest = Math.max(highest, line.bytes_in_flight)
  })
  const watch = setInterval(() => {
    aval.process.kill('SIGUSR1')
    peak = Math.max(peak, sample(aval.process.pid).megabytes)
  }, 100)
  const message = await smallMessage()
  let taken = 0
  const putOff = {}
  const beganAt = performance.now()
  const tell = setInterval(() => progress(sample(aval.process.pid), `${taken} of ${sessions} taken`), 30_000)
  await Promise.all(
    Array.from({ length: sessions }, async (_, i) => {
      while (!(await sendLarge(aval.port, message, octets, i + 1, putOff))) await pause(500 + Math.random() * 2_000)
      taken++
    }),
  )
  clearInterval(watch)
  clearInterval(tell)
  await pause(500)
  process.stdout.write(
    `${taken} messages of ${options.megabytes} MB over ${sessions} sessions in ${((performance.now() - beganAt) / 1000).toFixed(0)} s; ` +
      `at most ${(highest / 1048576).toFixed(0)} MiB in flight of ${bound / 1048576}, memory at most ${peak.toFixed(0)} MB; ` +
      `put off: ${JSON.stringify(putOff)}\n`,
  )
  return [
    highest === 0 && 'no octets in flight were ever seen',
    highest > bound && 'more octets in flight than configured',
    taken < sessions && 'not all were taken',
  ].filter(Boolean)
}

function sample(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    files: readdirSync(join(home, 'spool')).length,
  }
}

function progress({ megabytes, descriptors, files }, what) {
  process.stdout.write(
    `${new Date().toISOString()} ${what}; ${megabytes.toFixed(0)} MB, ${descriptors} descriptors, ${files} temporary files\n`,
  )
}

function median(samples) {
  const middle = (key) => samples.map((one) => one[key]).toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]
  return { megabytes: middle('megabytes'), descriptors: middle('descriptors'), files: middle('files') }
}

function load(port, file, messages) {
  const args = [resolve('bench/load.mjs'), String(port), '20', String(messages), '1', String(RECORDS), file]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  return new Promise((done) => child.once('close', () => done(JSON.parse(output))))
}

function greeted(port) {
  return new Promise((done, fail) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('data', () => done(socket))
    socket.once('error', fail)
  })
}

/** @returns whether it was taken; else it was put off or cut off, for a reason counted in `putOff` */
function sendLarge(port, message, octets, person, putOff) {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const commands = [
      'EHLO bench.example',
      `MAIL FROM:<bonjour@news.acme.example>${person % 2 === 0 ? ` SIZE=${octets + message.length + 1_000}` : ''}`,
      `RCPT TO:<${person}@list.example>`,
      'DATA',
    ]
    let sending = false
    let settled = false
    const end = (taken, reason) => {
      if (settled) return
      settled = true
      if (!taken) putOff[reason] = (putOff[reason] ?? 0) + 1
      socket.destroy()
      done(taken)
    }
    socket.on('data', (chunk) => {
      const reply = chunk.toString('latin1').trim().split('\r\n').at(-1)
      if (reply[3] === '-') return
      if (sending) return end(reply.startsWith('250'), reply.slice(0, 9))
      if (!/^[23]/.test(reply)) return end(false, reply.slice(0, 9))
      const command = commands.shift()
      if (command !== undefined) return socket.write(`${command}\r\n`)
      sending = true
      void body(socket, message, octets, person)
    })
    socket.on('error', (error) => end(false, error.code))
    socket.on('close', () => end(false, 'closed'))
  })
}

/** The message with a text part of filler behind it. */
async function body(socket, message, octets, person) {
  const own = message.toString('latin1').replaceAll(TOKEN, String(person).padStart(TOKEN.length, '0'))
  const boundary = /boundary="([^"]+)"/.exec(own)[1]
  const filler = Buffer.from(`${'QUJD'.repeat(18)}\r\n`.repeat(880))
  const parts = own.split(`--${boundary}--`)
  const write = (chunk) => socket.write(chunk) || socket.destroyed || drained(socket)
  await write(
    Buffer.from(
      `${parts[0]}--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n`,
      'latin1',
    ),
  )
  for (let sent = 0; sent < octets && !socket.destroyed; sent += filler.length) await write(filler)
  socket.write(`--${boundary}--\r\n.\r\n`)
}

function drained(socket) {
  return new Promise((go) => {
    const done = () => {
      socket.off('drain', done).off('close', done)
      go()
    }
    socket.on('drain', done).on('close', done)
  })
}
