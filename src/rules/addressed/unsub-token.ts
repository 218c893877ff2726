import { isProspecting } from '../../domain/message-class.js'
import type { Evidence } from '../../domain/verdict.js'
import { type AddressedRule, NOT_APPLICABLE } from '../rule.js'

/** A link to Aval's own endpoint belongs to this recipient and this advertiser (RFC 8058 3.1; GDPR art. 12(2)). */
export const unsubToken: AddressedRule = {
  id: 'UNSUB-TOKEN',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'unsubscribe link is not that of this recipient (RFC 8058)' },
  sources: ['RFC 8058 sec. 3.1', 'GDPR art. 12(2)', 'GDPR art. 21'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Lien de désinscription d’une autre personne',
    law: 'Le lien désigne le destinataire et la liste ; la demande de la personne doit être facile à exercer.',
    check:
      'Un lien vers le point de désinscription d’Aval porte un jeton qu’Aval vérifie sans réseau : authentique, de ce destinataire et de cet annonceur. Il n’expire pas et sa preuve est la plus forte (niveau 3). La décision dit ce qu’Aval a mis dans le message et les empreintes avant et après.',
    remedy: 'Laisser Aval poser le lien, ou demander celui de chaque destinataire à l’API ; ne jamais le recopier.',
    passes: 'Le lien posé par Aval dans un message non signé à un seul destinataire.',
    fails: 'Le lien d’un autre destinataire resté dans le gabarit.',
  },
  en: {
    title: 'Unsubscribe link of somebody else',
    law: 'The link identifies recipient and list; exercising the right must be made easy.',
    check:
      'A link to Aval’s unsubscribe endpoint carries a token that Aval verifies without the network: genuine, of this recipient and of this advertiser. It does not expire and is the strongest assurance (level 3). The decision says what Aval put into the message, and the digests before and after.',
    remedy: 'Let Aval put in the link, or ask the API for that of each recipient; never copy one.',
    passes: 'The link Aval put into an unsigned message to one recipient.',
    fails: 'The link of another recipient left in the template.',
  },
  judge({ messageClass, hostedLinks, hostedChanges }) {
    if (!isProspecting(messageClass) || hostedLinks.length === 0) return NOT_APPLICABLE
    const bad = hostedLinks.find(({ belongs }) => belongs !== 'here')
    if (bad !== undefined) return { outcome: 'fail', detail: bad.belongs, evidence: { where: bad.where } }
    const evidence: Evidence = { assurance: 3 }
    if (hostedChanges === undefined) return { outcome: 'pass', evidence }
    const { fields, body, signed, sentSha256 } = hostedChanges
    const put = [...(fields ? ['fields'] : []), ...(body ? ['body'] : []), ...(signed ? ['signature'] : [])]
    return { outcome: 'pass', evidence: { ...evidence, put, sent_sha256: sentSha256 } }
  },
}
