import { type MessageClass, isProspecting } from '../../domain/message-class.js'
import type { MessageFacts } from '../../domain/message-facts.js'
import type { Finding } from '../../domain/verdict.js'
import { schemeOf } from '../link-target.js'
import { NOT_APPLICABLE, PASS, type MessageRule } from '../rule.js'

const ONE_CLICK = 'List-Unsubscribe=One-Click'

/** Written to few, one by one: the header is asked of bulk senders, and only advised here. */
const LOW_VOLUME: ReadonlySet<MessageClass> = new Set(['prospecting_b2b_named', 'prospecting_b2b_generic'])

/** One-click unsubscribe in the form of RFC 8058 3.1. */
export const unsubOneclick: MessageRule = {
  id: 'UNSUB-ONECLICK',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'one-click unsubscribe required (RFC 8058)' },
  sources: ['RFC 8058 sec. 3.1', 'GDPR art. 12(2)', 'GDPR art. 21'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Désinscription en un clic absente ou mal formée',
    law: 'Le moyen de s’opposer doit être simple et direct ; la RFC 8058 en donne la forme.',
    check:
      'Le champ List-Unsubscribe-Post vaut exactement List-Unsubscribe=One-Click, une seule fois, et List-Unsubscribe porte une URI https et une seule, sans http. Une adresse en clair dans l’URI est un avertissement ; pour la prospection B2B, toute la règle en est un.',
    remedy: 'Activer la désinscription en un clic dans le logiciel d’envoi.',
    passes: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    fails: 'List-Unsubscribe-Post: list-unsubscribe=one-click',
  },
  en: {
    title: 'One-click unsubscribe absent or malformed',
    law: 'The means to object must be simple and direct; RFC 8058 gives its form.',
    check:
      'List-Unsubscribe-Post is exactly List-Unsubscribe=One-Click, once, and List-Unsubscribe has one https URI and only one, and no http. A clear address in the URI is worth a warning; for B2B prospecting the whole rule is.',
    remedy: 'Turn one-click unsubscribe on in the mailing software.',
    passes: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    fails: 'List-Unsubscribe-Post: list-unsubscribe=one-click',
  },
  judge({ messageClass, message }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const detail = faultOf(message)
    if (detail !== undefined) return failed(detail, LOW_VOLUME.has(messageClass))
    return namesRecipient(message) ? failed('address_in_uri', true) : PASS
  },
}

function failed(detail: string, warnOnly: boolean): Finding {
  return { outcome: 'fail', detail, ...(warnOnly && { warnOnly }) }
}

function faultOf({ listUnsubscribe: { post, uris } }: MessageFacts): string | undefined {
  if (post.length === 0) return 'post_absent'
  if (post.length > 1) return 'post_duplicated'
  if (post[0] !== ONE_CLICK) return 'post_value'
  const schemes = uris.map(schemeOf)
  if (schemes.includes('http')) return 'http_uri'
  const https = schemes.filter((scheme) => scheme === 'https').length
  if (https === 0) return 'https_absent'
  return https > 1 ? 'https_several' : undefined
}

/** A clear address in the URI reaches every proxy and log on its way. */
function namesRecipient({ listUnsubscribe, to }: MessageFacts): boolean {
  const https = listUnsubscribe.uris.filter((uri) => schemeOf(uri) === 'https').map((uri) => uri.toLowerCase())
  return to.some(({ address }) => {
    const plain = address.toLowerCase()
    return plain !== '' && https.some((uri) => uri.includes(plain) || uri.includes(encodeURIComponent(plain)))
  })
}
