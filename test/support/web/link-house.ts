/** The link test with a DNS of its own, on loopback, and people to write to. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { setImmediate as soon } from 'node:timers/promises'
import type { Advertiser } from '#aval/domain/party.js'
import type { LinkAssessment } from '#aval/domain/unsubscribe-link.js'
import { type FetchLimits, createFetcher } from '#aval/fetch/fetcher.js'
import type { Names } from '#aval/fetch/names.js'
import type { LinkPort, LinkQuestion } from '#aval/relay/ports.js'
import { type LinkEvents, createLinks } from '#aval/unsubscribe/links.js'
import type { BoardLimits } from '#aval/unsubscribe/probe/verdict-board.js'
import { aPolicy, anAddress, anAdvertiser } from '../facts.js'

export interface LinkHouseOptions {
  readonly names: Names
  /** Hosts at loopback; registered for the advertiser too. */
  readonly hosts: readonly string[]
  readonly ca?: string
  readonly now?: () => number
  readonly limits?: Partial<BoardLimits>
  readonly fetchLimits?: Partial<FetchLimits>
  readonly advertiser?: Partial<Advertiser>
  readonly minAssurance?: 0 | 1 | 2 | 3
}

export interface LinkHouse {
  readonly links: LinkPort
  readonly probed: Parameters<LinkEvents['probed']>[0][]
  /** What is found of a link in a message to this person. */
  assess(uri: string, to?: string, where?: 'header' | 'body'): Promise<LinkAssessment>
  question(to: string): LinkQuestion
}

export function linkHouse(options: LinkHouseOptions): LinkHouse {
  const { names, hosts, ca, now = Date.now, limits, fetchLimits, minAssurance = 2 } = options
  const probed: LinkHouse['probed'] = []
  const fetcher = createFetcher({
    names,
    userAgent: 'Aval-Probe/test',
    openHosts: () => hosts,
    limits: { totalMs: 1_500, ...fetchLimits },
    ...(ca !== undefined && { ca }),
  })
  const links = createLinks({
    fetcher,
    names,
    now,
    pause: async () => soon(),
    events: { probed: (one) => probed.push(one) },
    ...(limits && { limits }),
  })
  const { unsubscribe } = aPolicy()
  const policy = { ...unsubscribe, minAssurance, probe: { ...unsubscribe.probe, allowHosts: hosts } }
  const advertiser = anAdvertiser({ unsubscribeHosts: hosts, ...options.advertiser })

  const question = (to: string): LinkQuestion => {
    const key = createHash('sha256').update(to).digest('hex')
    const subject = { keyId: 'k1', consentKey: key, objectionKey: key }
    return { advertiser, policy, recipients: [{ address: anAddress(to), subject }] }
  }

  return {
    links,
    probed,
    question,
    async assess(uri, to = 'jean.dupont@client.example', where = 'header') {
      const [assessment] = await links.assess([{ where, uri }], question(to))
      return assessment!
    },
  }
}

/** `usable 2`, `usable 2 login`, `unusable status_404`, `unsettled timeout`. */
export function inWords(assessment: LinkAssessment): string {
  switch (assessment.kind) {
    case 'usable':
      return ['usable', assessment.assurance, assessment.obstacle, assessment.indistinct && 'indistinct']
        .filter((word) => word !== undefined)
        .join(' ')
    case 'unusable':
      return `unusable ${assessment.detail}`
    case 'unsettled':
      return `unsettled ${assessment.detail}${assessment.exhausted ? ' exhausted' : ''}`
  }
}

/** Every form in which an address is put into links, and tokens as systems make them, by name. */
export function recipientParts(address: string): Readonly<Record<string, string>> {
  const digest = (algorithm: string): Buffer => createHash(algorithm).update(address).digest()
  return {
    plain: address,
    local: address.slice(0, address.indexOf('@')),
    base64: Buffer.from(address).toString('base64'),
    base64url: Buffer.from(address).toString('base64url'),
    hex: Buffer.from(address).toString('hex'),
    md5: digest('md5').toString('hex'),
    sha1: digest('sha1').toString('hex'),
    sha256: digest('sha256').toString('hex'),
    sha256base64: digest('sha256').toString('base64url'),
    sha512: digest('sha512').toString('hex'),
    md5base64: digest('md5').toString('base64'),
    base32: base32(Buffer.from(address)),
    doubly: encodeURIComponent(encodeURIComponent(address)),
    rot13: address.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97)),
    reversed: Array.from(address).toReversed().join(''),
    spelled: address.replace('@', '=').replaceAll('.', '_'),
    salted: createHash('sha256').update(`salt${address}`).digest('hex'),
    uuid: randomUUID(),
    token: randomBytes(16).toString('hex'),
    short: randomBytes(3).toString('hex'),
    number: '4711',
    letters: 'qwkzjvbn',
    signed: `${randomBytes(9).toString('base64url')}.${randomBytes(20).toString('base64url')}`,
  }
}

/** RFC 4648 6, without padding. */
function base32(octets: Buffer): string {
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  return bits
    .match(/.{1,5}/g)!
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('')
}
