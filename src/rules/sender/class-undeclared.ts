import { NOT_APPLICABLE, PASS, type SenderRule } from '../rule.js'

/** What a message is for decides under which regime it falls (CPCE art. L.34-5 al. 3): unsaid, the strictest applies. */
export const classUndeclared: SenderRule = {
  id: 'CLASS-UNDECLARED',
  scope: 'sender',
  stages: ['DATA'],
  action: 'warn',
  reply: { code: 550, enhanced: '5.7.1', text: 'declare the class of this message (X-Aval-Class)' },
  replies: {
    not_allowed: { code: 550, enhanced: '5.7.1', text: 'the class declared is not one of this credential' },
  },
  sources: ['CPCE art. L.34-5 al. 3', 'CJEU C-654/23 (Inteligo)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Catégorie du message non déclarée',
    law: 'Le régime d’un message dépend de sa finalité : prospection, service, lettre demandée.',
    check:
      'Quand l’identifiant admet plusieurs catégories, le message doit dire la sienne (X-Aval-Class ou sa campagne), et elle doit être l’une de celles de l’identifiant. À défaut, la plus stricte s’applique, celle que le message nomme comprise ; entre sa catégorie et celle de sa campagne aussi.',
    remedy: 'Ajouter X-Aval-Class, nommer une campagne, ou donner un identifiant à chaque usage.',
    passes: 'L’identifiant n’a qu’une catégorie, ou le message déclare l’une des siennes.',
    fails: 'L’identifiant admet lettre et prospection, et le message ne dit rien : il est jugé comme prospection.',
  },
  en: {
    title: 'Class of the message not declared',
    law: 'The regime of a message depends on its purpose: prospecting, service, a letter asked for.',
    check:
      'Where the credential allows several classes, the message must say which is its own (X-Aval-Class or its campaign), and it must be one of the credential. Otherwise the strictest applies, the one the message names included; so it does between its class and that of its campaign.',
    remedy: 'Add X-Aval-Class, name a campaign, or give each use a credential of its own.',
    passes: 'The credential has a single class, or the message declares one of its classes.',
    fails:
      'The credential allows newsletters and prospecting and the message says nothing: it is judged as prospecting.',
  },
  judge({ stage, credential, classOrigin, messageClass }) {
    // Before DATA the message may still say it.
    if (credential === undefined || stage !== 'data') return NOT_APPLICABLE
    if (classOrigin === 'credential' || classOrigin === 'declared') return PASS
    return { outcome: 'fail', detail: classOrigin, evidence: { assumed: messageClass } }
  },
}
