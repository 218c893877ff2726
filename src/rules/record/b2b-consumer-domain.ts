import { domainOf } from '../../domain/address.js'
import { isFilled } from '../consent-basis.js'
import { isConsumerDomain } from '../consumer-domains.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** The professional exceptions are for addresses an employer gave, not for private ones (CNIL). */
export const b2bConsumerDomain: RecordRule = {
  id: 'B2B-CONSUMER-DOMAIN',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'private address used as a professional one (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5', 'CNIL, prospecting of professionals'],
  hardFloor: false,
  coverage: 'full',
  settings: ['b2b.consumer_domains'],
  fr: {
    title: 'Adresse personnelle présentée comme professionnelle',
    law: 'L’exception professionnelle vaut pour l’adresse remise par l’organisme où la personne travaille.',
    check:
      'Une fiche professionnelle ou générique ne doit pas être à une adresse d’un fournisseur grand public (gmail.com, orange.fr, ...), sauf preuve inscrite (`b2b_professional_proof`, par exemple une entreprise individuelle), ni à celle d’une personne déclarée consommatrice (`subject_kind: consumer`).',
    remedy: 'Recueillir le consentement, ou inscrire la preuve que l’adresse est celle de l’entreprise.',
    passes: 'jean.dupont@entreprise.example.',
    fails: 'Une adresse gmail.com dans une liste de professionnels.',
  },
  en: {
    title: 'Private address presented as professional',
    law: 'The professional exception is for the address handed out by the organisation where the person works.',
    check:
      'A professional or generic record must not be at an address of a consumer provider (gmail.com, orange.fr, ...), unless proof is on record (`b2b_professional_proof`, for instance of a sole trader), nor at that of a person declared a consumer (`subject_kind: consumer`).',
    remedy: 'Collect consent, or record the proof that the address is that of the business.',
    passes: 'jean.dupont@entreprise.example.',
    fails: 'A gmail.com address on a list of professionals.',
  },
  judge({ record, recipient, policy }) {
    const { legalBasis, subjectKind, b2b } = record
    if (legalBasis !== 'b2b_legitimate_interest' && legalBasis !== 'generic_professional') return NOT_APPLICABLE
    if (subjectKind === 'consumer') {
      return { outcome: 'fail', detail: 'declared_consumer', evidence: { column: 'subject_kind' } }
    }
    const domain = domainOf(recipient)
    if (!isConsumerDomain(domain) || isFilled(b2b?.professionalProof)) return PASS
    if (policy.b2b.consumerDomains === 'allow') return PASS
    return { outcome: 'fail', detail: 'consumer_domain', evidence: { domain } }
  },
}
