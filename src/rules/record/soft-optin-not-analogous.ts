import { fold } from '../../domain/text.js'
import { NOT_APPLICABLE, NOT_YET_DECLARED, PASS, type RecordRule } from '../rule.js'

/** A customer is offered what is like what was bought (CPCE L.34-5 al. 4; CNIL SAN-2022-017, Accor). */
export const softOptinNotAnalogous: RecordRule = {
  id: 'SOFT-OPTIN-NOT-ANALOGOUS',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'offer not analogous to past purchases (CPCE L.34-5 al. 4)' },
  sources: ['CPCE art. L.34-5 al. 4', 'CNIL SAN-2022-017 (Accor)'],
  hardFloor: false,
  coverage: 'attested',
  settings: ['soft_opt_in.analogies'],
  fr: {
    title: 'Offre sans rapport avec les achats',
    law: 'Le client n’est prospecté sans consentement que pour des produits ou services analogues à ceux qu’il a achetés.',
    check:
      'Une catégorie de la campagne (`offer_categories`) doit être de celles que la personne a achetées (`customer_categories`), ou de la même famille (policy.soft_opt_in.analogies). Une campagne qui porte les offres d’un partenaire ne l’est jamais.',
    remedy: 'Déclarer la campagne et ses catégories, cibler les clients concernés, ou recueillir le consentement.',
    passes: 'A acheté des livres, campagne de disques, famille « livres, disques ».',
    fails: 'A acheté des livres, campagne d’assurance.',
  },
  en: {
    title: 'Offer unrelated to purchases',
    law: 'Without consent a customer is prospected only for products or services analogous to those bought.',
    check:
      'A category of the campaign (`offer_categories`) must be among those the person bought (`customer_categories`), or of the same family (policy.soft_opt_in.analogies). A campaign that carries the offers of a partner never is.',
    remedy: 'Declare the campaign and its categories, choose the customers concerned, or collect consent.',
    passes: 'Bought books, a campaign for records, a family “books, records”.',
    fails: 'Bought books, a campaign for insurance.',
  },
  judge({ record, campaign, messageClass, policy, stage }) {
    if (record.legalBasis !== 'existing_customer' || messageClass === 'repermission') return NOT_APPLICABLE
    if (campaign === undefined) {
      return stage === 'data' ? { outcome: 'fail', detail: 'no_campaign' } : NOT_YET_DECLARED
    }
    const bought = record.customer?.categories ?? []
    const evidence = { campaign: campaign.id, offered: campaign.offerCategories, bought }
    if (campaign.coAdvertisers.length > 0) return { outcome: 'fail', detail: 'partner_offers', evidence }
    if (bought.length === 0) return { outcome: 'fail', detail: 'no_categories', evidence }
    const offered = new Set(campaign.offerCategories.map(fold))
    const analogous = [...bought, ...relativesOf(bought, policy.softOptIn.analogies)]
    return analogous.some((category) => offered.has(fold(category)))
      ? PASS
      : { outcome: 'fail', detail: 'not_analogous', evidence }
  },
}

/** One step and no further: what resembles something that resembles a purchase need not resemble it. */
function relativesOf(bought: readonly string[], families: readonly (readonly string[])[]): string[] {
  const own = new Set(bought.map(fold))
  return families.filter((family) => family.some((category) => own.has(fold(category)))).flat()
}
