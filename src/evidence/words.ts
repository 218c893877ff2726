/** What the summary and the notes of a pack say, in French and in English. */
import type { Forms, WordTable } from '../words/language.js'

export const WORDS = {
  title: { fr: 'Dossier de preuve', en: 'Evidence pack' },
  lead: {
    fr: 'Messages présentés à Aval pour {advertiser} du {from} au {to} ({zone}), ce qui en a été décidé, et sur quels faits. Chaque chiffre se recalcule à partir des fichiers joints.',
    en: 'Messages presented to Aval for {advertiser} from {from} to {to} ({zone}), what was decided about them, and on which facts. Each figure can be computed again from the files enclosed.',
  },
  period: { fr: 'Période', en: 'Period' },
  periodValue: { fr: 'du {from} inclus au {to} exclu', en: '{from} to {to}, the last moment not included' },
  advertiser: { fr: 'Annonceur', en: 'Advertiser' },
  made: { fr: 'Établi le', en: 'Made on' },
  journal: { fr: 'Journal', en: 'Journal' },
  key: { fr: 'Clé publique', en: 'Public key' },
  decisions: { fr: 'Décisions', en: 'Decisions' },
  decisionsIntro: {
    fr: 'Une décision par destinataire. Un message permis avant d’être lu, puis jugé, compte une fois.',
    en: 'One decision for each recipient. A message permitted before it was read, then judged, counts once.',
  },
  permit: { fr: 'Permis', en: 'Permitted' },
  refuse: { fr: 'Refusés', en: 'Refused' },
  defer: { fr: 'Différés', en: 'Put off' },
  outcomes: { fr: 'Issues des messages permis', en: 'What became of permitted messages' },
  relayed: { fr: 'Remis au serveur d’envoi', en: 'Taken by the sending server' },
  refused: { fr: 'Refusés par le serveur d’envoi', en: 'Refused by the sending server' },
  deferred: { fr: 'Différés par le serveur d’envoi', en: 'Put off by the sending server' },
  unknown: { fr: 'Issue inconnue : aucune réponse reçue', en: 'Not known: no answer was heard' },
  aborted: { fr: 'Non envoyés', en: 'Not sent' },
  dropped: {
    fr: 'Refusés par une règle, sans que l’expéditeur le lise',
    en: 'Refused by a rule without the sender reading it',
  },
  none: { fr: 'Sans issue au moment du dossier', en: 'Without outcome when the pack was made' },
  byRule: { fr: 'Par règle', en: 'By rule' },
  byRuleIntro: { fr: 'La règle qui a décidé, et son texte.', en: 'The rule that decided, and its text of law.' },
  rule: { fr: 'Règle', en: 'Rule' },
  law: { fr: 'Texte', en: 'Law' },
  byRouter: { fr: 'Par routeur', en: 'By router' },
  router: { fr: 'Routeur', en: 'Router' },
  byClass: { fr: 'Par nature de message', en: 'By class of message' },
  class: { fr: 'Nature', en: 'Class' },
  bySource: { fr: 'Par source de l’adresse', en: 'By source of the address' },
  bySourceIntro: {
    fr: 'D’où vient l’adresse, selon la fiche sur laquelle repose la décision.',
    en: 'Where the address came from, according to the record the decision rests on.',
  },
  source: { fr: 'Source', en: 'Source' },
  noRecord: { fr: 'aucune fiche', en: 'no record' },
  gone: { fr: 'fiche purgée ou effacée depuis', en: 'record purged or erased since' },
  contracts: {
    fr: 'Contrats de sous-traitance (RGPD art. 28)',
    en: 'Contracts between controller and processor (GDPR art. 28)',
  },
  contractsIntro: {
    fr: 'Tels que les déclaraient les configurations en vigueur au moment des décisions.',
    en: 'As the configurations in force at the moment of the decisions declared them.',
  },
  signed: { fr: 'Signé le', en: 'Signed' },
  until: { fr: 'Fin', en: 'Until' },
  document: { fr: 'SHA-256 du document', en: 'SHA-256 of the document' },
  clauses: { fr: 'Clauses obligatoires', en: 'Mandatory clauses' },
  clausesMissing: { fr: '{present} sur {all} ; manquent : {missing}', en: '{present} of {all}; missing: {missing}' },
  clausesValue: { fr: '{present} sur {all}', en: '{present} of {all}' },
  acts: { fr: 'Actes sur le registre', en: 'Acts on the registry' },
  act: { fr: 'Acte', en: 'Act' },
  count: { fr: 'Nombre', en: 'Number' },
  erased: {
    fr: 'Décisions qui ne disent plus de qui il s’agit, après effacement (RGPD art. 17)',
    en: 'Decisions that no longer say about whom, after an erasure (GDPR art. 17)',
  },
  missingRecords: {
    fr: 'Versions de fiches purgées ou effacées depuis la décision : l’empreinte citée reste, le texte non',
    en: 'Record versions purged or erased since the decision: the digest quoted stays, the text does not',
  },
  missingConfigurations: {
    fr: 'Configurations que citent les décisions et dont le texte n’a pas été gardé',
    en: 'Configurations that decisions quote and whose text was not kept',
  },
  withheldConfigurations: {
    fr: 'Configurations que citent les décisions, gardées d’un seul tenant et absentes du dossier : elles disent aussi ce que d’autres annonceurs ont déclaré',
    en: 'Configurations that decisions quote, kept in one piece and not in the pack: they also say what other advertisers declared',
  },
  files: { fr: 'Ce que contient le dossier', en: 'What is in the pack' },
  check: { fr: 'Vérifier soi-même', en: 'How to check it' },
  checkText: {
    fr: 'Avec Node.js, sans rien installer : décompresser, puis',
    en: 'With Node.js and nothing to install: unpack, then',
  },
  checkMore: {
    fr: 'où CLÉ est la clé publique que l’annonceur ou son routeur a publiée. Sans elle, le dossier n’est comparé qu’à lui-même. FORMAT.md suffit pour écrire un autre vérificateur.',
    en: 'where KEY is the public key the advertiser or its router published. Without it the pack is compared with itself only. FORMAT.md is enough to write another checker.',
  },
  keyWord: { fr: 'CLÉ', en: 'KEY' },
  nothing: { fr: 'Rien dans la période.', en: 'Nothing in the period.' },
  limits: { fr: 'Ce que le dossier ne montre pas', en: 'What the pack does not show' },
  limitsText: {
    fr: 'Le journal est commun à plusieurs annonceurs : seules les entrées de celui-ci sont jointes. L’arbre montre qu’aucune n’a été changée ; il ne montre pas ce que disent les autres. Qu’aucune entrée de cet annonceur n’a été omise se voit au journal lui-même : faire établir le dossier en sa présence, après « aval journal verify ». Les adresses n’y figurent que sous forme d’empreintes à clé.',
    en: 'The journal is shared by several advertisers: only the entries of this one are enclosed. The tree shows that none of them was changed; it does not show what the others say. That no entry of this advertiser was left out is shown by the journal itself: have the pack made in your presence, after “aval journal verify”. Addresses are in it as keyed hashes only.',
  },
} as const satisfies WordTable

export const ENTRIES: Forms = [
  { fr: '{count} entrée sous le dernier point de contrôle', en: '{count} entry under the last checkpoint' },
  { fr: '{count} entrées sous le dernier point de contrôle', en: '{count} entries under the last checkpoint' },
]

/** Beside the number of messages permitted. */
export const LET_THROUGH: Forms = [
  {
    fr: 'Dont {count} passé alors que les règles disaient non (modes d’observation et d’avertissement).',
    en: 'Of these, {count} was let through although the rules said no (modes observe and warn).',
  },
  {
    fr: 'Dont {count} passés alors que les règles disaient non (modes d’observation et d’avertissement).',
    en: 'Of these, {count} were let through although the rules said no (modes observe and warn).',
  },
]

export const FILES: WordTable = {
  'summary.fr.html, summary.en.html': { fr: 'cette synthèse', en: 'this summary' },
  'journal/entries.jsonl': {
    fr: 'décisions, issues et actes, tels que hachés au moment des faits',
    en: 'decisions, outcomes and acts, as they were hashed when they happened',
  },
  'journal/': {
    fr: 'en-tête, points de contrôle signés, arbre et preuves',
    en: 'header, signed checkpoints, tree and proofs',
  },
  'records.jsonl': {
    fr: 'consentements et exceptions, dans la version sur laquelle chaque décision repose, avec la référence de leur preuve',
    en: 'consents and exceptions, in the version each decision rests on, with the reference of their proof',
  },
  'objections.jsonl': {
    fr: 'oppositions en vigueur, sous forme d’empreintes à clé',
    en: 'objections in force, as keyed hashes',
  },
  'configurations.jsonl': {
    fr: 'configurations en vigueur au moment des décisions, pour ce qui concerne cet annonceur',
    en: 'configurations in force at the moment of the decisions, as far as they concern this advertiser',
  },
  'rules.jsonl': {
    fr: 'règles en vigueur au moment des décisions, avec leur texte',
    en: 'rules in force at the moment of the decisions, with their text of law',
  },
  'contracts.json': {
    fr: 'contrats entre annonceur et routeurs, selon ces configurations',
    en: 'contracts between advertiser and routers, according to these configurations',
  },
  'verify.mjs, FORMAT.md': { fr: 'vérificateur, description du format', en: 'checker, description of the format' },
  'manifest.json, manifest.sig': { fr: 'liste des fichiers, signée', en: 'list of the files, signed' },
}
