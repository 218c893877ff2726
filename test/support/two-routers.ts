/**
 * A site with two routers, each with its advertiser, credential and API token, in two worlds that differ in nothing but what
 * the second router has on file: what the first one is told must be the same in both.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync } from 'node:fs'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { readAddress } from '#aval/domain/address.js'
import { API_SCOPES } from '#aval/domain/objection-ways.js'
import { createKeyFile } from '#aval/storage/key-file.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval, writeConfig } from './aval.js'
import { command } from './commands.js'
import { consentOf, withRegistry } from './consents.js'
import { portOf } from './hosted.js'
import { mailOnce } from './mailer.js'
import { plainNewsletter } from './plain-newsletter.js'
import { startSink } from './sink.js'

/** On record with the first advertiser. */
export const OURS = 'ours@client.example'
export const NOBODY = 'nobody@client.example'
/** What the second router has on file about each, in the world in which it has. */
export const THEIRS = {
  'a consent': 'consent@client.example',
  'an objection': 'objection@client.example',
  'an objection to the router': 'router-objection@client.example',
  'a restriction': 'restricted@client.example',
  'an erasure': 'erased@client.example',
  'a contact': 'contact@client.example',
  'a message': 'message@client.example',
} as const
/** On record with both: theirs is objected to. */
export const SHARED = 'shared@client.example'
export const SECRETS = { ours: 'secret-of-ours', theirs: 'secret-of-theirs' }
export const TOKENS = { ours: 'aval_token-of-ours', theirs: 'aval_token-of-theirs' }
/** Both tokens use the same. */
export const keyFor = (path: string): string => `letter${path}`

export interface World {
  readonly directory: string
  readonly configFile: string
  readonly aval: Aval
  readonly api: number
  readonly pages: number
  readonly intake: number
  readonly folder: string
  /** Bodies and ids the first advertiser's webhook was sent. */
  readonly hooked: readonly string[]
  close(): Promise<void>
}

export interface Seeds {
  /** Written beforehand and used by both worlds: what people are called is the same in both. */
  readonly keyFile: string
  readonly secretHashes: { readonly ours: string; readonly theirs: string }
}

/** @param populated whether the second router has something on file */
export async function startWorld(seeds: Seeds, populated: boolean): Promise<World> {
  const directory = makeDirectory()
  if (!existsSync(seeds.keyFile)) createKeyFile(seeds.keyFile)
  copyFileSync(seeds.keyFile, join(directory, 'aval.key'))
  const sink = await startSink()
  const hook = await startHook()
  const upstream = `smtp://127.0.0.1:${sink.port}`
  const config = siteOf(directory, upstream, hook.port, seeds)
  withRegistry(directory, (registry) =>
    registry.transaction(() => {
      for (const address of [OURS, SHARED]) registry.addConsent(consentOf(address), { by: 'test' })
    }),
  )
  const configFile = writeConfig(directory, config)
  if (populated) await populate(directory, configFile)
  const aval = await startAval(upstream, { directory, configFile })
  const world = {
    directory,
    configFile,
    aval,
    api: portOf(aval, 'api'),
    pages: portOf(aval, 'unsubscribe'),
    intake: portOf(aval, 'intake'),
    folder: join(directory, 'imports'),
    hooked: hook.seen,
    async close() {
      await aval.stop()
      await sink.close()
      hook.close()
      removeDirectory(directory)
    },
  }
  if (populated) await work(world)
  return world
}

function siteOf(directory: string, upstream: string, hook: number, { secretHashes }: Seeds): Record<string, unknown> {
  const site = siteFor(directory, upstream)
  const { acme } = site['advertisers'] as Record<string, object>
  const { routix } = site['routers'] as Record<string, { contracts: readonly object[] }>
  const [contract] = routix!.contracts
  const advertiser = (name: string, list: string): object => ({
    ...acme,
    legal_name: `${name} SAS`,
    brands: [name],
    from_domains: [`news.${name.toLowerCase()}.example`],
    unsubscribe: { hosted: true, lists: { [list]: `The list ${list}` } },
  })
  const sends = (router: string, name: string, hash: string): object => ({
    router,
    advertisers: [name],
    classes: ['prospecting_b2c', 'transactional'],
    secret_hash: hash,
  })
  const token = (text: string, name: string): object => ({
    token_sha256: createHash('sha256').update(text).digest('hex'),
    scopes: API_SCOPES,
    advertisers: [name],
    credential: name === 'acme' ? 'ours' : 'theirs',
  })
  return {
    ...site,
    unsubscribe: {
      address: '127.0.0.1:0',
      url: 'https://stop.aval.example',
      mail: { address: '127.0.0.1:0', protocol: 'smtp', domain: 'stop.aval.example' },
    },
    api: {
      address: '127.0.0.1:0',
      tokens: { ours: token(TOKENS.ours, 'acme'), theirs: token(TOKENS.theirs, 'bravo') },
    },
    imports: { directory: `${directory}/imports`, every: '100ms' },
    receivers: {
      hook: {
        kind: 'webhook',
        url: `http://127.0.0.1:${hook}/`,
        advertiser: 'acme',
        secret: 's',
        allow_private: true,
        every: '100ms',
      },
    },
    advertisers: { acme: advertiser('Acme', 'ours'), bravo: advertiser('Bravo', 'theirs') },
    routers: {
      routix: { ...routix, legal_name: 'Routix SARL' },
      postix: {
        legal_name: 'Postix SARL',
        contracts: [{ ...contract, advertiser: 'bravo' }],
      },
    },
    credentials: {
      ours: sends('routix', 'acme', secretHashes.ours),
      theirs: sends('postix', 'bravo', secretHashes.theirs),
    },
    campaigns: {
      'their-campaign': { advertiser: 'bravo', class: 'prospecting_b2c', list: 'theirs' },
    },
  }
}

/** What the second router and its advertiser have on file before the relay starts. */
async function populate(directory: string, configFile: string): Promise<void> {
  withRegistry(directory, (registry) =>
    registry.transaction(() => {
      for (const address of [...Object.values(THEIRS), SHARED]) {
        if (address === THEIRS['an objection']) continue
        registry.addConsent(consentOf(address, { advertiserId: 'bravo' }), { by: 'test' })
      }
      const at = Date.now() - 3_600_000
      const object = (address: string, scope: Parameters<typeof registry.addObjection>[0]['scope']): void =>
        void registry.addObjection({ person: readAddress(address)!, scope, channel: 'email', reason: 'letter', at })
      object(THEIRS['an objection'], { kind: 'advertiser', advertiserId: 'bravo' })
      object(SHARED, { kind: 'advertiser', advertiserId: 'bravo' })
      object(SHARED, { kind: 'list', advertiserId: 'bravo', list: 'theirs' })
      object(THEIRS['an objection to the router'], { kind: 'router', routerId: 'postix' })
    }),
  )
  for (const words of [
    `subject restrict ${THEIRS['a restriction']} --advertiser bravo`,
    `subject erase ${THEIRS['an erasure']} --advertiser bravo`,
    `event add ${THEIRS['a contact']} --set advertiser_id=bravo type=link_click at=2026-11-20T10:00:00Z source=site`,
  ]) {
    const { status, stderr } = await command([...words.split(' '), '-c', configFile])
    if (status !== 0) throw new Error(`${words}: ${stderr}`)
  }
}

/** What the second router does while it runs: messages, and requests under the key the first one uses too. */
async function work({ aval, api }: World): Promise<void> {
  const raw = plainNewsletter('theirs', '').toString().replaceAll('acme', 'bravo').replaceAll('Acme', 'Bravo')
  const { reply = 'no reply' } = await mailOnce(aval.port, {
    from: 'bonjour@news.bravo.example',
    to: THEIRS['a message'],
    raw: Buffer.from(raw),
    login: { user: 'theirs', secret: SECRETS.theirs },
  })
  if (!/^2|^5/.test(reply)) throw new Error(`the message of the second router: ${reply}`)
  for (const path of ['/v1/objections', '/v1/events', '/v1/consents'])
    await post(api, path, { address: THEIRS['a contact'], advertiser_id: 'bravo' }, TOKENS.theirs, keyFor(path))
}

/** @returns status and body */
export async function post(api: number, path: string, body: unknown, token: string, key?: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${api}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(key !== undefined && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
  })
  return `${answer.status} ${await answer.text()}`
}

async function startHook(): Promise<{ port: number; seen: string[]; close(): void }> {
  const seen: string[] = []
  const server = createServer((asked: IncomingMessage, answer) => {
    let body = ''
    asked.setEncoding('utf8').on('data', (more: string) => (body += more))
    asked.on('end', () => {
      seen.push(`${String(asked.headers['webhook-id'])} ${body}`)
      answer.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, seen, close: () => void server.close() }
}
