/**
 * The file of the key that signs checkpoints: an Ed25519 private key in PEM (RFC 8410), mode 0600, apart from the journal.
 * A rotation first writes the new key beside it as `<file>.next`, then says so in the journal, then puts it in its place: at
 * whichever moment it is cut short, the key the journal names is in one of the two.
 */
import { readRegularFile } from '../../storage/regular-file.js'
import { ToldError } from '../../words/told-error.js'
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { type NoteSigner, type RawKey, signerOf } from './note.js'

/** Checkpoints cannot be signed; entries are written all the same. */
export class SigningKeyError extends ToldError {
  override readonly name = 'SigningKeyError'
}

/**
 * @param inForce the key the journal names; undefined when it names none yet
 * @returns the signer, from the file or from the one that waits to take its place
 * @throws SigningKeyError that says what to do
 */
export function openSigningKey(file: string, name: string, inForce: RawKey | undefined): NoteSigner {
  if (inForce === undefined) {
    if (!existsSync(file)) writeNewKey(file)
    return signerOf(name, readPrivateKey(file))
  }
  for (const candidate of [file, nextOf(file)]) {
    if (!existsSync(candidate)) continue
    const signer = signerOf(name, readPrivateKey(candidate))
    if (signer.publicKey.equals(inForce)) return signer
  }
  throw new SigningKeyError(
    existsSync(file)
      ? {
          en: `the signing key ${file} is not the one the journal names: restore that one, or say that it is lost with "aval journal rotate-key --lost"`,
          fr: `la clé de signature ${file} n’est pas celle que nomme le journal : restaurer celle-là, ou dire qu’elle est perdue par « aval journal rotate-key --lost »`,
        }
      : {
          en: `the signing key ${file} is missing: restore it from its backup, or say that it is lost with "aval journal rotate-key --lost"`,
          fr: `la clé de signature ${file} est absente : la restaurer depuis sa sauvegarde, ou dire qu’elle est perdue par « aval journal rotate-key --lost »`,
        },
  )
}

/**
 * The same without making a key where there is none yet.
 *
 * @throws SigningKeyError for a key checkpoints could not be signed with
 */
export function examineSigningKey(file: string, name: string, inForce: RawKey | undefined): void {
  if (inForce !== undefined || existsSync(file)) openSigningKey(file, name, inForce)
}

/**
 * A file that holds no key is the wrong one, or was damaged: nothing starts with it. One that is not there is another matter:
 * it may be made yet, or be lost, which keeps no relay from starting.
 *
 * @throws SigningKeyError that says what to do
 */
export function assertSigningKey(file: string): void {
  if (existsSync(file)) readPrivateKey(file)
}

/** The key that will take the place of the one in force; the same again after a rotation that was cut short. */
export function openNextKey(file: string, name: string): NoteSigner {
  const next = nextOf(file)
  if (!existsSync(next)) writeNewKey(next)
  return signerOf(name, readPrivateKey(next))
}

/** Puts the key the journal names in its place, when it still waits beside it. Safe to call at any time. */
export function settleSigningKey(file: string, name: string, inForce: RawKey | undefined): void {
  const next = nextOf(file)
  if (inForce === undefined || !existsSync(next)) return
  if (!signerOf(name, readPrivateKey(next)).publicKey.equals(inForce)) return
  try {
    renameSync(next, file)
  } catch (cause) {
    if (!isMissing(cause))
      throw new SigningKeyError(
        { en: `cannot replace the signing key ${file}`, fr: `impossible de remplacer la clé de signature ${file}` },
        { cause },
      )
  }
  syncDirectory(file)
}

function nextOf(file: string): string {
  return `${file}.next`
}

/**
 * Complete or not there at all: written under another name first, the same each time, so that nothing is left of attempts
 * that were cut short. Whoever makes a key holds the journal's write transaction.
 */
function writeNewKey(file: string): void {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const draft = `${file}.tmp`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const handle = openSync(draft, 'w', 0o600)
    try {
      writeSync(handle, pem)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(draft, file)
    syncDirectory(file)
  } catch (cause) {
    if (existsSync(draft)) unlinkSync(draft)
    throw new SigningKeyError(
      {
        en: `cannot write the signing key ${file}: check the directory's owner and mode`,
        fr: `impossible d’écrire la clé de signature ${file} : voir le propriétaire et le mode du répertoire`,
      },
      { cause },
    )
  }
}

function syncDirectory(file: string): void {
  const directory = openSync(dirname(file), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

function readPrivateKey(file: string): KeyObject {
  let pem: string
  try {
    pem = readRegularFile(file, 'utf8')
  } catch (cause) {
    throw new SigningKeyError(
      {
        en: `the signing key ${file} cannot be read: check that it is the right file, its owner and mode`,
        fr: `la clé de signature ${file} est illisible : voir si c’est le bon fichier, son propriétaire et son mode`,
      },
      { cause },
    )
  }
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below, without quoting anything of the file.
  }
  throw new SigningKeyError({
    en: `${file} is no Ed25519 private key in PEM: restore it from its backup`,
    fr: `${file} n’est pas une clé privée Ed25519 en PEM : la restaurer depuis sa sauvegarde`,
  })
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}
