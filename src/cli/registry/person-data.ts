/**
 * What a person is told when they ask (GDPR art. 15): the data, where they came from, for what, until when, to whom they may
 * go, and what they may ask for.
 */
import type { Configuration } from '../../config/configuration.js'
import type { CanonicalAddress } from '../../domain/address.js'
import type { Objection } from '../../domain/objection.js'
import { retentionClock } from '../../domain/retention.js'
import type { EventOnFile } from '../../registry/event-book.js'
import type { RecordHistory, RegistryWriter } from '../../registry/registry-writer.js'
import { iso } from './common.js'

export interface PersonData {
  readonly address: string
  readonly exportedAt: string
  readonly controllers: readonly Controller[]
  readonly records: readonly ToldRecord[]
  readonly contacts: readonly EventOnFile[]
  readonly objections: readonly Objection[]
  readonly rights: readonly string[]
}

interface Controller {
  readonly id: string
  readonly legalName: string
  readonly contact: string
  readonly privacyUrl: string
}

interface ToldRecord {
  readonly id: string
  readonly controller: string
  readonly source: Readonly<Record<string, unknown>>
  readonly purposes: readonly string[]
  readonly legalBasis: string
  readonly recipients: readonly string[]
  /** First moment the data may no longer be used. */
  readonly keptUntil: string
  readonly versions: RecordHistory['versions']
}

const RIGHTS = [
  'access (GDPR art. 15)',
  'rectification (art. 16)',
  'erasure (art. 17)',
  'restriction (art. 18)',
  'portability (art. 20)',
  'objection (art. 21)',
  'withdrawal of consent at any time (art. 7(3))',
  'complaint to the CNIL, www.cnil.fr (art. 77)',
]

export function personData(
  { site }: Configuration,
  registry: RegistryWriter,
  person: CanonicalAddress,
  advertiser: string | undefined,
  now: number,
): PersonData {
  const meant = ({ advertiserId }: { readonly advertiserId: string }): boolean =>
    advertiser === undefined || advertiserId === advertiser
  const histories = registry.records(person).filter(meant)
  const contacts = registry.events(person).filter(meant)
  const controllers = [...new Set(histories.map(({ advertiserId }) => advertiserId))]
    .map((id) => site.advertisers.get(id))
    .filter((known) => known !== undefined)
    .map(({ id, legalName, contactEmail, privacyUrl }) => ({
      id,
      legalName,
      contact: contactEmail ?? '',
      privacyUrl: privacyUrl ?? '',
    }))
  const routers = (id: string): string[] =>
    [...site.credentials.values()]
      .filter(({ advertiserIds }) => advertiserIds.includes(id))
      .map(({ routerId }) => routerId)
      .filter((routerId) => routerId !== undefined)
      .map((routerId) => site.routers.get(routerId)?.legalName ?? routerId)
  return {
    address: person,
    exportedAt: iso(now),
    controllers,
    records: histories.map(({ advertiserId, recordId, versions }) => {
      const { record } = versions.at(-1)!
      const known = contacts
        .filter((contact) => contact.advertiserId === advertiserId && !contact.botSuspected)
        .map(({ id, type, linkKind, at }) => ({ eventId: id, type, linkKind, at }))
      const clock = retentionClock(record, known, site.policy, now)
      const { sourceKind, sourceLabel, sourcePartyId, sourceObtainedAt, collectionContext, transferChain } = record
      return {
        id: recordId,
        controller: advertiserId,
        source: { sourceKind, sourceLabel, sourcePartyId, sourceObtainedAt, collectionContext, transferChain },
        purposes: record.purposes,
        legalBasis: record.legalBasis,
        recipients: [...new Set([...routers(advertiserId), ...(record.namedRecipients ?? [])])],
        keptUntil: clock === undefined ? '' : iso(clock.dueAt),
        versions,
      }
    }),
    contacts,
    objections: registry.objections(person),
    rights: RIGHTS,
  }
}
