import { isFilled, restsOnConsent } from '../consent-basis.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** Consent is informed: the person was told, in words she understands, that the address serves prospecting (GDPR art. 4(11), 13). */
export const consentNotInformed: RecordRule = {
  id: 'CONSENT-NOT-INFORMED',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'recipient was not informed of prospecting use (GDPR art. 13)' },
  sources: ['CPCE art. L.34-5 al. 2', 'GDPR art. 4(11)', 'GDPR art. 13', 'CNIL SAN-2024-020 (Kaspr)'],
  hardFloor: false,
  coverage: 'attested',
  settings: ['consent.notice_langs'],
  fr: {
    title: 'Personne non informée de la prospection',
    law: 'Le consentement est éclairé : au moment de la collecte, la personne sait que son adresse servira à la prospection, et par qui.',
    check:
      'La fiche doit attester que la prospection était annoncée (`prospecting_announced`), désigner la mention montrée et son texte ou son empreinte, dans une langue de policy.consent.notice_langs.',
    remedy:
      'Compléter la fiche à partir du formulaire de l’époque ; sinon informer et recueillir un nouveau consentement.',
    passes: 'Mention version 3, en français, « pour vous envoyer nos offres ».',
    fails: 'Formulaire qui ne disait rien de la prospection.',
  },
  en: {
    title: 'Person not informed of prospecting',
    law: 'Consent is informed: when the address is collected the person knows that it will serve prospecting, and by whom.',
    check:
      'The record must attest that prospecting was announced (`prospecting_announced`) and name the notice shown with its text or digest, in a language of policy.consent.notice_langs.',
    remedy: 'Complete the record from the form of that time; or else inform and collect consent anew.',
    passes: 'Notice version 3, in French, “to send you our offers”.',
    fails: 'A form that said nothing of prospecting.',
  },
  judge({ record, policy }) {
    if (!restsOnConsent(record)) return NOT_APPLICABLE
    const { prospectingAnnounced, noticeId, noticeSha256, wording, noticeLang } = record
    if (prospectingAnnounced !== true) return missing('not_announced', 'prospecting_announced')
    if (!isFilled(noticeId)) return missing('no_notice', 'notice_id')
    if (!isFilled(noticeSha256) && !isFilled(wording)) return missing('no_text', 'notice_sha256')
    if (noticeLang === undefined) return missing('no_language', 'notice_lang')
    return isUnderstood(noticeLang, policy.consent.noticeLangs) ? PASS : missing('other_language', 'notice_lang')
  },
}

function missing(detail: string, column: string) {
  return { outcome: 'fail', detail, evidence: { column } } as const
}

/** `fr-CA` is French (RFC 4647 3.3.1, basic filtering). */
function isUnderstood(language: string, understood: readonly string[]): boolean {
  const written = language.toLowerCase()
  return understood.some((known) => written === known.toLowerCase() || written.startsWith(`${known.toLowerCase()}-`))
}
