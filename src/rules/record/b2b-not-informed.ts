import { isIndirect } from '../../domain/consent-record.js'
import { isFilled } from '../consent-basis.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** A professional is informed and can object, consent or not (GDPR art. 13-14, 21). */
export const b2bNotInformed: RecordRule = {
  id: 'B2B-NOT-INFORMED',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'professional neither informed nor able to object (GDPR art. 13-14, 21)',
  },
  sources: ['GDPR art. 13', 'GDPR art. 14', 'GDPR art. 21', 'CNIL, prospecting of professionals'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Professionnel non informé',
    law: 'Le professionnel doit avoir été informé que son adresse sert à la prospection et avoir pu s’y opposer, simplement et gratuitement.',
    check:
      'Adresse recueillie auprès de la personne : une mention (`notice_id` ou `info_given_at`) et un refus proposé (`optout_offered_at_collection`). Adresse obtenue autrement : la même mention, ou l’information dans le premier message : un lien vers la notice dans chaque version, et la source nommée (SOURCE-NOT-STATED).',
    remedy: 'Compléter la fiche, ou informer la personne dans le premier message.',
    passes: 'Carte de visite échangée sur un salon, mention remise, refus possible.',
    fails: 'Formulaire de contact sans mention.',
  },
  en: {
    title: 'Professional not informed',
    law: 'The professional must have been informed that the address serves prospecting and been able to object, simply and free of charge.',
    check:
      'Address collected from the person: a notice (`notice_id` or `info_given_at`) and refusal offered (`optout_offered_at_collection`). Address obtained otherwise: the same notice, or the information in the first message: a link to the notice in each version, and the source named (SOURCE-NOT-STATED).',
    remedy: 'Complete the record, or inform the person in the first message.',
    passes: 'A business card exchanged at a fair, the notice handed over, refusal possible.',
    fails: 'A contact form without a notice.',
  },
  judge({ record, history, now, excerpt }) {
    if (record.legalBasis !== 'b2b_legitimate_interest') return NOT_APPLICABLE
    const isInformed = isFilled(record.noticeId) || (record.infoGivenAt !== undefined && record.infoGivenAt <= now)
    if (!isIndirect(record)) {
      if (!isInformed) return { outcome: 'fail', detail: 'not_informed', evidence: { column: 'notice_id' } }
      if (record.prospectingAnnounced === false) {
        return { outcome: 'fail', detail: 'not_announced', evidence: { column: 'prospecting_announced' } }
      }
      if (record.optoutOfferedAtCollection === true) return PASS
      return { outcome: 'fail', detail: 'no_optout', evidence: { column: 'optout_offered_at_collection' } }
    }
    if (isInformed) return PASS
    // Without a notice, the first message informs; one that did not is not made good by the next (GDPR art. 14(3)(b)).
    if (history.kind === 'unreadable') return { outcome: 'unknown', cause: 'history_not_readable' }
    const earlier = history.kind === 'known' ? history.messages : []
    if (earlier.some(({ statedSource }) => statedSource)) return PASS
    if (earlier.length > 0) {
      return { outcome: 'fail', detail: 'first_message_did_not_inform', evidence: { earlier: earlier.length } }
    }
    const isSilent = excerpt?.readings.some(({ privacyLink }) => privacyLink === 'absent') ?? false
    return isSilent ? { outcome: 'fail', detail: 'message_does_not_inform' } : PASS
  },
}
