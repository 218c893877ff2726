/** The head of the registry: how far each ledger has come. */
import { canonicalJson } from '../../domain/canonical-json.js'
import type { OtherName } from '../../domain/subject-key.js'

export const LEDGERS = ['form', 'version', 'event', 'objection', 'canary', 'entry'] as const
export type Ledger = (typeof LEDGERS)[number]

/** Where the rows of each ledger are, their number in it, and the columns they are ordered by. */
export const LEDGER_TABLES: Readonly<Record<Ledger, LedgerTable>> = {
  form: { table: 'collection_form', number: 'number', key: ['number'] },
  version: { table: 'consent_version', number: 'seq', key: ['seq'] },
  event: { table: 'contact_event', number: 'number', key: ['subject_key', 'advertiser_id', 'id'] },
  objection: { table: 'objection', number: 'number', key: ['objection_key', 'id'] },
  canary: { table: 'canary', number: 'number', key: ['objection_key', 'advertiser_id'] },
  entry: { table: 'register_entry', number: 'seq', key: ['seq'] },
}

/** Tables whose rows are added up: those of the ledgers, and objections taken back, which have no number of their own. */
export const SUMMED = [...LEDGERS, 'retraction'] as const
export type Summed = (typeof SUMMED)[number]

export interface LedgerTable {
  readonly table: string
  readonly number: string
  readonly key: readonly string[]
}

export interface LedgerCount {
  /** The highest number given. */
  readonly last: number
  /** Of those, how many stand for a deleted row. */
  readonly gone: number
}

export interface RegistryHead {
  /** Names the registry, 32 hexadecimal digits. */
  readonly registry: string
  /** Counts the transactions that wrote. */
  readonly generation: number
  readonly ledgers: Readonly<Record<Ledger, LedgerCount>>
  /** How else than by an address the objections on file say whose they are; `digests` in the body. */
  readonly otherNames: readonly OtherName[]
  /** The codes of all rows of each table (`code-sum.ts`); undefined in a head of before there were sums. */
  readonly sums: Readonly<Record<Summed, string>> | undefined
}

export function encodeHead({ registry, generation, ledgers, otherNames, sums }: RegistryHead): string {
  const counts = Object.fromEntries(LEDGERS.map((ledger) => [ledger, { ...ledgers[ledger] }]))
  return canonicalJson({ registry, generation, ledgers: counts, digests: otherNames, sums })
}

/** Undefined for what no head of this program reads like. */
export function decodeHead(body: string): RegistryHead | undefined {
  try {
    const { digests, sums, ...head } = JSON.parse(body) as Omit<RegistryHead, 'otherNames'> & {
      digests: readonly OtherName[]
    }
    const counts = LEDGERS.every((ledger) => Number.isSafeInteger(head.ledgers[ledger].last))
    return counts ? { ...head, otherNames: digests, sums } : undefined
  } catch {
    return undefined
  }
}
