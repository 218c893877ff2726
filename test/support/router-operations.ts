/** Every operation a router, or its advertiser, can ask for, as it asks, and what it is told. */
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { filesBelow } from './leaks.js'
import { type Mail, Mailer, mailOnce } from './mailer.js'
import { plainNewsletter } from './plain-newsletter.js'
import { NOBODY, OURS, SECRETS, SHARED, THEIRS, TOKENS, type World, keyFor, post } from './two-routers.js'
import { until } from './until.js'

const LOGIN = { user: 'ours', secret: SECRETS.ours }
export const ADDRESSES = [...Object.values(THEIRS), NOBODY, SHARED, OURS]
/** The other party, and one there is not: an answer must not tell one from the other. */
const THEIR_NAME = 'bravo'
const NO_NAME = 'ghost'

export type Operation = (world: World) => Promise<readonly (string | undefined)[]>

/** What differs from one run to the next whoever is on file: references, ids made by chance, moments. */
export function settled(text: string): string {
  return text
    .replace(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, 'REF')
    .replace(/\b[0-9a-f]{32}\b/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g, 'MOMENT')
}

/** Asks about each name in turn; the answers are the same but for the name. */
const naming =
  (ask: (world: World, name: string) => Promise<readonly (string | undefined)[]>): Operation =>
  async (world) => {
    const [theirs, nobodys] = [await ask(world, THEIR_NAME), await ask(world, NO_NAME)]
    expect(theirs.map((one) => settled(one ?? 'closed').replaceAll(THEIR_NAME, 'NAME'))).toEqual(
      nobodys.map((one) => settled(one ?? 'closed').replaceAll(NO_NAME, 'NAME')),
    )
    return theirs
  }

/** A session of ours up to the end of EHLO and AUTH. */
async function session({ aval }: World): Promise<Mailer> {
  const mailer = await Mailer.open(aval.port)
  expect(await mailer.greet()).toBeUndefined()
  expect(await mailer.login(LOGIN)).toBeUndefined()
  return mailer
}

const asked =
  (...commands: readonly string[]): Operation =>
  async (world) => {
    const mailer = await session(world)
    const replies = []
    for (const line of commands) replies.push(await mailer.ask(line))
    mailer.destroy()
    return replies
  }

async function sent({ aval }: World, mail: Partial<Mail> & { readonly to: string }): Promise<string | undefined> {
  return (await mailOnce(aval.port, { raw: plainNewsletter('ours'), login: LOGIN, ...mail })).reply
}

const withField = (field: string): Buffer => Buffer.concat([Buffer.from(`${field}\r\n`), plainNewsletter('ours')])

/** One reply to each address, each in a transaction of its own; those of the other are told from nobody's by nothing. */
const eachAddress =
  (ask: (world: World, address: string) => Promise<string | undefined>): Operation =>
  async (world) => {
    const replies = []
    for (const address of ADDRESSES) replies.push(await ask(world, address))
    const [nobodys] = replies.slice(Object.values(THEIRS).length)
    for (const reply of replies.slice(0, Object.values(THEIRS).length)) {
      expect(settled(reply ?? 'closed')).toBe(settled(nobodys ?? 'closed'))
    }
    return replies
  }

const MAIL = 'MAIL FROM:<bonjour@news.acme.example>'

export const VERBS: Readonly<Record<string, Operation>> = {
  EHLO: asked('EHLO news.bravo.example', 'EHLO theirs'),
  HELO: asked('HELO news.bravo.example'),
  LHLO: asked('LHLO theirs'),
  STARTTLS: asked('STARTTLS'),
  AUTH: naming(async ({ aval }, name) => {
    const mailer = await Mailer.open(aval.port)
    await mailer.greet()
    const users = [name === THEIR_NAME ? 'theirs' : 'nobodys']
    const replies = []
    for (const user of users) replies.push((await mailer.login({ user, secret: SECRETS.ours }))?.reply)
    mailer.destroy()
    return replies
  }),
  MAIL: naming((world, name) =>
    asked(
      `MAIL FROM:<bonjour@news.${name}.example>`,
      'RSET',
      `MAIL FROM:<bonjour@news.acme.example> AUTH=${name}@news.${name}.example`,
    )(world),
  ),
  RCPT: eachAddress(async (world, address) => {
    const mailer = await session(world)
    await mailer.ask(MAIL)
    const reply = await mailer.ask(`RCPT TO:<${address}>`)
    mailer.destroy()
    return reply
  }),
  DATA: eachAddress((world, address) => sent(world, { to: address })),
  RSET: asked('RSET'),
  NOOP: asked('NOOP bravo'),
  VRFY: (world) => asked(...ADDRESSES.map((address) => `VRFY ${address}`))(world),
  HELP: asked('HELP bravo'),
  EXPN: asked('EXPN theirs', 'EXPN bravo'),
  BDAT: asked('BDAT 0 LAST'),
  QUIT: asked('QUIT'),
  XCLIENT: naming((world, name) =>
    asked(`XCLIENT LOGIN=${name === THEIR_NAME ? 'theirs' : name} ADDR=192.0.2.1`)(world),
  ),
  XFORWARD: asked('XFORWARD NAME=theirs ADDR=192.0.2.1'),
}

export const CONTROL_FIELDS: Readonly<Record<string, Operation>> = {
  advertiser: naming(async (world, name) => [
    await sent(world, { to: OURS, raw: withField(`X-Aval-Advertiser: ${name}`) }),
    await sent(world, { to: THEIRS['a consent'], raw: withField(`X-Aval-Advertiser: ${name}`) }),
    await sent(world, { to: NOBODY, raw: withField(`X-Aval-Advertiser: ${name}`) }),
  ]),
  messageClass: eachAddress((world, to) => sent(world, { to, raw: withField('X-Aval-Class: transactional') })),
  campaign: naming(async (world, name) => [
    await sent(world, {
      to: OURS,
      raw: withField(`X-Aval-Campaign: ${name === THEIR_NAME ? 'their-campaign' : 'ghost-campaign'}`),
    }).then((reply) => reply?.replace('their-campaign', 'NAME').replace('ghost-campaign', 'NAME')),
  ]),
}

const rows =
  (path: string): Operation =>
  async (world) => {
    const ask = (row: object, key?: string) => post(world.api, path, row, TOKENS.ours, key)
    const named = naming(async (_, name) => {
      const base = { address: THEIRS['a consent'], advertiser_id: name }
      return [
        await ask(base),
        await ask([base, { ...base, advertiser_id: 'acme', scope: 'global' }]),
        await ask({ ...base, advertiser_id: 'acme', scope: 'router', router_id: name }),
      ]
    })
    // The other has used this key: neither its answer nor that there was one may be had for it.
    return [...(await named(world)), await ask({ address: OURS, advertiser_id: THEIR_NAME }, keyFor(path))]
  }

/** A whole row, whose effect on ours is the same whoever else knows the person. */
const consentRow = (address: string): object => ({
  address,
  advertiser_id: 'acme',
  channel: 'email',
  purposes: 'own_offers',
  legal_basis: 'consent',
  status: 'given',
  collected_at: '2026-11-01T10:00:00Z',
  given_at: '2026-11-01T10:00:00Z',
  method: 'double_opt_in',
  source_kind: 'first_party',
})

/** @param refOfTheirs the reference of a decision about the other */
export const apiPaths = (refOfTheirs: () => string): Readonly<Record<string, Operation>> => ({
  '/v1/feeds': naming(async ({ api }, name) => [await post(api, '/v1/feeds', { advertiser_id: name }, TOKENS.ours)]),
  '/v1/keys': async ({ api }) => [await post(api, '/v1/keys', { addresses: ADDRESSES }, TOKENS.ours)],
  '/v1/links': naming(async ({ api }, name) => {
    const ask = (body: object) => post(api, '/v1/links', { address: THEIRS['a consent'], ...body }, TOKENS.ours)
    const linked = await ask({ advertiser_id: 'acme', campaign: name === THEIR_NAME ? 'their-campaign' : 'none' })
    return [await ask({ advertiser_id: name }), linked.replace(/\/u\/[\w-]+/, '/u/TOKEN')]
  }),
  '/v1/decide': naming(async ({ api }, name) => {
    const ask = (body: object) => post(api, '/v1/decide', { from: 'bonjour@news.acme.example', ...body }, TOKENS.ours)
    const told = await ask({ to: ADDRESSES })
    const results = (JSON.parse(told.slice(4)) as { results: { reply: string }[] }).results.map(({ reply }) => reply)
    const theirs = results.slice(0, Object.values(THEIRS).length)
    expect(new Set(theirs)).toEqual(new Set([results[theirs.length]]))
    return [
      told,
      await ask({ to: ADDRESSES, message: plainNewsletter('asked').toString('base64') }),
      await ask({ to: THEIRS['a consent'], advertiser_id: name }),
      await ask({ to: THEIRS['a consent'], from: `bonjour@news.${name}.example` }),
    ]
  }),
  '/v1/decisions': naming(async ({ api }, name) => {
    const ask = (body: object) => post(api, '/v1/decisions', body, TOKENS.ours)
    return [
      await ask({ address: THEIRS['a message'] }),
      await ask({ advertiser_id: name }),
      await ask({ ref: name === THEIR_NAME ? refOfTheirs() : '01M8BBKPMB4NWN62X7A598J9FX' }),
      await ask({ rule: 'CONSENT-MISSING', address: THEIRS['a message'] }),
    ]
  }),
  '/v1/objections': rows('/v1/objections'),
  '/v1/events': rows('/v1/events'),
  // The last: whom it enters is known to both from then on.
  '/v1/consents': async (world) => [
    ...(await rows('/v1/consents')(world)),
    ...(await Promise.all(
      ADDRESSES.map((address) => post(world.api, '/v1/consents', consentRow(address), TOKENS.ours)),
    )),
  ],
})

export const DOORS: Readonly<Record<string, Operation>> = {
  async unsubscribe({ api, pages }) {
    const link = await post(api, '/v1/links', { address: SHARED, advertiser_id: 'acme' }, TOKENS.ours)
    const [, token = ''] = /\/u\/([\w-]+)/.exec(link) ?? []
    const visit = async (path: string, form?: string) => {
      const answer = await fetch(`http://127.0.0.1:${pages}${path}`, {
        ...(form !== undefined && {
          method: 'POST',
          body: form,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      })
      return `${answer.status} ${(await answer.text()).replaceAll(token, 'TOKEN')}`
    }
    const told = [
      await visit(`/u/${token}`),
      await visit(`/u/${token}`, 'list=theirs&advertiser=bravo&scope=theirs'),
      await visit(`/u/${token}`, 'List-Unsubscribe=One-Click'),
    ]
    expect(told.join('').toLowerCase()).not.toMatch(/bravo|theirs/)
    return told
  },
  async intake({ api, intake }) {
    const link = await post(api, '/v1/links', { address: OURS, advertiser_id: 'acme' }, TOKENS.ours)
    const [, token = ''] = /\/u\/([\w-]+)/.exec(link) ?? []
    const mail = (to: string) =>
      mailOnce(intake, {
        from: THEIRS['a consent'],
        to: `${to}@stop.aval.example`,
        raw: Buffer.from(`From: ${THEIRS['a consent']}\r\nSubject: hello\r\n\r\nhello\r\n`),
      })
    return [(await mail(`unsub+${token}`)).reply, (await mail('unsub+bravo')).reply, (await mail('theirs')).reply]
  },
  async folder({ folder }) {
    const lines = ['bravo,advertiser', 'ghost,advertiser', 'acme,router', 'acme,global'].map(
      (ids) => `${THEIRS['a consent']},${ids},manual,2026-11-20T10:00:00Z`,
    )
    const file = join(folder, 'acme', 'list.csv')
    writeFileSync(file, `address,advertiser_id,scope,reason,at\n${lines.slice(0, 3).join('\n')}\n`)
    utimesSync(file, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
    const left = () => filesBelow(join(folder, 'acme')).filter((path) => !path.endsWith('/list.csv'))
    await until(() => left().length > 0 && !filesBelow(folder).includes(file), 'the file to be imported')
    return left()
      .filter((path) => !path.endsWith('-list.csv'))
      .map((path) => readFileSync(path, 'utf8'))
  },
  async receivers({ api, hooked }) {
    const row = { address: 'left@client.example', advertiser_id: 'acme' }
    const heard = () => hooked.filter((one) => one.includes('objection.recorded'))
    const answer = await post(api, '/v1/objections', row, TOKENS.ours)
    await until(() => heard().length > 0, 'the webhook to be told')
    await until(() => heard().join('').includes('manual'), 'the webhook to be told of this one')
    expect(hooked.join('')).not.toMatch(/bravo|theirs|postix/)
    // How many are told at once is a matter of when the relay looks.
    const told = heard().flatMap((one) => {
      const { type, data } = JSON.parse(one.slice(one.indexOf('{'))) as { type: string; data: { objections: object[] } }
      return data.objections.map((objection) => `${type} ${JSON.stringify(objection)}`)
    })
    return [answer, ...told]
  },
}

/** What the operator hands to a router or an advertiser: the commands that can be narrowed to one. */
export const NARROWED: Readonly<Record<string, string>> = {
  scrub: 'LIST --advertiser acme --class prospecting_b2c --json',
  'consent import': 'LIST --advertiser acme --dry-run',
  'consent export': '--advertiser acme',
  'consent expiring': '--advertiser acme --within 9999d --addresses LIST',
  'consent receipt': `${SHARED} --advertiser acme`,
  'consent withdraw': `${SHARED} --advertiser acme --source letter`,
  'event import': 'LIST --advertiser acme --dry-run',
  'event export': '--advertiser acme',
  'objection export': '--advertiser acme',
  'objection import': 'LIST --advertiser acme --dry-run',
  'canary add': 'canary@client.example --advertiser acme',
  'subject export': `${SHARED} --advertiser acme --json`,
  'subject restrict': `${SHARED} --advertiser acme`,
  'subject rectify': `${SHARED} --advertiser acme --set wording=Other`,
  'subject object': `${SHARED} --advertiser acme`,
  'subject erase': `${SHARED} --advertiser acme`,
  'subject request': `${SHARED} --advertiser acme --kind access`,
  'journal export': '--advertiser acme --from 2020-01-01 --to 2099-01-01',
  'evidence pack': '--advertiser acme --from 2020-01-01 --to 2099-01-01 -o PACK',
  'log search': '--router routix --advertiser acme --json',
  probe: '--advertiser acme --wait 1',
}
