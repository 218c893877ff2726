/**
 * Signed notes (C2SP signed-note) with Ed25519 keys (RFC 8032), and the checkpoint a note of a journal says (C2SP
 * tlog-checkpoint): origin, size, root, then one line of our own with the moment.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

const ED25519 = 0x01
/** What stands before the 32 octets of a key in DER (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** 32 octets. */
export type RawKey = Buffer

export interface NoteSigner {
  /** Name in signature lines; the origin of the journal. */
  readonly name: string
  readonly privateKey: KeyObject
  readonly publicKey: RawKey
}

export interface Checkpoint {
  readonly origin: string
  /** Leaves of the tree. */
  readonly size: number
  readonly root: Buffer
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The origin of a journal: what names its checkpoints, and its keys. */
export function originOf(journal: string): string {
  return `aval-journal/${journal}`
}

export function publicKeyOf(raw: RawKey): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' })
}

export function signerOf(name: string, privateKey: KeyObject): NoteSigner {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length)
  return { name, privateKey, publicKey }
}

/** The first four octets of `SHA-256(name ‖ LF ‖ 01 ‖ key)`. */
export function keyHash(name: string, publicKey: RawKey): Buffer {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(ED25519)).update(publicKey).digest().subarray(0, 4)
}

/** A public key in the notation of signed notes: `<name>+<hash>+<base64>`. */
export function verifierKey(name: string, publicKey: RawKey): string {
  const key = Buffer.concat([Buffer.of(ED25519), publicKey]).toString('base64')
  return `${name}+${keyHash(name, publicKey).toString('hex')}+${key}`
}

/** @returns undefined for what is no such key, or one whose hash does not fit */
export function readVerifierKey(text: string): { readonly name: string; readonly publicKey: RawKey } | undefined {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text.trim())
  if (!match) return undefined
  const [, name, hash, key] = match
  const octets = Buffer.from(key!, 'base64')
  const publicKey = octets.subarray(1)
  if (octets[0] !== ED25519 || publicKey.length !== 32) return undefined
  return keyHash(name!, publicKey).toString('hex') === hash ? { name: name!, publicKey } : undefined
}

/** @param text ends with a line feed */
export function signNote(text: string, signer: NoteSigner): string {
  const signature = sign(null, Buffer.from(text), signer.privateKey)
  const line = Buffer.concat([keyHash(signer.name, signer.publicKey), signature]).toString('base64')
  return `${text}\n\u2014 ${signer.name} ${line}\n`
}

/** @returns the text of the note when this key signed it; other signatures are passed over, as the format asks */
export function openNote(note: string, name: string, publicKey: RawKey): string | undefined {
  const end = note.lastIndexOf('\n\n')
  if (end === -1) return undefined
  const text = note.slice(0, end + 1)
  const expected = keyHash(name, publicKey)
  for (const line of note.slice(end + 2).split('\n')) {
    const match = /^\u2014 (\S+) ([A-Za-z0-9+/=]+)$/.exec(line)
    if (match?.[1] !== name) continue
    const octets = Buffer.from(match[2]!, 'base64')
    if (octets.length !== 68 || !octets.subarray(0, 4).equals(expected)) continue
    if (verify(null, Buffer.from(text), publicKeyOf(publicKey), octets.subarray(4))) return text
  }
  return undefined
}

export function checkpointText({ origin, size, root, at }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\ntime ${at}\n`
}

/** @returns undefined for what is no checkpoint of a journal. Says nothing about its signature. */
export function readCheckpoint(note: string): Checkpoint | undefined {
  const match = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\ntime ([0-9]{1,16})\n(?:\n|$)/.exec(note)
  if (!match) return undefined
  const [, origin, size, root, at] = match
  return { origin: origin!, size: Number(size), root: Buffer.from(root!, 'base64'), at: Number(at) }
}
