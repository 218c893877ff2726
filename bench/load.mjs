// A load generator: so many sessions, so many messages, one JSON line of results. It speaks plain SMTP without pipelining, as
// most mailing programs do, and measures each message from MAIL to the answer to its final dot.
// Each person has an unsubscribe link of their own: the token is written over wherever it stands.
// usage: load.mjs PORT SESSIONS MESSAGES KEEP_OPEN(0|1) PEOPLE FILE [SENDER]
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { TOKEN } from './messages.mjs'

const [port, sessions, messages, keepOpen, people] = process.argv.slice(2, 7).map(Number)
const content = readFileSync(process.argv[7])
const sender = process.argv[8] ?? 'bonjour@news.acme.example'
const tokensAt = []
for (let at = content.indexOf(TOKEN); at >= 0; at = content.indexOf(TOKEN, at + 1)) tokensAt.push(at)
const latencies = new Float64Array(messages)
let next = 0
let done = 0
let failed = 0
let firstFailure = ''

const began = performance.now()
await Promise.all(Array.from({ length: sessions }, run))
const seconds = (performance.now() - began) / 1000
const sorted = latencies.subarray(0, done).toSorted()
const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
process.stdout.write(
  `${JSON.stringify({ messages: done, failed, firstFailure, seconds, rate: done / seconds, p50: at(0.5), p99: at(0.99) })}\n`,
)

async function run() {
  while (next < messages) await session()
}

function session() {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let step = 'greeting'
    let startedAt = 0
    let pending = ''
    let person = 0
    const say = (line, then) => {
      step = then
      socket.write(line)
    }
    const mail = () => {
      if (next >= messages) return say('QUIT\r\n', 'quit')
      person = ((next++ * 7919) % people) + 1
      startedAt = performance.now()
      say(`MAIL FROM:<${sender}>\r\n`, 'mail')
    }
    const fail = (reply) => {
      failed++
      firstFailure ||= `${step}: ${reply}`
      socket.destroy()
    }
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1')
      if (!pending.endsWith('\n')) return
      const reply = pending.slice(pending.lastIndexOf('\n', pending.length - 2) + 1)
      if (reply[3] === '-') return
      pending = ''
      const positive = reply[0] === (step === 'data' ? '3' : '2')
      if (!positive && step !== 'quit') return fail(reply.trim())
      if (step === 'greeting') say('EHLO bench.example\r\n', 'ehlo')
      else if (step === 'ehlo') mail()
      else if (step === 'mail') say(`RCPT TO:<${person}@list.example>\r\n`, 'rcpt')
      else if (step === 'rcpt') say('DATA\r\n', 'data')
      else if (step === 'data') {
        step = 'dot'
        socket.write(contentFor(person))
      } else if (step === 'dot') {
        latencies[done++] = performance.now() - startedAt
        if (keepOpen) mail()
        else say('QUIT\r\n', 'quit')
      } else socket.end()
    })
    socket.on('error', () => {})
    socket.on('close', resolve)
  })
}

function contentFor(person) {
  const copy = Buffer.from(content)
  for (const at of tokensAt) copy.write(String(person).padStart(TOKEN.length, '0'), at, 'latin1')
  return copy
}
