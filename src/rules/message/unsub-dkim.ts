import { isProspecting } from '../../domain/message-class.js'
import type { DkimSignature, MessageFacts } from '../../domain/message-facts.js'
import { organisationalDomain } from '../organisational-domain.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** One-click counts only where a DKIM signature of the sender covers both fields (RFC 8058 sec. 4). */
export const unsubDkim: MessageRule = {
  id: 'UNSUB-DKIM',
  scope: 'message',
  stages: ['DATA'],
  action: 'warn',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'DKIM must cover List-Unsubscribe and List-Unsubscribe-Post (RFC 8058)',
  },
  sources: ['RFC 8058 sec. 4', 'RFC 6376 sec. 3.5', 'GDPR art. 21'],
  hardFloor: false,
  coverage: 'full',
  channels: ['email'],
  settings: ['dkim.where'],
  fr: {
    title: 'Signature DKIM qui ne couvre pas la désinscription',
    law: 'Le moyen de s’opposer doit être effectif : les boîtes de réception n’offrent le clic unique que si la signature couvre les deux champs.',
    check:
      'Quand les messages arrivent déjà signés (policy.dkim.where: upstream_of_relay), une signature dont le domaine est celui du From doit nommer List-Unsubscribe et List-Unsubscribe-Post dans h=. Ailleurs, la règle ne s’applique pas : le message est signé après Aval.',
    remedy: 'Ajouter les deux champs à la liste des champs signés du logiciel d’envoi.',
    passes: 'DKIM-Signature: d=acme.example; h=From:Subject:List-Unsubscribe:List-Unsubscribe-Post',
    fails: 'DKIM-Signature: d=acme.example; h=From:Subject',
  },
  en: {
    title: 'DKIM signature that does not cover unsubscribing',
    law: 'The means to object must be effective: mailboxes offer one click only where the signature covers both fields.',
    check:
      'Where messages arrive signed (policy.dkim.where: upstream_of_relay), a signature whose domain is that of From must name List-Unsubscribe and List-Unsubscribe-Post in h=. Elsewhere the rule does not apply: the message is signed after Aval.',
    remedy: 'Add both fields to the signed ones in the mailing software.',
    passes: 'DKIM-Signature: d=acme.example; h=From:Subject:List-Unsubscribe:List-Unsubscribe-Post',
    fails: 'DKIM-Signature: d=acme.example; h=From:Subject',
  },
  judge({ messageClass, message, policy }) {
    if (!isProspecting(messageClass) || policy.dkim.where !== 'upstream_of_relay') return NOT_APPLICABLE
    // UNSUB-HEADER and UNSUB-ONECLICK say so when there is nothing to sign.
    if (!hasBothFields(message)) return NOT_APPLICABLE
    const { dkimSignatures: signatures, from } = message
    const evidence = { signers: [...new Set(signatures.map(({ domain }) => domain))] }
    if (signatures.length === 0) return { outcome: 'fail', detail: 'unsigned' }
    const owners = from.map(({ domain }) => organisationalDomain(domain))
    const aligned = signatures.filter(({ domain }) => owners.includes(organisationalDomain(domain)))
    if (aligned.length === 0) return { outcome: 'fail', detail: 'unaligned', evidence }
    return aligned.some(coversUnsubscribing) ? PASS : { outcome: 'fail', detail: 'not_covered', evidence }
  },
}

function hasBothFields({ listUnsubscribe: { fields, post } }: MessageFacts): boolean {
  return fields > 0 && post.length > 0
}

function coversUnsubscribing({ signedFields }: DkimSignature): boolean {
  return signedFields.includes('list-unsubscribe') && signedFields.includes('list-unsubscribe-post')
}
