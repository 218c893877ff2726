/**
 * What was in force when decisions were made: configurations as the journal kept them under the digests decisions name, the
 * rules under the digest each of these names, and the contracts they declare. Nothing of today is put in their place.
 */
import type { ContractClause } from '../domain/party.js'
import { isConcealed, reveal } from '../domain/selective-disclosure.js'
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

/** As far as it concerns whom the pack is about. */
export interface ShownConfiguration {
  readonly sha256: string
  readonly body: string
  /** As in RFC 9901 4.2; absent for one that has no parts. */
  readonly disclosures?: readonly string[]
}

export interface InForce {
  readonly configurations: readonly ShownConfiguration[]
  /** Digests decisions name whose text was never kept. */
  readonly missing: readonly string[]
  /** Digests of those kept in one piece, which cannot be shown without what other advertisers declared in them. */
  readonly withheld: readonly string[]
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
  readonly advertisers?: Readonly<Record<string, unknown>>
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

/**
 * @param digests as decisions name them
 * @param sources of whose addresses records say so
 */
export function inForceOf(
  journal: JournalReader,
  digests: ReadonlySet<string>,
  advertiser: string,
  sources: Iterable<string>,
): InForce {
  const names = [...digests].sort()
  const kept = names.flatMap((sha256) => journal.configuration(sha256) ?? [])
  const concerned = new Set([`advertisers/${advertiser}`, ...[...sources].map((id) => `sources/${id}`)])
  const shown = kept.flatMap((configuration) => shownTo(concerned, advertiser, configuration) ?? [])
  const rules = new Map<string, ConfigurationText>()
  const contracts = new Map<string, ContractInForce>()
  const routers = new Map<string, string>()
  for (const {
    configuration: { sha256 },
    declared,
  } of shown) {
    const texts = declared.rules_sha256 === undefined ? undefined : journal.configuration(declared.rules_sha256)
    if (texts) rules.set(texts.sha256, { sha256: texts.sha256, body: texts.body })
    for (const [id, router] of Object.entries(declared.routers ?? {})) routers.set(id, router.legal_name)
    for (const contract of contractsOf(declared, advertiser)) {
      const name = JSON.stringify(contract)
      const known = contracts.get(name)?.configurations ?? []
      contracts.set(name, { ...contract, configurations: [...known, sha256] })
    }
  }
  const known = new Set(kept.map(({ sha256 }) => sha256))
  const given = new Set(shown.map(({ configuration }) => configuration.sha256))
  return {
    configurations: shown.map(({ configuration }) => configuration),
    missing: names.filter((sha256) => !known.has(sha256)),
    withheld: names.filter((sha256) => known.has(sha256) && !given.has(sha256)),
    rules: [...rules.values()],
    ruleTexts: new Map(
      [...rules.values()].flatMap(({ body }) => JSON.parse(body) as RuleText[]).map((rule) => [rule.id, rule]),
    ),
    contracts: [...contracts.values()],
    routers,
  }
}

/** @returns undefined for one that would tell what others have declared */
function shownTo(
  concerned: ReadonlySet<string>,
  advertiser: string,
  { sha256, body, disclosures }: Required<ConfigurationText>,
): { readonly configuration: ShownConfiguration; readonly declared: Declared } | undefined {
  if (!isConcealed(body)) {
    const declared = JSON.parse(body) as Declared
    const isOfOthers = Object.keys(declared.advertisers ?? {}).some((id) => id !== advertiser)
    return isOfOthers ? undefined : { configuration: { sha256, body }, declared }
  }
  const texts = disclosures.flatMap(({ text, concerns }) => (concerns.some((one) => concerned.has(one)) ? [text] : []))
  return { configuration: { sha256, body, disclosures: texts }, declared: reveal(body, texts) as Declared }
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

export interface Reason {
  readonly reason: string
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly on: number
}

/** Why settings were looser than their default, by setting; empty where the configuration was not kept. */
export function reasonsIn(configuration: Required<ConfigurationText> | undefined): ReadonlyMap<string, Reason> {
  if (configuration === undefined) return new Map()
  const { body, disclosures } = configuration
  const { policy } = reveal(
    body,
    disclosures.map(({ text }) => text),
  ) as { policy?: { justifications?: Readonly<Record<string, { reason: string; by: string; on: string }>> } }
  const given = Object.entries(policy?.justifications ?? {})
  return new Map(given.map(([setting, { reason, by, on }]) => [setting, { reason, by, on: Date.parse(on) }]))
}
