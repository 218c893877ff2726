import { PASS, type StatementRule } from '../rule.js'

/** A clock that never started protects nobody (GDPR art. 5(1)(e), 5(2)). */
export const retentionUnknown: StatementRule = {
  id: 'RETENTION-UNKNOWN',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no date from which retention can be counted (GDPR art. 5(2))' },
  sources: ['GDPR art. 5(1)(e)', 'GDPR art. 5(2)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Point de départ de la conservation inconnu',
    law: 'Le responsable doit pouvoir démontrer que la durée de conservation est respectée.',
    check: 'La fiche doit porter une date de collecte passée, à laquelle tout le reste se compte.',
    remedy: 'Compléter la fiche à partir de la preuve de collecte, ou supprimer l’adresse.',
    passes: 'Fiche avec la date d’inscription.',
    fails: 'Fiche importée sans date de collecte.',
  },
  en: {
    title: 'Start of the retention period unknown',
    law: 'The controller must be able to show that the retention period is respected.',
    check: 'The record must carry a collection date in the past, from which everything else is counted.',
    remedy: 'Complete the record from the proof of collection, or delete the address.',
    passes: 'A record with the date of the subscription.',
    fails: 'A record imported without a collection date.',
  },
  judge({ record: { collectedAt }, now }) {
    if (collectedAt === undefined) return { outcome: 'fail', detail: 'no_collection_date', evidence: COLUMN }
    return collectedAt > now ? { outcome: 'fail', detail: 'collected_in_future', evidence: COLUMN } : PASS
  },
}

const COLUMN = { column: 'collected_at' }
