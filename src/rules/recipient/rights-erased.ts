import type { Finding } from '../../domain/verdict.js'
import { asToObjectors } from '../carried-promotion.js'
import { isGivenAnew } from '../given-anew.js'
import { isoMoment } from '../moment.js'
import type { RecipientFacts, RecipientRule } from '../rule.js'
import { judgeObjections } from '../standing-objections.js'

const REASONS = new Set(['erasure'] as const)

/** Whoever was erased is not found again in another file (GDPR art. 17, 17(3)(e)). */
export const rightsErased: RecipientRule = {
  id: 'RIGHTS-ERASED',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'recipient was erased at their request (GDPR art. 17)' },
  sources: ['GDPR art. 17', 'GDPR art. 12(3)', 'CNIL SAN-2020-018 (Nestor)'],
  hardFloor: true,
  coverage: 'full',
  fr: {
    title: 'Personne effacée à sa demande',
    law: 'La personne a droit à l’effacement de ses données ; seule reste l’empreinte qui empêche de lui écrire de nouveau.',
    check:
      'Une empreinte d’effacement, ou une fiche `erased`, arrête la prospection dans tous les modes, jusqu’à un nouveau consentement donné directement à l’annonceur.',
    remedy: 'Retirer l’adresse de la liste et des fichiers d’où elle revient.',
    passes: 'Effacée en mars, réinscrite d’elle-même en juin.',
    fails: 'Effacée en mars, revenue par un fichier en juin.',
  },
  en: {
    title: 'Person erased at their request',
    law: 'A person has the right to have the data erased; what remains is the hash that keeps anyone from writing again.',
    check:
      'A tombstone, or a record `erased`, ends prospecting in every mode, until consent is given anew to the advertiser itself.',
    remedy: 'Take the address off the list and out of the files it comes back from.',
    passes: 'Erased in March, subscribed again in June.',
    fails: 'Erased in March, back in June by a file.',
  },
  judge(facts) {
    const tombstone = judgeObjections(facts, { reasons: REASONS, liftedBy: 'first_party', detail: 'tombstone' })
    return tombstone.outcome === 'pass' ? judgeErasedRecords(asToObjectors(facts)) : tombstone
  },
}

function judgeErasedRecords(facts: RecipientFacts): Finding {
  const records = facts.registry?.records ?? []
  const erased = records.find(
    ({ record }) =>
      record.status === 'erased' && !records.some((onFile) => isGivenAnew(facts, onFile, record.createdAt)),
  )
  if (erased === undefined) return { outcome: 'pass' }
  const { id, version, createdAt } = erased.record
  return { outcome: 'fail', detail: 'erased', evidence: { record: `${id}/${version}`, since: isoMoment(createdAt) } }
}
