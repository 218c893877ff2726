/** A relay at its most verbose, each key of whose configuration that holds a secret has one that can be recognised. */
import { type KeyObject, createHash, generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parseDocument } from 'yaml'
import type { Path } from '#aval/config/tree.js'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { TEST_CERT, TEST_KEY } from '../smtp/support/certificate.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from './aval.js'
import { consentTo } from './consents.js'
import { type Echo, startEchoMta, startEchoTool } from './echoes.js'
import { type Secret, secret, secretsOfPem } from './leaks.js'
import { mailOnce } from './mailer.js'
import { plainNewsletter } from './plain-newsletter.js'

export const TO = 'jean.dupont@client.example'
export const REFUSED = 'nobody.known@client.example'
const CHEAP = { N: 2 ** 4, r: 8, p: 1 }

/** Recognisable, and never part of anything else. */
const canary = (name: string): string => `Canari-${createHash('sha256').update(name).digest('hex').slice(0, 24)}-fin`

export const UPSTREAM_PASSWORD = canary('upstream')
export const FALLBACK_PASSWORD = canary('fallback')
export const WEBHOOK_SECRET = canary('webhook')
export const HOOK_PATH = canary('path of the webhook')
export const ANCHOR_PATH = canary('path of the anchor')
export const STAMP_PATH = canary('path of the time-stamping authority')
export const TOOL_SECRET = canary('tool')
export const PASSWORD = canary('password')
export const WRONG_PASSWORD = canary('wrong password')
export const TOKEN = `aval_${canary('token')}`
export const WRONG_TOKEN = `aval_${canary('wrong token')}`

export interface SecretSite {
  readonly directory: string
  readonly aval: Aval
  /** They throw back what they are sent. */
  readonly upstream: Echo
  readonly fallback: Echo
  readonly tool: Echo
  /** By the place of its key in the schema. */
  readonly secrets: ReadonlyMap<string, readonly Secret[]>
  /** Files that hold secrets by right. */
  readonly ownFiles: readonly string[]
  close(): Promise<void>
}

/** @returns the path of a file that only its owner may read */
export function fileIn(directory: string, name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

export async function startSecretSite(): Promise<SecretSite> {
  const directory = makeDirectory()
  const file = (name: string, content: string): string => fileIn(directory, name, content)
  const upstream = await startEchoMta(false)
  const fallback = await startEchoMta(true)
  const tool = await startEchoTool()
  consentTo(directory, [TO])
  const inPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const dkimKey = inPem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
  const signingKey = inPem(generateKeyPairSync('ed25519').privateKey)
  const [hash, hashInFile] = [await hashSecret(PASSWORD, CHEAP), await hashSecret(canary('other'), CHEAP)]
  const cert = file('cert.pem', TEST_CERT)
  const pair = { cert_file: cert, key_file: file('tls.key', TEST_KEY) }
  const tokenDigest = createHash('sha256').update(TOKEN).digest('hex')
  const site: Record<string, unknown> = {
    ...siteFor(directory, ''),
    listeners: [{ address: '127.0.0.1:0', tls: { mode: 'starttls', ...pair } }],
    upstream: {
      url: `smtp://relay@127.0.0.1:${upstream.port}`,
      tls: 'none',
      ...pair,
      password: UPSTREAM_PASSWORD,
      fallbacks: [
        {
          url: `smtp://relay@127.0.0.1:${fallback.port}`,
          tls: 'none',
          ...pair,
          password_file: file('fallback.password', `${FALLBACK_PASSWORD}\n`),
        },
        { url: 'smtp://relay@127.0.0.1:1', tls: 'none', password: FALLBACK_PASSWORD },
      ],
    },
    unsubscribe: { address: '127.0.0.1:0', url: 'https://stop.acme.example', tls: pair },
    api: {
      address: '127.0.0.1:0',
      tls: pair,
      tokens: {
        crm: {
          token_sha256: tokenDigest,
          scopes: ['objections:write', 'events:write', 'consents:write', 'keys:read', 'links:read'],
          advertisers: ['acme'],
        },
      },
    },
    receivers: {
      hook: receiver(tool.port, 'webhook', {
        secret: WEBHOOK_SECRET,
        url: `http://127.0.0.1:${tool.port}/${HOOK_PATH}`,
      }),
      list: receiver(tool.port, 'listmonk', { username: 'api', secret_file: file('tool.secret', `${TOOL_SECRET}\n`) }),
    },
    log: { level: 'trace' },
    journal: {
      url: `sqlite:${directory}/journal.db`,
      signing_key_file: file('signing.key', signingKey),
      checkpoint: { entries: 1 },
      anchors: {
        post: { webhook_url: `http://127.0.0.1:${tool.port}/${ANCHOR_PATH}` },
        stamp: { timestamp_url: `http://127.0.0.1:${tool.port}/tsa?key=${STAMP_PATH}` },
      },
    },
    policy: { dkim: { where: 'relay' } },
    credentials: {
      ...(siteFor(directory, '')['credentials'] as object),
      routix: { router: 'routix', advertisers: ['acme'], classes: ['prospecting_b2c'], secret_hash: hash },
      other: {
        router: 'routix',
        advertisers: ['acme'],
        classes: ['prospecting_b2c'],
        secret_hash_file: file('other.hash', hashInFile),
      },
    },
  }
  const { acme } = site['advertisers'] as Record<string, object>
  site['advertisers'] = {
    acme: {
      ...acme,
      unsubscribe: { hosted: true },
      dkim: { domain: 'news.acme.example', selector: 's1', key_file: file('dkim.key', dkimKey) },
    },
  }
  const umask = process.umask(0)
  const aval = await startAval('', { directory, config: site }).finally(() => process.umask(umask))
  // The key of a segment is made with its first entry.
  expect((await mailOnce(aval.port, { to: REFUSED, raw: plainNewsletter('first') })).reply).toMatch(/^550 /)
  const keysIn = (name: string): Secret[] =>
    (readFileSync(join(directory, name), 'utf8').match(/\b[0-9a-f]{64}\b/g) ?? []).map((key) =>
      secret(`key in ${name}`, Buffer.from(key, 'hex')),
    )
  const tls = secretsOfPem('TLS key', TEST_KEY)
  const ofHash = (name: string, text: string): Secret[] =>
    [text, ...text.split('$').slice(-2)].map((part) => secret(name, part))
  const secrets = new Map<string, readonly Secret[]>([
    ['listeners[].tls.key_file', tls],
    ['upstream.key_file', tls],
    ['upstream.password', [secret('password of the upstream', UPSTREAM_PASSWORD)]],
    ['upstream.password_file', [secret('password of the fallback', FALLBACK_PASSWORD)]],
    ['upstream.fallbacks[].key_file', tls],
    ['upstream.fallbacks[].password', [secret('password of the fallback', FALLBACK_PASSWORD)]],
    ['upstream.fallbacks[].password_file', [secret('password of the fallback', FALLBACK_PASSWORD)]],
    ['storage.key_file', keysIn('aval.key')],
    ['journal.segment_key_file', keysIn('journal.db.segment-keys')],
    ['journal.signing_key_file', secretsOfPem('signing key', signingKey)],
    ['unsubscribe.tls.key_file', tls],
    ['api.tls.key_file', tls],
    ['api.tokens.*.token_sha256', [secret('token', TOKEN), secret('digest of the token', tokenDigest)]],
    ['receivers.*.url', [secret('path of the webhook', HOOK_PATH)]],
    ['journal.anchors.*.webhook_url', [secret('path of the anchor', ANCHOR_PATH)]],
    ['journal.anchors.*.timestamp_url', [secret('key of the authority', STAMP_PATH)]],
    ['receivers.*.secret', [secret('key of the webhook', WEBHOOK_SECRET)]],
    ['receivers.*.secret_file', [secret('password of the tool', TOOL_SECRET)]],
    ['advertisers.*.dkim.key_file', secretsOfPem('DKIM key', dkimKey)],
    ['credentials.*.secret_hash', [...ofHash('hash', hash), secret('password', PASSWORD)]],
    ['credentials.*.secret_hash_file', ofHash('hash in its file', hashInFile)],
  ])
  const ownFiles = [
    'aval.yaml',
    'cert.pem',
    'tls.key',
    'fallback.password',
    'tool.secret',
    'other.hash',
    'dkim.key',
    'aval.key',
    'signing.key',
    'journal.db.segment-keys',
  ].map((name) => join(directory, name))
  return {
    directory,
    aval,
    upstream,
    fallback,
    tool,
    secrets,
    ownFiles,
    async close() {
      await aval.stop('SIGKILL')
      for (const server of [upstream, fallback, tool]) server.close()
      removeDirectory(directory)
    },
  }
}

function receiver(toolPort: number, kind: string, more: object): object {
  return {
    kind,
    url: `http://127.0.0.1:${toolPort}`,
    advertiser: 'acme',
    allow_private: true,
    every: '200ms',
    ...more,
  }
}

/** Mistakes at and around each secret, each of which stops a start. */
export function brokenConfigurations(directory: string, whole: string): [string, string][] {
  const broken: [string, string][] = [
    ['a quote that is not closed', whole.replace(UPSTREAM_PASSWORD, `"${UPSTREAM_PASSWORD}`)],
    ['a tab', whole.replace(UPSTREAM_PASSWORD, `a: b\n\t- ${UPSTREAM_PASSWORD}`)],
  ]
  const places: readonly (readonly [string, Path, unknown])[] = [
    ['a list for a password', ['upstream', 'password'], [UPSTREAM_PASSWORD]],
    ['keys for a password', ['upstream', 'password'], { [UPSTREAM_PASSWORD]: UPSTREAM_PASSWORD }],
    ['a password given twice', ['upstream', 'password_file'], '/nonexistent'],
    ['a password in the URL', ['upstream', 'url'], `smtp://relay:${UPSTREAM_PASSWORD}@mta.example`],
    ['a password for a hash', ['credentials', 'routix', 'secret_hash'], PASSWORD],
    ['a token for its digest', ['api', 'tokens', 'crm', 'token_sha256'], TOKEN],
    ['a list for a key', ['receivers', 'hook', 'secret'], [WEBHOOK_SECRET]],
    ['a key for a certificate', ['listeners', 0, 'tls', 'cert_file'], join(directory, 'tls.key')],
    ['a file of many lines', ['upstream', 'fallbacks', 0, 'password_file'], join(directory, 'dkim.key')],
    [
      'a password for a hash, in its file',
      ['credentials', 'other', 'secret_hash_file'],
      join(directory, 'tool.secret'),
    ],
  ]
  for (const [name, path, value] of places) {
    const config = parseDocument(whole)
    config.setIn(path, config.createNode(value))
    broken.push([name, config.toString()])
  }
  return broken
}
