import { isProspecting } from '../../domain/message-class.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** One objection ends all prospecting of the controller (GDPR art. 21(3)). */
export const unsubScope: MessageRule = {
  id: 'UNSUB-SCOPE',
  scope: 'message',
  stages: ['DATA'],
  action: 'warn',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'one opt-out must end all prospecting of the advertiser (GDPR art. 21)',
  },
  sources: ['GDPR art. 7(3)', 'GDPR art. 21(3)', 'CNIL SAN-2025-002 (Caloga)', 'CNIL SAN-2020-016 (Performeclic)'],
  hardFloor: false,
  coverage: 'attested',
  channels: ['email'],
  fr: {
    title: 'Désinscription limitée à une liste',
    law: 'Après une opposition, les données ne servent plus à la prospection : une seule désinscription suffit pour tous les envois de l’annonceur.',
    check:
      'L’annonceur déclare à quoi une désinscription met fin (advertisers.<id>.unsubscribe.scope) ; list_only, la désinscription d’une liste parmi plusieurs, est un avertissement. Sans déclaration, rien n’est reproché.',
    remedy:
      'Faire porter la désinscription sur toute la prospection, le choix par liste n’étant qu’une option de plus, puis déclarer scope: controller.',
    passes: 'scope: controller.',
    fails: 'scope: list_only.',
  },
  en: {
    title: 'Unsubscribing from one list only',
    law: 'After an objection the data no longer serve prospecting: one opt-out is enough for all messages of the advertiser.',
    check:
      'The advertiser declares what one opt-out ends (advertisers.<id>.unsubscribe.scope); list_only, leaving one list of several, is a warning. Without a declaration nothing is held against it.',
    remedy:
      'Let unsubscribing end all prospecting, with the choice of lists as an extra, and declare scope: controller.',
    passes: 'scope: controller.',
    fails: 'scope: list_only.',
  },
  judge({ messageClass, advertiser }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    return advertiser.unsubscribeScope === 'list_only' ? { outcome: 'fail', detail: 'list_only' } : PASS
  },
}
