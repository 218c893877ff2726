/** What the answer to a person says (GDPR art. 12(1): concise, intelligible, in plain language), in French and in English. */
import type { ConsentStatus } from '../../domain/consent-record.js'
import type { ContactEventType } from '../../domain/contact-event.js'
import type { DecisionEntry, OutcomeEntry } from '../../domain/journal-entry.js'
import type { ObjectionReason } from '../../domain/objection.js'
import type { Bilingual } from '../terminal.js'

export const LETTER = {
  title: { fr: 'Données détenues sur {address}', en: 'Data held on {address}' },
  made: {
    fr: 'Établi le {at}, en réponse à une demande d’accès (RGPD art. 15).',
    en: 'Made on {at}, in answer to a request for access (GDPR art. 15).',
  },
  nothing: { fr: 'Rien n’est détenu sur cette adresse.', en: 'Nothing is held on this address.' },
  controllers: { fr: 'Qui répond de ces données', en: 'Who answers for these data' },
  controller: {
    fr: '{name} ; contact : {contact} ; politique de confidentialité : {policy}',
    en: '{name}; contact: {contact}; privacy policy: {policy}',
  },
  notGiven: { fr: 'non renseigné', en: 'not stated' },
  record: { fr: 'Enregistrement {id}, pour {name}', en: 'Record {id}, for {name}' },
  source: { fr: 'Source', en: 'Source' },
  chain: { fr: 'Transmis par', en: 'Handed on by' },
  obtained: { fr: 'obtenu le {at}', en: 'obtained on {at}' },
  purposes: { fr: 'Finalités', en: 'Purposes' },
  basis: { fr: 'Base légale', en: 'Legal basis' },
  status: { fr: 'État', en: 'Status' },
  collected: { fr: 'Recueilli le', en: 'Collected on' },
  method: { fr: 'Recueilli par', en: 'Collected by' },
  wording: { fr: 'Ce qui a été lu', en: 'What was read' },
  proof: { fr: 'Preuve', en: 'Proof' },
  recipients: { fr: 'Destinataires', en: 'Recipients' },
  kept: { fr: 'Conservé jusqu’au', en: 'Kept until' },
  notKept: { fr: 'ne sert plus', en: 'no longer used' },
  restricted: { fr: 'traitement limité (RGPD art. 18)', en: 'processing restricted (GDPR art. 18)' },
  versions: { fr: 'Versions', en: 'Versions' },
  contacts: { fr: 'Contacts', en: 'Contacts' },
  objections: { fr: 'Oppositions', en: 'Objections' },
  decisions: { fr: 'Messages, et ce qui en a été décidé', en: 'Messages, and what was decided about them' },
  automated: {
    fr: 'Chaque message est contrôlé automatiquement avant l’envoi : consentement, oppositions, durée de conservation, mentions obligatoires. Le contrôle ne fait que retenir des messages ; il n’évalue personne.',
    en: 'Each message is checked automatically before it is sent: consent, objections, retention, mandatory notices. The check only holds messages back; it rates nobody.',
  },
  rights: { fr: 'Ce que vous pouvez demander', en: 'What you may ask for' },
  wholeDomain: { fr: 'pour tout le domaine', en: 'for the whole domain' },
  everybody: { fr: 'tous les annonceurs', en: 'every advertiser' },
} as const satisfies Readonly<Record<string, Bilingual>>

export const RIGHTS: readonly Bilingual[] = [
  { fr: 'l’accès aux données (RGPD art. 15)', en: 'access (GDPR art. 15)' },
  { fr: 'leur rectification (art. 16)', en: 'rectification (art. 16)' },
  { fr: 'leur effacement (art. 17)', en: 'erasure (art. 17)' },
  { fr: 'la limitation de leur traitement (art. 18)', en: 'restriction (art. 18)' },
  { fr: 'leur portabilité (art. 20)', en: 'portability (art. 20)' },
  {
    fr: 'l’opposition, sans motif, à la prospection (art. 21)',
    en: 'objection, without reasons, to prospecting (art. 21)',
  },
  {
    fr: 'le retrait du consentement, à tout moment (art. 7, § 3)',
    en: 'withdrawal of consent at any time (art. 7(3))',
  },
  {
    fr: 'une réclamation auprès de la CNIL, www.cnil.fr (art. 77)',
    en: 'complaint to the CNIL, www.cnil.fr (art. 77)',
  },
]

export const STATUSES: Readonly<Record<ConsentStatus, Bilingual>> = {
  requested: { fr: 'demandé', en: 'requested' },
  given: { fr: 'donné', en: 'given' },
  reconfirmed: { fr: 'renouvelé', en: 'given anew' },
  refused: { fr: 'refusé', en: 'refused' },
  withdrawn: { fr: 'retiré', en: 'withdrawn' },
  expired: { fr: 'échu', en: 'expired' },
  invalidated: { fr: 'invalidé', en: 'invalidated' },
  erased: { fr: 'effacé', en: 'erased' },
}

/** By the part before the colon; what follows it is a name. */
export const PURPOSES: Readonly<Record<string, Bilingual>> = {
  prospecting: { fr: 'prospection', en: 'prospecting' },
  own_offers: { fr: 'offres de l’annonceur', en: 'offers of the advertiser' },
  analogous_products: { fr: 'produits ou services analogues', en: 'similar products or services' },
  partner_offers: { fr: 'offres d’un partenaire', en: 'offers of a partner' },
  newsletter: { fr: 'lettre d’information', en: 'newsletter' },
  non_commercial: { fr: 'cause non commerciale', en: 'non-commercial cause' },
}

export const REASONS: Readonly<Record<ObjectionReason, Bilingual>> = {
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

export const VERDICTS: Readonly<Record<DecisionEntry['verdict'], Bilingual>> = {
  permit: { fr: 'permis', en: 'permitted' },
  refuse: { fr: 'refusé', en: 'refused' },
  defer: { fr: 'différé', en: 'put off' },
}

export const STATUS_OF_OUTCOME: Readonly<Record<OutcomeEntry['status'], Bilingual>> = {
  relayed: { fr: 'envoyé', en: 'sent' },
  refused: { fr: 'refusé par le serveur d’envoi', en: 'refused by the sending server' },
  deferred: { fr: 'différé par le serveur d’envoi', en: 'put off by the sending server' },
  unknown: { fr: 'envoi incertain', en: 'perhaps sent' },
  aborted: { fr: 'non envoyé', en: 'not sent' },
  dropped: { fr: 'non envoyé', en: 'not sent' },
}

export const CONTACTS: Readonly<Record<ContactEventType, Bilingual>> = {
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
