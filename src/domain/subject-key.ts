/**
 * Keyed hashes that stand for a person in the registry, the journal and the logs (promise I8). A plain hash of an e-mail
 * address is not anonymous (CNIL SAN-2020-003, Spartoo): anyone can hash a list of addresses and compare.
 */
import { hash } from 'node:crypto'
import { broadAddress, type CanonicalAddress, domainOf } from './address.js'
import { type KeyedHash, keyedHash } from './keyed-hash.js'
import type { PhoneNumber } from './phone-number.js'

/** What names a person: an e-mail address, or a telephone number behind a gateway. */
export type Subject = CanonicalAddress | PhoneNumber

/** Lower-case hexadecimal HMAC-SHA-256, 64 characters. */
export type SubjectKey = string

export interface SubjectKeys {
  /** Names the secret the keys were made with. */
  readonly keyId: string
  /** Exact: the address that consented and no other. */
  readonly consentKey: SubjectKey
  /** Wide: every spelling that reaches the same mailbox. */
  readonly objectionKey: SubjectKey
  /** What the person is called where an objection came as a digest of the address: one for each algorithm and spelling. */
  readonly digestKeys?: readonly SubjectKey[]
  /** What the domain of the address, and each domain it is in, is called where everybody in one has objected at once. */
  readonly domainKeys?: readonly SubjectKey[]
  /** The same person under keys that are no longer in force, newest first. */
  readonly earlier?: readonly SubjectKeys[]
}

export interface SubjectSecret {
  readonly keyId: string
  readonly keyed: KeyedHash
}

/** @param secret 32 octets, kept outside every database */
export function subjectSecret(keyId: string, secret: Uint8Array): SubjectSecret {
  return { keyId, keyed: keyedHash(secret) }
}

/**
 * @param separators sub-address separators, see {@link broadAddress}
 */
export function subjectKeys(subject: Subject, key: SubjectSecret, separators?: string): SubjectKeys {
  const { keyId, consentKey, objectionKey } = undigestedKeys(subject, key, separators)
  let digestKeys: readonly SubjectKey[] | undefined
  let domainKeys: readonly SubjectKey[] | undefined
  return {
    keyId,
    consentKey,
    objectionKey,
    // Asked for only where such a list is on file.
    get digestKeys() {
      const broad = broadOf(subject, separators)
      digestKeys ??= [...new Set([subject, broad])].flatMap((spelling) =>
        DIGEST_ALGORITHMS.map((algorithm) => digestKey(algorithm, hash(algorithm, spelling, 'hex'), key)),
      )
      return digestKeys
    },
    get domainKeys() {
      domainKeys ??= isAddress(subject) ? domainKeysOf(domainOf(subject), key) : []
      return domainKeys
    },
  }
}

/** The same for where every objection on file names one address. */
export function undigestedKeys(subject: Subject, { keyId, keyed }: SubjectSecret, separators?: string): SubjectKeys {
  return {
    keyId,
    consentKey: keyed.hex(`a1\0${subject}`),
    objectionKey: keyed.hex(`o1\0${broadOf(subject, separators)}`),
  }
}

function broadOf(subject: Subject, separators: string | undefined): string {
  return isAddress(subject) ? broadAddress(subject, separators) : subject
}

function isAddress(subject: Subject): subject is CanonicalAddress {
  return subject.includes('@')
}

export const DIGEST_ALGORITHMS = ['md5', 'sha1', 'sha256'] as const
/** How the suppression lists that companies pass on to each other hash an address. */
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number]

/**
 * A digest is as good as the address to whoever has a list of addresses; its keyed hash is not.
 *
 * @param digest lower-case hexadecimal
 */
export function digestKey(algorithm: DigestAlgorithm, digest: string, { keyed }: SubjectSecret): SubjectKey {
  return keyed.hex(`h1\0${algorithm}\0${digest}`)
}

/** @param domain canonical, see `canonicalDomain` */
export function domainKey(domain: string, { keyed }: SubjectSecret): SubjectKey {
  return keyed.hex(`d1\0${domain}`)
}

/** Of a domain and each it is in: `a.b.example` is in `b.example` as well; a name of one label is nobody's to speak for. */
export function domainKeysOf(domain: string, key: SubjectSecret): SubjectKey[] {
  const labels = domain.split('.')
  return labels.slice(1).map((_label, index) => domainKey(labels.slice(index).join('.'), key))
}

export const OTHER_NAMES = [...DIGEST_ALGORITHMS, 'domain'] as const
/** How else than by an address an objection may say whose it is. */
export type OtherName = (typeof OTHER_NAMES)[number]

/** Every name the person has, under every key: the one in force first. */
export function everyKey(subject: SubjectKeys): readonly SubjectKeys[] {
  return subject.earlier === undefined ? [subject] : [subject, ...subject.earlier]
}

/** Everything an objection that reaches the person may be filed under, wide keys first. */
export function everyName(subject: SubjectKeys): readonly SubjectKey[] {
  const everybody = everyKey(subject)
  const others = everybody.flatMap(({ digestKeys = [], domainKeys = [] }) => [...digestKeys, ...domainKeys])
  return [...everybody.map(({ objectionKey }) => objectionKey), ...others]
}
