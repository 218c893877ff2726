import { isIndirect } from '../../domain/consent-record.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** The exception holds for the legal person that sold, and for no sister company (CPCE L.34-5 al. 4). */
export const softOptinOtherEntity: RecordRule = {
  id: 'SOFT-OPTIN-OTHER-ENTITY',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'customer of another legal person (CPCE L.34-5 al. 4)' },
  sources: ['CPCE art. L.34-5 al. 4'],
  hardFloor: false,
  coverage: 'full',
  settings: ['soft_opt_in.same_legal_entity'],
  fr: {
    title: 'Client d’une autre société',
    law: 'Les produits doivent être fournis par la même personne physique ou morale que celle qui a vendu.',
    check:
      'Le SIREN du vendeur (`customer_seller_siren`) doit être celui de l’annonceur, et l’adresse venir de la personne elle-même. Un vendeur non indiqué n’est pas présumé être l’annonceur.',
    remedy: 'Compléter le vendeur dans la fiche ; pour une société sœur, recueillir le consentement.',
    passes: 'Vente par Acme SAS, campagne d’Acme SAS.',
    fails: 'Vente par Acme SAS, campagne d’Acme Assurances.',
  },
  en: {
    title: 'Customer of another company',
    law: 'The products must be supplied by the same natural or legal person as the one that sold.',
    check:
      'The SIREN of the seller (`customer_seller_siren`) must be that of the advertiser, and the address come from the person. A seller not named is not taken to be the advertiser.',
    remedy: 'Add the seller to the record; for a sister company, collect consent.',
    passes: 'Sold by Acme SAS, a campaign of Acme SAS.',
    fails: 'Sold by Acme SAS, a campaign of Acme Insurance.',
  },
  judge({ record, advertiser, policy }) {
    if (record.legalBasis !== 'existing_customer') return NOT_APPLICABLE
    if (record.sourceKind !== 'first_party' || isIndirect(record)) {
      return { outcome: 'fail', detail: 'obtained_indirectly', evidence: { column: 'source_kind' } }
    }
    if (!policy.softOptIn.sameLegalEntity) return PASS
    const seller = record.customer?.sellerSiren
    if (seller === undefined) {
      return { outcome: 'fail', detail: 'seller_not_stated', evidence: { column: 'customer_seller_siren' } }
    }
    if (advertiser.siren === undefined) return { outcome: 'fail', detail: 'advertiser_without_siren' }
    if (seller === advertiser.siren) return PASS
    return { outcome: 'fail', detail: 'other_seller', evidence: { seller, advertiser: advertiser.siren } }
  },
}
