/** The codes of decisions, outcomes and acts in words. Typed so that a code without words does not compile. */
import type { AlarmKind } from '../domain/alarm.js'
import type { Certificate, DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import type { MessageClass } from '../domain/message-class.js'
import type { MessageFacts } from '../domain/message-facts.js'
import type { CONTRACT_CLAUSES, HOLD_SCOPES, SectorFlag } from '../domain/party.js'
import type { Action, Mode } from '../domain/policy.js'
import type { ContactPlace, UnsubscribeLink } from '../domain/unsubscribe-link.js'
import type { WordTable } from './language.js'

export const CLASSES: WordTable<MessageClass> = {
  prospecting_b2c: { fr: 'prospection de particuliers', en: 'prospecting of consumers' },
  prospecting_partner: { fr: 'prospection pour un partenaire', en: 'prospecting for a partner' },
  prospecting_customer: { fr: 'prospection de clients', en: 'prospecting of customers' },
  prospecting_b2b_named: { fr: 'prospection de professionnels', en: 'prospecting of professionals' },
  prospecting_b2b_generic: { fr: 'prospection d’adresses génériques', en: 'prospecting of generic addresses' },
  non_commercial: { fr: 'cause non commerciale', en: 'non-commercial cause' },
  newsletter: { fr: 'lettre d’information', en: 'newsletter' },
  repermission: { fr: 'demande de confirmation', en: 'repermission' },
  transactional: { fr: 'message transactionnel', en: 'transactional message' },
  legal_notice: { fr: 'information légale', en: 'legal notice' },
  correspondence: { fr: 'correspondance', en: 'correspondence' },
}

export const VERDICTS: WordTable<DecisionEntry['verdict']> = {
  permit: { fr: 'permis', en: 'permitted' },
  refuse: { fr: 'refusé', en: 'refused' },
  defer: { fr: 'différé', en: 'put off' },
}

export const MODES: WordTable<Mode> = {
  observe: { fr: 'observation', en: 'observe' },
  warn: { fr: 'avertissement', en: 'warn' },
  enforce: { fr: 'application', en: 'enforce' },
}

export const ACTIONS: WordTable<Action> = {
  reject: { fr: 'refus', en: 'refusal' },
  defer: { fr: 'report', en: 'deferral' },
  warn: { fr: 'avertissement', en: 'warning' },
  off: { fr: 'désactivée', en: 'off' },
}

export const STAGES: WordTable<DecisionEntry['stage']> = {
  mail: { fr: 'à l’annonce de l’expéditeur (MAIL)', en: 'when the sender was announced (MAIL)' },
  rcpt: { fr: 'à l’annonce du destinataire (RCPT)', en: 'when the recipient was announced (RCPT)' },
  data: { fr: 'à la fin du message (DATA)', en: 'at the end of the message (DATA)' },
}

/** What became of a permitted message, for the person it was for. */
export const OUTCOMES: WordTable<OutcomeEntry['status']> = {
  relayed: { fr: 'envoyé', en: 'sent' },
  refused: { fr: 'refusé par le serveur d’envoi', en: 'refused by the sending server' },
  deferred: { fr: 'différé par le serveur d’envoi', en: 'put off by the sending server' },
  unknown: { fr: 'envoi incertain', en: 'perhaps sent' },
  aborted: { fr: 'non envoyé', en: 'not sent' },
  dropped: { fr: 'non envoyé', en: 'not sent' },
}

/** What can be done to the registry or the journal: what is certified, an erasure, and decisions that no longer name anybody. */
export const ACTS: WordTable<Certificate | 'erasure' | 'forgetting'> = {
  import: { fr: 'Import', en: 'Import' },
  purge: { fr: 'Purge de fin de conservation', en: 'Purge at the end of retention' },
  access: { fr: 'Accès (RGPD art. 15)', en: 'Access (GDPR art. 15)' },
  restriction: { fr: 'Limitation (RGPD art. 18)', en: 'Restriction (GDPR art. 18)' },
  rectification: { fr: 'Rectification (RGPD art. 16)', en: 'Rectification (GDPR art. 16)' },
  objection: { fr: 'Opposition (RGPD art. 21)', en: 'Objection (GDPR art. 21)' },
  breach: { fr: 'Violation de données (RGPD art. 33)', en: 'Breach (GDPR art. 33)' },
  key_rotation: { fr: 'Changement de clé', en: 'Change of key' },
  erasure: { fr: 'Effacement (RGPD art. 17)', en: 'Erasure (GDPR art. 17)' },
  forgetting: { fr: 'Oubli des personnes au journal', en: 'Persons forgotten in the journal' },
}

export const ALTERNATIVES: WordTable<MessageFacts['alternatives'][number]['kind']> = {
  'text/plain': { fr: 'version texte', en: 'plain-text version' },
  'text/html': { fr: 'version HTML', en: 'HTML version' },
}

export const PLACES: WordTable<UnsubscribeLink['where']> = {
  header: { fr: 'dans l’en-tête', en: 'in the header' },
  body: { fr: 'dans le corps', en: 'in the body' },
}

export const CONTACT_PLACES: WordTable<ContactPlace> = {
  reply: { fr: 'réponse', en: 'reply' },
  unsubscribe: { fr: 'désinscription', en: 'unsubscribe' },
  advertiser: { fr: 'annonceur', en: 'advertiser' },
}

export const SECTORS: WordTable<SectorFlag> = {
  energy_renovation: { fr: 'rénovation énergétique', en: 'energy renovation' },
  housing_adaptation: { fr: 'adaptation du logement', en: 'adaptation of housing' },
  alcohol: { fr: 'alcool', en: 'alcohol' },
  gambling: { fr: 'jeux d’argent', en: 'gambling' },
  adult: { fr: 'contenus pour adultes', en: 'adult content' },
}

/** Of GDPR art. 28(3), and what the CNIL asks beside. */
export const CLAUSES: WordTable<(typeof CONTRACT_CLAUSES)[number]> = {
  subject_matter: { fr: 'objet', en: 'subject matter' },
  duration: { fr: 'durée', en: 'duration' },
  nature_purpose: { fr: 'nature et finalité', en: 'nature and purpose' },
  data_types: { fr: 'types de données', en: 'types of data' },
  data_subjects: { fr: 'catégories de personnes', en: 'categories of persons' },
  controller_rights: {
    fr: 'droits et obligations du responsable',
    en: 'rights and obligations of the controller',
  },
  documented_instructions: { fr: 'instructions documentées', en: 'documented instructions' },
  confidentiality: { fr: 'confidentialité', en: 'confidentiality' },
  security: { fr: 'sécurité', en: 'security' },
  subprocessors: { fr: 'sous-traitants ultérieurs', en: 'further processors' },
  assistance_rights: { fr: 'aide pour les droits des personnes', en: 'assistance with rights of persons' },
  assistance_security: { fr: 'aide pour la sécurité et les violations', en: 'assistance with security and breaches' },
  deletion_or_return: { fr: 'suppression ou restitution', en: 'deletion or return' },
  audit: { fr: 'audits', en: 'audits' },
  no_reuse_own: { fr: 'pas de réutilisation pour soi', en: 'no reuse of its own' },
  no_reuse_other_clients: { fr: 'pas de réutilisation pour d’autres clients', en: 'no reuse for other clients' },
}

export const HOLDS: WordTable<(typeof HOLD_SCOPES)[number]> = {
  global: { fr: 'tous les envois sont suspendus', en: 'all sending is on hold' },
  advertiser: { fr: 'l’annonceur est suspendu', en: 'the advertiser is on hold' },
  credential: { fr: 'l’identifiant est suspendu', en: 'the credential is on hold' },
  campaign: { fr: 'la campagne est suspendue', en: 'the campaign is on hold' },
  source: { fr: 'la source est suspendue', en: 'the source is on hold' },
}

export const ALARM_WORDS: WordTable<AlarmKind> = {
  clock_jumped: { fr: 'l’horloge du relais a sauté', en: 'the clock of the relay has jumped' },
  records_tampered: { fr: 'des fiches du registre ont été altérées', en: 'records of the registry were tampered with' },
  canary_hit: { fr: 'une adresse témoin a été visée', en: 'a canary address was written to' },
  list_reuse: { fr: 'une liste a été réutilisée', en: 'a list was reused' },
  complaint_rate: { fr: 'trop de signalements', en: 'too many complaints' },
  recipients_disclosed: { fr: 'des destinataires ont été dévoilés', en: 'recipients were disclosed' },
  opt_out_late: { fr: 'une opposition est arrivée trop tard', en: 'an opt-out came too late' },
}
