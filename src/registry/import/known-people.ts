/** Of which people of a batch anything is on file: records, or objections. */
import type { Database } from '../../storage/sqlite.js'
import type { UnpackedConsents } from './packed-consents.js'
import { PresentKeys } from './present-keys.js'

/** As the index of versions holds a key. */
const PREFIX_OCTETS = 8

export class KnownPeople {
  readonly #versions: PresentKeys
  readonly #objections: PresentKeys

  constructor(database: Database) {
    this.#versions = new PresentKeys(database, 'consent_version', 'substr(subject_key, 1, 8)')
    this.#objections = new PresentKeys(database, 'objection', 'objection_key')
  }

  /** @returns whether anything may be on file about the person of a consent, by its index: true for too many rather than too few */
  among(consents: UnpackedConsents): (index: number) => boolean {
    const indexes = Array.from({ length: consents.count }, (_none, index) => index)
    const prefixes = (index: number): Buffer[] =>
      consents.consentKeys(index).map((key) => key.subarray(0, PREFIX_OCTETS))
    const recorded = this.#versions.among(indexes.flatMap(prefixes))
    const objected = this.#objections.among(indexes.flatMap((index) => consents.objectionKeys(index)))
    const isIn = (known: ReadonlySet<string>, keys: readonly Buffer[]): boolean =>
      keys.some((key) => known.has(key.toString('hex')))
    return (index) =>
      (recorded.size > 0 && isIn(recorded, prefixes(index))) ||
      (objected.size > 0 && isIn(objected, consents.objectionKeys(index)))
  }
}
