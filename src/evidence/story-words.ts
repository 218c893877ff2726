/** The sentences a decision is told in, in French and in English. */
import type { OutcomeEntry } from '../domain/journal-entry.js'
import type { Forms, WordTable } from '../words/language.js'

export const STORY = {
  permit: { en: 'The message was permitted', fr: 'Le message a été permis' },
  refuse: { en: 'The message was refused', fr: 'Le message a été refusé' },
  defer: { en: 'The message was put off', fr: 'Le message a été différé' },
  sent: {
    en: 'On {at} ({zone}, as are all moments here), {router}, {credential}, presented it for {advertiser} as {class}{campaign}, {to}.',
    fr: 'Le {at} ({zone}, comme tous les moments ici), {router}, {credential}, l’a présenté pour {advertiser} comme {class}{campaign}, {to}.',
  },
  inHouse: { en: 'the advertiser itself', fr: 'l’annonceur lui-même' },
  noRouter: { en: 'a router nobody declared', fr: 'un routeur que personne n’a déclaré' },
  noAdvertiser: { en: 'no advertiser', fr: 'aucun annonceur' },
  byCredential: { en: 'logged in as {credential}', fr: 'connecté sous l’identifiant {credential}' },
  noCredential: { en: 'not logged in', fr: 'sans identifiant' },
  ofCampaign: { en: ' (campaign {campaign})', fr: ' (campagne {campaign})' },
  toPerson: {
    en: 'to the person {key}, recipient {number}',
    fr: 'à la personne d’empreinte {key}, destinataire n° {number}',
  },
  toErased: {
    en: 'to a person whose data were erased since (GDPR art. 17), recipient {number}',
    fr: 'à une personne dont les données ont été effacées depuis (RGPD art. 17), destinataire n° {number}',
  },
  toNobody: { en: 'before naming anybody', fr: 'avant de nommer personne' },
  nullSender: { en: 'the null reverse-path', fr: 'le chemin de retour vide' },
  unread: {
    en: 'It was decided {stage}, before the message was read; it came from {domain}.',
    fr: 'La décision a été prise {stage}, avant la lecture du message ; expéditeur : {domain}.',
  },
  normalised: {
    en: 'Stray CR or LF in it had been made line ends first (bare_newline: normalize); as it came in, its SHA-256 was {sha256}.',
    fr: 'Des CR ou LF isolés y avaient d’abord été remplacés par des fins de ligne (bare_newline: normalize) ; tel que reçu, son SHA-256 était {sha256}.',
  },
  would: {
    en: 'The rules were not all enforced (mode: {mode}); had they been: {would}.',
    fr: 'Les règles n’étaient pas toutes appliquées (mode : {mode}) ; appliquées : {would}.',
  },
  failed: { en: '{rule} failed: {title}.', fr: '{rule} n’est pas respectée : {title}.' },
  undecided: { en: '{rule} could not be decided: {title}.', fr: '{rule} n’a pas pu être établie : {title}.' },
  loosened: {
    en: 'The policy was looser than its default where it touched this decision:',
    fr: 'La politique était plus souple que son défaut sur des points qui touchent cette décision :',
  },
  loosenedBecause: {
    en: '{setting} ({rules}): “{reason}”, {by}, {on}.',
    fr: '{setting} ({rules}) : « {reason} », {by}, le {on}.',
  },
  loosenedThen: {
    en: '{setting} ({rules}): the reason given stands in configuration {sha256}.',
    fr: '{setting} ({rules}) : le motif se trouve dans la configuration {sha256}.',
  },
  oldRule: {
    en: '{rule} ({found}): this version of Aval no longer has that rule.',
    fr: '{rule} ({found}) : cette version d’Aval n’a plus cette règle.',
  },
  law: { en: 'Law: {sources}', fr: 'Texte : {sources}' },
  found: { en: 'Found: {found}', fr: 'Constaté : {found}' },
  remedy: { en: 'What to do: {remedy}', fr: 'Que faire : {remedy}' },
  noRecord: {
    en: 'No record authorises it: the registry had none that fits.',
    fr: 'Aucune fiche ne l’autorise : le registre n’en avait aucune qui convienne.',
  },
  record: {
    en: 'It rests on record {id}, version {version} ({basis}), digest {sha256}.',
    fr: 'Il repose sur la fiche {id}, version {version} ({basis}), empreinte {sha256}.',
  },
  recordInQuestion: {
    en: 'It was judged by record {id}, version {version} ({basis}), digest {sha256}.',
    fr: 'Il a été jugé d’après la fiche {id}, version {version} ({basis}), empreinte {sha256}.',
  },
  recordUnread: {
    en: 'What it says cannot be read now: the registry cannot be opened.',
    fr: 'Ce qu’elle dit ne peut être lu : le registre ne s’ouvre pas.',
  },
  recordGone: {
    en: 'That version is no longer in the registry: purged, or erased.',
    fr: 'Cette version n’est plus au registre : purgée, ou effacée.',
  },
  says: { en: 'It says: {said}.', fr: 'Elle dit : {said}.' },
  collected: { en: 'collected on {at}', fr: 'recueilli le {at}' },
  given: { en: 'given on {at}', fr: 'donné le {at}' },
  method: { en: 'by {method}', fr: 'par {method}' },
  source: { en: 'source: {source}', fr: 'source : {source}' },
  notice: { en: 'notice {notice}', fr: 'information {notice}' },
  proof: { en: 'proof: {proof}', fr: 'preuve : {proof}' },
  noProof: { en: 'no proof', fr: 'aucune preuve' },
  clock: {
    en: 'Retention: until {due}, counted from {from} ({event}).',
    fr: 'Conservation : jusqu’au {due}, comptée depuis le {from} ({event}).',
  },
  clockOpposed: {
    en: 'Retention, which allows no message against the will of the person: until {due}, counted from {from} ({event}).',
    fr: 'Conservation, qui ne permet aucun message contre la volonté de la personne : jusqu’au {due}, comptée depuis le {from} ({event}).',
  },
  reply: { en: 'The sender was answered {reply}.', fr: 'L’expéditeur a lu {reply}.' },
  answered: { en: 'Its answer: {reply}', fr: 'Sa réponse : {reply}' },
  noOutcome: {
    en: 'Nothing is known yet of what became of it.',
    fr: 'On ne sait pas encore ce qu’il est devenu.',
  },
  inForce: {
    en: 'In force: Aval {version} on {node}, mode: {mode}, configuration {sha256}; session {session}.',
    fr: 'En vigueur : Aval {version} sur {node}, mode : {mode}, configuration {sha256} ; session {session}.',
  },
  kept: {
    en: 'Reference {ref}, entry {seq} of the journal, hash {hash}.',
    fr: 'Référence {ref}, entrée {seq} du journal, empreinte {hash}.',
  },
  act: {
    en: '{act}, on {at} ({zone}), by {by}{advertiser}; {facts}.',
    fr: '{act}, le {at} ({zone}), par {by}{advertiser} ; {facts}.',
  },
  forAdvertiser: { en: ', for {advertiser}', fr: ', pour {advertiser}' },
  erasedEntries: { en: 'entries {entries}', fr: 'entrées {entries}' },
  notSigned: { en: 'No checkpoint is over it yet.', fr: 'Aucun point de contrôle ne la couvre encore.' },
} as const satisfies WordTable

export const MESSAGE: Forms = [
  {
    en: 'The message (sender: {domain}) had {count} octet and the SHA-256 {sha256}.',
    fr: 'Le message (expéditeur : {domain}) faisait {count} octet, SHA-256 {sha256}.',
  },
  {
    en: 'The message (sender: {domain}) had {count} octets and the SHA-256 {sha256}.',
    fr: 'Le message (expéditeur : {domain}) faisait {count} octets, SHA-256 {sha256}.',
  },
]

export const PASSED: Forms = [
  { en: '{count} rule was in order: {rules}.', fr: '{count} règle était respectée : {rules}.' },
  { en: '{count} rules were in order: {rules}.', fr: '{count} règles étaient respectées : {rules}.' },
]

export const SIGNED: Forms = [
  {
    en: 'It is under the checkpoint over {count} entry, signed on {at}.',
    fr: 'Elle est sous le point de contrôle sur {count} entrée, signé le {at}.',
  },
  {
    en: 'It is under the checkpoint over {count} entries, signed on {at}.',
    fr: 'Elle est sous le point de contrôle sur {count} entrées, signé le {at}.',
  },
]

export const OUTCOME_SENTENCES: WordTable<OutcomeEntry['status']> = {
  relayed: { en: 'The upstream {upstream} took it on {at}.', fr: 'Le serveur d’envoi {upstream} l’a pris le {at}.' },
  refused: {
    en: 'The upstream {upstream} refused it on {at}.',
    fr: 'Le serveur d’envoi {upstream} l’a refusé le {at}.',
  },
  deferred: {
    en: 'The upstream {upstream} put it off on {at}.',
    fr: 'Le serveur d’envoi {upstream} l’a différé le {at}.',
  },
  unknown: {
    en: 'The outcome is unknown ({upstream}, {at}): it may have been taken, no answer was heard.',
    fr: 'L’issue est inconnue ({upstream}, {at}) : il a pu être pris, aucune réponse n’a été reçue.',
  },
  aborted: { en: 'It was not sent in the end ({at}).', fr: 'Il n’a finalement pas été envoyé ({at}).' },
  dropped: {
    en: 'It was not sent, and the client was answered 250 as its profile says ({at}).',
    fr: 'Il n’a pas été envoyé, et le client a lu 250 comme le veut son profil ({at}).',
  },
}

/** That the person had said no when it was decided, by the rule that found it. Whoever reads the decision reads this first. */
export const OPPOSED: WordTable = {
  'OPPOSITION-LISTED': {
    en: 'The person had objected to prospecting on {since} ({reason}): nothing may be sent on that account.',
    fr: 'La personne s’était opposée à la prospection le {since} ({reason}) : rien ne peut lui être envoyé à ce titre.',
  },
  'OPPOSITION-LISTED domain': {
    en: 'An objection of {since} held for everybody in the domain of the address ({reason}): nothing may be sent on that account.',
    fr: 'Une opposition du {since} valait pour tout le domaine de l’adresse ({reason}) : rien ne peut y être envoyé à ce titre.',
  },
  'COLLECTION-REFUSAL': {
    en: 'The person had refused prospecting on {since}, when the address was collected: nothing may be sent on that account.',
    fr: 'La personne avait refusé la prospection le {since}, lors de la collecte : rien ne peut lui être envoyé à ce titre.',
  },
  'COMPLAINT-SUPPRESSED': {
    en: 'The person had reported a message as spam on {since}, which is an objection: nothing may be sent on that account.',
    fr: 'La personne avait signalé un message comme indésirable le {since}, ce qui vaut opposition : rien ne peut lui être envoyé à ce titre.',
  },
  'RIGHTS-ERASED': {
    en: 'The data of the person had been erased on {since} (GDPR art. 17): nothing may be sent to them.',
    fr: 'Les données de la personne avaient été effacées le {since} (RGPD art. 17) : rien ne peut lui être envoyé.',
  },
  'RIGHTS-RESTRICTED': {
    en: 'The processing of the data of the person was restricted (GDPR art. 18): nothing may be sent while it is.',
    fr: 'Le traitement des données de la personne était limité (RGPD art. 18) : rien ne peut lui être envoyé tant qu’il l’est.',
  },
  'CONSENT-WITHDRAWN withdrawn': {
    en: 'The person had withdrawn consent on {since}: nothing may be sent on its ground.',
    fr: 'La personne avait retiré son consentement le {since} : rien ne peut plus lui être envoyé à ce titre.',
  },
  'CONSENT-WITHDRAWN refused': {
    en: 'The person had refused consent on {since}: nothing may be sent on its ground.',
    fr: 'La personne avait refusé son consentement le {since} : rien ne peut lui être envoyé à ce titre.',
  },
}

/** What is on file today of the person, where it says no. */
export const TODAY = {
  objected: {
    en: 'Today an objection of {at} is on file ({reason}): nothing more may be sent to the person on that account.',
    fr: 'Aujourd’hui, une opposition du {at} est au registre ({reason}) : plus rien ne peut être envoyé à cette personne à ce titre.',
  },
  inPart: {
    en: 'Whether the person has objected since cannot be told in full from the journal: look with "aval consent show ADDRESS".',
    fr: 'Le journal ne permet pas de dire avec certitude si la personne s’est opposée depuis : voir « aval consent show ADRESSE ».',
  },
  ended: {
    en: 'Today the record is at version {version}, of {at}: {status}. Nothing more may be sent on its ground.',
    fr: 'Aujourd’hui, la fiche en est à la version {version}, du {at} : {status}. Plus rien ne peut être envoyé à ce titre.',
  },
  restricted: {
    en: 'Today the processing of the data of the person is restricted (GDPR art. 18), since {at}: nothing may be sent while it is.',
    fr: 'Aujourd’hui, le traitement des données de la personne est limité (RGPD art. 18), depuis le {at} : rien ne peut lui être envoyé tant qu’il l’est.',
  },
} as const satisfies WordTable
