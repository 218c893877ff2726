/** Makes the excerpt of a message: what the rules about each recipient need of it, read where the message is read. */
import type { MessageClass } from '../domain/message-class.js'
import { isProspecting } from '../domain/message-class.js'
import type { MessageExcerpt, PrivacyLink, PromotionSign, ReadingExcerpt } from '../domain/message-excerpt.js'
import type { Alternative, HeaderMailbox, MessageFacts } from '../domain/message-facts.js'
import type { Advertiser, Site } from '../domain/party.js'
import { sketchOf } from './body-sketch.js'
import { isNamedIn } from './company-name.js'
import { advertisersOwning, isOnDomainOf, leadsTo } from './link-owner.js'
import { schemeOf } from './link-target.js'
import { oneClickFault, oneClickUri } from './one-click.js'
import { trackingHostsOf } from './tracking-images.js'
import { searchUnsubscribeLinks } from './unsubscribe-links.js'
import { premiumNumberIn } from './wording/premium-numbers.js'
import { saysPrivacyNotice } from './wording/privacy.js'
import { signsOfPromotion } from './wording/promotion.js'

/** For whom and as what the message is sent. */
export interface ExcerptStream {
  readonly site: Pick<Site, 'advertisers'>
  readonly advertiser: Advertiser | undefined
  readonly messageClass: MessageClass
}

const MOST_SHOWN_RECIPIENTS = 100
const LONGEST_READING = 65_536
const LONGEST_PARAGRAPH = 2_000
/** Links read for what they say; a notice that has to be looked for among more is not easily accessible (GDPR art. 12(1)). */
const MOST_LINKS_READ = 1_000

export function excerptOf(facts: MessageFacts, stream: ExcerptStream): MessageExcerpt {
  const { site, advertiser, messageClass } = stream
  const shown: readonly HeaderMailbox[] = [...facts.to, ...facts.cc, ...facts.alsoTo]
  const promotes = !isProspecting(messageClass)
  return {
    shownRecipients: shown.slice(0, MOST_SHOWN_RECIPIENTS).map(({ address }) => address),
    shownRecipientCount: shown.length,
    hasBcc: facts.headerFields.some(({ name }) => BLIND.has(name.toLowerCase())),
    senderNumber: senderNumberOf(facts.from[0]),
    readings: facts.alternatives.map((alternative) => readingOf(alternative, facts, advertiser)),
    oneClickUri: oneClickUri(facts.listUnsubscribe),
    oneClickFault: oneClickFault(facts.listUnsubscribe),
    trackingHosts: trackingHostsOf(facts.alternatives.flatMap(({ images }) => images)),
    otherAdvertisers: othersIn(facts, site, advertiser),
    promotion: promotes ? promotionIn(facts) : [],
    sketch: messageClass === 'correspondence' ? sketchOf(facts.alternatives[0]?.visibleText ?? '') : [],
  }
}

const BLIND = new Set(['bcc', 'resent-bcc'])
const WRITTEN_NUMBER = /^\+?(\d{5,15})$/

function senderNumberOf(author: HeaderMailbox | undefined): string | undefined {
  const localPart = author?.address.split('@')[0] ?? ''
  const written = [author?.displayName ?? '', localPart].map((text) => WRITTEN_NUMBER.exec(text.replace(/[ .-]/g, '')))
  return written.find((match) => match !== null)?.[1]
}

function readingOf(alternative: Alternative, facts: MessageFacts, advertiser: Advertiser | undefined): ReadingExcerpt {
  const { kind, visibleText } = alternative
  return {
    kind,
    visibleText: shortened(visibleText),
    privacyLink: privacyLinkIn(alternative, advertiser),
    optOutParagraph: optOutParagraphIn(alternative, facts, advertiser),
  }
}

function privacyLinkIn({ links }: Alternative, advertiser: Advertiser | undefined): PrivacyLink {
  const isDeclared = leadsTo(advertiser?.privacyUrl ?? '')
  // From the end, because that is where it nearly always is.
  const seen = links.slice(-MOST_LINKS_READ).filter(({ visible }) => visible)
  if (seen.findLast(({ href }) => isDeclared(href)) !== undefined) return 'declared'
  let nearest: PrivacyLink = 'absent'
  for (const link of seen) {
    if (!saysPrivacyNotice(link)) continue
    if (schemeOf(link.href) === 'https' && advertiser !== undefined && isOnDomainOf(link.href, advertiser)) {
      return 'advertiser'
    }
    nearest = 'elsewhere'
  }
  return nearest
}

function optOutParagraphIn(alternative: Alternative, facts: MessageFacts, advertiser: Advertiser | undefined): string {
  for (const link of searchUnsubscribeLinks(facts, advertiser).linksOf(alternative)) {
    if (link.visible) return link.paragraph.slice(0, LONGEST_PARAGRAPH)
  }
  return ''
}

/** Whoever is linked to and named: either alone is a mention, both together an offer. */
function othersIn(
  { alternatives }: MessageFacts,
  { advertisers }: Pick<Site, 'advertisers'>,
  own: Advertiser | undefined,
): readonly string[] {
  if (advertisers.size < 2) return []
  const targets = alternatives.flatMap(({ links }) => links.map(({ href }) => href))
  return advertisersOwning(targets, advertisers)
    .filter((other) => other.id !== own?.id)
    .filter((other) => alternatives.some(({ visibleText }) => isNamedIn(other, visibleText)))
    .map(({ id }) => id)
}

const UTM_EMAIL = /[?&]utm_medium=(?:e-?mail|newsletter|crm)\b/i

function promotionIn({ subject = '', alternatives, listUnsubscribe }: MessageFacts): readonly PromotionSign[] {
  const texts = alternatives.map(({ visibleText }) => visibleText)
  const signs: PromotionSign[] = [...signsOfPromotion([subject, ...texts])]
  if (listUnsubscribe.fields > 0) signs.push({ code: 'list_unsubscribe', weight: 1, words: 'List-Unsubscribe' })
  const campaign = alternatives.flatMap(({ links }) => links).find(({ href }) => UTM_EMAIL.test(href))
  if (campaign !== undefined) signs.push({ code: 'campaign_links', weight: 1, words: campaign.label })
  for (const text of texts) {
    const words = premiumNumberIn(text)
    if (words === undefined) continue
    signs.push({ code: 'premium_number', weight: Infinity, words })
    break
  }
  return signs
}

function shortened(text: string): string {
  if (text.length <= LONGEST_READING) return text
  return `${text.slice(0, LONGEST_READING / 2)}\n${text.slice(-LONGEST_READING / 2)}`
}
