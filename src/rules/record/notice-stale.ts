import { isSupplied } from '../../domain/consent-record.js'
import { noticeKey } from '../../domain/party.js'
import { serveOnBasis } from '../admissible-basis.js'
import { isFilled } from '../consent-basis.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** What people were told still covers what is done (GDPR art. 5(2), 12-14, 13(3)). */
export const noticeStale: RecordRule = {
  id: 'NOTICE-STALE',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'notice shown at collection does not cover this message (GDPR art. 13)',
  },
  sources: ['GDPR art. 5(2)', 'GDPR art. 12', 'GDPR art. 13(3)', 'GDPR art. 14'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Mention d’information dépassée',
    law: 'Une nouvelle finalité ou un nouveau destinataire demande une nouvelle information.',
    check:
      'La version de la mention désignée par la fiche, telle que la configuration la déclare (`notices`), doit annoncer la finalité du message et, quand l’adresse vient d’un partenaire ou d’un fournisseur, nommer l’annonceur (`recipients`) ; la campagne peut exiger une version plus récente (`oldest_notices`). Une version qui manque aux mentions déclarées n’annonce rien. Un site qui n’en déclare aucune, ou une mention antérieure au dernier changement de pratique, donne un avertissement.',
    remedy: 'Déclarer la mention, ou informer de nouveau les personnes avant d’écrire pour autre chose.',
    passes: 'Mention version 3, qui annonce les offres.',
    fails: 'Mention version 1, qui n’annonçait que la gestion des commandes.',
  },
  en: {
    title: 'Notice out of date',
    law: 'A new purpose or a new recipient takes new information.',
    check:
      'The version of the notice the record names, as the configuration declares it (`notices`), must announce the purpose of the message and, where a partner or supplier gave the address, name the advertiser (`recipients`); the campaign may ask for a newer version (`oldest_notices`). A version missing from the declared notices announces nothing. A site that declares none, or a notice older than the last change of practice, gives a warning.',
    remedy: 'Declare the notice, or inform people again before writing about something else.',
    passes: 'Notice version 3, which announces offers.',
    fails: 'Notice version 1, which announced the handling of orders only.',
  },
  judge(facts) {
    const { record, site, campaign, advertiser } = facts
    const { noticeId, noticeVersion, legalBasis } = record
    if (!isFilled(noticeId) || !isFilled(noticeVersion)) return NOT_APPLICABLE
    const evidence = { notice: noticeId, version: noticeVersion }
    const notice = site.notices.get(noticeKey(noticeId, noticeVersion))
    if (site.notices.size === 0) return { outcome: 'fail', detail: 'no_notices_declared', warnOnly: true, evidence }
    if (notice === undefined) return { outcome: 'fail', detail: 'not_declared', evidence }
    if (!serveOnBasis(facts, legalBasis, notice.purposesAnnounced)) {
      return { outcome: 'fail', detail: 'purpose_not_announced', evidence }
    }
    // Whoever has the address from somebody else was told of by somebody else, on whatever basis it writes.
    const isOfAnother = legalBasis === 'consent_partner' || isSupplied(record)
    if (isOfAnother && !notice.recipientsAnnounced.includes(advertiser.id)) {
      return { outcome: 'fail', detail: 'recipient_not_announced', evidence }
    }
    const oldest = campaign?.oldestNotices.get(noticeId)
    const needed = oldest === undefined ? undefined : site.notices.get(noticeKey(noticeId, oldest))
    if (needed !== undefined && notice.validFrom < needed.validFrom) {
      return { outcome: 'fail', detail: 'older_than_campaign_needs', evidence: { ...evidence, needed: needed.version } }
    }
    const { practicesChangedAt } = advertiser
    if (practicesChangedAt !== undefined && practicesChangedAt <= facts.now && notice.validFrom < practicesChangedAt) {
      const changed = isoMoment(practicesChangedAt)
      return { outcome: 'fail', detail: 'older_than_practices', warnOnly: true, evidence: { ...evidence, changed } }
    }
    return PASS
  },
}
