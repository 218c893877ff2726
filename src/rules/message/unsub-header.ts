import { isProspecting } from '../../domain/message-class.js'
import type { ListUnsubscribe } from '../../domain/message-facts.js'
import { isUsableTarget, schemeOf } from '../link-target.js'
import { NOT_APPLICABLE, PASS, type MessageRule } from '../rule.js'

/** List-Unsubscribe, once, well formed, with an https URI (RFC 2369 3.2). */
export const unsubHeader: MessageRule = {
  id: 'UNSUB-HEADER',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'List-Unsubscribe with an https URI required (RFC 2369)' },
  sources: ['RFC 2369 sec. 3.2', 'GDPR art. 21', 'CPCE art. L.34-5 al. 4'],
  hardFloor: false,
  coverage: 'full',
  channels: ['email'],
  fr: {
    title: 'Champ List-Unsubscribe absent ou mal formé',
    law: 'L’opposition doit être effective ; les boîtes de réception proposent la désinscription à partir de ce champ.',
    check: 'Un seul champ List-Unsubscribe, non encodé, avec au moins une URI https entre chevrons.',
    remedy: 'Faire écrire le champ par le logiciel d’envoi : List-Unsubscribe: <https://…>.',
    passes: 'List-Unsubscribe: <https://www.acme.example/u/4f7a>, <mailto:stop@acme.example>',
    fails: 'List-Unsubscribe: <http://www.acme.example/u/4f7a>',
  },
  en: {
    title: 'List-Unsubscribe absent or malformed',
    law: 'Objection must be effective; mailboxes offer to unsubscribe from this field.',
    check: 'A single List-Unsubscribe field, not encoded, with at least one https URI in angle brackets.',
    remedy: 'Have the mailing software write the field: List-Unsubscribe: <https://…>.',
    passes: 'List-Unsubscribe: <https://www.acme.example/u/4f7a>, <mailto:stop@acme.example>',
    fails: 'List-Unsubscribe: <http://www.acme.example/u/4f7a>',
  },
  judge({ messageClass, message }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const detail = faultOf(message.listUnsubscribe)
    if (detail === undefined) return PASS
    const schemes = [...new Set(message.listUnsubscribe.uris.map(schemeOf))]
    return { outcome: 'fail', detail, evidence: { fields: message.listUnsubscribe.fields, schemes } }
  },
}

function faultOf({ fields, problems, uris }: ListUnsubscribe): string | undefined {
  if (fields === 0) return 'absent'
  if (fields > 1) return 'duplicated'
  if (problems[0] !== undefined) return problems[0]
  const schemes = uris.filter(isUsableTarget).map(schemeOf)
  if (schemes.includes('https')) return undefined
  return schemes.includes('mailto') ? 'no_https' : 'no_usable_uri'
}
