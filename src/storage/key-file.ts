/**
 * The key file: the secrets that turn an address into the keyed hash the registry holds, and that make integrity codes.
 * It lives outside every database (promise I8). One key a line, `<key id>:<64 hexadecimal digits>`; the first is in force.
 */
import type { Bilingual } from '../words/language.js'
import { ToldError } from '../words/told-error.js'
import { readRegularFile } from './regular-file.js'
import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import {
  closeSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

export interface MasterKey {
  readonly keyId: string
  readonly secret: Buffer
}

export class KeyFileError extends ToldError {
  override readonly name = 'KeyFileError'
  readonly code: 'missing' | 'unreadable' | 'malformed'

  constructor(code: KeyFileError['code'], words: string | Bilingual, options?: ErrorOptions) {
    super(words, options)
    this.code = code
  }
}

const LINE = /^([a-z0-9][a-z0-9-]{0,31}):([0-9a-f]{64})$/

/**
 * @returns the keys, the one in force first
 * @throws KeyFileError that says what to do; never quotes the content
 */
export function readKeyFile(path: string): readonly [MasterKey, ...MasterKey[]] {
  const keys: MasterKey[] = []
  for (const [index, line] of readLines(path).entries()) {
    const match = LINE.exec(line)
    if (!match)
      throw new KeyFileError('malformed', {
        en: `${path}: line ${index + 1} is not "<key id>:<64 hexadecimal digits>"`,
        fr: `${path} : la ligne ${index + 1} n’est pas de la forme « <nom de clé>:<64 chiffres hexadécimaux> »`,
      })
    keys.push({ keyId: match[1]!, secret: Buffer.from(match[2]!, 'hex') })
  }
  const [first, ...rest] = keys
  if (!first)
    throw new KeyFileError('malformed', {
      en: `${path}: no key in it; restore the file from its backup`,
      fr: `${path} : aucune clé ; restaurer le fichier depuis sa sauvegarde`,
    })
  if (new Set(keys.map((key) => key.keyId)).size < keys.length)
    throw new KeyFileError('malformed', {
      en: `${path}: a key id stands twice`,
      fr: `${path} : un nom de clé y figure deux fois`,
    })
  return [first, ...rest]
}

/** Makes a key file with one random key, mode 0600. Never overwrites: losing a key loses every consent made under it. */
export function createKeyFile(path: string): void {
  const { line } = newKey()
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, `${line}\n`)
    fsyncSync(file)
  } catch (cause) {
    // Half a key is none, and would keep the next attempt from making one.
    unlinkSync(path)
    throw cause
  } finally {
    closeSync(file)
  }
}

/**
 * Puts a new random key in front of the others. The file is replaced in one step, with its owner and mode.
 *
 * @returns its id
 * @throws KeyFileError for a file that cannot be read; the error of the file system for one that cannot be replaced
 */
export function addKey(path: string): string {
  readKeyFile(path)
  const { mode, uid, gid } = statSync(path)
  const { keyId, line } = newKey()
  const temporary = `${path}.new`
  rmSync(temporary, { force: true })
  const file = openSync(temporary, 'wx', mode & 0o777)
  try {
    fchownSync(file, uid, gid)
    writeSync(file, `${line}\n${readRegularFile(path, 'utf8')}`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  const directory = openSync(dirname(path), 'r')
  fsyncSync(directory)
  closeSync(directory)
  return keyId
}

function newKey(): { readonly keyId: string; readonly line: string } {
  const secret = randomBytes(32)
  const keyId = `k${createHash('sha256').update(secret).digest('hex').slice(0, 8)}`
  return { keyId, line: `${keyId}:${secret.toString('hex')}` }
}

/** One secret of 32 octets for each use, so that no code made for one purpose can pass for another (RFC 5869). */
export function deriveKey(
  key: MasterKey,
  purpose: 'subject' | 'record' | 'journal' | 'unsubscribe' | 'configuration',
): Buffer {
  return Buffer.from(hkdfSync('sha256', key.secret, '', `aval ${purpose} v1`, 32))
}

/** What unsubscribe tokens are made with, that of the key in force first. */
export function unsubscribeSecrets([inForce, ...earlier]: readonly [MasterKey, ...MasterKey[]]): [Buffer, ...Buffer[]] {
  return [deriveKey(inForce, 'unsubscribe'), ...earlier.map((key) => deriveKey(key, 'unsubscribe'))]
}

function readLines(path: string): string[] {
  let text: string
  try {
    text = readRegularFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? 'missing' : 'unreadable'
    const words = {
      missing: {
        en: `the key file ${path} is missing: restore it from its backup, because nobody in the registry can be found without it; a new site gets one with "aval init" or "aval registry create"`,
        fr: `le fichier de clé ${path} est absent : le restaurer depuis sa sauvegarde, car sans lui personne n’est retrouvable dans le registre ; un nouveau site en reçoit un par « aval init » ou « aval registry create »`,
      },
      unreadable: {
        en: `the key file ${path} cannot be read: check that it is the right file, its owner and mode`,
        fr: `le fichier de clé ${path} est illisible : voir si c’est le bon fichier, son propriétaire et son mode`,
      },
    }
    throw new KeyFileError(code, words[code], { cause })
  }
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}
