import { PASS, type StatementRule } from '../rule.js'

/** An answer from a person is an answer, and no right to write to them again (GDPR art. 5(1)(b), 6). */
export const replyNoRecord: StatementRule = {
  id: 'REPLY-NO-RECORD',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'address known from an answer only (GDPR art. 5(1)(b))' },
  sources: ['GDPR art. 5(1)(b)', 'GDPR art. 6'],
  hardFloor: false,
  coverage: 'full',
  settings: ['reply.create_record'],
  fr: {
    title: 'Adresse tirée d’une réponse',
    law: 'Une adresse reçue pour une finalité ne sert pas à une autre : répondre n’est pas consentir à la prospection.',
    check:
      'La fiche ne doit avoir ni pour origine ni pour contexte une réponse (`source_kind` ou `collection_context: reply`), sauf policy.reply.create_record.',
    remedy: 'Ne pas enregistrer l’adresse. Une réponse personnelle reste possible : classe `correspondence`.',
    passes: 'La personne répond, puis s’inscrit d’elle-même sur le site.',
    fails: 'L’adresse personnelle de qui a répondu pour contact@ est ajoutée à la liste.',
  },
  en: {
    title: 'Address taken from an answer',
    law: 'An address received for one purpose does not serve another: answering is no consent to prospecting.',
    check:
      'Neither the origin nor the context of the record may be an answer (`source_kind` or `collection_context: reply`), unless policy.reply.create_record says so.',
    remedy: 'Do not store the address. A personal answer remains possible: class `correspondence`.',
    passes: 'The person answers, then subscribes on the site.',
    fails: 'The personal address of whoever answered for contact@ is added to the list.',
  },
  judge({ record, policy }) {
    const isReply = record.sourceKind === 'reply' || record.collectionContext === 'reply'
    if (!isReply || policy.reply.createRecord) return PASS
    const column = record.sourceKind === 'reply' ? 'source_kind' : 'collection_context'
    return { outcome: 'fail', detail: 'from_reply', evidence: { column } }
  },
}
