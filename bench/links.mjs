// node bench/links.mjs [RECIPIENTS] [RELAYED]: what the link test adds to a message once it is warm, as a share of reading the
// message, and how many requests a campaign costs: first by itself, the endpoint a function; then in the whole relay, over the
// network, beside a relay that tests no links, RELAYED messages to each in each of five rounds.
import { createHash, randomBytes } from 'node:crypto'
import { cpus } from 'node:os'
import { createLinks } from '../dist/unsubscribe/links.js'
import { readMessageFully } from '../dist/message/second-reader.js'
import { smallMessage } from './messages.mjs'
import { relayedCampaign } from './relayed-links.mjs'

const RECIPIENTS = Number(process.argv[2] ?? 100_000)
const RELAYED = Number(process.argv[3] ?? 1_500)
const READ = Math.min(2_000, RECIPIENTS)
const WARM_AFTER = 10

let requests = 0
const fetcher = {
  fetch(url) {
    requests++
    const status = url.pathname.startsWith('/list/3f9a2c11d0/unsub/') ? 200 : 404
    const body = Buffer.from(status === 200 ? 'Stop ?' : 'Not found')
    return Promise.resolve({
      kind: 'answer',
      status,
      headers: new Map(),
      body,
      truncated: false,
      hops: [{ url, status }],
    })
  },
}
const names = { addresses: nobody, localAddresses: nobody, mailHosts: nobody }
const advertiser = { id: 'acme', unsubscribeHosts: ['www.acme.example'] }

function nobody() {
  return Promise.resolve({ kind: 'none' })
}

/** Microseconds for each of so many recipients. */
async function campaign(minAssurance) {
  const links = createLinks({ fetcher, names, events: { probed() {} }, now: Date.now })
  const policy = { minAssurance, probe: { allowHosts: [] } }
  const times = new Float64Array(RECIPIENTS)
  for (let i = 0; i < RECIPIENTS; i++) {
    const uri = `https://www.acme.example/list/3f9a2c11d0/unsub/${randomBytes(12).toString('hex')}`
    const subject = { objectionKey: createHash('sha256').update(String(i)).digest('hex') }
    const recipients = [{ address: `${i}@list.example`, subject }]
    const both = [
      { where: 'header', uri },
      { where: 'body', uri: `${uri}?from=mail` },
    ]
    const began = performance.now()
    await links.assess(both, { advertiser, policy, recipients })
    times[i] = (performance.now() - began) * 1_000
  }
  return times.subarray(WARM_AFTER).toSorted()
}

async function reading() {
  const raw = await smallMessage()
  const sha256 = createHash('sha256').update(raw).digest('hex')
  const times = new Float64Array(READ)
  for (let i = 0; i < READ; i++) {
    const began = performance.now()
    await readMessageFully(raw, sha256)
    times[i] = (performance.now() - began) * 1_000
  }
  return times.toSorted()
}

const at = (sorted, share) => sorted[Math.floor(sorted.length * share)]
const read = await reading()
const form = await campaign(0)
const before = requests
const tested = await campaign(2)
const rows = [
  ['reading a 10 KB message', read],
  ['its two links, by their form', form],
  ['its two links, tested, warm', tested],
]
process.stdout.write(
  [
    `${cpus().length} cores, Node ${process.version}, ${RECIPIENTS.toLocaleString('en')} recipients`,
    `${requests - before} requests for the campaign`,
    '',
    '| per message | p50 µs | p99 µs | p50 to reading |',
    '| --- | ---: | ---: | ---: |',
    ...rows.map(
      ([name, sorted]) =>
        `| ${name} | ${at(sorted, 0.5).toFixed(0)} | ${at(sorted, 0.99).toFixed(0)} | ${(at(sorted, 0.5) / at(read, 0.5)).toFixed(3)} |`,
    ),
    '',
  ].join('\n'),
)

const { relays, toWarm, onceWarm, messages } = await relayedCampaign({ messages: RELAYED, rounds: 5 })
const [plain] = relays
process.stdout.write(
  [
    `through the whole relay: ${toWarm} requests to the site until warm, ${onceWarm} for the ${messages.toLocaleString('en')} messages after`,
    '',
    '| relay | messages/s | to form only | p50 ms | p99 ms | p50 to form only |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...relays.map(
      ({ name, rate, p50, p99 }) =>
        `| ${name} | ${rate.toFixed(0)} | ${(rate / plain.rate).toFixed(2)} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${(p50 / plain.p50).toFixed(2)} |`,
    ),
    '',
  ].join('\n'),
)
