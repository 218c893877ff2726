import { isProspecting } from '../../domain/message-class.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/**
 * A router does not reuse one client's list for another (GDPR art. 5(1)(b), 28(3)(a), 28(10)). Found here, answered as
 * CONSENT-MISSING: the sender must not learn that another registry knows the person (promise I6).
 */
export const routerScope: RecipientRule = {
  id: 'ROUTER-SCOPE',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no valid prior consent on record for this recipient (CPCE L.34-5)' },
  answersAs: 'CONSENT-MISSING',
  sources: ['GDPR art. 5(1)(b)', 'GDPR art. 28(3)(a)', 'GDPR art. 28(10)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Adresse connue pour un autre annonceur seulement',
    law: 'Le sous-traitant ne réutilise pas les données d’un client pour lui-même ni pour un autre.',
    check:
      'L’adresse figure au registre d’un autre annonceur, mais pas à celui pour lequel le message part. La réponse est mot pour mot celle de CONSENT-MISSING : l’expéditeur n’apprend rien du registre d’autrui. Le journal de l’exploitant garde la vraie règle.',
    remedy: 'Comme pour CONSENT-MISSING.',
    passes: 'La personne figure au registre d’Acme et le message part pour Acme.',
    fails: 'La personne a consenti pour Bravo, et la liste sert à Acme.',
  },
  en: {
    title: 'Address known for another advertiser only',
    law: 'A processor does not reuse one client’s data for itself or for another.',
    check:
      'The address is in another advertiser’s registry but not in that of the advertiser the message is for. The reply is word for word that of CONSENT-MISSING: the sender learns nothing about other registries. The operator’s log keeps the true rule.',
    remedy: 'As for CONSENT-MISSING.',
    passes: 'The person is in Acme’s registry and the message is for Acme.',
    fails: 'The person consented for Bravo, and the list is used for Acme.',
  },
  judge({ messageClass, registry, credential, advertiser }) {
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    if (registry.records.length > 0 || !registry.knownElsewhere) return PASS
    return {
      outcome: 'fail',
      detail: 'known_elsewhere',
      evidence: { credential: credential?.id ?? '', advertiser: advertiser.id },
    }
  },
}
