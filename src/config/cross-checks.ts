/**
 * What one part of the configuration says about another: names that must exist, settings that contradict each other or
 * leave a door open. Looks at declared values only; files are looked at in `secrets.ts`.
 */
import { resolve } from 'node:path'
import { parseCidr } from '../domain/network.js'
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
    report(['limits', 'message_size'], 'expected at least 64KiB, which every server must take (RFC 5321 4.5.3.1.7)')
  }
  if (limits.line_length < LEAST_LINE_LENGTH) {
    report(['limits', 'line_length'], 'expected at least 998B, which every line may have (RFC 5322 2.1.1)')
  }
  if (limits.command_length < LEAST_COMMAND_LENGTH) {
    report(
      ['limits', 'command_length'],
      'expected at least 2KiB, which MAIL, RCPT and AUTH with their parameters may need',
    )
  }
  if (limits.header_size < LEAST_HEADER_SIZE || limits.header_size > MOST_HEADER_SIZE) {
    report(['limits', 'header_size'], 'expected between 32KiB and 4MiB')
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
  if (storage.kind === 'sqlite' && journal.kind === 'sqlite') {
    const { signing_key_file, segment_key_file } = declared.journal
    checkFilesApart(report, [
      { path: ['storage', 'url'], file: storage.path, what: 'the registry' },
      { path: ['storage', 'key_file'], file: declared.storage.key_file, what: 'the key file' },
      { path: ['journal', 'url'], file: journal.path, what: 'the journal' },
      {
        path: ['journal', 'signing_key_file'],
        file: signing_key_file ?? `${journal.path}.signing-key`,
        what: 'the signing key',
      },
      {
        path: ['journal', 'segment_key_file'],
        file: segment_key_file ?? `${journal.path}.segment-keys`,
        what: 'the file of segment keys',
      },
    ])
  }
  for (const [name, { timestamp_url, webhook_url, directory }] of Object.entries(declared.journal.anchors)) {
    const given = [timestamp_url, webhook_url, directory].filter((target) => target !== undefined)
    if (given.length !== 1)
      report(['journal', 'anchors', name], 'needs one of timestamp_url, webhook_url and directory', 'key')
  }
}

interface OwnFile {
  readonly path: Path
  readonly file: string
  readonly what: string
}

/** Each is written in a way of its own: one file in two places would be overwritten, or keep the relay from starting. */
function checkFilesApart(report: CrossChecked['report'], files: readonly OwnFile[]): void {
  for (const [index, { path, file, what }] of files.entries()) {
    const other = files.slice(0, index).find((one) => resolve(one.file) === resolve(file))
    if (other) report(path, `is the same file as ${other.path.join('.')}: ${what} needs one of its own`)
  }
}
