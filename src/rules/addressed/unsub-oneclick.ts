import type { CanonicalAddress } from '../../domain/address.js'
import { type MessageClass, isProspecting } from '../../domain/message-class.js'
import type { Finding } from '../../domain/verdict.js'
import { type AddressedRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** Written to few, one by one: the header is asked of bulk senders, and only advised here. */
const LOW_VOLUME: ReadonlySet<MessageClass> = new Set(['prospecting_b2b_named', 'prospecting_b2b_generic'])

/** One-click unsubscribe in the form of RFC 8058 3.1, by a URI that is this person's alone. */
export const unsubOneclick: AddressedRule = {
  id: 'UNSUB-ONECLICK',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'one-click unsubscribe required (RFC 8058)' },
  sources: ['RFC 8058 sec. 3.1', 'GDPR art. 12(2)', 'GDPR art. 21'],
  hardFloor: false,
  coverage: 'full',
  channels: ['email'],
  fr: {
    title: 'Désinscription en un clic absente ou mal formée',
    law: 'Le moyen de s’opposer doit être simple et direct ; la RFC 8058 en donne la forme.',
    check:
      'Le champ List-Unsubscribe-Post vaut exactement List-Unsubscribe=One-Click, une seule fois ; List-Unsubscribe porte une URI https et une seule, sans http ; cette URI n’a pas été vue dans le message d’une autre personne. L’adresse du destinataire en clair dans l’URI est un avertissement ; pour la prospection B2B, toute la règle en est un.',
    remedy:
      'Activer la désinscription en un clic dans le logiciel d’envoi, avec dans l’URI un jeton propre à chaque destinataire.',
    passes: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    fails: 'List-Unsubscribe-Post: list-unsubscribe=one-click',
  },
  en: {
    title: 'One-click unsubscribe absent or malformed',
    law: 'The means to object must be simple and direct; RFC 8058 gives its form.',
    check:
      'List-Unsubscribe-Post is exactly List-Unsubscribe=One-Click, once; List-Unsubscribe has one https URI and only one, and no http; that URI was not seen in a message to somebody else. The address of the recipient in clear in the URI is worth a warning; for B2B prospecting the whole rule is.',
    remedy: 'Turn one-click unsubscribe on in the mailing software, with a token of each recipient in the URI.',
    passes: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    fails: 'List-Unsubscribe-Post: list-unsubscribe=one-click',
  },
  judge({ messageClass, excerpt, recipient, linkSharedWithAnother }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const isAdvice = LOW_VOLUME.has(messageClass)
    if (excerpt.oneClickFault !== undefined) return failed(excerpt.oneClickFault, isAdvice)
    if (linkSharedWithAnother) return failed('uri_shared', isAdvice)
    return holdsAddress(excerpt.oneClickUri ?? '', recipient) ? failed('address_in_uri', true) : PASS
  },
}

function failed(detail: string, warnOnly: boolean): Finding {
  return { outcome: 'fail', detail, ...(warnOnly && { warnOnly }) }
}

/** A clear address in the URI reaches every proxy and log on its way. */
function holdsAddress(uri: string, recipient: CanonicalAddress): boolean {
  const written = uri.toLowerCase()
  return written.includes(recipient) || written.includes(encodeURIComponent(recipient).toLowerCase())
}
