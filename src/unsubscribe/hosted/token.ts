/**
 * Unsubscribe tokens: who objects to whose messages, and to which list, in a form nobody can forge, read or guess. They do
 * not expire, nothing about them is stored, and the same link is the same each time: a message opened after years still
 * unsubscribes. A token holds the wide keyed hash of the person, never an address (promise I8).
 *
 * Two sealed parts and a check value: the sender, the same in every link of a list; the person; and a digest without a key, by
 * which anybody can tell a link that was damaged on its way from a whole one. So a damaged link can be called damaged, and
 * whether the part of the person is genuine need not be told to anybody.
 *
 * Each part is under deterministic authenticated encryption in the manner of SIV (RFC 5297), made of HMAC-SHA-256 and
 * AES-256-CTR: the code over the content comes first, and is the vector the rest is encrypted with.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { SubjectKeys } from '../../domain/subject-key.js'

/** Whose messages a link is in: the same for everybody who gets them. */
export interface TokenSender {
  readonly advertiserId: string
  /** The advertiser's list the message belonged to. */
  readonly list: string | undefined
}

export interface TokenContent extends TokenSender {
  readonly person: Pick<SubjectKeys, 'keyId' | 'objectionKey'>
  /** Who sent the message for the advertiser; a complaint may hold against it. */
  readonly routerId: string | undefined
}

export interface TokenReading {
  readonly sender: TokenSender
  /** Undefined when the part of the person was not written with our keys: made by somebody, not damaged. */
  readonly content: TokenContent | undefined
}

export interface TokenKeys {
  /** Base64url without padding, some 110 to 160 characters. */
  write(content: TokenContent): string
  /** Undefined for everything that is not whole, or not in the form of a token of ours. */
  examine(token: string): TokenReading | undefined
  /** Undefined for everything that was not written with one of the keys, unchanged. */
  read(token: string): TokenContent | undefined
}

const CHECK_OCTETS = 4
/** What the sender's part says is no secret to whoever has a link; it must not be made up by the thousand. */
const SENDER_CODE_OCTETS = 8
const PERSON_CODE_OCTETS = 16
const KEY_OCTETS = 32
const VECTOR_OCTETS = 16
const CIPHER = 'aes-256-ctr'
/** Names of a configuration have at most 64 characters, key ids 32. */
const LONGEST_TOKEN = 420
/** The length of the sender's part, both codes, a person's key. */
const SHORTEST_OCTETS = 1 + SENDER_CODE_OCTETS + PERSON_CODE_OCTETS + KEY_OCTETS

interface Secret {
  readonly code: Buffer
  readonly cipher: Buffer
}

interface Secrets {
  readonly sender: Secret
  readonly person: Secret
}

/** @param secrets of 32 octets, the one in force first */
export function tokenKeys(secrets: readonly [Buffer, ...Buffer[]]): TokenKeys {
  const keys = secrets.map((secret): Secrets => ({
    sender: derive(secret, 'sender'),
    person: derive(secret, 'person'),
  }))
  const [inForce] = keys

  function examine(token: string): TokenReading | undefined {
    const octets = wholeOctets(token)
    if (octets === undefined) return undefined
    const senderEnd = 1 + SENDER_CODE_OCTETS + octets[0]!
    const senderPart = octets.subarray(1, senderEnd)
    const personPart = octets.subarray(senderEnd)
    if (personPart.length <= PERSON_CODE_OCTETS + KEY_OCTETS) return undefined
    for (const key of keys) {
      const names = open(key.sender, senderPart, SENDER_CODE_OCTETS)
      if (names === undefined) continue
      const sender = senderFrom(names)
      const person = open(key.person, personPart, PERSON_CODE_OCTETS, senderPart)
      return { sender, content: person && { ...sender, ...personFrom(person) } }
    }
    return undefined
  }

  return {
    write({ person: { keyId, objectionKey }, advertiserId, routerId, list }) {
      const names = Buffer.from(namesOf(advertiserId, list))
      const person = Buffer.concat([Buffer.from(objectionKey, 'hex'), Buffer.from(namesOf(keyId, routerId))])
      const senderPart = seal(inForce!.sender, names, SENDER_CODE_OCTETS)
      const personPart = seal(inForce!.person, person, PERSON_CODE_OCTETS, senderPart)
      const parts = Buffer.concat([Buffer.from([names.length]), senderPart, personPart])
      return Buffer.concat([parts, checkOf(parts)]).toString('base64url')
    },
    examine,
    read: (token) => examine(token)?.content,
  }
}

/** Tokens under the keys there are at the moment, which may have been rotated. @param keys the same as long as they are the same */
export function renewedTokenKeys<Keys>(keys: () => Keys, tokensUnder: (keys: Keys) => TokenKeys): TokenKeys {
  let known: { readonly keys: Keys; readonly tokens: TokenKeys } | undefined

  function tokens(): TokenKeys {
    const now = keys()
    if (known?.keys !== now) known = { keys: now, tokens: tokensUnder(now) }
    return known.tokens
  }

  return {
    write: (content) => tokens().write(content),
    examine: (token) => tokens().examine(token),
    read: (token) => tokens().read(token),
  }
}

/** The two parts of a token that is as it was written, whoever wrote it. */
function wholeOctets(token: string): Buffer | undefined {
  if (token.length > LONGEST_TOKEN || !/^[\w-]+$/.test(token)) return undefined
  const octets = Buffer.from(token, 'base64url')
  // The last character of base64url has spare bits: only one spelling of a token is one.
  if (octets.length <= SHORTEST_OCTETS || octets.toString('base64url') !== token) return undefined
  const parts = octets.subarray(0, -CHECK_OCTETS)
  return checkOf(parts).equals(octets.subarray(-CHECK_OCTETS)) ? parts : undefined
}

function checkOf(parts: Buffer): Buffer {
  return createHash('sha256').update(parts).digest().subarray(0, CHECK_OCTETS)
}

function derive(secret: Buffer, part: keyof Secrets): Secret {
  const key = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `aval unsubscribe ${part} ${use} v1`, 32))
  return { code: key('code'), cipher: key('cipher') }
}

const NOTHING: Buffer = Buffer.alloc(0)

/** @param under is authenticated with the content, and not repeated */
function seal(key: Secret, content: Buffer, codeOctets: number, under = NOTHING): Buffer {
  const code = codeOf(key, content, codeOctets, under)
  const cipher = createCipheriv(CIPHER, key.cipher, vectorFrom(code))
  return Buffer.concat([code, cipher.update(content), cipher.final()])
}

function open(key: Secret, part: Buffer, codeOctets: number, under = NOTHING): Buffer | undefined {
  const code = part.subarray(0, codeOctets)
  const cipher = createDecipheriv(CIPHER, key.cipher, vectorFrom(code))
  const content = Buffer.concat([cipher.update(part.subarray(codeOctets)), cipher.final()])
  return timingSafeEqual(code, codeOf(key, content, codeOctets, under)) ? content : undefined
}

function codeOf(key: Secret, content: Buffer, octets: number, under: Buffer): Buffer {
  return createHmac('sha256', key.code).update(under).update(content).digest().subarray(0, octets)
}

function vectorFrom(code: Buffer): Buffer {
  return Buffer.concat([code], VECTOR_OCTETS)
}

/** In place of a name there is none of; no name of a configuration looks like it. */
const NONE = '-'

function namesOf(name: string, optional: string | undefined): string {
  return `${name} ${optional ?? NONE}`
}

function namesFrom(octets: Buffer): readonly [name: string, optional: string | undefined] {
  const [name = '', optional = NONE] = octets.toString().split(' ')
  return [name, optional === NONE ? undefined : optional]
}

function senderFrom(content: Buffer): TokenSender {
  const [advertiserId, list] = namesFrom(content)
  return { advertiserId, list }
}

function personFrom(content: Buffer): Pick<TokenContent, 'person' | 'routerId'> {
  const [keyId, routerId] = namesFrom(content.subarray(KEY_OCTETS))
  return { person: { keyId, objectionKey: content.toString('hex', 0, KEY_OCTETS) }, routerId }
}
