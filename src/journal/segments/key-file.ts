/**
 * The file of the keys of segments, apart from the journal: one line for each, `<journal> <number> <64 hexadecimal digits>`,
 * all of one length, so that a key is destroyed where it stands: its digits are overwritten, and the rest of the file is not
 * touched. A line that is cut short was never used: a key is on disk before anything is sealed under it.
 */
import type { Bilingual } from '../../words/language.js'
import { readRegularFile } from '../../storage/regular-file.js'
import { ToldError } from '../../words/told-error.js'
import { randomBytes } from 'node:crypto'
import { closeSync, constants, fsyncSync, ftruncateSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Of one journal, by number of the segment; null for one that was destroyed. */
export type SegmentKeys = ReadonlyMap<number, Buffer | null>

export class SegmentKeyError extends ToldError {
  override readonly name = 'SegmentKeyError'
}

const LINE = /^([0-9a-f]{32}) ([0-9]{8}) ([0-9a-f]{64}|-{64})$/
const OWNER_DIGITS = 32
const SECRET_AT = OWNER_DIGITS + 1 + 8 + 1
const DIGITS = 64
const LINE_OCTETS = SECRET_AT + DIGITS + 1
const DESTROYED = '-'.repeat(DIGITS)
/** What a line that is cut short is completed with, to see whether it is one. */
const SAMPLE = `${'0'.repeat(32)} ${'0'.repeat(8)} ${'0'.repeat(DIGITS)}\n`
/** What a file system puts where it made room and never wrote. */
const NEVER_WRITTEN = /\0+$/

/** Changes whenever a key was added or destroyed; empty where there is no file. */
export function stateOfKeyFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found ? `${found.ino}:${found.size}:${found.mtimeNs}` : ''
}

/**
 * @returns no key where there is no file
 * @throws SegmentKeyError that says what to do; never quotes the content
 */
export function readSegmentKeys(path: string, journal: string): SegmentKeys {
  const keys = new Map<number, Buffer | null>()
  for (const { owner, number, secret } of readLines(path)) {
    if (owner !== journal) continue
    keys.set(number, secret === DESTROYED ? null : Buffer.from(secret, 'hex'))
  }
  return keys
}

/**
 * Makes the key of a segment, or finds the one an attempt that was cut short has made. Whoever makes a key holds the
 * journal's write transaction.
 */
export function ensureSegmentKey(path: string, journal: string, number: number): Buffer {
  const present = readSegmentKeys(path, journal).get(number)
  if (present === null) throw new SegmentKeyError(`the key of segment ${number} was destroyed and cannot be used again`)
  if (present) return present
  const secret = randomBytes(32)
  const whole = wholeLines(path, journal)
  withFile(path, constants.O_RDWR | constants.O_CREAT, (file) => {
    // What is behind the last line was seen to be a line that was cut short.
    ftruncateSync(file, whole)
    writeSync(file, `${journal} ${String(number).padStart(8, '0')} ${secret.toString('hex')}\n`, whole)
    fsyncSync(file)
  })
  syncDirectory(path)
  return secret
}

/**
 * A few hexadecimal digits are the beginning of a line only where they are those of a journal whose keys are here.
 *
 * @returns octets of the lines that are whole
 * @throws SegmentKeyError for a file that is none of keys, which would be written over
 */
export function wholeLines(path: string, journal: string): number {
  const text = readText(path)
  const lines = [...readLinesOf(text, path)]
  const whole = lines.length * LINE_OCTETS
  const owners = [journal, ...lines.map(({ owner }) => owner)].filter((owner) => owner !== '')
  const rest = text.slice(whole)
  const isForeign = rest !== '' && rest.length <= OWNER_DIGITS && !owners.some((owner) => owner.startsWith(rest))
  if (isForeign) throw notOurs(path, whole)
  return whole
}

/** Overwrites the key of a segment where it stands. Safe to repeat; a key that is not there is as good as destroyed. */
export function destroySegmentKey(path: string, journal: string, number: number): void {
  const found = readLines(path).find((line) => line.owner === journal && line.number === number)
  if (!found || found.secret === DESTROYED) return
  withFile(path, constants.O_RDWR, (file) => {
    writeSync(file, DESTROYED, found.offset + SECRET_AT)
    fsyncSync(file)
  })
}

function* readLinesOf(text: string, path: string) {
  for (let offset = 0; offset + LINE_OCTETS <= text.length; offset += LINE_OCTETS) {
    const match = lineIn(text.slice(offset, offset + LINE_OCTETS))
    if (!match) throw notOurs(path, offset)
    yield { offset, owner: match[1]!, number: Number(match[2]), secret: match[3]! }
  }
  const rest = text.slice(text.length - (text.length % LINE_OCTETS))
  if (!lineIn(rest + SAMPLE.slice(rest.length))) throw notOurs(path, text.length - rest.length)
}

function lineIn(text: string): RegExpExecArray | null {
  return text.endsWith('\n') ? LINE.exec(text.slice(0, -1)) : null
}

function notOurs(path: string, offset: number): SegmentKeyError {
  return new SegmentKeyError({
    en: `${path}: line ${offset / LINE_OCTETS + 1} is not a key of a segment: name another file in journal.segment_key_file, or restore this one from its backup`,
    fr: `${path} : la ligne ${offset / LINE_OCTETS + 1} n’est pas une clé de segment : nommer un autre fichier dans journal.segment_key_file, ou restaurer celui-ci depuis sa sauvegarde`,
  })
}

function readLines(path: string) {
  return [...readLinesOf(readText(path), path)]
}

/** Empty where there is no file. */
function readText(path: string): string {
  try {
    return readRegularFile(path, 'latin1').replace(NEVER_WRITTEN, '')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ''
    const words = {
      en: `the keys of the journal's segments ${path} cannot be read: check that it is the right file, its owner and mode`,
      fr: `les clés des segments du journal ${path} sont illisibles : voir si c’est le bon fichier, son propriétaire et son mode`,
    }
    throw new SegmentKeyError(words, { cause })
  }
}

function withFile(path: string, flags: number, work: (file: number) => void): void {
  try {
    if (flags & constants.O_CREAT) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const file = openSync(path, flags, 0o600)
    try {
      work(file)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw new SegmentKeyError(unwritableSegmentKeys(path), { cause })
  }
}

export function unwritableSegmentKeys(path: string): Bilingual {
  return {
    en: `the keys of the journal's segments ${path} cannot be written: check the owner, the mode and the room on its volume`,
    fr: `les clés des segments du journal ${path} ne peuvent pas être écrites : voir le propriétaire, le mode et la place sur le volume`,
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(dirname(path), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
