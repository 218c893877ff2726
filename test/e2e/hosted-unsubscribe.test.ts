/** The hosted endpoint as machines meet it: mailbox providers' one-click, scanners, guessers; and how soon a click is in force. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AVAL, type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo, withRegistry } from '../support/consents.js'
import { hostedSite, madeUp, portOf, tokenFor } from '../support/hosted.js'
import { Mailer, mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, sha256, startSink } from '../support/sink.js'
import { until } from '../support/until.js'
import { readAddress } from '#aval/domain/address.js'

/** As Gmail sends it: no cookie, no referrer, the one field. */
const GMAIL: RequestInit = {
  method: 'POST',
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'Mozilla/5.0 (compatible; Google-Mail)',
  },
  body: 'List-Unsubscribe=One-Click',
  redirect: 'manual',
}

/** Rows of one list. */
const IMPORTED = 120_000

let directory: string
let sink: Sink
let aval: Aval
let people = 0

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(
    directory,
    Array.from({ length: 130 }, (_, number) => `lectrice${number}@client.example`),
  )
  sink = await startSink()
  const upstream = `smtp://127.0.0.1:${sink.port}`
  aval = await startAval(upstream, { directory, config: hostedSite(directory, upstream) })
})

afterAll(async () => {
  await aval?.stop()
  await sink?.close()
  removeDirectory(directory)
})

function somebody(): string {
  return `lectrice${people++}@client.example`
}

function ask(token: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${portOf(aval, 'unsubscribe')}/u/${token}`, init)
}

function objectionsOf(address: string) {
  return withRegistry(directory, (registry) => registry.objections(readAddress(address)!))
}

function written(): number {
  return withRegistry(directory, (registry) => registry.counts().objections)
}

async function nextRcpt(to: string): Promise<string | undefined> {
  const { step, reply } = await mailOnce(aval.port, { to, raw: plainNewsletter(sha256(to)) })
  return `${step} ${reply?.slice(0, 3)}`
}

test('RFC 8058: one-click in both encodings: 200, no redirect, no cookie, in force for the next RCPT', async () => {
  const multipart = new FormData()
  multipart.set('List-Unsubscribe', 'One-Click')
  for (const init of [GMAIL, { method: 'POST', body: multipart, redirect: 'manual' } satisfies RequestInit]) {
    const reader = somebody()
    expect(await nextRcpt(reader)).toBe('dot 250')
    const response = await ask(tokenFor(directory, reader), init)
    expect(response.status).toBe(200)
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(await nextRcpt(reader)).toBe('rcpt 550')
    expect(objectionsOf(reader)).toMatchObject([
      { scope: { kind: 'advertiser', advertiserId: 'acme' }, reason: 'one_click', channel: 'email' },
    ])
  }
})

test('asked again, from wherever and in whatever spelling of the address, nothing is added', async () => {
  const reader = somebody()
  for (const written of [reader, reader, reader.replace('@', '+promo@')])
    expect((await ask(tokenFor(directory, written), GMAIL)).status).toBe(200)
  expect(objectionsOf(reader)).toHaveLength(1)
})

test('GET, HEAD and what else scanners do change nothing, whatever they add', async () => {
  const reader = somebody()
  const token = tokenFor(directory, reader)
  const bodies = new Set<string>()
  for (const suffix of ['', '?', '?List-Unsubscribe=One-Click', '?scope=all', '?undo=all&confirm=1'])
    for (const method of ['GET', 'HEAD'])
      for (const agent of ['Mozilla/5.0', 'SafeLinks', 'curl/8', '']) {
        const response = await ask(`${token}${suffix}`, { method, headers: { 'user-agent': agent } })
        expect(response.status).toBe(200)
        expect(response.headers.get('cache-control')).toBe('no-store')
        const text = await response.text()
        if (method === 'GET') bodies.add(text)
        else expect(text).toBe('')
      }
  expect(bodies.size).toBe(1)
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) expect((await ask(token, { method })).status).toBe(405)
  expect(objectionsOf(reader)).toEqual([])
  expect(await nextRcpt(reader)).toBe('dot 250')
})

test('one-click answers the same for every token: of people on record, of strangers, cut short, invented', async () => {
  const known = tokenFor(directory, somebody())
  const tokens = [
    known,
    tokenFor(directory, 'personne@nulle-part.example'),
    known.slice(0, -1),
    'x',
    'A'.repeat(5000),
    '...',
  ]
  const answers = await Promise.all(
    [...tokens, madeUp(known)].map(async (token) => wholeAnswer(await ask(encodeURIComponent(token), GMAIL))),
  )
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toMatch(/^\[200,/)
})

/** Status, every field but the date, every octet. */
async function wholeAnswer(response: Response): Promise<string> {
  const headers = [...response.headers].filter(([name]) => name !== 'date')
  return JSON.stringify([response.status, headers, await response.text()])
}

test('whether a link in the form of ours is genuine cannot be told: pages, presses, limits and troubles are the same', async () => {
  const forms: readonly RequestInit[] = [
    {},
    { method: 'HEAD' },
    GMAIL,
    { method: 'POST', body: new URLSearchParams({ scope: 'all' }) },
    { method: 'POST', body: new URLSearchParams({ scope: 'list' }) },
  ]
  const registry = join(directory, 'aval.db')
  for (const away of [false, true]) {
    if (away) renameSync(registry, `${registry}.away`)
    try {
      for (const form of forms) {
        const token = tokenFor(directory, somebody(), 'livres')
        const genuine = await wholeAnswer(await ask(token, form))
        expect(await wholeAnswer(await ask(madeUp(token), form))).toBe(genuine)
        expect(genuine).toMatch(away && form.method === 'POST' ? /^\[503,/ : /^\[200,/)
      }
    } finally {
      if (away) renameSync(`${registry}.away`, registry)
    }
  }
})

test('a page tells nothing of the person: on record, a stranger or unsubscribed already, it is the same', async () => {
  const gone = somebody()
  await ask(tokenFor(directory, gone), GMAIL)
  const pages = await Promise.all(
    [gone, somebody(), 'personne@nulle-part.example'].map(async (address) =>
      (await ask(tokenFor(directory, address))).text(),
    ),
  )
  expect(new Set(pages).size).toBe(1)
  expect(pages[0]).not.toMatch(/lectrice|personne|client\.example/)
})

test.each(['.', ').', '/', '>', '%3E', '%C2%A0', '%C2%BB.', ',', '"'])(
  'a link is whole with what stood behind it in the text: %s',
  async (behind) => {
    const reader = somebody()
    const token = tokenFor(directory, reader)
    expect(await (await ask(`${token}${behind}`)).text()).toContain('Acme SAS')
    expect((await ask(`${token}${behind}`, GMAIL)).status).toBe(200)
    expect(await nextRcpt(reader)).toBe('rcpt 550')
  },
)

test('a form that cannot be read, or is empty, stops everything: whoever sends one wants that', async () => {
  for (const init of [
    {},
    { body: '\0\xff', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    { body: '{}' },
  ]) {
    const reader = somebody()
    expect((await ask(tokenFor(directory, reader), { method: 'POST', ...init })).status).toBe(200)
    expect(await nextRcpt(reader)).toBe('rcpt 550')
  }
  expect((await ask(tokenFor(directory, somebody()), { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(413)
})

test('who tries out tokens is slowed down; mailbox providers, who have true ones, never are', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 200; i++) statuses.push((await ask(`guess${i}`)).status)
  expect(statuses).toContain(429)
  expect(statuses.indexOf(429)).toBeGreaterThanOrEqual(100)
  const token = tokenFor(directory, somebody())
  expect([(await ask(token)).status, (await ask(madeUp(token))).status]).toEqual([200, 200])
  const limited = await ask('guess')
  expect(limited.headers.get('retry-after')).toBe('60')
  const reader = somebody()
  expect((await ask(tokenFor(directory, reader), GMAIL)).status).toBe(200)
  expect(await nextRcpt(reader)).toBe('rcpt 550')
})

test('503 only for a failure of our own, and then nothing is claimed', async () => {
  const reader = somebody()
  const registry = join(directory, 'aval.db')
  renameSync(registry, `${registry}.away`)
  try {
    const response = await ask(tokenFor(directory, reader), GMAIL)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('60')
    expect((await ask(tokenFor(directory, reader))).status).toBe(200)
  } finally {
    renameSync(`${registry}.away`, registry)
  }
  expect((await ask(tokenFor(directory, reader), GMAIL)).status).toBe(200)
  expect(await nextRcpt(reader)).toBe('rcpt 550')
})

test('from click to block: under a second for every one of forty, each while an import is writing', async () => {
  const readers = Array.from({ length: 40 }, somebody)
  const mailer = await Mailer.open(aval.port)
  await mailer.greet()
  const importing = importsWithoutEnd()
  const answers: number[] = []
  const blocks: number[] = []
  try {
    for (const reader of readers) {
      const before = written()
      await until(() => written() > before, 'rows of the import since the last click', 60_000)
      const clicked = performance.now()
      expect((await ask(tokenFor(directory, reader), GMAIL)).status).toBe(200)
      const answered = performance.now()
      const { step, reply } = await mailer.mail({ to: reader, raw: plainNewsletter(sha256(reader)) })
      expect(`${step} ${reply?.slice(0, 3)}`).toBe('rcpt 550')
      answers.push(answered - clicked)
      blocks.push(performance.now() - answered)
    }
  } finally {
    mailer.destroy()
    await importing.stop()
  }
  process.stderr.write(`during an import: click to 200 ${spread(answers)}, 200 to refused RCPT ${spread(blocks)}\n`)
  expect(Math.max(...blocks)).toBeLessThan(1_000)
}, 180_000)

/** Imports one list after the other, each of other people, until told to stop. */
function importsWithoutEnd(): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  let current: ChildProcess | undefined
  const all = (async () => {
    for (let list = 0; !stopping.signal.aborted; list++) {
      const file = join(directory, `many${list}.csv`)
      const rows = Array.from(
        { length: IMPORTED },
        (_, i) => `passante${list}.${i}@client.example,advertiser,acme,manual,2026-11-01T10:00:00Z`,
      )
      writeFileSync(file, ['address,scope,advertiser_id,reason,at', ...rows].join('\n'))
      current = spawn(process.execPath, [AVAL, 'objection', 'import', file, '-c', aval.configFile], { stdio: 'ignore' })
      await once(current, 'exit')
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      current?.kill()
      await all
    },
  }
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other).map(Math.round)
  return `${sorted[0]} to ${sorted.at(-1)} ms (half within ${sorted[sorted.length >> 1]})`
}

test('a link that another relay wrote under a key put in force since unsubscribes here too, as do those from before', async () => {
  const [before, after] = [somebody(), somebody()]
  const early = tokenFor(directory, before)
  expect(aval.run(['key rotate']).status).toBe(0)
  for (const [reader, token] of [
    [before, early],
    [after, tokenFor(directory, after)],
  ] as const) {
    expect((await ask(token, GMAIL)).status).toBe(200)
    expect(await nextRcpt(reader)).toMatch(/^rcpt 55/)
  }
})
