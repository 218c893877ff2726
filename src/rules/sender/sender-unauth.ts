import type { MessageClass } from '../../domain/message-class.js'
import type { Credential } from '../../domain/party.js'
import { PASS, type SenderFacts, type SenderRule } from '../rule.js'

/** Messages that answer nobody and that nobody answers: notices about a contract or a legal duty. */
const NULL_PATH_CLASSES: ReadonlySet<MessageClass> = new Set(['transactional', 'legal_notice'])

/** Only known senders, within what they may do (GDPR art. 28(1), 32(1); RFC 4954). */
export const senderUnauth: SenderRule = {
  id: 'SENDER-UNAUTH',
  scope: 'sender',
  stages: ['MAIL', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'sender domain not authorised for this credential' },
  replies: {
    no_credential: { code: 530, enhanced: '5.7.0', text: 'authentication required' },
    credential_unusable: { code: 535, enhanced: '5.7.8', text: 'credential not valid here and now' },
    null_reverse_path: { code: 550, enhanced: '5.7.1', text: 'null reverse-path not allowed in this class' },
  },
  sources: ['GDPR art. 5(1)(f)', 'GDPR art. 28(1)', 'GDPR art. 32(1)', 'RFC 4954'],
  hardFloor: true,
  coverage: 'full',
  fr: {
    title: 'Expéditeur inconnu ou hors de ses droits',
    law: 'Le responsable de traitement ne confie ses données qu’à des prestataires qu’il connaît et qui présentent des garanties suffisantes.',
    check:
      'Aval exige un identifiant en cours de validité, utilisé depuis un réseau autorisé, et un domaine d’enveloppe (MAIL FROM) qui lui est ouvert ; l’enveloppe vide n’est admise que pour les messages transactionnels et légaux.',
    remedy:
      'S’authentifier, faire prolonger l’identifiant, ou demander à l’exploitant d’ajouter le domaine d’expédition à sender_domains.',
    passes: 'Le routeur authentifié envoie depuis bounce.acme.example, domaine déclaré pour son identifiant.',
    fails: 'Le même identifiant envoie depuis autre.example, que personne n’a déclaré.',
  },
  en: {
    title: 'Sender unknown or outside its rights',
    law: 'A controller entrusts data only to processors it knows and that offer sufficient guarantees.',
    check:
      'Aval requires a credential in force, used from a permitted network, and an envelope domain (MAIL FROM) open to it; the null reverse-path is for transactional and legal messages only.',
    remedy: 'Log in, have the credential renewed, or ask the operator to add the sending domain to sender_domains.',
    passes: 'The authenticated router sends from bounce.acme.example, a domain declared for its credential.',
    fails: 'The same credential sends from other.example, which nobody declared.',
  },
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
