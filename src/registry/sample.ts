/**
 * The registry of the first minute: five people of a sample advertiser, all at reserved domains, whose dates are counted
 * back from now so that the sample never ages.
 */
import { readAddress } from '../domain/address.js'
import type { ConsentDraft, Person } from './records/drafts.js'
import type { RegistryWriter } from './writer/registry-writer.js'

export const SAMPLE_ADVERTISER = 'acme'

/** Of the sample advertiser, in `config/aval.yaml` as well. */
const SAMPLE_SIREN = '732829320'

/** One address for each thing there is to see. */
export const SAMPLE_ADDRESSES = {
  /** Consent by double opt-in, full proof, a click last month: permitted. */
  permitted: 'jean.dupont@example.com',
  /** Consent withdrawn last week. */
  withdrawn: 'claire.martin@example.com',
  /** Consent of four years ago, no contact since. */
  expired: 'paul.bernard@example.com',
  /** A customer: may be written to about similar products. */
  customer: 'sophie.petit@example.net',
  /** Objected by unsubscribe link. */
  objected: 'luc.moreau@example.org',
} as const

const DAY = 86_400_000

/**
 * Writes the sample, once: called again, with whatever `now`, it adds nothing to a registry that holds it.
 *
 * @param now milliseconds since the epoch
 */
export function writeSampleRegistry(writer: RegistryWriter, now: number): void {
  const ago = (days: number): number => now - days * DAY
  if (writer.records(person('permitted')).length > 0) return
  writer.transaction(() => {
    const by = { by: 'sample' }
    writer.addConsent(newsletterConsent('permitted', ago(200)), by)
    writer.addConsent(newsletterConsent('withdrawn', ago(100)), by)
    writer.addConsent(newsletterConsent('expired', ago(4 * 366)), by)
    writer.addConsent(newsletterConsent('objected', ago(300)), by)
    writer.addConsent(customerRecord('customer', ago(90)), by)
    writer.addEvent({
      person: person('permitted'),
      advertiserId: SAMPLE_ADVERTISER,
      type: 'link_click',
      linkKind: 'offer',
      at: ago(30),
      source: 'sample',
      botSuspected: false,
      dedupeKey: 'sample-click',
    })
    writer.withdraw(person('withdrawn'), SAMPLE_ADVERTISER, { ...by, objection: false })
    writer.addObjection({
      person: person('objected'),
      scope: { kind: 'advertiser', advertiserId: SAMPLE_ADVERTISER },
      channel: 'email',
      reason: 'unsubscribe_link',
      at: ago(10),
      sourceRef: 'sample',
    })
  })
}

function person(who: keyof typeof SAMPLE_ADDRESSES): Person {
  const address = readAddress(SAMPLE_ADDRESSES[who])
  if (address === undefined) throw new TypeError(`the sample address of ${who} is none`)
  return address
}

function newsletterConsent(who: keyof typeof SAMPLE_ADDRESSES, at: number): ConsentDraft {
  return {
    person: person(who),
    advertiserId: SAMPLE_ADVERTISER,
    subjectKind: 'consumer',
    channel: 'email',
    purposes: ['own_offers'],
    legalBasis: 'consent',
    status: 'given',
    collectedAt: at,
    givenAt: at + 60_000,
    method: 'double_opt_in',
    preticked: false,
    bundledTerms: false,
    conditional: false,
    refusalEqual: true,
    separateFromPartners: true,
    collectionContext: 'newsletter_form',
    sourceKind: 'first_party',
    noticeId: 'privacy',
    noticeVersion: '3',
    noticeSha256: '5b6d7c0d0a4e5f0a1c7b7d0f8b8d4d8e3f1b9a6c2e5d8f7a0b3c6d9e2f5a8b1c',
    noticeLang: 'fr',
    wording: 'Je souhaite recevoir par courrier électronique les offres d’Acme.',
    prospectingAnnounced: true,
    optoutOfferedAtCollection: true,
    infoGivenAt: at,
    proof: {
      type: 'doi_log',
      ref: `signup-${who}`,
      sha256: 'c0ffee0d0a4e5f0a1c7b7d0f8b8d4d8e3f1b9a6c2e5d8f7a0b3c6d9e2f5a8b1c',
      capturedAt: at + 60_000,
      formUrl: 'https://www.acme.example/newsletter',
      formVersion: '2026-01',
    },
  }
}

function customerRecord(who: keyof typeof SAMPLE_ADDRESSES, at: number): ConsentDraft {
  return {
    person: person(who),
    advertiserId: SAMPLE_ADVERTISER,
    subjectKind: 'consumer',
    channel: 'email',
    purposes: ['analogous_products'],
    legalBasis: 'existing_customer',
    status: 'given',
    collectedAt: at,
    method: 'optout_box_left_unticked',
    collectionContext: 'purchase',
    sourceKind: 'first_party',
    noticeId: 'privacy',
    noticeVersion: '3',
    noticeSha256: '5b6d7c0d0a4e5f0a1c7b7d0f8b8d4d8e3f1b9a6c2e5d8f7a0b3c6d9e2f5a8b1c',
    noticeLang: 'fr',
    prospectingAnnounced: true,
    optoutOfferedAtCollection: true,
    infoGivenAt: at,
    customer: { firstPurchaseAt: at, lastPurchaseAt: at, categories: ['books'], sellerSiren: SAMPLE_SIREN },
  }
}
