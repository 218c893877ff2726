import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, type SenderRule } from '../rule.js'
import { contractsBetween, isInForce, lapseOf, processingOf, whyNone } from './contract-in-force.js'

/**
 * A router sends under a written contract with the advertiser (GDPR art. 28(3)). A lapse is answered 451 first, because a
 * 5xx at MAIL makes mailing software drop its whole list for an administrative oversight.
 */
export const contractMissing: SenderRule = {
  id: 'CONTRACT-MISSING',
  scope: 'sender',
  stages: ['MAIL', 'DATA'],
  action: 'defer',
  reply: { code: 451, enhanced: '4.7.1', text: 'no processor contract in force for this advertiser (GDPR art. 28)' },
  sources: ['GDPR art. 28(3)', 'CNIL SAN-2020-016 (Performeclic)'],
  hardFloor: false,
  coverage: 'attested',
  settings: ['sender_hold'],
  fr: {
    title: 'Pas de contrat de sous-traitance en vigueur',
    law: 'Le recours à un routeur est régi par un contrat écrit qui lie le sous-traitant au responsable de traitement.',
    check:
      'Quand le routeur n’est pas l’annonceur, un contrat déclaré, signé, non échu et dont l’empreinte du document est connue doit exister entre eux. Un identifiant sans routeur n’est à l’annonceur que s’il n’en a qu’un. Les contrats des hébergeurs et autres sous-traitants (processors) sont regardés au démarrage et chaque jour, comme ceux qui finissent dans les 30 jours : une ligne au journal du relais, et aval_contract_days_left. L’oubli est d’abord temporaire (451) puis, passé policy.sender_hold, définitif (550).',
    remedy:
      'Déclarer le contrat renouvelé, avec ses dates et l’empreinte SHA-256 du document signé ; rien n’est perdu tant que la réponse est 451.',
    passes: 'Le contrat entre Acme et Routix court jusqu’au 10 janvier 2027 et le message part en novembre 2026.',
    fails: 'Le contrat est arrivé à échéance hier : 451, et aucun destinataire n’est rejeté.',
  },
  en: {
    title: 'No processor contract in force',
    law: 'Processing by a router is governed by a written contract that binds the processor to the controller.',
    check:
      'Where the router is not the advertiser, a declared contract must exist between them: signed, not lapsed, its document digest on file. A credential without a router is the advertiser’s own only where it has one. The contracts of hosts and other sub-processors (processors) are looked at when the relay starts and every day, as are those that end within 30 days: a line in the log, and aval_contract_days_left. A lapse is temporary at first (451) and, after policy.sender_hold, permanent (550).',
    remedy:
      'Declare the renewed contract with its dates and the SHA-256 of the signed document; nothing is lost while the reply is 451.',
    passes: 'The contract between Acme and Routix runs to 10 January 2027 and the message is sent in November 2026.',
    fails: 'The contract lapsed yesterday: 451, and no recipient is bounced.',
  },
  judge(facts) {
    const { now, site, policy } = facts
    const processing = processingOf(facts)
    if (processing === 'nobody') return NOT_APPLICABLE
    if (processing === 'in_house') return { outcome: 'skip', why: 'in_house' }
    if (processing === 'undeclared') return { outcome: 'unknown', cause: 'router_not_declared' }
    const contracts = contractsBetween(processing)
    const inForce = contracts.find((contract) => isInForce(contract, now))
    if (inForce !== undefined) return { outcome: 'pass', evidence: { until: isoMoment(inForce.until) } }
    const lapsedAt = lapseOf(contracts, now)
    const since = lapsedAt ?? site.inForceSince
    return {
      outcome: 'fail',
      detail: whyNone(contracts, now),
      evidence: { router: processing.router.id, advertiser: processing.advertiserId, since: isoMoment(since) },
      ...(now - since >= policy.senderHoldMs && { action: 'reject' as const }),
    }
  },
}
