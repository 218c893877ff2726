import type { CollectionContext, SourceKind } from '../../domain/consent-record.js'
import type { Finding } from '../../domain/verdict.js'
import { isIndividual } from '../consent-basis.js'
import { PASS, type StatementFacts, type StatementRule } from '../rule.js'
import { judgeStatedProof } from './consent-proof-missing.js'
import { partnerNotNamed } from './partner-not-named.js'
import { sourceAudit } from './source-audit.js'

const HARVESTED: ReadonlySet<SourceKind | CollectionContext> = new Set([
  'harvested',
  'web_scrape',
  'forum_scrape',
  'social_network',
])
const BOUGHT: ReadonlySet<SourceKind | CollectionContext> = new Set([
  'purchased',
  'rented',
  'purchased_list',
  'rented_list',
])

/** Addresses that were harvested, bought or rented are no ground to write (GDPR art. 5(1)(a), 6; Code penal 226-18). */
export const sourceForbidden: StatementRule = {
  id: 'SOURCE-FORBIDDEN',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'address source not admissible (GDPR art. 5(1)(a))' },
  sources: [
    'GDPR art. 5(1)(a)',
    'GDPR art. 6',
    'Code penal art. 226-18',
    'CNIL SAN-2020-018 (Nestor)',
    'CNIL SAN-2024-020 (Kaspr)',
  ],
  hardFloor: false,
  coverage: 'attested',
  settings: ['purchased.allow_with_individual_proof'],
  fr: {
    title: 'Origine de l’adresse interdite',
    law: 'Collecter des adresses sur des sites, des forums ou des réseaux sociaux est déloyal ; une adresse achetée ou louée n’autorise rien sans le consentement prouvé de la personne.',
    check:
      'La fiche ne doit venir ni d’une aspiration, ni d’un achat, ni d’une location, ni, hors adresse générique d’une société, d’un annuaire public. Un achat n’est admis qu’avec policy.purchased.allow_with_individual_proof, une preuve individuelle, l’annonceur nommé et une source contrôlée.',
    remedy: 'Supprimer l’adresse. Demander leur consentement par e-mail aux personnes serait déjà de la prospection.',
    passes: 'Adresse donnée par la personne sur le site de l’annonceur.',
    fails: 'Adresse relevée sur un profil de réseau professionnel.',
  },
  en: {
    title: 'Source of the address forbidden',
    law: 'Collecting addresses on sites, forums or social networks is unfair; a bought or rented address authorises nothing without the proven consent of the person.',
    check:
      'The record must come neither from harvesting, nor from a purchase, nor from a rental, nor, but for the generic address of a company, from a public directory. A purchase is admitted only with policy.purchased.allow_with_individual_proof, individual proof, the advertiser named and an audited source.',
    remedy: 'Delete the address. Asking the people for consent by e-mail would be prospecting already.',
    passes: 'An address given by the person on the advertiser’s site.',
    fails: 'An address taken from a profile on a professional network.',
  },
  judge(facts) {
    const { sourceKind, collectionContext, legalBasis } = facts.record
    const origins = [sourceKind, collectionContext].filter((origin) => origin !== undefined)
    const harvested = origins.find((origin) => HARVESTED.has(origin))
    if (harvested !== undefined) return forbidden('harvested', harvested, sourceKind)
    const bought = origins.find((origin) => BOUGHT.has(origin))
    if (bought !== undefined && !isIndividuallyProven(facts)) return forbidden('bought', bought, sourceKind)
    if (origins.includes('public_directory') && legalBasis !== 'generic_professional') {
      return forbidden('public_directory', 'public_directory', sourceKind)
    }
    return PASS
  },
}

function forbidden(detail: string, origin: string, sourceKind: string | undefined): Finding {
  const column = origin === sourceKind ? 'source_kind' : 'collection_context'
  return { outcome: 'fail', detail, evidence: { column, origin } }
}

/** Bought with certainty: this person's consent, for this advertiser by name, from a source that was looked at. */
function isIndividuallyProven(facts: StatementFacts): boolean {
  const { record, policy } = facts
  return (
    policy.purchased.allowWithIndividualProof &&
    record.legalBasis === 'consent_partner' &&
    record.proof !== undefined &&
    isIndividual(record.proof.type) &&
    [judgeStatedProof(facts), partnerNotNamed.judge(facts), sourceAudit.judge(facts)].every(
      ({ outcome }) => outcome === 'pass',
    )
  )
}
