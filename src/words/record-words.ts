/** The codes of the registry in words: records, contacts, objections. Typed so that a code without words does not compile. */
import type {
  AgeBand,
  Channel,
  CollectionContext,
  CollectionMethod,
  ConsentStatus,
  LegalBasis,
  ProofType,
  SourceKind,
  SubjectKind,
} from '../domain/consent-record.js'
import type { ContactEventType } from '../domain/contact-event.js'
import type { Objection, ObjectionReason, ObjectionScope } from '../domain/objection.js'
import type { Language, WordTable } from './language.js'
import { listed, wordFor } from './language.js'

export const BASES: WordTable<LegalBasis> = {
  consent: { fr: 'consentement', en: 'consent' },
  consent_partner: { fr: 'consentement pour un partenaire', en: 'consent to a partner' },
  existing_customer: { fr: 'client existant', en: 'existing customer' },
  b2b_legitimate_interest: { fr: 'intérêt légitime, professionnel', en: 'legitimate interest, professional' },
  generic_professional: { fr: 'adresse générique professionnelle', en: 'generic professional address' },
  non_commercial_legitimate_interest: {
    fr: 'intérêt légitime, non commercial',
    en: 'legitimate interest, not commercial',
  },
  contract: { fr: 'contrat', en: 'contract' },
  legal_obligation: { fr: 'obligation légale', en: 'legal obligation' },
  pre_contractual: { fr: 'mesures précontractuelles', en: 'before a contract' },
}

export const STATUSES: WordTable<ConsentStatus> = {
  requested: { fr: 'demandé', en: 'requested' },
  given: { fr: 'donné', en: 'given' },
  reconfirmed: { fr: 'renouvelé', en: 'given anew' },
  refused: { fr: 'refusé', en: 'refused' },
  withdrawn: { fr: 'retiré', en: 'withdrawn' },
  expired: { fr: 'échu', en: 'expired' },
  invalidated: { fr: 'invalidé', en: 'invalidated' },
  erased: { fr: 'effacé', en: 'erased' },
}

export const CHANNELS: WordTable<Channel> = {
  email: { fr: 'courriel', en: 'e-mail' },
  sms: { fr: 'SMS', en: 'SMS' },
  mms: { fr: 'MMS', en: 'MMS' },
  phone: { fr: 'téléphone', en: 'telephone' },
  post: { fr: 'courrier postal', en: 'post' },
}

export const SUBJECTS: WordTable<SubjectKind> = {
  consumer: { fr: 'particulier', en: 'consumer' },
  professional: { fr: 'professionnel', en: 'professional' },
  legal_generic: { fr: 'personne morale (adresse générique)', en: 'legal person (generic address)' },
}

export const METHODS: WordTable<CollectionMethod> = {
  unticked_box: { fr: 'une case cochée par la personne', en: 'a box ticked by the person' },
  double_opt_in: { fr: 'double confirmation (double opt-in)', en: 'double opt-in' },
  explicit_button: { fr: 'un bouton explicite', en: 'an explicit button' },
  paper_signed: { fr: 'un papier signé', en: 'a signed paper' },
  oral_recorded: { fr: 'un accord oral enregistré', en: 'a recorded oral agreement' },
  optout_box_left_unticked: { fr: 'une case d’opposition non cochée', en: 'an opt-out box left unticked' },
  preticked_box: { fr: 'une case cochée d’avance', en: 'a box ticked in advance' },
  terms_acceptance: { fr: 'l’acceptation de conditions générales', en: 'acceptance of general terms' },
  silence: { fr: 'le silence', en: 'silence' },
  inferred: { fr: 'déduction', en: 'inference' },
  none: { fr: 'rien', en: 'nothing' },
}

export const CONTEXTS: WordTable<CollectionContext> = {
  account_creation: { fr: 'création de compte', en: 'opening of an account' },
  purchase: { fr: 'achat', en: 'purchase' },
  quote: { fr: 'demande de devis', en: 'request for a quote' },
  contest: { fr: 'jeu-concours', en: 'contest' },
  product_test: { fr: 'test de produit', en: 'product test' },
  whitepaper: { fr: 'livre blanc', en: 'white paper' },
  newsletter_form: { fr: 'formulaire de lettre d’information', en: 'newsletter form' },
  event: { fr: 'événement, salon', en: 'event, fair' },
  business_card: { fr: 'carte de visite', en: 'business card' },
  recruitment: { fr: 'recrutement', en: 'recruitment' },
  public_directory: { fr: 'annuaire public', en: 'public directory' },
  web_scrape: { fr: 'aspiration de sites web', en: 'scraping of web sites' },
  forum_scrape: { fr: 'aspiration de forums', en: 'scraping of forums' },
  social_network: { fr: 'réseau social', en: 'social network' },
  purchased_list: { fr: 'fichier acheté', en: 'bought list' },
  rented_list: { fr: 'fichier loué', en: 'rented list' },
  partner_transfer: { fr: 'transmission par un partenaire', en: 'handed over by a partner' },
  reply: { fr: 'réponse de la personne', en: 'reply of the person' },
  phone: { fr: 'téléphone', en: 'telephone' },
  donation: { fr: 'don', en: 'donation' },
  other: { fr: 'autre', en: 'other' },
}

export const SOURCES: WordTable<SourceKind> = {
  first_party: { fr: 'collecte directe', en: 'collected directly' },
  partner: { fr: 'partenaire', en: 'partner' },
  purchased: { fr: 'fichier acheté', en: 'bought list' },
  rented: { fr: 'fichier loué', en: 'rented list' },
  harvested: { fr: 'aspiration', en: 'harvested' },
  public_directory: { fr: 'annuaire public', en: 'public directory' },
  reply: { fr: 'réponse de la personne', en: 'reply of the person' },
  unknown: { fr: 'inconnue', en: 'unknown' },
}

export const PROOFS: WordTable<ProofType> = {
  form_log: { fr: 'journal du formulaire', en: 'log of the form' },
  doi_log: { fr: 'journal de double confirmation (double opt-in)', en: 'log of the double opt-in' },
  screenshot: { fr: 'capture d’écran', en: 'screenshot' },
  signed_paper: { fr: 'papier signé', en: 'signed paper' },
  audio: { fr: 'enregistrement sonore', en: 'sound recording' },
  contract: { fr: 'contrat', en: 'contract' },
  attestation: { fr: 'attestation', en: 'attestation' },
}

export const AGES: WordTable<AgeBand> = {
  under15: { fr: 'moins de 15 ans', en: 'under 15' },
  '15_17': { fr: '15 à 17 ans', en: '15 to 17' },
  adult: { fr: 'majeur', en: 'adult' },
  unknown: { fr: 'inconnu', en: 'unknown' },
}

export const CONTACTS: WordTable<ContactEventType> = {
  link_click: { fr: 'clic sur un lien', en: 'click on a link' },
  purchase: { fr: 'achat', en: 'purchase' },
  order: { fr: 'commande', en: 'order' },
  contract_signed: { fr: 'contrat signé', en: 'contract signed' },
  contract_renewed: { fr: 'contrat renouvelé', en: 'contract renewed' },
  contract_end: { fr: 'fin de contrat', en: 'end of a contract' },
  warranty_end: { fr: 'fin de garantie', en: 'end of a warranty' },
  quote_request: { fr: 'demande de devis', en: 'request for a quote' },
  form_submit: { fr: 'formulaire envoyé', en: 'form submitted' },
  event_registration: { fr: 'inscription à un événement', en: 'registration for an event' },
  download_request: { fr: 'demande de téléchargement', en: 'request for a download' },
  account_login: { fr: 'connexion au compte', en: 'login to an account' },
  reply: { fr: 'réponse', en: 'reply' },
  inbound_call: { fr: 'appel reçu', en: 'call received' },
  shop_visit: { fr: 'visite en magasin', en: 'visit to a shop' },
  survey_answer: { fr: 'réponse à une enquête', en: 'answer to a survey' },
  donation: { fr: 'don', en: 'donation' },
  consent_given: { fr: 'consentement', en: 'consent' },
  consent_reconfirmed: { fr: 'consentement renouvelé', en: 'consent given anew' },
  open: { fr: 'ouverture de message', en: 'message opened' },
  pixel_load: { fr: 'image de suivi chargée', en: 'tracking image loaded' },
  image_proxy_fetch: { fr: 'image chargée par un relais', en: 'image fetched by a proxy' },
  sent: { fr: 'message envoyé', en: 'message sent' },
  delivered: { fr: 'message remis', en: 'message delivered' },
  bounce: { fr: 'message non remis', en: 'message bounced' },
  complaint: { fr: 'signalement comme indésirable', en: 'complaint' },
  unsubscribe_click: { fr: 'clic de désinscription', en: 'click on unsubscribe' },
  preference_view: { fr: 'page des préférences vue', en: 'preferences viewed' },
  bot_click: { fr: 'clic d’un robot', en: 'click of a robot' },
  forwarded_click: { fr: 'clic après transfert', en: 'click after forwarding' },
  import: { fr: 'import de fichier', en: 'import of a file' },
  enrichment: { fr: 'enrichissement', en: 'enrichment' },
  merge: { fr: 'rapprochement de fiches', en: 'merge of records' },
  admin_edit: { fr: 'modification par un administrateur', en: 'edit by an administrator' },
  partner_refresh: { fr: 'mise à jour par un partenaire', en: 'refresh by a partner' },
}

/** What can start the retention clock: the collection, or a contact. */
export const CLOCK_STARTS: WordTable<ContactEventType | 'collected'> = {
  ...CONTACTS,
  collected: { fr: 'collecte', en: 'collection' },
}

export const REASONS: WordTable<ObjectionReason> = {
  unsubscribe_link: { fr: 'lien de désinscription', en: 'unsubscribe link' },
  one_click: { fr: 'désinscription en un clic', en: 'one-click unsubscribe' },
  mailto: { fr: 'message de désinscription', en: 'unsubscribe message' },
  reply_stop: { fr: 'réponse STOP', en: 'reply STOP' },
  letter: { fr: 'courrier', en: 'letter' },
  fbl_complaint: { fr: 'signalement comme indésirable', en: 'reported as spam' },
  hard_bounce: { fr: 'adresse inexistante', en: 'address does not exist' },
  erasure: { fr: 'effacement', en: 'erasure' },
  manual: { fr: 'demande saisie', en: 'entered by hand' },
  collection_refusal: { fr: 'refus lors de la collecte', en: 'refused at collection' },
}

export const SCOPES: WordTable<ObjectionScope['kind']> = {
  global: { fr: 'tous les annonceurs', en: 'every advertiser' },
  advertiser: { fr: 'un annonceur', en: 'one advertiser' },
  router: { fr: 'un routeur', en: 'one router' },
  list: { fr: 'une liste', en: 'one list' },
}

/** Whose an objection is where it is not one person's. */
export const OPPOSED_FOR: WordTable<NonNullable<Objection['of']>> = {
  domain: { fr: 'tout le domaine', en: 'the whole domain' },
}

/** By the part before the colon; what follows it is a name. */
export const PURPOSES: WordTable = {
  prospecting: { fr: 'prospection', en: 'prospecting' },
  own_offers: { fr: 'offres de l’annonceur', en: 'offers of the advertiser' },
  analogous_products: { fr: 'produits ou services analogues', en: 'similar products or services' },
  partner_offers: { fr: 'offres d’un partenaire', en: 'offers of a partner' },
  newsletter: { fr: 'lettre d’information', en: 'newsletter' },
  non_commercial: { fr: 'cause non commerciale', en: 'non-commercial cause' },
}

/** @param purpose as records have it, e.g. `newsletter:weekly` */
export function purposeIn(language: Language, purpose: string): string {
  const [kind = '', ...rest] = purpose.split(':')
  return listed([wordFor(language, PURPOSES, kind), rest.join(':')], ' ')
}
