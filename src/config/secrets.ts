/**
 * The files a configuration points to: passwords, secret hashes, certificates and their keys. They are read once, here,
 * and kept apart from everything that is printed. Problems name files, never what is in them.
 */
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { closeSync, fstatSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { openRegularFile } from '../storage/regular-file.js'
import { readFailure } from './read-yaml.js'
import type { CrossChecked } from './cross-checked.js'
import { type PlacedMta, mtasOf } from './mtas.js'
import { secretHash } from './scalars.js'
import type { Path } from './tree.js'

/** PEM. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export interface UpstreamSecrets {
  readonly password: string | undefined
  /** Client certificate. */
  readonly tls: TlsFiles | undefined
  /** PEM; undefined for the authorities of the system. */
  readonly ca: string | undefined
}

export interface Secrets {
  /** In the order of `listeners`; undefined where the listener has no TLS. */
  readonly listenerTls: readonly (TlsFiles | undefined)[]
  /** In the order in which the upstreams are tried. */
  readonly upstreams: readonly UpstreamSecrets[]
  /** By credential. */
  readonly secretHashes: ReadonlyMap<string, string>
  /** Of the public pages and of the API; undefined where a reverse proxy has it. */
  readonly unsubscribeTls: TlsFiles | undefined
  readonly apiTls: TlsFiles | undefined
  /** Lower-case hexadecimal SHA-256 of each API token, by its name. */
  readonly apiTokens: ReadonlyMap<string, string>
  /** Private keys by advertiser, PEM. */
  readonly dkimKeys: ReadonlyMap<string, string>
  /** By receiver. */
  readonly receiverSecrets: ReadonlyMap<string, string>
}

/** A secret or a certificate is short: what is larger is the wrong file. */
const MAX_OCTETS = 2 ** 20

/** @param now milliseconds since the epoch; certificates must be valid then */
export function readSecrets(checked: CrossChecked, now: number): Secrets {
  const { declared } = checked
  const { unsubscribe, api } = declared
  checkKeyFile(checked)
  return {
    listenerTls: declared.listeners.map((listener, index) =>
      readListenerTls(checked, listener.tls, ['listeners', index, 'tls'], now),
    ),
    upstreams: mtasOf(declared).map((one) => readUpstreamSecrets(checked, one, now)),
    secretHashes: readSecretHashes(checked),
    unsubscribeTls: readPair(checked, unsubscribe.tls.cert_file, unsubscribe.tls.key_file, ['unsubscribe', 'tls'], now),
    apiTls: readPair(checked, api.tls.cert_file, api.tls.key_file, ['api', 'tls'], now),
    apiTokens: new Map(Object.entries(api.tokens).map(([name, token]) => [name, token.token_sha256])),
    dkimKeys: readDkimKeys(checked),
    receiverSecrets: readReceiverSecrets(checked),
  }
}

function readListenerTls(
  checked: CrossChecked,
  tls: CrossChecked['declared']['listeners'][number]['tls'],
  path: Path,
  now: number,
): TlsFiles | undefined {
  if (tls.mode === 'none') return undefined
  const missing = (['cert_file', 'key_file'] as const).filter((key) => tls[key] === undefined)
  for (const key of missing) checked.report([...path, key], 'tls_needs', { mode: tls.mode })
  return readPair(checked, tls.cert_file, tls.key_file, path, now)
}

function readUpstreamSecrets(checked: CrossChecked, { mta, path }: PlacedMta, now: number): UpstreamSecrets {
  return {
    password: mta.password ?? readPassword(checked, mta.password_file, path),
    tls: readPair(checked, mta.cert_file, mta.key_file, path, now),
    ca: readAuthorities(checked, mta.ca_file, path),
  }
}

function readPair(
  checked: CrossChecked,
  certFile: string | undefined,
  keyFile: string | undefined,
  path: Path,
  now: number,
): TlsFiles | undefined {
  const cert = certFile === undefined ? undefined : readFile(checked, certFile, [...path, 'cert_file'], 'public')
  const key = keyFile === undefined ? undefined : readFile(checked, keyFile, [...path, 'key_file'], 'secret')
  const certificate = cert === undefined ? undefined : attempt(() => new X509Certificate(cert))
  const privateKey = key === undefined ? undefined : attempt(() => createPrivateKey(key))
  if (cert !== undefined && !certificate) checked.report([...path, 'cert_file'], 'no_certificate')
  if (key !== undefined && !privateKey) {
    checked.report([...path, 'key_file'], 'no_private_key')
  }
  if (certificate) checkDates(checked, certificate, [...path, 'cert_file'], now)
  if (certificate && privateKey && !certificate.checkPrivateKey(privateKey)) {
    checked.report([...path, 'key_file'], 'another_key')
  } else if (cert !== undefined && key !== undefined && certificate && privateKey) {
    checkUse(checked, { cert, key }, [...path, 'cert_file'])
  }
  return cert === undefined || key === undefined ? undefined : { cert, key }
}

/** What the first certificate of the file does not show: a chain that is broken further down, a key that is too short. */
function checkUse(checked: CrossChecked, pair: TlsFiles, path: Path): void {
  try {
    createSecureContext(pair)
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(':').at(-1) ?? '') : String(error)
    checked.report(path, 'tls_unusable', { reason })
  }
}

function checkDates(checked: CrossChecked, certificate: X509Certificate, path: Path, now: number): void {
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
  const from = Date.parse(certificate.validFrom)
  const until = Date.parse(certificate.validTo)
  if (now > until) checked.report(path, 'certificate_expired', { day: day(until) })
  if (now < from) checked.report(path, 'certificate_early', { day: day(from) })
}

function readAuthorities(checked: CrossChecked, file: string | undefined, path: Path): string | undefined {
  const at: Path = [...path, 'ca_file']
  const pem = file === undefined ? undefined : readFile(checked, file, at, 'public')
  if (pem !== undefined && !attempt(() => new X509Certificate(pem))) checked.report(at, 'no_certificate')
  return pem
}

function readPassword(checked: CrossChecked, file: string | undefined, path: Path): string | undefined {
  return file === undefined ? undefined : readLine(checked, file, [...path, 'password_file'])
}

function readSecretHashes(checked: CrossChecked): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>()
  for (const [id, { secret_hash: written, secret_hash_file: file }] of Object.entries(checked.declared.credentials)) {
    const path: Path = ['credentials', id, 'secret_hash_file']
    const hash = written ?? (file === undefined ? undefined : readLine(checked, file, path))
    if (hash === undefined) continue
    if (written === undefined && !secretHash.safeDecode(hash).success) {
      checked.report(path, 'no_secret_hash')
    }
    hashes.set(id, hash)
  }
  return hashes
}

function readDkimKeys(checked: CrossChecked): ReadonlyMap<string, string> {
  const keys = new Map<string, string>()
  for (const [id, { dkim }] of Object.entries(checked.declared.advertisers)) {
    const path: Path = ['advertisers', id, 'dkim', 'key_file']
    const pem = dkim === undefined ? undefined : readFile(checked, dkim.key_file, path, 'secret')
    if (pem === undefined) continue
    if (attempt(() => createPrivateKey(pem))?.asymmetricKeyType !== 'rsa') checked.report(path, 'no_rsa_key')
    keys.set(id, pem)
  }
  return keys
}

function readReceiverSecrets(checked: CrossChecked): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>()
  for (const [name, { secret, secret_file: file }] of Object.entries(checked.declared.receivers)) {
    const line =
      secret ?? (file === undefined ? undefined : readLine(checked, file, ['receivers', name, 'secret_file']))
    if (line !== undefined) secrets.set(name, line)
  }
  return secrets
}

/** The key file may not exist before the first start; when it does, it is nobody else's business. */
function checkKeyFile(checked: CrossChecked): void {
  const { key_file: file } = checked.declared.storage
  const mode = attempt(() => statSync(file).mode)
  if (mode !== undefined) checkMode(checked, file, mode, ['storage', 'key_file'])
}

function readLine(checked: CrossChecked, file: string, path: Path): string | undefined {
  const content = readFile(checked, file, path, 'secret')
  if (content === undefined) return undefined
  const line = content.replace(/\r?\n$/, '')
  if (line !== '' && !/[\r\n]/.test(line)) return line
  checked.report(path, line === '' ? 'secret_empty' : 'secret_lines', { file })
  return undefined
}

function readFile(checked: CrossChecked, file: string, path: Path, kind: 'public' | 'secret'): string | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openRegularFile(file)
    const { mode, size } = fstatSync(descriptor)
    if (kind === 'secret') checkMode(checked, file, mode, path)
    if (size <= MAX_OCTETS) return readFileSync(descriptor, 'utf8')
    checked.report(path, 'secret_too_large', { file })
  } catch (error) {
    checked.report(path, 'named_file_unreadable', { file, failure: readFailure(error) })
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
  return undefined
}

/** Where containers and systemd mount secrets: seen by one service only, whatever the mode says. */
const SERVICE_OWN = ['/run/secrets/', '/run/credentials/']

function checkMode(checked: CrossChecked, file: string, mode: number, path: Path): void {
  const absolute = isAbsolute(file) ? file : resolve(file)
  if ((mode & 0o004) === 0 || SERVICE_OWN.some((directory) => absolute.startsWith(directory))) return
  checked.report(path, 'secret_open', { file })
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
