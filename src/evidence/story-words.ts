/** The sentences a decision is told in, in French and in English. */
import type { CollectionMethod, LegalBasis } from '../domain/consent-record.js'
import type { OutcomeEntry } from '../domain/journal-entry.js'
import type { Words } from './words.js'

export const STORY = {
  permit: { en: 'The message was permitted', fr: 'Le message a été permis' },
  refuse: { en: 'The message was refused', fr: 'Le message a été refusé' },
  defer: { en: 'The message was put off', fr: 'Le message a été différé' },
  sent: {
    en: 'On {at}, {router}, {credential}, presented it for {advertiser} as {class}{campaign}, {to}.',
    fr: 'Le {at}, {router}, {credential}, l’a présenté pour {advertiser} comme {class}{campaign}, {to}.',
  },
  inHouse: { en: 'the advertiser itself', fr: 'l’annonceur lui-même' },
  noRouter: { en: 'a router nobody declared', fr: 'un routeur que personne n’a déclaré' },
  noAdvertiser: { en: 'no advertiser', fr: 'aucun annonceur' },
  byCredential: { en: 'logged in as {credential}', fr: 'connecté sous l’identifiant {credential}' },
  noCredential: { en: 'not logged in', fr: 'sans identifiant' },
  ofCampaign: { en: ' (campaign {campaign})', fr: ' (campagne {campaign})' },
  toPerson: { en: 'to the person {key}, recipient {number}', fr: 'à la personne {key}, destinataire n° {number}' },
  toErased: {
    en: 'to a person whose data were erased since (GDPR art. 17), recipient {number}',
    fr: 'à une personne dont les données ont été effacées depuis (RGPD art. 17), destinataire n° {number}',
  },
  toNobody: { en: 'before naming anybody', fr: 'avant de nommer personne' },
  nullSender: { en: 'the null reverse-path', fr: 'le chemin de retour vide' },
  unread: {
    en: 'It was decided at {stage}, before the message was read; it came from {domain}.',
    fr: 'Il a été décidé à {stage}, avant de lire le message ; il venait de {domain}.',
  },
  message: {
    en: 'The message, from {domain}, had {size} octets and the SHA-256 {sha256}.',
    fr: 'Le message, venu de {domain}, faisait {size} octets, SHA-256 {sha256}.',
  },
  normalised: {
    en: 'Stray CR or LF in it had been made line ends first (bare_newline: normalize); as it came in, its SHA-256 was {sha256}.',
    fr: 'Des CR ou LF isolés y avaient d’abord été remplacés par des fins de ligne (bare_newline: normalize) ; tel que reçu, son SHA-256 était {sha256}.',
  },
  would: {
    en: 'The rules were not all enforced (mode {mode}); had they been: {would}.',
    fr: 'Les règles n’étaient pas toutes appliquées (mode {mode}) ; appliquées : {would}.',
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
    fr: 'Aucun enregistrement ne l’autorise : le registre n’en avait aucun qui convienne.',
  },
  record: {
    en: 'It rests on record {id}, version {version} ({basis}), digest {sha256}.',
    fr: 'Il repose sur l’enregistrement {id}, version {version} ({basis}), empreinte {sha256}.',
  },
  recordInQuestion: {
    en: 'It was judged by record {id}, version {version} ({basis}), digest {sha256}.',
    fr: 'Il a été jugé d’après l’enregistrement {id}, version {version} ({basis}), empreinte {sha256}.',
  },
  recordUnread: {
    en: 'What it says cannot be read now: the registry cannot be opened.',
    fr: 'Ce qu’il dit ne peut être lu : le registre ne s’ouvre pas.',
  },
  recordGone: {
    en: 'That version is no longer in the registry: purged, or erased.',
    fr: 'Cette version n’est plus au registre : purgée, ou effacée.',
  },
  says: { en: 'It says: {said}.', fr: 'Il dit : {said}.' },
  collected: { en: 'collected on {at}', fr: 'recueilli le {at}' },
  given: { en: 'given on {at}', fr: 'donné le {at}' },
  method: { en: 'by {method}', fr: 'par {method}' },
  source: { en: 'source: {source}', fr: 'source : {source}' },
  notice: { en: 'notice {notice}', fr: 'information {notice}' },
  proof: { en: 'proof: {proof}', fr: 'preuve : {proof}' },
  noProof: { en: 'no proof', fr: 'aucune preuve' },
  clock: {
    en: 'The address may be used until {due}, counted from {from}: {event}.',
    fr: 'L’adresse peut servir jusqu’au {due}, compté depuis le {from} : {event}.',
  },
  passed: { en: '{count} rules were in order: {rules}.', fr: '{count} règles étaient respectées : {rules}.' },
  reply: { en: 'The sender was answered {reply}.', fr: 'L’expéditeur a lu {reply}.' },
  answered: { en: 'Its answer: {reply}', fr: 'Sa réponse : {reply}' },
  noOutcome: {
    en: 'Nothing is known yet of what became of it.',
    fr: 'On ne sait pas encore ce qu’il est devenu.',
  },
  inForce: {
    en: 'In force: Aval {version} on {node}, mode {mode}, configuration {sha256}; session {session}.',
    fr: 'En vigueur : Aval {version} sur {node}, mode {mode}, configuration {sha256} ; session {session}.',
  },
  kept: {
    en: 'Reference {ref}, entry {seq} of the journal, hash {hash}.',
    fr: 'Référence {ref}, entrée {seq} du journal, empreinte {hash}.',
  },
  signed: {
    en: 'It is under the checkpoint over {size} entries, signed on {at}.',
    fr: 'Elle est sous le point de contrôle sur {size} entrées, signé le {at}.',
  },
  notSigned: { en: 'No checkpoint is over it yet.', fr: 'Aucun point de contrôle ne la couvre encore.' },
} as const satisfies Readonly<Record<string, Words>>

export const OUTCOME_SENTENCES: Readonly<Record<OutcomeEntry['status'], Words>> = {
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

export const BASES: Readonly<Record<LegalBasis, Words>> = {
  consent: { en: 'consent', fr: 'consentement' },
  consent_partner: { en: 'consent to a partner', fr: 'consentement pour un partenaire' },
  existing_customer: { en: 'existing customer', fr: 'client existant' },
  b2b_legitimate_interest: { en: 'legitimate interest, professional', fr: 'intérêt légitime, professionnel' },
  generic_professional: { en: 'generic professional address', fr: 'adresse générique professionnelle' },
  non_commercial_legitimate_interest: {
    en: 'legitimate interest, not commercial',
    fr: 'intérêt légitime, non commercial',
  },
  contract: { en: 'contract', fr: 'contrat' },
  legal_obligation: { en: 'legal obligation', fr: 'obligation légale' },
  pre_contractual: { en: 'before a contract', fr: 'mesures précontractuelles' },
}

export const METHODS: Readonly<Record<CollectionMethod, Words>> = {
  unticked_box: { en: 'a box ticked by the person', fr: 'une case cochée par la personne' },
  double_opt_in: { en: 'double opt-in', fr: 'double confirmation (double opt-in)' },
  explicit_button: { en: 'an explicit button', fr: 'un bouton explicite' },
  paper_signed: { en: 'a signed paper', fr: 'un papier signé' },
  oral_recorded: { en: 'a recorded oral agreement', fr: 'un accord oral enregistré' },
  optout_box_left_unticked: { en: 'an opt-out box left unticked', fr: 'une case d’opposition non cochée' },
  preticked_box: { en: 'a box ticked in advance', fr: 'une case cochée d’avance' },
  terms_acceptance: { en: 'acceptance of general terms', fr: 'l’acceptation de conditions générales' },
  silence: { en: 'silence', fr: 'le silence' },
  inferred: { en: 'inference', fr: 'déduction' },
  none: { en: 'nothing', fr: 'rien' },
}

/** What can start the retention clock. */
export const EVENTS: Readonly<Record<string, Words>> = {
  link_click: { en: 'a click on a link', fr: 'un clic sur un lien' },
  purchase: { en: 'a purchase', fr: 'un achat' },
  order: { en: 'an order', fr: 'une commande' },
  contract_end: { en: 'the end of a contract', fr: 'la fin d’un contrat' },
  warranty_end: { en: 'the end of a warranty', fr: 'la fin d’une garantie' },
  reply: { en: 'a reply of the person', fr: 'une réponse de la personne' },
  account_login: { en: 'a login to an account', fr: 'une connexion au compte' },
  consent_given: { en: 'the consent', fr: 'le consentement' },
  consent_reconfirmed: { en: 'the consent given anew', fr: 'le consentement renouvelé' },
  collected: { en: 'the collection', fr: 'la collecte' },
}
