import { monthsLater } from '../../domain/paris-time.js'
import { restsOnConsent } from '../consent-basis.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** No law lets a consent to e-mail age; an advertiser may choose to. */
export const consentStale: RecordRule = {
  id: 'CONSENT-STALE',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'consent older than this site accepts' },
  sources: ['GDPR art. 7', 'EDPB guidelines 05/2020'],
  hardFloor: false,
  coverage: 'full',
  offUntil: 'consent.max_age_months',
  fr: {
    title: 'Consentement trop ancien',
    law: 'Aucun texte ne limite la durée d’un consentement à l’e-mail ; le CEPD recommande de le rafraîchir à intervalles appropriés.',
    check:
      'Sans effet tant que policy.consent.max_age_months n’est pas fixé ; sinon le consentement compte ce nombre de mois, en jours français.',
    remedy: 'Demander à la personne de confirmer son consentement avant qu’il n’atteigne cet âge.',
    passes: 'Limite de vingt-quatre mois, consentement de l’an dernier.',
    fails: 'Limite de vingt-quatre mois, consentement d’il y a trois ans.',
  },
  en: {
    title: 'Consent too old',
    law: 'No text limits how long a consent to e-mail lasts; the EDPB recommends refreshing it at appropriate intervals.',
    check:
      'Without effect until policy.consent.max_age_months is set; then consent counts for that many months, in French days.',
    remedy: 'Ask the person to confirm the consent before it reaches that age.',
    passes: 'A limit of twenty-four months, consent of last year.',
    fails: 'A limit of twenty-four months, consent of three years ago.',
  },
  judge({ record, policy, now }) {
    const { maxAgeMonths } = policy.consent
    if (maxAgeMonths === undefined || !restsOnConsent(record)) return NOT_APPLICABLE
    if (record.givenAt === undefined) return { outcome: 'fail', detail: 'no_date', evidence: { column: 'given_at' } }
    const until = monthsLater(record.givenAt, maxAgeMonths)
    if (now < until) return PASS
    return {
      outcome: 'fail',
      detail: 'too_old',
      evidence: { given: isoMoment(record.givenAt), until: isoMoment(until) },
    }
  },
}
