import type { MessageClass } from '../domain/message-class.js'
import type { Credential } from '../domain/party.js'
import { PASS, type SenderFacts, type SenderRule } from './rule.js'

/** Messages that answer nobody and that nobody answers: notices about a contract or a legal duty. */
const NULL_PATH_CLASSES: ReadonlySet<MessageClass> = new Set(['transactional', 'legal_notice'])

/** Only known senders, within what they may do (GDPR art. 28(1), 32(1); RFC 4954). */
export const senderUnauth: SenderRule = {
  id: 'SENDER-UNAUTH',
  scope: 'sender',
  judge(facts) {
    const { credential, credentialUsable, senderDomain } = facts
    if (credential === undefined) return { outcome: 'fail', detail: 'no_credential' }
    const evidence = { credential: credential.id }
    if (!credentialUsable) return { outcome: 'fail', detail: 'credential_unusable', evidence }
    if (senderDomain === undefined) {
      return possibleClasses(facts, credential).some((candidate) => NULL_PATH_CLASSES.has(candidate))
        ? PASS
        : { outcome: 'fail', detail: 'null_reverse_path', evidence: { ...evidence, class: facts.messageClass } }
    }
    if (allowedDomains(facts, credential).includes(senderDomain)) return PASS
    return { outcome: 'fail', detail: 'sender_domain', evidence: { ...evidence, domain: senderDomain } }
  },
}

/** Before DATA the message has not said which of the credential's classes it is in. */
function possibleClasses(facts: SenderFacts, credential: Credential): readonly MessageClass[] {
  return facts.stage === 'data' ? [facts.messageClass] : [facts.messageClass, ...credential.classes]
}

function allowedDomains({ site }: SenderFacts, credential: Credential): readonly string[] {
  if (credential.senderDomains.length > 0) return credential.senderDomains
  return credential.advertiserIds.flatMap((id) => site.advertisers.get(id)?.fromDomains ?? [])
}
