/**
 * The relay's knowledge of unsubscribe links: their form, then as far as the policy asks whether the host answers and the page
 * exists. Nothing that names a recipient is requested, kept or told (promise I7).
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ContactPoints } from '../domain/contact-points.js'
import type { Advertiser } from '../domain/party.js'
import type { LinkAssessment, UnsubscribeLink } from '../domain/unsubscribe-link.js'
import { NO_PROOF } from '../domain/unsubscribe-proof.js'
import type { Fetcher } from '../fetch/fetcher.js'
import type { Names } from '../fetch/names.js'
import type { LinkPort, LinkQuestion } from '../relay/ports.js'
import { createAskedDomains } from './asked-domains.js'
import { createContacts } from './contacts.js'
import { createLinkSightings } from './link-sightings.js'
import type { ClosedLoop } from './loop/closed-loop.js'
import { linkForm } from './link-syntax.js'
import { canaryOf } from './probe/canary.js'
import { probe, probeHost } from './probe/probe.js'
import { inconclusive, type Verdict } from './probe/verdict.js'
import { type BoardLimits, DEFAULT_BOARD, createVerdictBoard } from './probe/verdict-board.js'
import { type AddressEncodings, addressEncodings } from './template/address-encodings.js'
import { createCampaignMemory } from './template/campaign-memory.js'
import { linkParts } from './template/link-parts.js'
import { type LinkTemplate, linkTemplate } from './template/link-template.js'

export interface LinkEvents {
  /** A link template was asked about. `origin` names nobody. */
  probed(probed: { origin: string; verdict: Verdict; elapsedMs: number }): void
}

export interface LinksOptions {
  readonly fetcher: Fetcher
  readonly names: Names
  readonly events: LinkEvents
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly loop?: Pick<ClosedLoop, 'passed' | 'proofOf'>
  readonly limits?: Partial<BoardLimits>
  readonly pause?: (ms: number) => Promise<void>
}

/** A proof older than this is none any more. */
const PROOF_DAYS = 90
const DAY = 86_400_000

/** The link test as a running relay has it. */
export interface Links extends LinkPort {
  /** The same for messages that nobody sends: what they ask teaches nothing. */
  readonly asked: LinkPort
}

export function createLinks({ fetcher, names, events, now, loop, limits, ...options }: LinksOptions): Links {
  const sightings = createLinkSightings()
  const memory = createCampaignMemory()
  const board = createVerdictBoard(now, { ...DEFAULT_BOARD, ...limits })
  const contacts = createContacts(names, now)
  const askedDomains = createAskedDomains()
  const context = { fetcher, pause: options.pause ?? ((ms: number) => pause(ms, undefined, { ref: false })) }

  async function find(template: LinkTemplate, advertiser: Advertiser, level: number): Promise<Verdict> {
    const startedAt = now()
    const canary = canaryOf(template, advertiser)
    const found = await (level === 1 ? probeHost(template, context) : probe(template, canary, context))
    const verdict = found.kind === 'dead' && isGuessedHost(template) ? inconclusive('template_unlearned') : found
    events.probed({ origin: template.origin, verdict, elapsedMs: now() - startedAt })
    return verdict
  }

  async function assessOne(
    { where, uri }: UnsubscribeLink,
    { advertiser, policy, recipients }: LinkQuestion,
    encodings: AddressEncodings,
    sent: boolean,
  ): Promise<LinkAssessment> {
    const { minAssurance, probe: how } = policy
    const form = linkForm(uri, { registered: advertiser.unsubscribeHosts, opened: how.allowHosts })
    if (form.kind === 'unsound') return { kind: 'unusable', where, origin: form.origin, detail: form.detail }
    const parts = linkParts(form.url, form.base)
    const known = sent ? memory.observe(parts, recipients[0]?.subject.objectionKey ?? '') : memory.recall(parts)
    const template = linkTemplate(parts, encodings, known)
    const { origin } = template
    if (minAssurance === 0) return { kind: 'usable', where, origin, assurance: 0 }
    const key = `${minAssurance === 1 ? 1 : 2} ${template.certain ? '!' : '?'} ${template.text}`
    const { verdict, exhausted } = await board.verdict(key, () => find(template, advertiser, minAssurance))
    switch (verdict.kind) {
      case 'alive': {
        const { assurance, obstacle, indistinct } = verdict
        const provenDaysAgo = daysSince(loop?.proofOf(advertiser.id).verifiedAt)
        const proven = assurance === 2 && provenDaysAgo !== undefined && provenDaysAgo < PROOF_DAYS
        return {
          kind: 'usable',
          where,
          origin,
          assurance: proven ? 3 : assurance,
          obstacle,
          ...(indistinct && { indistinct }),
          ...(proven && { provenDaysAgo }),
        }
      }
      case 'dead':
        return { kind: 'unusable', where, origin, detail: verdict.detail }
      case 'inconclusive':
        return { kind: 'unsettled', where, origin, detail: verdict.detail, exhausted }
    }
  }

  function daysSince(at: number | undefined): number | undefined {
    return at === undefined ? undefined : Math.floor((now() - at) / DAY)
  }

  async function assess(
    links: readonly UnsubscribeLink[],
    question: LinkQuestion,
    sent: boolean,
  ): Promise<readonly LinkAssessment[]> {
    const encodings = addressEncodings(question.recipients.map(({ address }) => address))
    return Promise.all(links.map((link) => assessOne(link, question, encodings, sent)))
  }

  async function assessContacts(points: ContactPoints, question: LinkQuestion, sent: boolean) {
    const { advertiser, policy } = question
    if (policy.minAssurance === 0) return []
    return contacts.assess(points, advertiser.contactEmail, policy.probe.allowHosts, (domain, where) =>
      askedDomains.mayBeAsked(domain, where, question, sent),
    )
  }

  const proofOf: LinkPort['proofOf'] = (advertiserId) => loop?.proofOf(advertiserId) ?? NO_PROOF
  return {
    proofOf,
    contacts: (points, question) => assessContacts(points, question, true),
    isSharedWithAnother: (uri, subject) => sightings.isSharedWithAnother(uri, subject),
    passed(message) {
      const { oneClickUri: uri, recipients } = message
      // Where a policy lets a link through that was somebody else's before, nobody is unsubscribed by it (promise I7).
      if (uri !== undefined && recipients.some((subject) => sightings.wouldBeShared(uri, subject))) return
      void loop?.passed(message)
    },
    assess: (links, question) => assess(links, question, true),
    asked: {
      proofOf,
      contacts: (points, question) => assessContacts(points, question, false),
      isSharedWithAnother: (uri, subject) => sightings.wouldBeShared(uri, subject),
      passed: () => {},
      assess: (links, question) => assess(links, question, false),
    },
  }
}

/** A host name of which a part was replaced may not exist for that reason alone. */
function isGuessedHost({ origin, certain }: LinkTemplate): boolean {
  return origin.includes('{}') && !certain
}
