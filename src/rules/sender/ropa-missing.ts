import { isProspecting } from '../../domain/message-class.js'
import { NOT_APPLICABLE, PASS, type SenderRule } from '../rule.js'

const PROSPECTING = 'prospecting'

/** Prospecting is a processing operation like any other: it has its entry in the register (GDPR art. 30). */
export const ropaMissing: SenderRule = {
  id: 'ROPA-MISSING',
  scope: 'sender',
  stages: ['MAIL', 'DATA'],
  action: 'warn',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'prospecting is not in the record of processing of this advertiser (GDPR art. 30)',
  },
  sources: ['GDPR art. 30(1)', 'GDPR art. 30(2)'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Prospection absente du registre des traitements',
    law: 'Le responsable de traitement tient un registre de ses traitements ; il a remplacé les déclarations à la CNIL (norme 48).',
    check: 'La fiche de l’annonceur doit dire que la prospection figure à son registre (register: [prospecting]).',
    remedy: 'Inscrire le traitement au registre, puis le dire dans advertisers.NOM.register.',
    passes: 'Acme a inscrit la prospection à son registre et sa fiche le dit.',
    fails: 'La fiche d’Acme ne dit rien de son registre : le message part avec un avertissement.',
  },
  en: {
    title: 'Prospecting missing from the record of processing',
    law: 'A controller keeps a record of its processing operations; it replaced the declarations to the CNIL (norm 48).',
    check: 'The entry of the advertiser must say that prospecting is in its record (register: [prospecting]).',
    remedy: 'Enter the processing in the record, then say so in advertisers.NAME.register.',
    passes: 'Acme has prospecting in its record and its entry says so.',
    fails: 'The entry of Acme says nothing of its record: the message leaves with a warning.',
  },
  judge({ advertiser, messageClass }) {
    if (advertiser === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    if (advertiser.registeredPurposes.includes(PROSPECTING)) return PASS
    return { outcome: 'fail', detail: 'no_entry', evidence: { advertiser: advertiser.id } }
  },
}
