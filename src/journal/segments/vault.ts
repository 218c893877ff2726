/**
 * Personal parts as they are on disk: sealed with AES-256-GCM (NIST SP 800-38D) under the key of their segment, and found by
 * a keyed code of the person that differs from segment to segment. Where the key is gone neither can be undone.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomFillSync } from 'node:crypto'
import { keyedHash, type KeyedHash } from '../../domain/keyed-hash.js'
import { type PersonalPart, personalText, segmentKeyCommitment } from '../entry-format.js'
import { ensureSegmentKey, readSegmentKeys, type SegmentKeys, stateOfKeyFile } from './key-file.js'

/** A row of table `personal` or `addressee`. */
export interface SealedPart {
  readonly segment: number
  /** HMAC-SHA-256 of what it is found by, its first 16 octets. */
  readonly tag: Buffer
  /** Nonce (12 octets), ciphertext, authentication code (16 octets). */
  readonly sealed: Buffer
}

/** The canonical text that was sealed; `unreadable`: its key is not at hand; `altered`: it is not what was sealed. */
export type OpenedPart = Buffer | 'unreadable' | 'altered'

export interface Vault {
  seal(segment: number, part: PersonalPart): SealedPart
  /** What a person objects under, to be found by a message to them. */
  sealAddressee(segment: number, messageIdSha256: string, objectionKey: string): SealedPart
  open(row: SealedPart): OpenedPart
  /** How this person is found in each segment whose key is at hand. */
  tagsOf(toKey: string): Buffer[]
  /** How a message is found among addressees. */
  messageTagsOf(messageIdSha256: string): Buffer[]
  /** null once destroyed, undefined where it never was in the file. */
  commitmentOf(segment: number): string | null | undefined
}

interface Segment {
  readonly cipherKey: Buffer
  readonly search: KeyedHash
  readonly commitment: string
}

const CIPHER = 'aes-256-gcm'
const NONCE = 12
const CODE = 16
const TAG = 16
const NONCES = 256

/** @param path file of the keys, read again whenever it changed */
export function openVault(path: string, journal: string): Vault {
  let state: string | undefined
  let keys: SegmentKeys = new Map()
  const segments = new Map<number, Segment>()
  const nonces = Buffer.alloc(NONCES * NONCE)
  let nextNonce = nonces.length

  function refresh(): void {
    const now = stateOfKeyFile(path)
    if (now === state) return
    keys = readSegmentKeys(path, journal)
    segments.clear()
    state = now
  }

  function find(number: number): Segment | undefined {
    const known = segments.get(number)
    if (known) return known
    const key = keys.get(number)
    if (!key) return undefined
    const segment = deriveSegment(key)
    segments.set(number, segment)
    return segment
  }

  function drawNonce(): Buffer {
    if (nextNonce === nonces.length) {
      randomFillSync(nonces)
      nextNonce = 0
    }
    return nonces.subarray(nextNonce, (nextNonce += NONCE))
  }

  function seal(number: number, word: string, text: Buffer): SealedPart {
    let segment = find(number)
    if (!segment) {
      segment = deriveSegment(ensureSegmentKey(path, journal, number))
      refresh()
      segments.set(number, segment)
    }
    return sealText(number, segment, word, text, drawNonce())
  }

  function tagsOf(word: string): Buffer[] {
    refresh()
    return [...keys.keys()].flatMap((number) => {
      const segment = find(number)
      return segment ? [tagOf(segment, word)] : []
    })
  }

  refresh()
  return {
    seal: (number, part) => seal(number, part.toKey, Buffer.from(personalText(part))),
    sealAddressee: (number, messageIdSha256, objectionKey) =>
      seal(number, wordOf(messageIdSha256), Buffer.from(objectionKey, 'hex')),
    open(row) {
      const segment = find(row.segment) ?? (refresh(), find(row.segment))
      return segment ? openPart(segment, row) : 'unreadable'
    },
    tagsOf: (toKey) => tagsOf(toKey),
    messageTagsOf: (messageIdSha256) => tagsOf(wordOf(messageIdSha256)),
    commitmentOf(number) {
      refresh()
      return keys.get(number) === null ? null : find(number)?.commitment
    },
  }
}

function deriveSegment(key: Buffer): Segment {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', key, '', `aval segment ${use} v1`, 32))
  return { cipherKey: derive('seal'), search: keyedHash(derive('search')), commitment: segmentKeyCommitment(key) }
}

function wordOf(messageIdSha256: string): string {
  return `message:${messageIdSha256}`
}

function tagOf({ search }: Segment, word: string): Buffer {
  return Buffer.from(search.hex(word), 'hex').subarray(0, TAG)
}

function sealText(number: number, segment: Segment, word: string, text: Buffer, nonce: Buffer): SealedPart {
  const tag = tagOf(segment, word)
  const cipher = createCipheriv(CIPHER, segment.cipherKey, nonce).setAAD(tag)
  const closed = cipher.update(text)
  cipher.final()
  return { segment: number, tag, sealed: Buffer.concat([nonce, closed, cipher.getAuthTag()]) }
}

function openPart({ cipherKey }: Segment, { tag, sealed }: SealedPart): Buffer | 'altered' {
  if (sealed.length < NONCE + CODE) return 'altered'
  const end = sealed.length - CODE
  const cipher = createDecipheriv(CIPHER, cipherKey, sealed.subarray(0, NONCE), { authTagLength: CODE })
  cipher.setAAD(tag).setAuthTag(sealed.subarray(end))
  const text = cipher.update(sealed.subarray(NONCE, end))
  try {
    cipher.final()
    return text
  } catch {
    return 'altered'
  }
}
