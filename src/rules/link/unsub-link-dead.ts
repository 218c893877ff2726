import { isProspecting } from '../../domain/message-class.js'
import type { LinkAssessment } from '../../domain/unsubscribe-link.js'
import type { Finding } from '../../domain/verdict.js'
import { type LinkRule, NOT_APPLICABLE } from '../rule.js'

/** "Coordonnées valables": every unsubscribe link of the message can work and leads to the advertiser (CPCE L.34-5 al. 5). */
export const unsubLinkDead: LinkRule = {
  id: 'UNSUB-LINK-DEAD',
  scope: 'link',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'unsubscribe link cannot work (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 5', 'GDPR art. 21', 'GDPR art. 12(2)', 'RFC 8058', 'CNIL SAN-2020-018 (Nestor)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Lien de désinscription hors d’état',
    law: 'Le message donne des coordonnées valables auxquelles demander que les envois cessent : le lien doit fonctionner.',
    check:
      'Les liens de désinscription de l’en-tête et du corps sont jugés sur leur forme, sans jamais être appelés : https, sans identifiant ni port, vers un nom public qui appartient à l’annonceur ou qu’il a déclaré, sans champ de fusion resté vide. Un lien http dans le corps ne vaut qu’un avertissement. Ce que le serveur répond n’est pas encore vérifié.',
    remedy: 'Corriger le lien dans le gabarit, ou déclarer son nom d’hôte dans advertisers.<id>.unsubscribe.hosts.',
    passes: 'https://www.acme.example/u/4f7a9c, l’annonceur envoyant depuis news.acme.example.',
    fails: 'https://www.acme.example/u/{{token}}.',
  },
  en: {
    title: 'Unsubscribe link that cannot work',
    law: 'The message gives valid coordinates to which a request to stop can be sent: the link has to work.',
    check:
      'The unsubscribe links of header and body are judged by their form and never requested: https, without user name or port, to a public name that belongs to the advertiser or that it has declared, without an unfilled merge field. A plain http link in the body is only worth a warning. What the server answers is not checked yet.',
    remedy: 'Correct the link in the template, or declare its host name in advertisers.<id>.unsubscribe.hosts.',
    passes: 'https://www.acme.example/u/4f7a9c, the advertiser sending from news.acme.example.',
    fails: 'https://www.acme.example/u/{{token}}.',
  },
  judge({ messageClass, links }) {
    if (!isProspecting(messageClass) || links.length === 0) return NOT_APPLICABLE
    const failures = links.flatMap(failureOf)
    const [worst] = failures.toSorted((one, other) => Number(one.warnOnly ?? false) - Number(other.warnOnly ?? false))
    if (worst !== undefined) return worst
    const usable = links.filter((link) => link.kind === 'usable')
    const assurance = Math.min(...usable.map((link) => link.assurance))
    return { outcome: 'pass', evidence: { assurance, origins: [...new Set(usable.map(({ origin }) => origin))] } }
  },
}

/** A page over plain http still serves a person who clicks; a one-click request may not go there. */
function failureOf(link: LinkAssessment): (Finding & { outcome: 'fail' })[] {
  if (link.kind === 'usable') return []
  const { where, origin, detail } = link
  const evidence = { where, origin }
  const warnOnly = where === 'body' && detail === 'not_https'
  return [{ outcome: 'fail', detail, evidence, ...(warnOnly && { warnOnly }) }]
}
