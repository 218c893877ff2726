import { isProspecting } from '../../domain/message-class.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, type SenderRule } from '../rule.js'

/** What Gmail and Yahoo give a sender to honour an opt-out: no policy may take longer. */
const CEILING_MS = 48 * 3_600_000

/** How far the clock of whoever imports may be ahead. */
const TOLERATED_SKEW_MS = 300_000

/** Opt-outs collected elsewhere count only once they are here: without a fresh import nobody may be written to. */
export const suppressionFeedStale: SenderRule = {
  id: 'SUPPRESSION-FEED-STALE',
  scope: 'sender',
  stages: ['MAIL', 'DATA'],
  action: 'defer',
  reply: { code: 451, enhanced: '4.7.1', text: 'opt-outs collected elsewhere have not been imported for too long' },
  sources: [
    'GDPR art. 21(3)',
    'GDPR art. 12(3)',
    'CNIL SAN-2020-018 (Nestor)',
    'Gmail and Yahoo sender guidelines (48 h)',
  ],
  hardFloor: false,
  coverage: 'full',
  settings: ['unsub.feed_max_age'],
  fr: {
    title: 'Oppositions recueillies ailleurs non transmises',
    law: 'Une opposition met fin à la prospection, par quelque voie qu’elle soit parvenue à l’annonceur.',
    check:
      'Si l’annonceur recueille des désinscriptions hors d’Aval (unsubscribe.feed), le dernier import réussi, même vide, ou la dernière annonce de l’API (`POST /v1/feeds`) doit dater de moins de policy.unsub.feed_max_age, 48 heures au plus.',
    remedy: 'Relancer l’import (`aval objection import`) ; rien n’est perdu tant que la réponse est 451.',
    passes: 'Le dernier fichier d’oppositions d’Acme est arrivé il y a six heures.',
    fails: 'Il est arrivé il y a vingt-quatre heures et une seconde.',
  },
  en: {
    title: 'Opt-outs collected elsewhere not brought here',
    law: 'An objection ends prospecting, by whichever way it reached the advertiser.',
    check:
      'Where the advertiser collects opt-outs outside Aval (unsubscribe.feed), the last import that ended well, even an empty one, or the last word of the API (`POST /v1/feeds`) must be younger than policy.unsub.feed_max_age, 48 hours at most.',
    remedy: 'Run the import again (`aval objection import`); nothing is lost while the reply is 451.',
    passes: 'The last file of objections of Acme came six hours ago.',
    fails: 'It came twenty-four hours and a second ago.',
  },
  judge({ now, policy, advertiser, messageClass, objectionFeed: feed }) {
    if (advertiser === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    switch (feed.kind) {
      case 'none':
        return NOT_APPLICABLE
      case 'unreadable':
        return { outcome: 'unknown', cause: 'registry_not_readable' }
      case 'never':
        return { outcome: 'fail', detail: 'never', evidence: { advertiser: advertiser.id } }
      case 'synced':
        break
    }
    const evidence = { advertiser: advertiser.id, synced: isoMoment(feed.at) }
    if (feed.at > now + TOLERATED_SKEW_MS) return { outcome: 'unknown', cause: 'import_dated_in_future' }
    if (now - feed.at > Math.min(policy.unsubscribe.feedMaxAgeMs, CEILING_MS))
      return { outcome: 'fail', detail: 'stale', evidence }
    return { outcome: 'pass', evidence }
  },
}
