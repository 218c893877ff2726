import { isProspecting } from '../../domain/message-class.js'
import type { LinkAssessment } from '../../domain/unsubscribe-link.js'
import type { Finding } from '../../domain/verdict.js'
import { type LinkFacts, type LinkRule, NOT_APPLICABLE } from '../rule.js'

/** "Ce lien doit bien évidemment fonctionner": every unsubscribe link of the message leads to a page (CPCE L.34-5 al. 5). */
export const unsubLinkDead: LinkRule = {
  id: 'UNSUB-LINK-DEAD',
  scope: 'link',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'unsubscribe link does not work (CPCE L.34-5)' },
  replies: {
    unsettled: { code: 451, enhanced: '4.4.3', text: 'unsubscribe link could not be tested yet, try later' },
  },
  sources: ['CPCE art. L.34-5 al. 5', 'GDPR art. 21', 'GDPR art. 12(2)', 'RFC 8058', 'CNIL SAN-2020-018 (Nestor)'],
  hardFloor: false,
  coverage: 'full',
  settings: ['unsub.min_assurance', 'unsub.probe.unsettled', 'unsub.probe.allow_hosts'],
  fr: {
    title: 'Lien de désinscription hors d’état',
    law: 'Le message donne des coordonnées valables auxquelles demander que les envois cessent : le lien doit fonctionner.',
    check:
      'La forme d’abord : https, sans identifiant ni port, vers un nom public qui appartient à l’annonceur ou qu’il a déclaré, sans champ de fusion resté vide ; un lien http dans le corps ne vaut qu’un avertissement. Puis, selon unsub.min_assurance, l’hôte répond avec un certificat valable et la page existe : Aval demande le même gabarit avec des valeurs tirées au hasard, et une page qui n’existe pas ; ce qui y répond de même par 404 est mort. Rien de ce qui désigne le destinataire n’est jamais demandé. Un hôte qui répond 200 à tout, comme une application à page unique, passe avec un avertissement : rien ne distingue du dehors la page de son absence, sauf une preuve (canary_url). Ce qu’on ne peut établir est reporté (451), trois fois et trente minutes au moins.',
    remedy:
      'Corriger le lien dans le gabarit, remettre la page en service, déclarer son nom d’hôte dans advertisers.<id>.unsubscribe.hosts, ou déclarer un abonnement qui n’est à personne dans canary_url.',
    passes: 'https://www.acme.example/u/4f7a9c, dont la page dit « lien inconnu » à un jeton tiré au hasard.',
    fails: 'https://www.acme.example/u/{{token}} ; une page qui répond 404 à tout.',
  },
  en: {
    title: 'Unsubscribe link that does not work',
    law: 'The message gives valid coordinates to which a request to stop can be sent: the link has to work.',
    check:
      'Its form first: https, without user name or port, to a public name that belongs to the advertiser or that it has declared, without an unfilled merge field; a plain http link in the body is only worth a warning. Then, as unsub.min_assurance says, its host answers with a valid certificate and the page exists: Aval requests the same template with random values, and a page that is not there; what answers both alike with 404 is dead. Nothing that names the recipient is ever requested. A host that answers everything with 200, as single-page applications do, passes with a warning: from outside nothing tells the page from none, except a proof (canary_url). What cannot be established is deferred (451), three times and thirty minutes at least.',
    remedy:
      'Correct the link in the template, bring the page back, declare its host name in advertisers.<id>.unsubscribe.hosts, or declare a subscription that is nobody’s in canary_url.',
    passes: 'https://www.acme.example/u/4f7a9c, whose page says "unknown link" to a random token.',
    fails: 'https://www.acme.example/u/{{token}}; a page that answers 404 to everything.',
  },
  judge({ messageClass, links, policy }) {
    if (!isProspecting(messageClass) || links.length === 0) return NOT_APPLICABLE
    const { minAssurance, probe } = policy.unsubscribe
    const failures = links.flatMap((link) => failureOf(link, minAssurance, probe.unsettled))
    const [worst] = failures.toSorted((one, other) => Number(one.warnOnly ?? false) - Number(other.warnOnly ?? false))
    if (worst !== undefined && worst.warnOnly !== true) return worst
    if (links.some((link) => link.kind === 'unsettled' && !link.exhausted))
      return { outcome: 'unknown', cause: 'unsettled' }
    if (worst !== undefined) return worst
    const usable = links.filter((link) => link.kind === 'usable')
    return {
      outcome: 'pass',
      evidence: {
        assurance: Math.min(...usable.map((link) => link.assurance)),
        origins: [...new Set(usable.map(({ origin }) => origin))],
        ...(usable.some(({ indistinct }) => indistinct) && { indistinct: true }),
      },
    }
  },
}

type Failure = Finding & { outcome: 'fail' }

/** A page over plain http still serves a person who clicks; a one-click request may not go there. */
const ENOUGH_FOR_A_CLICK: ReadonlySet<string> = new Set(['not_https', 'downgrade'])

/** Days after which the proof of level 3 should be made anew; at ninety it counts no more. */
const FRESH_DAYS = 30

function failureOf(
  link: LinkAssessment,
  minAssurance: number,
  unsettled: LinkFacts['policy']['unsubscribe']['probe']['unsettled'],
): Failure[] {
  const { where, origin } = link
  const fail = (detail: string, over: Partial<Failure> = {}): Failure[] => [
    { outcome: 'fail', detail, evidence: { where, origin }, ...over },
  ]
  switch (link.kind) {
    case 'usable':
      if (link.assurance < minAssurance) return fail(link.assurance === 2 ? 'not_proven' : 'not_established')
      if ((link.provenDaysAgo ?? 0) > FRESH_DAYS) return fail('proof_old', { warnOnly: true })
      // A host that answers everything alike shows no difference between the page and none: only a proof can.
      return link.indistinct === true && link.provenDaysAgo === undefined ? fail('indistinct', { warnOnly: true }) : []
    case 'unusable':
      return fail(link.detail, where === 'body' && ENOUGH_FOR_A_CLICK.has(link.detail) ? { warnOnly: true } : {})
    case 'unsettled':
      if (!link.exhausted) return []
      return fail(`unsettled_${link.detail}`, unsettled === 'warn' ? { warnOnly: true } : { action: unsettled })
  }
}
