import type { SectorFlag } from '../../domain/party.js'
import { isFilled } from '../consent-basis.js'
import { PASS, type RecordRule } from '../rule.js'

/** What is not offered to anyone under eighteen. */
const FOR_ADULTS: ReadonlySet<SectorFlag> = new Set(['alcohol', 'gambling', 'adult'])

/** A child under fifteen consents with its parents; nobody under eighteen is offered what is for adults (GDPR art. 8; LIL art. 45). */
export const minorNoParental: RecordRule = {
  id: 'MINOR-NO-PARENTAL',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'minor without parental consent, or offer not for minors (GDPR art. 8)',
  },
  sources: ['GDPR art. 8', 'GDPR recital 38', 'Loi Informatique et Libertes art. 45'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Mineur sans accord parental',
    law: 'Avant quinze ans, le consentement est donné conjointement par l’enfant et le titulaire de l’autorité parentale ; les enfants sont particulièrement protégés contre la prospection.',
    check:
      'Une fiche `under15` doit désigner l’accord parental ; aucune personne de moins de dix-huit ans ne reçoit une campagne d’alcool, de jeux d’argent ou pour adultes. Un âge inconnu passe : Aval ne demande pas de le collecter.',
    remedy: 'Recueillir l’accord parental et sa preuve, ou retirer l’adresse.',
    passes: 'Enfant de treize ans, formulaire signé par un parent.',
    fails: 'Enfant de treize ans, seul devant le formulaire.',
  },
  en: {
    title: 'Minor without parental consent',
    law: 'Under fifteen, consent is given by the child together with a parent; children are specially protected from prospecting.',
    check:
      'A record `under15` must name the parental consent; nobody under eighteen receives a campaign for alcohol, gambling or adults. An unknown age passes: Aval does not ask for it to be collected.',
    remedy: 'Obtain the parental consent with its proof, or take the address off the list.',
    passes: 'A child of thirteen, the form signed by a parent.',
    fails: 'A child of thirteen, alone before the form.',
  },
  judge({ record, campaign }) {
    const { band, parentalProofRef } = record.age ?? { band: 'unknown' }
    if (band === 'under15' && !isFilled(parentalProofRef)) {
      return { outcome: 'fail', detail: 'no_parental_proof', evidence: { column: 'age_parental_proof_ref' } }
    }
    const isMinor = band === 'under15' || band === '15_17'
    const flag = campaign?.sectorFlags.find((one) => FOR_ADULTS.has(one))
    if (isMinor && flag !== undefined) return { outcome: 'fail', detail: 'not_for_minors', evidence: { sector: flag } }
    return PASS
  },
}
