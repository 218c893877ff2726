/**
 * What was in force when decisions were made: configurations as the journal kept them under the digests decisions name, the
 * rules under the digest each of these names, and the contracts they declare. Nothing of today is put in their place.
 */
import type { ContractClause } from '../domain/party.js'
import type { ConfigurationText } from '../journal/configurations.js'
import type { JournalReader } from '../journal/reader.js'

export interface ContractInForce {
  readonly router: { readonly id: string; readonly legalName: string }
  readonly signed: string
  /** First day it is in force, and first day it no longer is. */
  readonly from: string
  readonly until: string
  readonly documentSha256: string
  readonly clauses: Readonly<Partial<Record<ContractClause, boolean>>>
  /** Digests of the configurations that declare it. */
  readonly configurations: readonly string[]
}

export interface RuleText {
  readonly id: string
  readonly sources: readonly string[]
  readonly fr: { readonly title: string }
  readonly en: { readonly title: string }
}

export interface InForce {
  readonly configurations: readonly ConfigurationText[]
  /** Digests decisions name whose text was never kept. */
  readonly missing: readonly string[]
  readonly rules: readonly ConfigurationText[]
  /** Their names and sources by id, in order of precedence; of two versions the last read. */
  readonly ruleTexts: ReadonlyMap<string, RuleText>
  readonly contracts: readonly ContractInForce[]
  /** Names of the routers by id. */
  readonly routers: ReadonlyMap<string, string>
}

/** As far as it is read here. */
interface Declared {
  readonly rules_sha256?: string
  readonly routers?: Readonly<Record<string, DeclaredRouter>>
}

interface DeclaredRouter {
  readonly legal_name: string
  readonly contracts?: readonly {
    readonly advertiser: string
    readonly signed: string
    readonly from?: string
    readonly until: string
    readonly document_sha256: string
    readonly clauses?: ContractInForce['clauses']
  }[]
}

/** @param digests as decisions name them */
export function inForceOf(journal: JournalReader, digests: ReadonlySet<string>, advertiser: string): InForce {
  const names = [...digests].sort()
  const configurations = names.flatMap((sha256) => journal.configuration(sha256) ?? [])
  const rules = new Map<string, ConfigurationText>()
  const contracts = new Map<string, ContractInForce>()
  const routers = new Map<string, string>()
  for (const { sha256, body } of configurations) {
    const declared = JSON.parse(body) as Declared
    const texts = declared.rules_sha256 === undefined ? undefined : journal.configuration(declared.rules_sha256)
    if (texts) rules.set(texts.sha256, texts)
    for (const [id, router] of Object.entries(declared.routers ?? {})) routers.set(id, router.legal_name)
    for (const contract of contractsOf(declared, advertiser)) {
      const name = JSON.stringify(contract)
      const known = contracts.get(name)?.configurations ?? []
      contracts.set(name, { ...contract, configurations: [...known, sha256] })
    }
  }
  const kept = new Set(configurations.map(({ sha256 }) => sha256))
  return {
    configurations,
    missing: names.filter((sha256) => !kept.has(sha256)),
    rules: [...rules.values()],
    ruleTexts: new Map(
      [...rules.values()].flatMap(({ body }) => JSON.parse(body) as RuleText[]).map((rule) => [rule.id, rule]),
    ),
    contracts: [...contracts.values()],
    routers,
  }
}

function contractsOf({ routers = {} }: Declared, advertiser: string): Omit<ContractInForce, 'configurations'>[] {
  return Object.entries(routers).flatMap(([id, { legal_name: legalName, contracts = [] }]) =>
    contracts
      .filter((contract) => contract.advertiser === advertiser)
      .map(({ signed, from = signed, until, document_sha256: documentSha256, clauses = {} }) => ({
        router: { id, legalName },
        signed,
        from,
        until,
        documentSha256,
        clauses,
      })),
  )
}
