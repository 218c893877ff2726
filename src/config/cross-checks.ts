/**
 * What one part of the configuration says about another: names that must exist, settings that contradict each other or
 * leave a door open. Looks at declared values only; files are looked at in `secrets.ts`.
 */
import ipaddr from 'ipaddr.js'
import { isProspecting } from '../domain/message-class.js'
import { isLoopback as isLoopbackAddress, parseCidr } from '../domain/network.js'
import { replyChoices } from '../reply/profile.js'
import { canServe } from '../rules/admissible-basis.js'
import { CATALOGUE, RULE_IDS } from '../rules/catalogue.js'
import { chosenReplies } from './chosen-replies.js'
import { isMilderAction, loosenedSettings } from './loosening.js'
import { type PlacedMta, mtasOf } from './mtas.js'
import { didYouMean } from './problems.js'
import { type Endpoint, writeEndpoint } from './scalars.js'
import type { Declared } from './schema.js'
import type { Path } from './tree.js'
import { readDatabaseUrl, readUpstreamUrl } from './urls.js'

/** Names as written, entries with mistakes in them included: a broken advertiser is still a declared one. */
export interface Declarations {
  readonly advertisers: readonly string[]
  readonly routers: readonly string[]
  readonly credentials: readonly string[]
}

export interface CrossChecked {
  readonly declared: Declared
  readonly names: Declarations
  /** Whether everything at and under a path fits the schema; where not, what seems to be missing may have been written. */
  readonly fits: (path: Path) => boolean
  readonly report: (path: Path, message: string, part?: 'key' | 'value') => void
}

export function crossCheck(checked: CrossChecked): void {
  checkListeners(checked)
  checkLimits(checked)
  checkUpstreams(checked)
  checkDatabases(checked)
  checkRouters(checked)
  checkCredentials(checked)
  checkCampaigns(checked)
  checkHolds(checked)
  checkPolicy(checked)
}

function checkListeners({ declared, names, report }: CrossChecked): void {
  const taken: { readonly at: Endpoint; readonly name: string }[] = []
  for (const [index, { address, tls, auth, trust }] of declared.listeners.entries()) {
    const path: Path = ['listeners', index]
    const other = taken.find(({ at }) => overlaps(at, address))
    if (other) report([...path, 'address'], `${writeEndpoint(address)} is already taken by ${other.name}`)
    taken.push({ at: address, name: `listeners[${index}] (${writeEndpoint(address)})` })
    if (!isLoopback(address.host) && names.credentials.length === 0) {
      const message = `${writeEndpoint(address)} can be reached from other machines and no credential is declared: nobody could send`
      report([...path, 'address'], message)
    }
    for (const key of ['proxy_protocol_from', 'xclient_from', 'xforward_from'] as const) {
      for (const [at, cidr] of trust[key].entries()) {
        if (isVast(cidr))
          report([...path, 'trust', key, at], `${cidr} lets anybody say who they are: name the systems in front`)
      }
    }
    const exposed = auth.allow_without_tls_from.filter((cidr) => !isPrivate(cidr))
    for (const cidr of exposed) {
      const at = auth.allow_without_tls_from.indexOf(cidr)
      const message = `passwords would travel in clear from ${cidr}, which is not a private network`
      report([...path, 'auth', 'allow_without_tls_from', at], message)
    }
    const onlyLoopback = auth.allow_without_tls_from.every((cidr) => isLoopback(parseCidr(cidr)!.network.toString()))
    if (tls.mode === 'none' && !isLoopback(address.host) && onlyLoopback && asksForPassword(declared)) {
      report(
        [...path, 'tls'],
        'without TLS passwords would travel in clear, so nobody from another machine could log in: set tls.mode, or name the private networks you trust in auth.allow_without_tls_from',
      )
    }
  }
  const { address } = declared.http
  const clash = address === 'off' ? undefined : taken.find(({ at }) => overlaps(at, address))
  if (clash && address !== 'off')
    report(['http', 'address'], `${writeEndpoint(address)} is already taken by ${clash.name}`)
}

function asksForPassword(declared: Declared): boolean {
  return Object.values(declared.credentials).some(hasSecret)
}

/** RFC 5321 4.5.3.1.7: what every server must be able to take. */
const LEAST_MESSAGE_SIZE = 64 * 1024

function checkLimits({ declared: { limits, spool }, report }: CrossChecked): void {
  if (limits.message_size < LEAST_MESSAGE_SIZE) {
    report(['limits', 'message_size'], 'expected at least 64KiB, which every server must take (RFC 5321 4.5.3.1.7)')
  }
  if (limits.bytes_in_flight < limits.message_size) {
    report(
      ['limits', 'bytes_in_flight'],
      'is less than limits.message_size: the largest message could never be received',
    )
  }
  if (limits.connections_per_address > limits.connections) {
    report(['limits', 'connections_per_address'], 'is more than limits.connections')
  }
  if (spool.memory > limits.bytes_in_flight) report(['spool', 'memory'], 'is more than limits.bytes_in_flight')
}

function checkUpstreams(checked: CrossChecked): void {
  const placed = mtasOf(checked.declared)
  for (const one of placed) checkUpstream(checked, one)
  if (placed.length > 1 && placed.some(({ mta }) => mta.url.startsWith('capture:'))) {
    checked.report(['upstream', 'fallbacks'], '"capture:" takes everything: nothing stands beside it')
  }
}

function checkUpstream({ declared: { listeners }, fits, report }: CrossChecked, { mta, path }: PlacedMta): void {
  const named = (key: string): string => [...path, key].join('.').replace(/\.(\d+)/, '[$1]')
  const url = readUpstreamUrl(mta.url)
  if (url.kind === 'invalid') {
    report([...path, 'url'], url.message)
    return
  }
  if (mta.password !== undefined && mta.password_file !== undefined) {
    report([...path, 'password_file'], `the password is given twice: here and in ${named('password')}`)
  }
  if ((mta.cert_file === undefined) !== (mta.key_file === undefined)) {
    const [given, missing] = mta.cert_file ? ['cert_file', 'key_file'] : ['key_file', 'cert_file']
    report([...path, given], `needs ${named(missing)} beside it`, 'key')
  }
  if (url.kind === 'capture') return
  const itself = listeners.findIndex(({ address }) => reaches(url, address))
  if (itself !== -1) {
    report([...path, 'url'], `leads back to listeners[${itself}]: no message would ever get out; name the real MTA`)
  }
  if (url.username !== undefined && mta.username !== undefined && url.username !== mta.username) {
    report([...path, 'username'], `is not the user named in ${named('url')}`)
  }
  const user = url.username ?? mta.username
  const hasPassword = mta.password !== undefined || mta.password_file !== undefined
  if (user !== undefined && !hasPassword && fits(path))
    report(path, 'has a user and no password: add password_file', 'key')
  if (user === undefined && hasPassword && fits(path)) report(path, 'has a password and no user: add username', 'key')
  if (url.implicitTls && (mta.tls === 'none' || mta.tls === 'opportunistic')) {
    report([...path, 'tls'], `smtps:// is always encrypted: expected "require" or "verify"`)
  }
  const inClear = mta.tls === 'none' || mta.tls === 'opportunistic'
  if (hasPassword && inClear && !url.implicitTls && !isLoopback(url.host)) {
    report([...path, 'tls'], `with "${mta.tls}" the password could travel in clear: expected "require" or "verify"`)
  }
}

function checkDatabases({ declared, report }: CrossChecked): void {
  const storage = readDatabaseUrl(declared.storage.url)
  const journal = readDatabaseUrl(declared.journal.url)
  if (storage.kind === 'invalid') report(['storage', 'url'], storage.message)
  if (journal.kind === 'invalid') report(['journal', 'url'], journal.message)
  if (storage.kind === 'sqlite' && journal.kind === 'sqlite' && storage.path === journal.path) {
    report(['journal', 'url'], 'is the same file as storage.url: the journal needs one of its own')
  }
  for (const [name, { timestamp_url, webhook_url, directory }] of Object.entries(declared.journal.anchors)) {
    const given = [timestamp_url, webhook_url, directory].filter((target) => target !== undefined)
    if (given.length !== 1)
      report(['journal', 'anchors', name], 'needs one of timestamp_url, webhook_url and directory', 'key')
  }
}

function checkRouters({ declared, names, report }: CrossChecked): void {
  for (const [id, router] of Object.entries(declared.routers)) {
    for (const [index, contract] of router.contracts.entries()) {
      const path: Path = ['routers', id, 'contracts', index]
      if (!names.advertisers.includes(contract.advertiser)) {
        report([...path, 'advertiser'], undeclared('advertiser', contract.advertiser, names.advertisers))
      }
      if (contract.until <= contract.signed) report([...path, 'until'], 'is not after the day it was signed')
    }
  }
}

function checkCredentials(checked: CrossChecked): void {
  const { declared, names, report } = checked
  const byNetwork: { readonly id: string; readonly cidr: string }[] = []
  for (const [id, credential] of Object.entries(declared.credentials)) {
    const path: Path = ['credentials', id]
    const { router, advertisers, valid_from: from, valid_until: until } = credential
    for (const [index, advertiser] of advertisers.entries()) {
      if (names.advertisers.includes(advertiser)) continue
      report([...path, 'advertisers', index], undeclared('advertiser', advertiser, names.advertisers))
    }
    if (router !== undefined && !names.routers.includes(router)) {
      report([...path, 'router'], undeclared('router', router, names.routers))
    }
    checkContracts(checked, id)
    checkReplies(checked, id)
    if (credential.secret_hash !== undefined && credential.secret_hash_file !== undefined) {
      report([...path, 'secret_hash_file'], 'the secret is given twice: here and in secret_hash')
    }
    if (from !== undefined && until !== undefined && until <= from)
      report([...path, 'valid_until'], 'is not after valid_from')
    if (hasSecret(credential)) continue
    if (credential.networks.length === 0 && checked.fits(path)) {
      report(path, 'has neither a secret nor networks: anybody could use it; add secret_hash_file or networks', 'key')
    }
    for (const [index, cidr] of credential.networks.entries()) {
      const at = [...path, 'networks', index]
      if (isVast(cidr))
        report(at, `${cidr} without a secret lets half the internet in: name a smaller network or add a secret`)
      const other = credential.enabled && byNetwork.find((known) => known.id !== id && known.cidr === cidr)
      if (other)
        report(at, `${cidr} already belongs to "${other.id}", also without a secret: a client there could be either`)
      if (credential.enabled) byNetwork.push({ id, cidr })
    }
  }
}

/** To be told at RCPT on the next attempt, a recipient must be judged there. */
function checkReplies({ declared, fits, report }: CrossChecked, id: string): void {
  const credential = declared.credentials[id]!
  const path: Path = ['credentials', id]
  if (!fits(path)) return
  const { stage, mixed } = replyChoices({ profile: credential.profile, replies: chosenReplies(credential.replies) })
  if (mixed !== 'defer_rest') return
  const at = credential.replies.mixed === undefined ? [...path, 'profile'] : [...path, 'replies', 'mixed']
  const why = 'defers a message that only some may get until each recipient is told at RCPT, which never happens with'
  if (stage === 'data') report(at, `${why} replies.stage "data": choose another replies.mixed`)
  else if (credential.advertisers.length > 1 || credential.classes.length > 1) {
    report(at, `${why} several advertisers or classes: one credential for each, or another replies.mixed`)
  }
}

/** A lapsed contract is a matter of the day and is judged with each message; one that does not exist is a mistake here. */
function checkContracts({ declared, names, fits, report }: CrossChecked, id: string): void {
  const { router: routerId, advertisers } = declared.credentials[id]!
  const router = routerId === undefined ? undefined : declared.routers[routerId]
  if (!router || !fits(['routers', routerId!])) return
  if (router.contracts.some((contract) => !names.advertisers.includes(contract.advertiser))) return
  for (const [index, advertiser] of advertisers.entries()) {
    if (!names.advertisers.includes(advertiser)) continue
    if (router.contracts.some((contract) => contract.advertiser === advertiser)) continue
    const message = `router "${routerId}" has no contract with "${advertiser}" (GDPR art. 28(3)): add it to routers.${routerId}.contracts`
    report(['credentials', id, 'advertisers', index], message)
  }
}

function checkHolds({ declared, names, report }: CrossChecked): void {
  const known = {
    advertiser: names.advertisers,
    credential: names.credentials,
    campaign: Object.keys(declared.campaigns),
    source: Object.keys(declared.sources),
  }
  for (const [index, { scope, id }] of declared.holds.entries()) {
    const path: Path = ['holds', index]
    if (scope === 'global') {
      if (id !== undefined) report([...path, 'id'], 'everything is held: leave this out, or name another scope', 'key')
    } else if (id === undefined) {
      report(path, `which ${scope}? add id`, 'key')
    } else if (!known[scope].includes(id)) {
      report([...path, 'id'], undeclared(scope, id, known[scope]))
    }
  }
}

function checkCampaigns({ declared, names, fits, report }: CrossChecked): void {
  const credentials = Object.values(declared.credentials)
  for (const [id, campaign] of Object.entries(declared.campaigns)) {
    const path: Path = ['campaigns', id]
    if (!names.advertisers.includes(campaign.advertiser)) {
      report([...path, 'advertiser'], undeclared('advertiser', campaign.advertiser, names.advertisers))
      continue
    }
    const { purpose } = campaign
    if (purpose !== undefined && isProspecting(campaign.class)) {
      const occasion = {
        stage: 'data' as const,
        advertiser: { id: campaign.advertiser },
        campaign: { id, purpose },
        site: { campaigns: new Map() },
      }
      if (!canServe(campaign.class, purpose, occasion)) {
        const message = `${campaign.class} can never be sent for "${purpose}" (GDPR art. 5(1)(b)): choose the class that is, or leave this out`
        report([...path, 'purpose'], message)
      }
    }
    if (!fits(['credentials'])) continue
    const theirs = credentials.filter((credential) => credential.advertisers.includes(campaign.advertiser))
    if (theirs.length === 0) {
      report([...path, 'advertiser'], `no credential may send for "${campaign.advertiser}"`)
    } else if (!theirs.some((credential) => credential.classes.includes(campaign.class))) {
      report([...path, 'class'], `no credential of "${campaign.advertiser}" may send ${campaign.class}`)
    }
    if (!isProspecting(campaign.class) && campaign.offer_categories.length > 0) {
      report(
        [...path, 'offer_categories'],
        `${campaign.class} promotes nothing: choose a prospecting class, or leave this out`,
      )
    }
  }
}

function checkPolicy(checked: CrossChecked): void {
  checkActions(checked)
  checkModes(checked)
  checkJustifications(checked)
  checkTolerated(checked)
  const { policy } = checked.declared
  if (policy.unsub.feed_max_age > 48 * HOUR)
    checked.report(['policy', 'unsub', 'feed_max_age'], 'at most 48h: an opt-out is honoured within two days')
}

const HOUR = 3_600_000

function checkActions({ declared: { policy }, report }: CrossChecked): void {
  for (const [id, action] of Object.entries(policy.rules)) {
    const path: Path = ['policy', 'rules', id]
    const rule = CATALOGUE.find((row) => row.id === id)
    if (!rule) {
      report(path, `no such rule${didYouMean(id, RULE_IDS)}`, 'key')
    } else if (rule.answersAs !== undefined) {
      report(path, `always answered like ${rule.answersAs}, so that no one learns the difference: set that rule`, 'key')
    } else if (rule.hardFloor === true && isMilderAction(action, rule.action)) {
      report(path, `"${action}" is milder than "${rule.action}", and this rule can never be loosened`)
    }
  }
}

function checkModes({ declared: { policy }, names, report }: CrossChecked): void {
  const known = { rules: RULE_IDS, routers: names.routers, advertisers: names.advertisers }
  for (const of of ['rules', 'routers', 'advertisers'] as const) {
    for (const id of Object.keys(policy.modes[of])) {
      if (known[of].includes(id)) continue
      report(['policy', 'modes', of, id], undeclared(of.slice(0, -1), id, known[of]), 'key')
    }
  }
}

/** A template is known by its campaign, and may only be tolerated where promotion is not what it is for. */
function checkTolerated({ declared: { policy, campaigns }, report }: CrossChecked): void {
  for (const [index, id] of policy.classification.promotion_tolerated.entries()) {
    const path: Path = ['policy', 'classification', 'promotion_tolerated', index]
    const campaign = campaigns[id]
    if (campaign === undefined) report(path, undeclared('campaign', id, Object.keys(campaigns)))
    else if (isProspecting(campaign.class))
      report(path, `${campaign.class} may promote: nothing to tolerate in "${id}"`)
  }
}

function checkJustifications({ declared: { policy }, fits, report }: CrossChecked): void {
  if (!fits(['policy'])) return
  const loosened = loosenedSettings(policy)
  for (const setting of loosened) {
    if (Object.hasOwn(policy.justifications, setting)) continue
    report(
      ['policy', ...stepsOf(setting)],
      `looser than the default: say why, by whom and when in policy.justifications."${setting}"`,
    )
  }
  for (const setting of Object.keys(policy.justifications)) {
    if (loosened.includes(setting)) continue
    const message = `nothing to justify: this is not looser than its default${didYouMean(setting, loosened)}`
    report(['policy', 'justifications', setting], message, 'key')
  }
}

/** Names of routers and advertisers may have dots of their own. */
function stepsOf(setting: string): string[] {
  const [section = '', key = '', ...rest] = setting.split('.')
  return section === 'modes' ? [section, key, rest.join('.')] : setting.split('.')
}

function hasSecret(credential: Declared['credentials'][string]): boolean {
  return credential.secret_hash !== undefined || credential.secret_hash_file !== undefined
}

export function undeclared(kind: string, name: string, known: readonly string[]): string {
  return `no ${kind} "${name}" is declared${didYouMean(name, known)}`
}

/** Whether both cannot be listened on at once. */
export function overlaps(a: Endpoint, b: Endpoint): boolean {
  if (a.port !== b.port || a.port === 0) return false
  return plainHost(a.host) === plainHost(b.host) || isUnspecified(a.host) || isUnspecified(b.host)
}

/** Whether who connects to `target` is taken by a listener at `address`, as far as it shows without asking DNS. */
function reaches(target: Endpoint, address: Endpoint): boolean {
  if (target.port !== address.port) return false
  return isUnspecified(address.host) ? isLoopback(target.host) : plainHost(target.host) === plainHost(address.host)
}

function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function plainHost(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host)
}

const PRIVATE_RANGES = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'])

/** Whether the whole network is private: its first and its last address are in the same private range. */
function isPrivate(cidr: string): boolean {
  const range = parseCidr(cidr)!.network.range()
  return PRIVATE_RANGES.has(range) && lastAddress(cidr).range() === range
}

function lastAddress(cidr: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return cidr.includes(':') ? ipaddr.IPv6.broadcastAddressFromCIDR(cidr) : ipaddr.IPv4.broadcastAddressFromCIDR(cidr)
}

/** Larger than any one organisation has. */
function isVast(cidr: string): boolean {
  const { prefixLength } = parseCidr(cidr)!
  return prefixLength < (cidr.includes(':') ? 16 : 8)
}
