import { isProspecting } from '../../domain/message-class.js'
import { asToObjectors } from '../carried-promotion.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/**
 * A registry that was edited by hand authorises nothing (GDPR art. 5(1)(f), 5(2), 32). One altered record is enough: what it
 * said before is not known any more, and it may have been a withdrawal.
 */
export const recordTampered: RecipientRule = {
  id: 'RECORD-TAMPERED',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'consent record failed integrity check' },
  sources: ['GDPR art. 5(1)(f)', 'GDPR art. 5(2)', 'GDPR art. 32'],
  hardFloor: true,
  coverage: 'full',
  fr: {
    title: 'Fiche de consentement altérée',
    law: 'Le responsable garantit l’intégrité des données et doit pouvoir le démontrer.',
    check:
      'Chaque version de fiche porte un code lié à la précédente. Si le code d’une fiche de cette personne ne se vérifie pas, on ne sait plus ce qu’elle disait : peut-être un retrait. Rien ne part, dans aucun mode.',
    remedy: 'Prévenir l’exploitant : restaurer une sauvegarde intègre ou retrouver la clé, puis traiter l’incident.',
    passes: 'Toutes les fiches de la personne se vérifient.',
    fails: 'Une date de consentement a été corrigée à la main dans la base.',
  },
  en: {
    title: 'Consent record altered',
    law: 'The controller ensures the integrity of the data and must be able to show it.',
    check:
      'Each version of a record carries a code bound to the one before. When the code of any record about the person does not verify, what it said is no longer known: perhaps a withdrawal. Nothing is sent, in any mode.',
    remedy: 'Tell the operator: restore an intact backup or find the key, then handle the incident.',
    passes: 'Every record about the person verifies.',
    fails: 'A consent date was corrected by hand in the database.',
  },
  judge(facts) {
    const { messageClass, registry } = asToObjectors(facts)
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const altered = registry.records.filter(({ intact }) => !intact)
    if (altered.length === 0) return PASS
    const records = altered.map(({ record }) => `${record.id}/${record.version}`)
    return { outcome: 'fail', detail: 'integrity_code', evidence: { records } }
  },
}
