/**
 * What a sender may say about its own message, and what an operator may loosen, against the real program: nothing said makes a
 * message less than it is, and no mode reaches further than its date, its rule or its reason.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { readAddress } from '#aval/domain/address.js'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo, withRegistry } from '../support/consents.js'
import { mailOnce, refOf } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const SECRET = 'for a test on loopback'
const READER = 'jean@client.example'
const STRANGER = 'inconnue@client.example'
const REASON = { reason: 'a test', by: 'the tests', on: '2026-01-10' }

let directory: string
let sink: Sink
let aval: Aval
let written = ''
let number = 0

type Site = Record<string, Record<string, unknown>>

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, [READER])
  sink = await startSink()
  const site = siteFor(directory, `smtp://127.0.0.1:${sink.port}`) as Site
  const secret_hash = await hashSecret(SECRET, { N: 2 ** 12, r: 8, p: 1 })
  const sends = { router: 'routix', advertisers: ['acme'], secret_hash }
  aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
    directory,
    config: {
      credentials: {
        both: { ...sends, classes: ['transactional', 'prospecting_b2c'] },
        service: { ...sends, classes: ['transactional'] },
        offers: { ...sends, classes: ['prospecting_b2c'] },
        'routix.offers': { ...sends, classes: ['prospecting_b2c'] },
      },
      campaigns: {
        automne: { advertiser: 'acme', class: 'prospecting_b2c' },
        orders: { advertiser: 'acme', class: 'transactional' },
      },
      policy: site['policy'],
    },
  })
  written = readFileSync(aval.configFile, 'utf8')
})

afterAll(async () => {
  await aval?.stop()
  await sink?.close()
  removeDirectory(directory)
})

/** An order on its way: nothing in it promotes. */
function order(...fields: readonly string[]): Buffer {
  const lines = [
    ...fields,
    'From: Acme <bonjour@news.acme.example>',
    'To: undisclosed-recipients:;',
    'Subject: Votre commande 4711',
    'Date: Fri, 20 Nov 2026 09:00:00 +0100',
    `Message-ID: <order${number++}@news.acme.example>`,
    '',
    'Bonjour, votre commande 4711 est en route. Acme SAS, Lyon, SIREN 732 829 320',
    '',
  ]
  return Buffer.from(lines.join('\r\n'))
}

async function sent(user: string, raw: Buffer, to = STRANGER): Promise<string> {
  const { step, reply } = await mailOnce(aval.port, { to, raw, login: { user, secret: SECRET } })
  return `${step} ${reply ?? 'nothing'}`
}

const REFUSED = /^dot 550 5\.7\.1 AVAL CONSENT-MISSING: /
const TAKEN = /^dot 250 /

describe('the class of a message', () => {
  test.each<readonly [string, string, readonly string[], RegExp]>([
    ['of several, the one it names', 'both', ['X-Aval-Class: transactional'], TAKEN],
    ['in an encoded word, in a folded field', 'both', ['X-Aval-Class:', ' =?utf-8?q?transactional?='], TAKEN],
    ['named twice alike', 'both', ['X-Aval-Class: transactional', 'x-aval-class: transactional'], TAKEN],
    ['of several, none named', 'both', [], REFUSED],
    ['named twice, differently', 'both', ['X-Aval-Class: transactional', 'X-Aval-Class: prospecting_b2c'], REFUSED],
    ['of a name that is none', 'both', ['X-Aval-Class: Transactional'], REFUSED],
    ['by its campaign', 'both', ['X-Aval-Campaign: orders'], TAKEN],
    ['by a campaign that prospects', 'both', ['X-Aval-Campaign: automne'], REFUSED],
    [
      'named beside a campaign that prospects',
      'both',
      ['X-Aval-Campaign: automne', 'X-Aval-Class: transactional'],
      REFUSED,
    ],
    ['named stricter than its campaign', 'both', ['X-Aval-Campaign: orders', 'X-Aval-Class: prospecting_b2c'], REFUSED],
    ['two campaigns', 'both', ['X-Aval-Campaign: orders', 'X-Aval-Campaign: automne'], REFUSED],
    ['of a credential for services', 'service', [], TAKEN],
    ['of a credential for services, named prospecting', 'service', ['X-Aval-Class: prospecting_b2c'], REFUSED],
    ['of a credential for services, in a campaign that prospects', 'service', ['X-Aval-Campaign: automne'], REFUSED],
    ['of a credential for services, named a newsletter', 'service', ['X-Aval-Class: newsletter'], REFUSED],
  ])('%s', async (_name, user, fields, answer) => {
    const before = sink.messages.length
    expect(await sent(user, order(...fields))).toMatch(answer)
    expect(sink.messages.length - before).toBe(answer === TAKEN ? 1 : 0)
    if (answer === TAKEN) expect(sink.messages.at(-1)!.raw.toString()).not.toMatch(/x-aval/i)
  })

  test('of a credential for offers, named a service: told at RCPT already', async () => {
    expect(await sent('offers', order('X-Aval-Class: transactional'))).toMatch(/^rcpt 550 5\.7\.1 AVAL CONSENT-MISSING/)
  })

  test('promotion in a service is no service', async () => {
    const raw = order()
      .toString()
      .replace('est en route.', 'est en route. Profitez de -20 % avec le code PROMO, offre limitée !')
    expect(await sent('service', Buffer.from(raw))).toMatch(/^dot 550 5\.7\.1 AVAL CLASS-MISDECLARED: /)
  })

  test('fields that were signed leave with the message, and the log says so', async () => {
    const signed = 'DKIM-Signature: v=1; a=rsa-sha256; d=news.acme.example; s=a; h=From:X-Aval-Class; bh=YQ==; b=YQ=='
    expect(await sent('both', order(signed, 'X-Aval-Class: transactional', 'X-Aval-Campaign: orders'))).toMatch(TAKEN)
    const raw = sink.messages.at(-1)!.raw.toString()
    expect([raw.includes('X-Aval-Class: transactional'), raw.includes('X-Aval-Campaign')]).toEqual([true, false])
    const kept = () => aval.log().filter((line) => line.event === 'control_fields_kept')
    await until(() => kept().length > 0, 'the log to say so')
    expect(kept()).toMatchObject([{ fields: ['x-aval-class'] }])
  })

  test('two advertisers named: none is', async () => {
    const fields = ['X-Aval-Class: transactional', 'X-Aval-Advertiser: acme', 'X-Aval-Advertiser: bravo']
    expect(await sent('both', order(...fields))).toMatch(/^dot 550 5\.7\.1 AVAL ADVERTISER-UNDECLARED/)
  })
})

describe('the mode of a rule', () => {
  const day = (days: number) => {
    const moment = new Date(Date.now() + days * 86_400_000)
    return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(moment)
  }

  async function reload(policy: Readonly<Record<string, unknown>>, event = 'reloaded'): Promise<void> {
    const site = parse(written) as Site
    const { justifications = {}, ...over } = policy
    site['policy'] = {
      ...site['policy'],
      ...over,
      justifications: { ...(site['policy']!['justifications'] as object), ...(justifications as object) },
    }
    writeFileSync(aval.configFile, stringify(site, { aliasDuplicateObjects: false }))
    const before = aval.log().filter((line) => line.event === event).length
    aval.process.kill('SIGHUP')
    await until(() => aval.log().filter((line) => line.event === event).length > before, event)
  }

  const offers = (to = STRANGER, user = 'offers') => sent(user, plainNewsletter(`mode${number++}`), to)
  const observe = (until?: string) => ({ mode: 'observe', ...(until === undefined ? {} : { until }) })

  test('until tomorrow it is in force, until today it is over', async () => {
    const setting = 'modes.rules.CONSENT-MISSING'
    await reload({ modes: { rules: { 'CONSENT-MISSING': observe(day(1)) } }, justifications: { [setting]: REASON } })
    const reply = await offers()
    expect(reply).toMatch(TAKEN)
    expect(aval.run(['explain', refOf(reply), '--json']).stdout).toContain(setting)
    await reload({ modes: { rules: { 'CONSENT-MISSING': observe(day(0)) } }, justifications: { [setting]: REASON } })
    expect(await offers()).toMatch(/^rcpt 550 5\.7\.1 AVAL CONSENT-MISSING/)
  })

  test('without a reason, or one that is still to come, it is not taken, and what was in force stays', async () => {
    await reload({})
    await reload({ modes: { rules: { 'CONSENT-MISSING': observe() } } }, 'reload_refused')
    await reload(
      {
        modes: { rules: { 'CONSENT-MISSING': observe() } },
        justifications: { 'modes.rules.CONSENT-MISSING': { ...REASON, on: day(2) } },
      },
      'reload_refused',
    )
    expect(await offers()).toMatch(/^rcpt 550 /)
  })

  test('of a rule, a router and an advertiser the strictest holds; of the site, where none is set', async () => {
    const modes = {
      routers: { routix: observe() },
      advertisers: { acme: { mode: 'warn' } },
      rules: { 'CONSENT-MISSING': { mode: 'enforce' } },
    }
    const justifications = { 'modes.routers.routix': REASON, 'modes.advertisers.acme': REASON }
    await reload({ modes, justifications })
    expect(await offers()).toMatch(/^rcpt 550 /)
    await reload({ modes: { routers: modes.routers, advertisers: modes.advertisers }, justifications })
    expect(await offers()).toMatch(TAKEN)
    await reload({ modes, justifications, mode: 'observe' }, 'reload_refused')
  })

  test('I5: an objection holds in the loosest of them all', async () => {
    const objector = 'anne@client.example'
    withRegistry(directory, (registry) =>
      registry.addObjection({
        person: readAddress(objector)!,
        scope: { kind: 'advertiser', advertiserId: 'acme' },
        channel: 'email',
        reason: 'letter',
        at: Date.now(),
      }),
    )
    const justifications = { mode: REASON, 'modes.rules.OPPOSITION-LISTED': REASON }
    await reload({ mode: 'observe', modes: { rules: { 'OPPOSITION-LISTED': observe() } }, justifications })
    expect(await offers(objector)).toMatch(/^rcpt 550 5\.7\.1 AVAL OPPOSITION-LISTED/)
    expect(await offers()).toMatch(TAKEN)
  })

  test('from enforce_deadline on there is none', async () => {
    await reload({ mode: 'observe', enforce_deadline: day(0), justifications: { mode: REASON } })
    expect(await offers()).toMatch(/^rcpt 550 /)
  })
})
