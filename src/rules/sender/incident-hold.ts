import type { Hold } from '../../domain/party.js'
import { isoMoment } from '../moment.js'
import { PASS, type SenderRule, type SenderRuleFacts } from '../rule.js'
import { runningHold } from '../running-hold.js'

/** A switch that stops sending at once and loses nothing: a breach, an order of an authority, a doubt. */
export const incidentHold: SenderRule = {
  id: 'INCIDENT-HOLD',
  scope: 'sender',
  stages: ['MAIL', 'DATA'],
  action: 'defer',
  reply: { code: 451, enhanced: '4.7.1', text: 'sending suspended' },
  sources: [
    'GDPR art. 33',
    'GDPR art. 34',
    'GDPR art. 58(2)',
    'CNIL SAN-2020-016 (Performeclic)',
    'CNIL SAN-2025-001 (Solocal)',
  ],
  hardFloor: false,
  coverage: 'full',
  settings: ['incidents.complaints_per_thousand'],
  fr: {
    title: 'Envoi suspendu',
    law: 'L’autorité peut ordonner la suspension d’un traitement, et une violation de données oblige à en limiter aussitôt les effets.',
    check:
      'Aucune suspension (holds) ne doit être en cours pour l’ensemble du site, l’annonceur, l’identifiant ou la campagne du message. Aval suspend de lui-même un identifiant dont trop de messages valent une plainte (incidents.complaints_per_thousand) ou, si incidents.canary_hold le veut, qui écrit à l’adresse témoin d’un autre, jusqu’à ce que l’exploitant ait regardé et l’ait dit (incidents.looked_at, puis rechargement) ; un autre rechargement n’y change rien.',
    remedy:
      'Attendre : rien n’est perdu tant que la réponse est 451. Qui a décidé la suspension la lève en retirant la ligne ou en datant sa fin (until).',
    passes: 'Une suspension visait Acme jusqu’au 1er novembre et le message part le 1er novembre à minuit.',
    fails: 'Acme est suspendue depuis ce matin à la suite d’une fuite : 451 dès MAIL FROM.',
  },
  en: {
    title: 'Sending suspended',
    law: 'The authority may order that processing be suspended, and a breach obliges one to limit its effects at once.',
    check:
      'No hold (holds) may be running for the whole site, the advertiser, the credential or the campaign of the message. By itself Aval holds a credential too many of whose messages are complained about (incidents.complaints_per_thousand) or, where incidents.canary_hold says so, that writes to a seed of somebody else, until the operator has looked and said so (incidents.looked_at, then a reload); any other reload changes nothing.',
    remedy:
      'Wait: nothing is lost while the reply is 451. Whoever decided the hold lifts it by removing the line or dating its end (until).',
    passes: 'A hold on Acme ran until 1 November and the message is sent on 1 November at midnight.',
    fails: 'Acme is on hold since this morning after a leak: 451 from MAIL FROM on.',
  },
  judge(facts) {
    const { raisedHold, credential } = facts
    const hold = runningHold(facts, (candidate) => concerns(candidate, facts))
    if (hold === undefined && raisedHold !== undefined) {
      const evidence = { held: credential?.id ?? '', since: isoMoment(raisedHold.since) }
      return { outcome: 'fail', detail: raisedHold.kind, evidence }
    }
    if (hold === undefined) return PASS
    return { outcome: 'fail', detail: hold.scope, evidence: { held: hold.id, since: isoMoment(hold.from) } }
  },
}

/** A hold on a source is about records, and judged with them (SOURCE-AUDIT). */
function concerns({ scope, id }: Hold, { advertiser, credential, campaign }: SenderRuleFacts): boolean {
  switch (scope) {
    case 'global':
      return true
    case 'advertiser':
      return id === advertiser?.id
    case 'credential':
      return id === credential?.id
    case 'campaign':
      return id === campaign?.id
    case 'source':
      return false
  }
}
