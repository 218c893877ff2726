/**
 * What one part of the configuration says about another: names that must exist, settings that contradict each other or
 * leave a door open. Looks at declared values only; files are looked at in `secrets.ts`.
 */
import { resolve } from 'node:path'
import { parseCidr } from '../domain/network.js'
import type { Bilingual } from '../words/language.js'
import { checkCampaigns, checkHolds } from './campaign-checks.js'
import type { CrossChecked } from './cross-checked.js'
import { type PlacedMta, mtasOf } from './mtas.js'
import { isLoopback, isPrivate, isVast, overlaps, reaches } from './networks.js'
import { checkCredentials, checkProcessors, checkRouters, hasSecret } from './party-checks.js'
import { checkPolicy } from './policy-checks.js'
import { type Endpoint, writeEndpoint } from './scalars.js'
import type { Declared } from './schema.js'
import type { Path } from './tree.js'
import { readDatabaseUrl, readUpstreamUrl } from './urls.js'

export function crossCheck(checked: CrossChecked): void {
  checkListeners(checked)
  checkLimits(checked)
  checkUpstreams(checked)
  checkDatabases(checked)
  checkRouters(checked)
  checkProcessors(checked)
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
    if (other) report([...path, 'address'], 'address_taken', { address: writeEndpoint(address), other: other.name })
    taken.push({ at: address, name: `listeners[${index}] (${writeEndpoint(address)})` })
    if (!isLoopback(address.host) && names.credentials.length === 0) {
      report([...path, 'address'], 'nobody_could_send', { address: writeEndpoint(address) })
    }
    for (const key of ['proxy_protocol_from', 'xclient_from', 'xforward_from'] as const) {
      for (const [at, cidr] of trust[key].entries()) {
        if (isVast(cidr)) report([...path, 'trust', key, at], 'trust_anybody', { network: cidr })
      }
    }
    const exposed = auth.allow_without_tls_from.filter((cidr) => !isPrivate(cidr))
    for (const cidr of exposed) {
      const at = auth.allow_without_tls_from.indexOf(cidr)
      report([...path, 'auth', 'allow_without_tls_from', at], 'passwords_in_clear', { network: cidr })
    }
    const onlyLoopback = auth.allow_without_tls_from.every((cidr) => isLoopback(parseCidr(cidr)!.network.toString()))
    if (tls.mode === 'none' && !isLoopback(address.host) && onlyLoopback && asksForPassword(declared)) {
      report([...path, 'tls'], 'no_tls')
    }
  }
  const { address } = declared.http
  const clash = address === 'off' ? undefined : taken.find(({ at }) => overlaps(at, address))
  if (clash && address !== 'off')
    report(['http', 'address'], 'address_taken', { address: writeEndpoint(address), other: clash.name })
}

function asksForPassword(declared: Declared): boolean {
  return Object.values(declared.credentials).some(hasSecret)
}

/** RFC 5321 4.5.3.1.7: what every server must be able to take. */
const LEAST_MESSAGE_SIZE = 64 * 1024
/** RFC 5322 2.1.1: what every line may have. */
const LEAST_LINE_LENGTH = 998
/** MAIL and RCPT with every parameter that is offered (RFC 5321 4.5.3.1.4, RFC 3461, RFC 4954), and AUTH PLAIN. */
const LEAST_COMMAND_LENGTH = 2 * 1024
/** Newsletters signed on their way through several systems come near it. */
const LEAST_HEADER_SIZE = 32 * 1024
/** It is held in memory and walked by every rule. */
const MOST_HEADER_SIZE = 4 * 1024 * 1024

function checkLimits({ declared: { limits, spool }, report }: CrossChecked): void {
  if (limits.message_size < LEAST_MESSAGE_SIZE) {
    report(['limits', 'message_size'], 'message_size')
  }
  if (limits.line_length < LEAST_LINE_LENGTH) {
    report(['limits', 'line_length'], 'line_length')
  }
  if (limits.command_length < LEAST_COMMAND_LENGTH) {
    report(['limits', 'command_length'], 'command_length')
  }
  if (limits.header_size < LEAST_HEADER_SIZE || limits.header_size > MOST_HEADER_SIZE) {
    report(['limits', 'header_size'], 'header_size')
  }
  if (limits.bytes_in_flight < limits.message_size) {
    report(['limits', 'bytes_in_flight'], 'bytes_in_flight')
  }
  if (limits.connections_per_address > limits.connections) {
    report(['limits', 'connections_per_address'], 'above_connections')
  }
  if (spool.memory > limits.bytes_in_flight) report(['spool', 'memory'], 'above_bytes_in_flight')
}

function checkUpstreams(checked: CrossChecked): void {
  const placed = mtasOf(checked.declared)
  for (const one of placed) checkUpstream(checked, one)
  if (placed.length > 1 && placed.some(({ mta }) => mta.url.startsWith('capture:'))) {
    checked.report(['upstream', 'fallbacks'], 'capture_alone')
  }
}

function checkUpstream({ declared: { listeners }, fits, report }: CrossChecked, { mta, path }: PlacedMta): void {
  const named = (key: string): string => [...path, key].join('.').replace(/\.(\d+)/, '[$1]')
  const url = readUpstreamUrl(mta.url)
  if (url.kind === 'invalid') {
    report([...path, 'url'], url.problem)
    return
  }
  if (mta.password !== undefined && mta.password_file !== undefined) {
    report([...path, 'password_file'], 'password_twice', { other: named('password') })
  }
  if ((mta.cert_file === undefined) !== (mta.key_file === undefined)) {
    const [given, missing] = mta.cert_file ? ['cert_file', 'key_file'] : ['key_file', 'cert_file']
    report([...path, given], 'needs_beside', { other: named(missing) }, 'key')
  }
  if (url.kind === 'capture') return
  const itself = listeners.findIndex(({ address }) => reaches(url, address))
  if (itself !== -1) {
    report([...path, 'url'], 'leads_back', { index: itself })
  }
  if (url.username !== undefined && mta.username !== undefined && url.username !== mta.username) {
    report([...path, 'username'], 'another_user', { other: named('url') })
  }
  const user = url.username ?? mta.username
  const hasPassword = mta.password !== undefined || mta.password_file !== undefined
  if (user !== undefined && !hasPassword && fits(path)) report(path, 'no_password', {}, 'key')
  if (user === undefined && hasPassword && fits(path)) report(path, 'no_user', {}, 'key')
  if (url.implicitTls && (mta.tls === 'none' || mta.tls === 'opportunistic')) {
    report([...path, 'tls'], 'smtps_encrypted')
  }
  const { tls } = mta
  const inClear = tls === 'none' || tls === 'opportunistic'
  if (hasPassword && inClear && !url.implicitTls && !isLoopback(url.host)) {
    report([...path, 'tls'], 'password_in_clear', { tls })
  }
}

function checkDatabases({ declared, report }: CrossChecked): void {
  const storage = readDatabaseUrl(declared.storage.url)
  const journal = readDatabaseUrl(declared.journal.url)
  if (storage.kind === 'invalid') report(['storage', 'url'], storage.problem)
  if (journal.kind === 'invalid') report(['journal', 'url'], journal.problem)
  if (storage.kind === 'sqlite' && journal.kind === 'sqlite') {
    const { signing_key_file, segment_key_file } = declared.journal
    checkFilesApart(report, [
      { path: ['storage', 'url'], file: storage.path, what: { en: 'the registry', fr: 'le registre' } },
      {
        path: ['storage', 'key_file'],
        file: declared.storage.key_file,
        what: { en: 'the key file', fr: 'le fichier de clé' },
      },
      { path: ['journal', 'url'], file: journal.path, what: { en: 'the journal', fr: 'le journal' } },
      {
        path: ['journal', 'signing_key_file'],
        file: signing_key_file ?? `${journal.path}.signing-key`,
        what: { en: 'the signing key', fr: 'la clé de signature' },
      },
      {
        path: ['journal', 'segment_key_file'],
        file: segment_key_file ?? `${journal.path}.segment-keys`,
        what: { en: 'the file of segment keys', fr: 'le fichier des clés de segments' },
      },
    ])
  }
  for (const [name, { timestamp_url, webhook_url, directory }] of Object.entries(declared.journal.anchors)) {
    const given = [timestamp_url, webhook_url, directory].filter((target) => target !== undefined)
    if (given.length !== 1) report(['journal', 'anchors', name], 'anchor_target', {}, 'key')
  }
}

interface OwnFile {
  readonly path: Path
  readonly file: string
  readonly what: Bilingual
}

/** Each is written in a way of its own: one file in two places would be overwritten, or keep the relay from starting. */
function checkFilesApart(report: CrossChecked['report'], files: readonly OwnFile[]): void {
  for (const [index, { path, file, what }] of files.entries()) {
    const other = files.slice(0, index).find((one) => resolve(one.file) === resolve(file))
    if (other) report(path, 'same_file', { other: other.path.join('.'), what })
  }
}
