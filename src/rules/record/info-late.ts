import { isIndirect } from '../../domain/consent-record.js'
import { daysLater, monthsLater } from '../../domain/paris-time.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** Whoever obtains an address from somebody else tells the person within a month (GDPR art. 14(3)(a)). */
export const infoLate: RecordRule = {
  id: 'INFO-LATE',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'warn',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'recipient not informed within a month of obtaining the address (GDPR art. 14(3))',
  },
  sources: ['GDPR art. 14(3)(a)', 'GDPR art. 14(3)(b)', 'CNIL SAN-2020-016 (Performeclic)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Information tardive',
    law: 'Quand l’adresse vient d’un tiers, la personne est informée dans le mois, et au plus tard au premier message.',
    check:
      'Fiche d’origine indirecte sans `info_given_at`, obtenue (`source_obtained_at`, à défaut `collected_at`) depuis plus d’un mois, sans qu’un message ait nommé la source entre-temps.',
    remedy: 'Informer les personnes dès réception d’un fichier, et inscrire la date.',
    passes: 'Fichier reçu le 1er mars, information envoyée le 20 mars.',
    fails: 'Fichier reçu en janvier, première campagne en juin.',
  },
  en: {
    title: 'Information late',
    law: 'When an address comes from a third party, the person is informed within a month, and at the latest with the first message.',
    check:
      'A record of indirect origin without `info_given_at`, obtained (`source_obtained_at`, or else `collected_at`) more than a month ago, and no message named the source in the meantime.',
    remedy: 'Inform people as soon as a file is received, and record the date.',
    passes: 'A file received on 1 March, the information sent on 20 March.',
    fails: 'A file received in January, the first campaign in June.',
  },
  judge({ record, now, history }) {
    const { legalBasis, infoGivenAt } = record
    // Coordinates of a legal person are no personal data.
    if (!isIndirect(record) || legalBasis === 'generic_professional') return NOT_APPLICABLE
    if (infoGivenAt !== undefined && infoGivenAt <= now) return PASS
    const obtainedAt = record.sourceObtainedAt ?? record.collectedAt
    if (obtainedAt === undefined)
      return { outcome: 'fail', detail: 'no_date', evidence: { column: 'source_obtained_at' } }
    // A period of months ends with the last hour of its last day (Regulation 1182/71 art. 3(2)(c)).
    const until = daysLater(monthsLater(obtainedAt, 1), 1)
    if (now < until) return PASS
    if (history.kind === 'unreadable') return { outcome: 'unknown', cause: 'history_not_readable' }
    const told = history.kind === 'known' && history.messages.some(({ statedSource, at }) => statedSource && at < until)
    if (told) return PASS
    return { outcome: 'fail', detail: 'late', evidence: { obtained: isoMoment(obtainedAt), until: isoMoment(until) } }
  },
}
