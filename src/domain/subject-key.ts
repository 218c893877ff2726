/**
 * Keyed hashes that stand for a person in the registry, the journal and the logs (promise I8). A plain hash of an e-mail
 * address is not anonymous (CNIL SAN-2020-003, Spartoo): anyone can hash a list of addresses and compare.
 */
import { createHmac } from 'node:crypto'
import { broadAddress, type CanonicalAddress } from './address.js'

/** Lower-case hexadecimal HMAC-SHA-256, 64 characters. */
export type SubjectKey = string

export interface SubjectKeys {
  /** Names the secret the keys were made with. */
  readonly keyId: string
  /** Exact: the address that consented and no other. */
  readonly consentKey: SubjectKey
  /** Wide: every spelling that reaches the same mailbox. */
  readonly objectionKey: SubjectKey
}

export interface SubjectSecret {
  readonly keyId: string
  /** 32 octets, kept outside every database. */
  readonly secret: Buffer
}

/**
 * @param separators sub-address separators, see {@link broadAddress}
 */
export function subjectKeys(address: CanonicalAddress, key: SubjectSecret, separators?: string): SubjectKeys {
  return {
    keyId: key.keyId,
    consentKey: keyedHash(key.secret, `a1\0${address}`),
    objectionKey: keyedHash(key.secret, `o1\0${broadAddress(address, separators)}`),
  }
}

function keyedHash(secret: Buffer, text: string): SubjectKey {
  return createHmac('sha256', secret).update(text).digest('hex')
}
