import { isProspecting } from '../../domain/message-class.js'
import { type LinkRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** Keep everybody out who has no account any more; the others may only be in the way. */
const CLOSED: ReadonlySet<string> = new Set(['login'])

/** Withdrawing is as easy as giving (GDPR art. 7(3)): no login, no puzzle between the link and the opt-out. */
export const unsubNotDirect: LinkRule = {
  id: 'UNSUB-NOT-DIRECT',
  scope: 'link',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'unsubscribing must need no login (GDPR art. 7(3))' },
  sources: ['GDPR art. 12(2)', 'GDPR art. 7(3)', 'CNIL SAN-2025-002 (Caloga)'],
  hardFloor: false,
  coverage: 'heuristic',
  settings: ['unsub.min_assurance', 'unsub.probe.allow_hosts'],
  fr: {
    title: 'Désinscription qui n’est pas directe',
    law: 'Il est aussi simple de retirer son consentement que de le donner ; l’exercice du droit est facilité.',
    check:
      'La page du lien, demandée sans rien qui désigne quelqu’un, ne doit pas répondre 401, renvoyer vers une page de connexion ni demander un mot de passe. Un captcha ou une réponse 403 ne valent qu’un avertissement.',
    remedy: 'Laisser le lien désinscrire sans compte ni mot de passe.',
    passes: 'Une page où un bouton suffit.',
    fails: 'Une redirection vers https://www.acme.example/connexion.',
  },
  en: {
    title: 'Unsubscribing that is not direct',
    law: 'It is as easy to withdraw consent as to give it; the exercise of the right is facilitated.',
    check:
      'The page behind the link, requested with nothing that names anybody, must not answer 401, send on to a login page or ask for a password. A captcha or an answer of 403 is only worth a warning.',
    remedy: 'Let the link unsubscribe without account or password.',
    passes: 'A page where one button is enough.',
    fails: 'A redirect to https://www.acme.example/login.',
  },
  judge({ messageClass, links }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const obstacles = links.flatMap((link) =>
      link.kind === 'usable' && link.obstacle !== undefined ? [{ ...link, obstacle: link.obstacle }] : [],
    )
    const worst = obstacles.find(({ obstacle }) => CLOSED.has(obstacle)) ?? obstacles[0]
    if (worst === undefined) return links.some(({ kind }) => kind === 'usable') ? PASS : NOT_APPLICABLE
    const { obstacle, where, origin } = worst
    const evidence = { where, origin }
    return { outcome: 'fail', detail: obstacle, evidence, ...(!CLOSED.has(obstacle) && { warnOnly: true }) }
  },
}
