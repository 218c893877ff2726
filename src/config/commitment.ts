/**
 * A configuration as the journal keeps it: under one digest, which decisions name, in parts that can be shown one by one.
 * Several advertisers may share a relay; what one of them has declared is not for those who inspect another.
 */
import { createHash } from 'node:crypto'
import { type Concealed, type Concern, conceal } from '../domain/selective-disclosure.js'
import type { Declaration } from './configuration.js'

export interface CommittedConfiguration extends Concealed {
  /** Lower-case hexadecimal SHA-256 of the body. */
  readonly sha256: string
}

/**
 * The same for the same settings and secret, however they are written down. Disclosures concern advertisers and sources of
 * addresses, as `advertisers/NAME` and `sources/NAME`.
 *
 * @param secret of 32 octets: who holds it can try out what the parts kept back may say
 */
export function commitTo(declaration: Declaration, secret: Uint8Array): CommittedConfiguration {
  const concealed = conceal(declaration, concernsIn(declaration as unknown as Parties), secret)
  return { ...concealed, sha256: createHash('sha256').update(concealed.body).digest('hex') }
}

/** As far as it says who has to do with whom. */
interface Parties {
  readonly advertisers: Readonly<Record<string, { readonly from_domains: readonly string[] }>>
  readonly routers: Readonly<Record<string, { readonly contracts: readonly { readonly advertiser: string }[] }>>
  readonly processors: Readonly<Record<string, { readonly contracts: readonly { readonly with: string }[] }>>
  readonly credentials: Readonly<Record<string, { readonly router?: string; readonly advertisers: readonly string[] }>>
  readonly campaigns: Readonly<Record<string, { readonly advertiser: string }>>
}

interface Hold {
  readonly scope: string
  readonly id?: string
}

/** Given what stands at the place, in the form the schema gives it. @returns whom it concerns, undefined where that is everybody */
type Concerned = (names: readonly string[], value: never) => readonly string[] | undefined

/** Each part that stands alone, by its place: `*` is a name, which its function is given, or a number, which it is not. */
function concernsIn(parties: Parties): Concern {
  const parts = Object.entries(partsOf(parties)).map(([place, concerned]) => ({ place: place.split('/'), concerned }))
  return (path, value) => {
    const part = parts.find(
      ({ place }) => place.length === path.length && place.every((step, index) => step === '*' || step === path[index]),
    )
    const names = path.filter((step, index) => part?.place[index] === '*' && typeof step === 'string')
    return part?.concerned(names as string[], value as never)
  }
}

function partsOf({ advertisers, routers, processors, credentials, campaigns }: Parties): Record<string, Concerned> {
  const to = (ids: readonly string[]) => ids.map((id) => `advertisers/${id}`)
  const ofRouter = (id: string) =>
    to([
      ...(routers[id]?.contracts ?? []).map(({ advertiser }) => advertiser),
      ...Object.values(credentials).flatMap((credential) => (credential.router === id ? credential.advertisers : [])),
    ])
  const ofCredential = (id: string) => to(credentials[id]?.advertisers ?? [])
  const ofCampaign = (id: string) => to(campaigns[id] === undefined ? [] : [campaigns[id].advertiser])
  const ofSource = (id: string) => [`sources/${id}`]
  /** A processor works for an advertiser, or for a router and so for all of its advertisers. */
  const engagedBy = (id: string) => (Object.hasOwn(advertisers, id) ? to([id]) : ofRouter(id))
  const ofDomain = (domain: string, credential: string) => {
    const owners = (credentials[credential]?.advertisers ?? []).filter((id) =>
      advertisers[id]?.from_domains.includes(domain),
    )
    return owners.length > 0 ? to(owners) : ofCredential(credential)
  }
  const ofSetting = (setting: string) => {
    const [, of, id] = /^modes\.(advertisers|routers)\.(.+)$/.exec(setting) ?? []
    if (id === undefined) return undefined
    return of === 'advertisers' ? to([id]) : ofRouter(id)
  }
  const ofHold = ({ scope, id = '' }: Hold) => {
    if (scope === 'advertiser') return to([id])
    if (scope === 'credential') return ofCredential(id)
    if (scope === 'campaign') return ofCampaign(id)
    return scope === 'source' ? ofSource(id) : undefined
  }
  return {
    'advertisers/*': ([id]) => to([id!]),
    'routers/*': ([id]) => ofRouter(id!),
    'routers/*/contracts/*': (_, { advertiser }: { advertiser: string }) => to([advertiser]),
    'processors/*': ([id]) => (processors[id!]?.contracts ?? []).flatMap((contract) => engagedBy(contract.with)),
    'processors/*/contracts/*': (_, contract: { with: string }) => engagedBy(contract.with),
    'credentials/*': ([id]) => ofCredential(id!),
    'credentials/*/advertisers/*': (_, id: string) => to([id]),
    'credentials/*/sender_domains/*': ([id], domain: string) => ofDomain(domain, id!),
    'campaigns/*': ([id]) => ofCampaign(id!),
    'notices/*/versions/*/recipients/*': (_, id: string) => to([id]),
    'sources/*': ([id]) => ofSource(id!),
    'holds/*': (_, hold: Hold) => ofHold(hold),
    'receivers/*': (_, { advertiser }: { advertiser: string }) => to([advertiser]),
    'api/tokens/*': (_, token: { advertisers: string[] }) => to(token.advertisers),
    'api/tokens/*/advertisers/*': (_, id: string) => to([id]),
    'policy/modes/advertisers/*': ([id]) => to([id!]),
    'policy/modes/routers/*': ([id]) => ofRouter(id!),
    'policy/justifications/*': ([setting]) => ofSetting(setting!),
    'policy/classification/promotion_tolerated/*': (_, id: string) => ofCampaign(id),
  }
}
