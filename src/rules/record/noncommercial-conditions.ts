import type { MessageExcerpt } from '../../domain/message-excerpt.js'
import { type FoundSign, signsOfPromotion } from '../wording/promotion.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** A cause may be promoted without consent, to people who were told and could refuse (CNIL, charities, 2022). */
export const noncommercialConditions: RecordRule = {
  id: 'NONCOMMERCIAL-CONDITIONS',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'conditions of non-commercial prospecting not met (GDPR art. 6(1)(f))' },
  sources: ['GDPR art. 6(1)(f)', 'GDPR art. 13', 'GDPR art. 21', 'CNIL, charities and associations (2022)'],
  hardFloor: false,
  coverage: 'attested',
  settings: ['non_commercial.enabled', 'classification.promotion_threshold'],
  fr: {
    title: 'Conditions de la prospection non commerciale',
    law: 'Une association peut prospecter pour sa cause sur son intérêt légitime, si la personne a été informée et a pu s’opposer dès la collecte ; vendre reste de la prospection commerciale.',
    check:
      'L’annonceur est déclaré `non_profit` et le message ne vend rien (soldes, codes, prix à commander), même à qui a consenti : un oui à une cause n’en est pas un à des offres. Sans consentement, l’exploitant a ouvert l’exception (policy.non_commercial.enabled), la prospection était annoncée et le refus proposé à la collecte.',
    remedy: 'Déclarer l’organisme, compléter la fiche, ou recueillir le consentement.',
    passes: 'Donatrice informée, appel aux dons.',
    fails: 'Société commerciale, ou formulaire sans possibilité de refus.',
  },
  en: {
    title: 'Conditions of non-commercial prospecting',
    law: 'An association may prospect for its cause on its legitimate interest if the person was informed and could object from collection on; selling remains commercial prospecting.',
    check:
      'The advertiser is declared `non_profit` and the message sells nothing (sales, codes, prices to order at), even to whoever consented: yes to a cause is no yes to offers. Without consent, the operator opened the exception (policy.non_commercial.enabled), prospecting was announced and refusal offered at collection.',
    remedy: 'Declare the organisation, complete the record, or collect consent.',
    passes: 'A donor who was informed, an appeal for donations.',
    fails: 'A commercial company, or a form without a way to refuse.',
  },
  judge({ record, messageClass, policy, advertiser, excerpt }) {
    if (messageClass !== 'non_commercial') return NOT_APPLICABLE
    const isException = record.legalBasis === 'non_commercial_legitimate_interest'
    if (isException && !policy.nonCommercial.enabled) return { outcome: 'fail', detail: 'not_enabled' }
    if (!advertiser.nonProfit)
      return { outcome: 'fail', detail: 'not_non_profit', evidence: { advertiser: advertiser.id } }
    // Consent is told and refused by rules of its own.
    if (isException && record.prospectingAnnounced !== true) {
      return { outcome: 'fail', detail: 'not_announced', evidence: { column: 'prospecting_announced' } }
    }
    if (isException && record.optoutOfferedAtCollection !== true) {
      return { outcome: 'fail', detail: 'no_optout', evidence: { column: 'optout_offered_at_collection' } }
    }
    const sales = salesIn(excerpt)
    const weight = sales.reduce((sum, sale) => sum + sale.weight, 0)
    if (weight < policy.classification.promotionThreshold) return PASS
    const evidence = { signs: sales.map(({ code }) => code) }
    return { outcome: 'fail', detail: 'sells', evidence, quote: sales.map(({ words }) => words).join(' / ') }
  },
}

/** Signs of selling. Causes too speak of discovering, of offering and of tax reductions in percent. */
const SELLING: ReadonlySet<string> = new Set([
  'promotional_code',
  'percent_off',
  'percent_on_range',
  'multi_buy',
  'gift_for_buying',
  'sale',
  'price_and_call',
])

function salesIn(excerpt: MessageExcerpt | undefined): readonly FoundSign[] {
  const texts = excerpt?.readings.map(({ visibleText }) => visibleText) ?? []
  return signsOfPromotion(texts).filter(({ code }) => SELLING.has(code))
}
