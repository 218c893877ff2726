/**
 * Unsubscribe tokens: who objects to whose messages, and to which list, in a form nobody can forge, read or guess. They do
 * not expire, nothing about them is stored, and the same link is the same each time: a message opened after years still
 * unsubscribes. A token holds the wide keyed hash of the person, never an address (promise I8).
 *
 * Deterministic authenticated encryption in the manner of SIV (RFC 5297), made of HMAC-SHA-256 and AES-256-CTR: the first 16
 * octets are the code over the content, and the vector the rest is encrypted with.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { SubjectKeys } from '../../domain/subject-key.js'

export interface TokenContent {
  readonly person: Pick<SubjectKeys, 'keyId' | 'objectionKey'>
  readonly advertiserId: string
  /** Who sent the message for the advertiser; a complaint may hold against it. */
  readonly routerId: string | undefined
  /** The advertiser's list the message belonged to. */
  readonly list: string | undefined
}

export interface TokenKeys {
  /** Base64url without padding, some 90 to 150 characters. */
  write(content: TokenContent): string
  /** Undefined for everything that was not written with one of the keys, unchanged. */
  read(token: string): TokenContent | undefined
}

const FORMAT = 1
const CODE_OCTETS = 16
const KEY_OCTETS = 32
const CIPHER = 'aes-256-ctr'
/** Names of a configuration have at most 64 characters, key ids 32. */
const LONGEST_TOKEN = 420

interface Secret {
  readonly code: Buffer
  readonly cipher: Buffer
}

/** @param secrets of 32 octets, the one in force first */
export function tokenKeys(secrets: readonly [Buffer, ...Buffer[]]): TokenKeys {
  const keys = secrets.map((secret): Secret => ({ code: derive(secret, 'code'), cipher: derive(secret, 'cipher') }))
  const [inForce] = keys
  return {
    write: (content) => seal(inForce!, encode(content)).toString('base64url'),
    read(token) {
      if (token.length > LONGEST_TOKEN || !/^[\w-]+$/.test(token)) return undefined
      const octets = Buffer.from(token, 'base64url')
      // The last character of base64url has spare bits: only one spelling of a token is one.
      if (octets.length <= CODE_OCTETS || octets.toString('base64url') !== token) return undefined
      for (const key of keys) {
        const content = open(key, octets)
        if (content !== undefined) return decode(content)
      }
      return undefined
    },
  }
}

function derive(secret: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `aval unsubscribe ${use} v1`, 32))
}

function seal(key: Secret, content: Buffer): Buffer {
  const code = codeOf(key, content)
  const cipher = createCipheriv(CIPHER, key.cipher, code)
  return Buffer.concat([code, cipher.update(content), cipher.final()])
}

function open(key: Secret, octets: Buffer): Buffer | undefined {
  const code = octets.subarray(0, CODE_OCTETS)
  const cipher = createDecipheriv(CIPHER, key.cipher, code)
  const content = Buffer.concat([cipher.update(octets.subarray(CODE_OCTETS)), cipher.final()])
  return timingSafeEqual(code, codeOf(key, content)) ? content : undefined
}

function codeOf(key: Secret, content: Buffer): Buffer {
  return createHmac('sha256', key.code).update(content).digest().subarray(0, CODE_OCTETS)
}

/** In place of a name there is none of; no name of a configuration looks like it. */
const NONE = '-'

function encode({ person, advertiserId, routerId = NONE, list = NONE }: TokenContent): Buffer {
  const names = [person.keyId, advertiserId, routerId, list].join(' ')
  return Buffer.concat([Buffer.from([FORMAT]), Buffer.from(person.objectionKey, 'hex'), Buffer.from(names)])
}

function decode(content: Buffer): TokenContent | undefined {
  const names = content
    .subarray(1 + KEY_OCTETS)
    .toString()
    .split(' ')
  const [keyId = '', advertiserId = '', ...optional] = names
  if (content[0] !== FORMAT || names.length !== 4) return undefined
  const [routerId, list] = optional.map((name) => (name === NONE ? undefined : name))
  return { person: { keyId, objectionKey: content.toString('hex', 1, 1 + KEY_OCTETS) }, advertiserId, routerId, list }
}
