import { isSupplied } from '../../domain/consent-record.js'
import { isFilled } from '../consent-basis.js'
import { NOT_APPLICABLE, PASS, type StatementRule } from '../rule.js'

/** Consent collected for partners names each of them (CPCE L.34-5; CNIL SAN-2022-021, EDF; SAN-2023-015, Canal+). */
export const partnerNotNamed: StatementRule = {
  id: 'PARTNER-NOT-NAMED',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'advertiser not named when partner consent was given (CPCE L.34-5)' },
  sources: [
    'CPCE art. L.34-5',
    'GDPR art. 4(11)',
    'CNIL 28 December 2018 (partners)',
    'CNIL SAN-2022-021 (EDF)',
    'CNIL SAN-2023-015 (Canal+)',
  ],
  hardFloor: false,
  coverage: 'full',
  settings: ['partner.require_named_advertiser'],
  fr: {
    title: 'Annonceur non nommé lors du consentement',
    law: 'Le consentement donné à un collecteur pour ses partenaires ne vaut que pour ceux que la personne pouvait identifier, dans une liste exhaustive et tenue à jour.',
    check:
      'L’annonceur doit figurer dans `named_recipients`, avec la version de la liste montrée (`partner_list_version`), la finalité `partner_offers` (base `consent_partner`) et une demande séparée de celle du collecteur. Il en va de même de la base `consent` quand l’adresse a été reçue d’un tiers. Un annonceur ajouté à la liste après coup n’est pas couvert.',
    remedy: 'Faire nommer l’annonceur par le collecteur, puis recueillir un nouveau consentement.',
    passes: 'Liste de mars, où figure Acme, montrée à la personne.',
    fails: '« Nos partenaires », sans liste.',
  },
  en: {
    title: 'Advertiser not named when consent was given',
    law: 'Consent given to a collector for its partners holds only for those the person could identify, from a complete list kept up to date.',
    check:
      'The advertiser must be in `named_recipients`, with the version of the list shown (`partner_list_version`), the purpose `partner_offers` (basis `consent_partner`) and a request apart from the collector’s own. The same goes for the basis `consent` where somebody else supplied the address. An advertiser added to the list afterwards is not covered.',
    remedy: 'Have the collector name the advertiser, then collect consent anew.',
    passes: 'The list of March, with Acme on it, shown to the person.',
    fails: '“Our partners”, without a list.',
  },
  judge({ record, policy }) {
    const isForPartners = record.legalBasis === 'consent_partner'
    if (!isForPartners && !(record.legalBasis === 'consent' && isSupplied(record))) return NOT_APPLICABLE
    const { advertiserId, namedRecipients = [], purposes, separateFromPartners, partnerListVersion } = record
    if (isForPartners && !purposes.includes(`partner_offers:${advertiserId}`)) {
      return { outcome: 'fail', detail: 'no_partner_purpose', evidence: { column: 'purposes' } }
    }
    if (separateFromPartners === false) {
      return { outcome: 'fail', detail: 'not_separate', evidence: { column: 'separate_from_partners' } }
    }
    if (!isFilled(partnerListVersion)) {
      return { outcome: 'fail', detail: 'no_list_version', evidence: { column: 'partner_list_version' } }
    }
    if (namedRecipients.includes(advertiserId)) return PASS
    const evidence = { column: 'named_recipients', named: namedRecipients.length }
    return {
      outcome: 'fail',
      detail: 'not_named',
      evidence,
      ...(policy.partner.requireNamedAdvertiser ? {} : { warnOnly: true }),
    }
  },
}
