/**
 * Where the registry takes its keys from. A key file that is missing at the start may come back: it is read when a key is
 * first needed, and again until it could be read.
 */
import type { SubjectsPort } from '../relay/ports.js'
import { subjectKeys, type SubjectSecret } from '../domain/subject-key.js'
import { deriveKey, type MasterKey, readKeyFile } from '../storage/key-file.js'
import { registryTrouble } from './registry-unavailable.js'

export interface KeySource {
  /**
   * The keys, the one in force first.
   *
   * @throws RegistryUnavailableError while they cannot be read
   */
  keys(): readonly [MasterKey, ...MasterKey[]]
}

export function keyFile(path: string): KeySource {
  let known: readonly [MasterKey, ...MasterKey[]] | undefined
  return {
    keys() {
      try {
        known ??= readKeyFile(path)
      } catch (cause) {
        throw registryTrouble(path, cause)
      }
      return known
    },
  }
}

export function fixedKeys(...keys: [MasterKey, ...MasterKey[]]): KeySource {
  return { keys: () => keys }
}

/** What a person is called in registry and journal, under the key in force. */
export function subjects(source: KeySource | MasterKey, separators?: string): SubjectsPort {
  let secret: SubjectSecret | undefined
  return {
    identify(address) {
      secret ??= subjectSecret('keys' in source ? source.keys()[0] : source)
      return subjectKeys(address, secret, separators)
    },
  }
}

export function subjectSecret(key: MasterKey): SubjectSecret {
  return { keyId: key.keyId, secret: deriveKey(key, 'subject') }
}
