import { domainOf } from '../../domain/address.js'
import type { Finding } from '../../domain/verdict.js'
import { isConsumerDomain } from '../consumer-domains.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** Functions of a company, and nobody in it. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  'contact',
  'info',
  'infos',
  'accueil',
  'direction',
  'commercial',
  'ventes',
  'achats',
  'comptabilite',
  'compta',
  'rh',
  'secretariat',
  'support',
  'sav',
  'service-client',
  'serviceclient',
  'commande',
  'commandes',
  'bonjour',
  'hello',
  'marketing',
  'communication',
  'presse',
  'juridique',
  'facturation',
  'administration',
  'boutique',
  'magasin',
  'atelier',
  'technique',
  'qualite',
  'logistique',
])

/** Functions that are there to receive something else (RFC 2142), or nothing at all. */
const NEVER: ReadonlySet<string> = new Set([
  'abuse',
  'postmaster',
  'hostmaster',
  'noreply',
  'no-reply',
  'dpo',
  'rgpd',
  'privacy',
  'mailer-daemon',
  'security',
])

/** An address that names a person is no generic one, whatever the record says (GDPR art. 4(1)). */
export const genericMisclassified: RecordRule = {
  id: 'GENERIC-MISCLASSIFIED',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'not a generic address of a legal person (GDPR art. 4(1))' },
  sources: ['GDPR art. 4(1)', 'RFC 2142', 'CNIL, prospecting of professionals'],
  hardFloor: false,
  coverage: 'full',
  settings: ['b2b.consumer_domains'],
  fr: {
    title: 'Adresse nominative présentée comme générique',
    law: 'Une adresse qui désigne une personne est une donnée personnelle ; seules les coordonnées d’une personne morale échappent au consentement.',
    check:
      'Une fiche `generic_professional` doit avoir pour partie locale une fonction de la liste (contact, info, achats, ...), sans sous-adresse, hors fournisseur grand public, et jamais abuse, dpo, noreply et semblables. L’adresse d’une entreprise individuelle désigne une personne : `subject_kind: professional` le dit.',
    remedy: 'Traiter l’adresse comme nominative (`prospecting_b2b_named`), ou la retirer.',
    passes: 'contact@entreprise.example.',
    fails: 'jean.dupont@entreprise.example, ou contact@ chez un fournisseur grand public.',
  },
  en: {
    title: 'Personal address presented as generic',
    law: 'An address that names a person is personal data; only the coordinates of a legal person need no consent.',
    check:
      'A record `generic_professional` must have as local part a function of the list (contact, info, achats, ...), without a sub-address, not at a consumer provider, and never abuse, dpo, noreply and the like. The address of a sole trader is that of a person: `subject_kind: professional` says so.',
    remedy: 'Treat the address as that of a person (`prospecting_b2b_named`), or take it off the list.',
    passes: 'contact@entreprise.example.',
    fails: 'jean.dupont@entreprise.example, or contact@ at a consumer provider.',
  },
  judge({ record, recipient, policy }): Finding {
    if (record.legalBasis !== 'generic_professional') return NOT_APPLICABLE
    const { subjectKind } = record
    // info@ of a sole trader is that of a person: whoever keeps the record may know, the address does not tell.
    if (subjectKind !== undefined && subjectKind !== 'legal_generic') {
      return { outcome: 'fail', detail: 'of_a_person', evidence: { column: 'subject_kind', subjectKind } }
    }
    const local = recipient.slice(0, recipient.lastIndexOf('@'))
    if (local.includes('+')) return { outcome: 'fail', detail: 'sub_address' }
    if (NEVER.has(local)) return { outcome: 'fail', detail: 'never_for_offers', evidence: { function: local } }
    if (!FUNCTIONS.has(local)) return { outcome: 'fail', detail: 'no_function' }
    // Proof that a private mailbox is that of a trade (B2B-CONSUMER-DOMAIN) says whose it is: a person's.
    if (!isConsumerDomain(domainOf(recipient)) || policy.b2b.consumerDomains === 'allow') return PASS
    return { outcome: 'fail', detail: 'consumer_domain', evidence: { domain: domainOf(recipient) } }
  },
}
