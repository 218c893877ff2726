import { isProspecting } from '../../domain/message-class.js'
import { NOT_APPLICABLE, PASS, type RecordFacts, type RecordRule } from '../rule.js'

/** A clock that never started protects nobody (GDPR art. 5(1)(e), 5(2)). */
export const retentionUnknown: RecordRule = {
  id: 'RETENTION-UNKNOWN',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no date from which retention can be counted (GDPR art. 5(2))' },
  sources: ['GDPR art. 5(1)(e)', 'GDPR art. 5(2)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Point de départ de la conservation inconnu',
    law: 'Le responsable doit pouvoir démontrer que la durée de conservation est respectée.',
    check:
      'La fiche doit porter une date de collecte passée ; celle d’un client, en outre, une date d’achat ou de fin de contrat.',
    remedy: 'Compléter la fiche à partir de la preuve de collecte ou de la facture, ou supprimer l’adresse.',
    passes: 'Fiche client avec la date du dernier achat.',
    fails: 'Fiche importée sans date de collecte.',
  },
  en: {
    title: 'Start of the retention period unknown',
    law: 'The controller must be able to show that the retention period is respected.',
    check:
      'The record must carry a collection date in the past; that of a customer, also the date of a purchase or of the end of a contract.',
    remedy: 'Complete the record from the proof of collection or the invoice, or delete the address.',
    passes: 'A customer record with the date of the last purchase.',
    fails: 'A record imported without a collection date.',
  },
  judge(facts) {
    if (!isProspecting(facts.messageClass)) return NOT_APPLICABLE
    return facts.clock === undefined ? { outcome: 'fail', detail: whatIsMissing(facts) } : PASS
  },
}

function whatIsMissing({ record, now }: RecordFacts): string {
  if (record.collectedAt === undefined) return 'no_collection_date'
  return record.collectedAt > now ? 'collected_in_future' : 'no_purchase_date'
}
