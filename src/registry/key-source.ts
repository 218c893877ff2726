/**
 * Where the registry takes its keys from. A key file that is missing at the start may come back: it is read when a key is
 * first needed, and again until it could be read. One that was rotated is read again when it has changed, so that a relay
 * that runs finds what is written under the new key.
 */
import { statSync } from 'node:fs'
import {
  type Subject,
  type SubjectKeys,
  subjectKeys,
  type SubjectSecret,
  subjectSecret,
} from '../domain/subject-key.js'
import type { SubjectsPort } from '../relay/ports.js'
import { deriveKey, type MasterKey, readKeyFile } from '../storage/key-file.js'
import { registryTrouble } from './registry-unavailable.js'

export type MasterKeys = readonly [MasterKey, ...MasterKey[]]

export interface KeySource {
  /**
   * The keys, the one in force first. The same array as long as they are the same.
   *
   * @throws RegistryUnavailableError while they cannot be read
   */
  keys(): MasterKeys
  /**
   * The same, looked at again now: somebody has met a key that is not among them.
   *
   * @throws RegistryUnavailableError while they cannot be read
   */
  renewed(): MasterKeys
}

/** How long a key file is taken for unchanged without looking: `aval key rotate` waits longer before it uses a new key. */
export const KEY_FILE_STALE_MS = 1_000

export function keyFile(path: string): KeySource {
  let known: { readonly keys: MasterKeys; readonly version: string } | undefined
  let lookAgainAt = 0

  function renewed(): MasterKeys {
    lookAgainAt = performance.now() + KEY_FILE_STALE_MS
    try {
      const version = versionOf(path)
      // A key file that goes away under a relay takes nothing from it: the keys it held are the right ones.
      if (known === undefined || (version !== undefined && version !== known.version))
        known = { keys: readKeyFile(path), version: version ?? '' }
      return known.keys
    } catch (cause) {
      if (known !== undefined) return known.keys
      throw registryTrouble(path, cause)
    }
  }

  return {
    keys: () => (known !== undefined && performance.now() < lookAgainAt ? known.keys : renewed()),
    renewed,
  }
}

function versionOf(path: string): string | undefined {
  try {
    const { ino, size, mtimeMs } = statSync(path)
    return `${ino}:${size}:${mtimeMs}`
  } catch {
    return undefined
  }
}

export function fixedKeys(...keys: [MasterKey, ...MasterKey[]]): KeySource {
  return { keys: () => keys, renewed: () => keys }
}

/** What a person is called in registry and journal, under the key in force and those before it. */
export function subjects(source: KeySource | MasterKey, separators?: string): SubjectsPort {
  const keys = 'keys' in source ? () => source.keys() : () => [source]
  let known: readonly MasterKey[] | undefined
  let secrets: readonly SubjectSecret[] = []
  return {
    identify(subject) {
      const current = keys()
      if (current !== known) secrets = subjectSecrets(current)
      known = current
      return identify(subject, secrets, separators)
    },
  }
}

/** Those of the key in force first. */
export function subjectSecrets(keys: readonly MasterKey[]): readonly SubjectSecret[] {
  return keys.map((key) => subjectSecret(key.keyId, deriveKey(key, 'subject')))
}

/**
 * @param secrets at least one
 * @param name {@link undigestedKeys} where nobody is known by a digest
 */
export function identify(
  subject: Subject,
  secrets: readonly SubjectSecret[],
  separators?: string,
  name: typeof subjectKeys = subjectKeys,
): SubjectKeys {
  const [inForce, ...earlier] = secrets
  if (inForce === undefined) throw new TypeError('a person is identified under one key at least')
  const keys = name(subject, inForce, separators)
  if (earlier.length === 0) return keys
  return Object.defineProperty(keys, 'earlier', {
    value: earlier.map((secret) => name(subject, secret, separators)),
    enumerable: true,
  })
}
