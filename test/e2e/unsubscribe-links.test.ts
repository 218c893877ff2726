/**
 * The link test in the real program: a message leaves when its unsubscribe page is there and not when it is gone, nobody is
 * unsubscribed by that, a seed is unsubscribed by its own message, and the opt-out is watched until it is in force.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AVAL, type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { mailOnce } from '../support/mailer.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'
import { type Authority, createAuthority } from '../support/web/identities.js'
import { type RequestLog, type WebServer, recorded, startHttps } from '../support/web/servers.js'

const SENDER = 'bonjour@localhost'
const [JEAN, SEED, CANARY] = ['jean.dupont@client.example', 'seed-1@client.example', 'canary@client.example']

let directory: string
let authority: Authority
let site: WebServer
let sink: Sink
let aval: Aval
let pageIsThere = true
const log: RequestLog = []

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, [JEAN, SEED])
  authority = createAuthority()
  process.env['NODE_EXTRA_CA_CERTS'] = authority.caFile
  site = await startHttps(
    authority.issue(['localhost']),
    recorded(log, (request, response) => {
      const found = pageIsThere && request.url?.startsWith('/u/') === true
      request.resume().on('end', () => response.writeHead(found ? 200 : 404).end(found ? 'Stop ?' : 'Not found'))
    }),
  )
  sink = await startSink()
  aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
    directory,
    config: {
      advertisers: {
        acme: {
          legal_name: 'Acme SAS',
          brands: ['Acme'],
          siren: '732829320',
          seat: 'Lyon',
          privacy_url: 'https://localhost/privacy',
          contact_email: 'contact@localhost',
          from_domains: ['localhost'],
          unsubscribe: {
            hosts: ['localhost'],
            canary_url: `https://localhost:${site.port}/u/canary`,
            canary_address: CANARY,
            seeds: [SEED],
          },
        },
      },
      policy: {
        unsub: { min_assurance: 2, probe: { allow_hosts: ['localhost'] } },
        justifications: {
          'unsub.probe.allow_hosts': { reason: 'the site under test is here', by: 'tests', on: '2026-01-10' },
        },
      },
    },
  })
})

afterAll(async () => {
  delete process.env['NODE_EXTRA_CA_CERTS']
  await aval?.stop()
  await Promise.all([sink?.close(), site?.close()])
  authority?.remove()
  removeDirectory(directory)
})

async function message(to: string, path: string): Promise<Buffer> {
  const link = `https://localhost:${site.port}${path}`
  const { message: raw } = await createTransport({ streamTransport: true, buffer: true, newline: 'windows' }).sendMail({
    from: { name: 'Acme', address: SENDER },
    to,
    subject: 'Nos offres de novembre',
    list: { unsubscribe: { url: link, comment: '' } },
    headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    text: `Bonjour,\n\nNos offres : livres.\n\nPour ne plus recevoir nos messages : ${link}\n\nVie privée : https://localhost/privacy\n\nAcme SAS, Lyon, SIREN 732 829 320\n`,
  })
  return raw as Buffer
}

async function send(to: string, path: string): Promise<string> {
  const { reply = '' } = await mailOnce(aval.port, { from: SENDER, to, raw: await message(to, path) })
  return reply
}

/** Beside the event loop, which has the site to serve. */
function run([command = '', ...args]: readonly string[]): Promise<{
  status: number | null
  stdout: string
  stderr: string
}> {
  const child = spawn(process.execPath, [AVAL, ...command.split(' '), ...args, '-c', aval.configFile], {
    env: { ...process.env, NO_COLOR: '1', LANG: 'en' },
  })
  const [out, err]: string[][] = [[], []]
  child.stdout.setEncoding('utf8').on('data', (text: string) => out!.push(text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => err!.push(text))
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, stdout: out!.join(''), stderr: err!.join('') }))
  })
}

const token = (of: string): string => Buffer.from(`${of} 0123456789abcdef`).toString('hex')

test('a message whose page is there leaves, and the page was asked for without naming anybody', async () => {
  expect(await send(JEAN, `/u/${token('jean')}`)).toMatch(/^250 /)
  expect(log.length).toBeGreaterThan(0)
  for (const { method, url } of log) {
    expect(['GET', 'HEAD', 'OPTIONS']).toContain(method)
    expect(url).not.toContain(token('jean'))
  }
  const requests = log.length
  expect(await send(JEAN, `/u/${token('again')}`)).toMatch(/^250 /)
  expect(log.length).toBe(requests)
})

test('one whose page is gone is refused, and aval check says the same', async () => {
  expect(await send(JEAN, `/desabonnement/${token('jean')}`)).toMatch(/^550 5\.7\.1 AVAL UNSUB-LINK-DEAD/)
  const file = join(directory, 'gone.eml')
  writeFileSync(file, await message(JEAN, `/desabonnement/${token('jean')}`))
  const checked = await run(['check', file, '--credential', 'loopback', '--to', JEAN, '--from', SENDER])
  expect(checked).toMatchObject({ status: 1, stdout: expect.stringContaining('UNSUB-LINK-DEAD') })
  expect(
    aval
      .log()
      .filter(({ event }) => event === 'link_probed')
      .map((line) => line['verdict']),
  ).toEqual(['alive', 'dead'])
  expect(JSON.stringify(aval.log())).not.toContain(token('jean'))
})

test('a seed is unsubscribed by the link of the message that reached it, and by nothing else', async () => {
  const before = log.length
  expect(await send(SEED, `/u/${token('seed')}`)).toMatch(/^250 /)
  await until(() => log.length > before, 'the one-click request')
  expect(log.slice(before)).toMatchObject([
    { method: 'POST', url: `/u/${token('seed')}`, body: 'List-Unsubscribe=One-Click' },
  ])
  const added = await run([
    'objection add',
    SEED,
    '--set',
    'scope=advertiser',
    'advertiser_id=acme',
    'reason=one_click',
    `at=${new Date().toISOString()}`,
  ])
  expect(added.status, added.stderr + added.stdout).toBe(0)
  expect(await send(SEED, `/u/${token('seed')}`)).toMatch(/^550 5\.7\.1 AVAL OPPOSITION-LISTED/)
  await until(() => aval.log().some(({ event }) => event === 'loop_started'), 'the run in the log')
})

test('aval probe unsubscribes the canary, waits for its objection, and says whether it came', async () => {
  const early = await run(['probe', '--advertiser', 'acme', '--wait', '0'])
  expect(early).toMatchObject({ status: 2, stdout: expect.stringContaining('POST urlencoded: HTTP answer 200') })
  const now = new Date(Date.now() + 1_000).toISOString()
  await run([
    'objection add',
    CANARY,
    '--set',
    'scope=advertiser',
    'advertiser_id=acme',
    'reason=one_click',
    `at=${now}`,
  ])
  expect(await run(['probe', '--advertiser', 'acme', '--wait', '5'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('proven'),
  })
  pageIsThere = false
  expect(await run(['probe', '--advertiser', 'acme', '--wait', '5'])).toMatchObject({ status: 1 })
  expect((await run(['probe', '--advertiser', 'nobody'])).status).toBe(2)
}, 120_000)
