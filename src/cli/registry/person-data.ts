/**
 * What a person is told when they ask (GDPR art. 15): the data, where they came from, for what, until when, to whom they may
 * go, and what they may ask for.
 */
import type { Configuration } from '../../config/configuration.js'
import type { CanonicalAddress } from '../../domain/address.js'
import type { ConsentRecord } from '../../domain/consent-record.js'
import type { DecisionEntry, OutcomeEntry } from '../../domain/journal-entry.js'
import { type Objection, concerns } from '../../domain/objection.js'
import { retentionClock } from '../../domain/retention.js'
import { isFinal } from '../../evidence/figures.js'
import type { JournalReader } from '../../journal/reader.js'
import type { EventOnFile } from '../../registry/books/event-book.js'
import type { RecordHistory, RegistryWriter } from '../../registry/writer/registry-writer.js'
import type { Language } from '../terminal.js'
import { iso } from './common.js'
import { RIGHTS } from './person-words.js'

export interface PersonData {
  readonly address: string
  readonly exportedAt: string
  readonly controllers: readonly Controller[]
  readonly records: readonly ToldRecord[]
  readonly contacts: readonly EventOnFile[]
  readonly objections: readonly Objection[]
  /** Messages to the person, as the journal has them: not what was in them. */
  readonly decisions: readonly ToldDecision[]
  readonly rights: readonly string[]
}

export interface ToldDecision {
  readonly at: string
  readonly ref: string
  readonly controller: string
  readonly verdict: DecisionEntry['verdict']
  /** Why it was refused or put off; empty otherwise. */
  readonly rule: string
  /** What became of it; empty where nothing is known. */
  readonly outcome: OutcomeEntry['status'] | ''
}

interface Controller {
  readonly id: string
  readonly legalName: string
  readonly contact: string
  /** Address of its data protection officer; empty where none is declared. */
  readonly dpo: string
  readonly privacyUrl: string
}

const SOURCE_FIELDS = [
  'sourceKind',
  'sourceLabel',
  'sourcePartyId',
  'sourceObtainedAt',
  'collectionContext',
  'transferChain',
] as const

interface ToldRecord {
  readonly id: string
  readonly controller: string
  readonly source: Pick<ConsentRecord, (typeof SOURCE_FIELDS)[number]>
  readonly purposes: readonly string[]
  readonly legalBasis: string
  readonly recipients: readonly string[]
  /** First moment the data may no longer be used. */
  readonly keptUntil: string
  readonly versions: RecordHistory['versions']
}

export interface Question {
  /** Only what this one holds. */
  readonly advertiser: string | undefined
  readonly now: number
  readonly language: Language
  readonly decisions: readonly ToldDecision[]
}

export function personData(
  { site }: Configuration,
  registry: RegistryWriter,
  person: CanonicalAddress,
  { advertiser, now, language, decisions }: Question,
): PersonData {
  const meant = ({ advertiserId }: { readonly advertiserId: string }): boolean =>
    advertiser === undefined || advertiserId === advertiser
  const histories = registry.records(person).filter(meant)
  const contacts = registry.events(person).filter(meant)
  const controllers = [...new Set(histories.map(({ advertiserId }) => advertiserId))]
    .map((id) => site.advertisers.get(id))
    .filter((known) => known !== undefined)
    .map(({ id, legalName, contactEmail, dpoContact, privacyUrl }) => ({
      id,
      legalName,
      contact: contactEmail ?? '',
      dpo: dpoContact ?? '',
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
      return {
        id: recordId,
        controller: advertiserId,
        source: sourceOf(record),
        purposes: record.purposes,
        legalBasis: record.legalBasis,
        recipients: [...new Set([...routers(advertiserId), ...(record.namedRecipients ?? [])])],
        keptUntil: clock === undefined ? '' : iso(clock.dueAt),
        versions,
      }
    }),
    contacts,
    objections: registry
      .objections(person)
      .filter(({ scope }) => advertiser === undefined || concerns(scope, advertiser, site)),
    decisions,
    rights: RIGHTS.map((right) => right[language]),
  }
}

function sourceOf(record: ConsentRecord): ToldRecord['source'] {
  return Object.fromEntries(
    SOURCE_FIELDS.filter((name) => record[name] !== undefined).map((name) => [name, record[name]]),
  )
}

/** Decisions about the person, under every key they were ever called by. */
export function decisionsAbout(
  journal: JournalReader,
  toKeys: readonly string[],
  advertiser: string | undefined,
): ToldDecision[] {
  const filter = { kind: 'decision', ...(advertiser === undefined ? {} : { advertiser }) } as const
  return toKeys
    .flatMap((toKey) => [...journal.entries({ ...filter, toKey })])
    .map(({ entry }) => entry as DecisionEntry)
    .filter(isFinal)
    .sort((a, b) => a.at - b.at)
    .map(({ at, ref, rcpt, advertiser: controller, verdict, rule }) => {
      const outcome = journal.byRef(ref).find(({ entry }) => entry.kind === 'outcome' && entry.rcpt === rcpt)?.entry
      return {
        at: iso(at),
        ref,
        controller,
        verdict,
        rule,
        outcome: outcome?.kind === 'outcome' ? outcome.status : '',
      }
    })
}
