import { isProspecting } from '../../domain/message-class.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, PASS, type SenderRule } from '../rule.js'

/** An opt-out that was made for a test was not honoured: then those of people are not either (GDPR art. 21(3)). */
export const unsubLatency: SenderRule = {
  id: 'UNSUB-LATENCY',
  scope: 'sender',
  stages: ['ASYNC', 'MAIL', 'DATA'],
  action: 'defer',
  reply: { code: 451, enhanced: '4.7.1', text: 'an opt-out was not honoured in time (GDPR art. 21(3))' },
  sources: ['GDPR art. 21(3)', 'GDPR art. 12(3)', 'RFC 8058 sec. 3.2', 'Gmail and Yahoo sender guidelines (48 h)'],
  hardFloor: false,
  coverage: 'full',
  settings: ['unsub.honour_max', 'sender_hold'],
  fr: {
    title: 'Désinscription sans effet',
    law: 'Dès l’opposition, les données ne sont plus traitées à des fins de prospection.',
    check:
      'Un abonnement qui n’est à personne a été désinscrit par Aval (canary_url, seeds) : l’opposition doit être au registre, ou les messages cesser, en moins de policy.unsub.honour_max. Sinon une alerte est donnée, et passé policy.sender_hold la prospection de l’annonceur est suspendue jusqu’à ce qu’une boucle aboutisse. Une opposition trouvée après des messages partis au-delà de ce délai donne l’alerte opt_out_late.',
    remedy: 'Faire parvenir les désinscriptions au registre, puis lancer `aval probe --advertiser ID`.',
    passes: 'L’opposition de l’adresse témoin est arrivée deux heures après le clic.',
    fails: 'Cinquante heures après le clic, rien n’est arrivé.',
  },
  en: {
    title: 'Unsubscribing without effect',
    law: 'From the objection on, the data are no longer processed for prospecting.',
    check:
      'A subscription that is nobody’s was unsubscribed by Aval (canary_url, seeds): the objection must be in the registry, or mail stop, within policy.unsub.honour_max. Where it does not, an alert is given, and after policy.sender_hold prospecting for the advertiser is suspended until a loop closes. An objection met after messages that left beyond that time raises the alarm opt_out_late.',
    remedy: 'Bring opt-outs to the registry, then run `aval probe --advertiser ID`.',
    passes: 'The objection of the canary arrived two hours after the click.',
    fails: 'Fifty hours after the click nothing has arrived.',
  },
  judge({ now, policy, advertiser, messageClass, unsubscribeProof: { notHonouredSince } }) {
    if (advertiser === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    if (notHonouredSince === undefined) return PASS
    const evidence = { advertiser: advertiser.id, since: isoMoment(notHonouredSince) }
    const isAlert = now - notHonouredSince < policy.senderHoldMs
    return { outcome: 'fail', detail: 'not_honoured', evidence, ...(isAlert && { warnOnly: true }) }
  },
}
