import type { Advertiser } from '../../domain/party.js'
import { NOT_APPLICABLE, PASS, type SenderRule } from '../rule.js'

/**
 * One identified advertiser for each message (CPCE L.34-5 al. 5; LCEN art. 20). Particulars that are missing from the
 * configuration are answered 451 first: they are no fault of the message, and a 5xx at MAIL costs the sender a whole list.
 */
export const advertiserUndeclared: SenderRule = {
  id: 'ADVERTISER-UNDECLARED',
  scope: 'sender',
  stages: ['MAIL', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'declare the advertiser of this message' },
  replies: {
    incomplete: { code: 550, enhanced: '5.7.1', text: 'the particulars of the advertiser are incomplete' },
  },
  sources: ['CPCE art. L.34-5 al. 5', 'LCEN art. 20'],
  // Without an advertiser no objection can be looked up, and objections hold in every mode.
  hardFloor: ['undeclared', 'not_represented'],
  coverage: 'full',
  fr: {
    title: 'Annonceur non déclaré',
    law: 'Il est interdit de dissimuler l’identité de la personne pour le compte de laquelle la communication est émise.',
    check:
      'Aval doit savoir pour quel annonceur le message part : le seul de l’identifiant, ou celui que nomme X-Aval-Advertiser parmi ceux qu’il représente ; sa raison sociale, sa page de confidentialité et son adresse de contact doivent être renseignées, faute de quoi la réponse est 451 pendant policy.sender_hold, puis 550.',
    remedy: 'Ajouter le champ X-Aval-Advertiser, ou compléter la fiche de l’annonceur dans la configuration.',
    passes: 'L’identifiant représente Acme seule, et la fiche d’Acme est complète.',
    fails: 'L’identifiant représente Acme et Bravo, et le message ne dit pas pour laquelle il part.',
  },
  en: {
    title: 'Advertiser not declared',
    law: 'Concealing the identity of the person on whose behalf the message is sent is forbidden.',
    check:
      'Aval must know for which advertiser the message is sent: the only one of the credential, or the one X-Aval-Advertiser names among those it represents; its legal name, privacy page and contact address must be on file; while they are not, the answer is 451 for policy.sender_hold, then 550.',
    remedy: 'Add the X-Aval-Advertiser field, or complete the advertiser in the configuration.',
    passes: 'The credential represents Acme alone, and Acme’s particulars are complete.',
    fails: 'The credential represents Acme and Bravo, and the message does not say which.',
  },
  judge({ now, stage, site, policy, credential, advertiser }) {
    if (credential === undefined) return NOT_APPLICABLE
    if (advertiser === undefined) {
      const mayStillDeclare = stage !== 'data' && credential.advertiserIds.length > 1
      return mayStillDeclare
        ? { outcome: 'skip', why: 'not_declared_yet' }
        : { outcome: 'fail', detail: 'undeclared', evidence: { credential: credential.id } }
    }
    const evidence = { credential: credential.id, advertiser: advertiser.id }
    if (!credential.advertiserIds.includes(advertiser.id))
      return { outcome: 'fail', detail: 'not_represented', evidence }
    const missing = missingParticulars(advertiser)
    if (missing.length === 0) return PASS
    return {
      outcome: 'fail',
      detail: 'incomplete',
      evidence: { ...evidence, missing },
      ...(now - site.inForceSince < policy.senderHoldMs && { action: 'defer' as const }),
    }
  },
}

function missingParticulars({ legalName, privacyUrl, contactEmail }: Advertiser): string[] {
  return Object.entries({ legalName, privacyUrl, contactEmail })
    .filter(([, value]) => value === undefined || value.trim() === '')
    .map(([name]) => name)
}
