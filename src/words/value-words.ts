/** Codes that only the facts of findings and certificates have, in words. */
import type { Transport } from '../domain/transport.js'
import type { WordTable } from './language.js'

/** What a declaration, a proof, a contract or a message lacks. */
export const MISSING: WordTable = {
  legalName: { fr: 'raison sociale', en: 'legal name' },
  privacyUrl: { fr: 'page de confidentialité', en: 'privacy page' },
  contactEmail: { fr: 'adresse de contact', en: 'contact address' },
  siren: { fr: 'SIREN', en: 'SIREN' },
  seat: { fr: 'siège social', en: 'registered office' },
  given_at: { fr: 'date du consentement', en: 'date of consent' },
  method: { fr: 'mode de recueil', en: 'way of collection' },
  notice: { fr: 'mention d’information et sa version', en: 'notice and its version' },
  wording: { fr: 'texte lu par la personne', en: 'wording read by the person' },
  form: { fr: 'formulaire', en: 'form' },
  sha256: { fr: 'empreinte de la preuve', en: 'digest of the proof' },
  captured_at: { fr: 'date de la preuve', en: 'date of the proof' },
  verification: { fr: 'vérification de la preuve', en: 'verification of the proof' },
  active_contract: { fr: 'contrat en cours avec les destinataires', en: 'contract in force with the recipients' },
}

/** What the subject of a message pretends it is. */
export const DISGUISES: WordTable = {
  unpaid_invoice: { fr: 'facture impayée', en: 'unpaid invoice' },
  last_reminder: { fr: 'dernière relance', en: 'final reminder' },
  parcel_on_hold: { fr: 'colis en attente', en: 'parcel on hold' },
  account_trouble: { fr: 'compte suspendu', en: 'account suspended' },
  payment: { fr: 'paiement refusé', en: 'payment refused' },
}

export const EXEMPTIONS: WordTable<Transport> = {
  tls: { fr: 'chiffrée', en: 'encrypted' },
  local: { fr: 'depuis cette machine', en: 'from this machine' },
  clear_permitted: { fr: 'en clair, permise par la politique', en: 'in clear text, permitted by the policy' },
  clear: { fr: 'en clair', en: 'in clear text' },
}

/** What Aval put into a message on its way through. */
export const PUT: WordTable = {
  fields: { fr: 'champs de désinscription', en: 'unsubscribe fields' },
  body: { fr: 'lien dans le corps', en: 'link in the body' },
  signature: { fr: 'signature DKIM', en: 'DKIM signature' },
}

export const KINDS_OF_IMPORT: WordTable = {
  consent: { fr: 'consentements', en: 'consents' },
  event: { fr: 'contacts', en: 'contacts' },
  objection: { fr: 'oppositions', en: 'objections' },
}

/** Why decisions of the journal no longer say about whom they are, beside a request of the person. */
export const WHY: WordTable = {
  retention: { fr: 'fin de conservation', en: 'end of retention' },
  'keys of segments lost': { fr: 'perte des clés de segments', en: 'keys of segments lost' },
}

/** ISO 8601 numbers of the days of a week. */
export const WEEKDAYS: WordTable = {
  1: { fr: 'lundi', en: 'Monday' },
  2: { fr: 'mardi', en: 'Tuesday' },
  3: { fr: 'mercredi', en: 'Wednesday' },
  4: { fr: 'jeudi', en: 'Thursday' },
  5: { fr: 'vendredi', en: 'Friday' },
  6: { fr: 'samedi', en: 'Saturday' },
  7: { fr: 'dimanche', en: 'Sunday' },
}

/** Signs that a message promotes something. */
export const SIGN_WORDS: WordTable = {
  promotional_code: { fr: 'code promotionnel', en: 'promotional code' },
  percent_off: { fr: 'pourcentage de remise', en: 'percentage off' },
  sale: { fr: 'soldes', en: 'sale' },
  limited_time: { fr: 'offre limitée dans le temps', en: 'limited time' },
  enjoy: { fr: '« profitez »', en: '“enjoy”' },
  discover: { fr: '« découvrez »', en: '“discover”' },
  you_may_like: { fr: '« vous aimerez aussi »', en: '“you may also like”' },
  offer: { fr: 'offre', en: 'offer' },
  discount: { fr: 'remise', en: 'discount' },
  referral: { fr: 'parrainage', en: 'referral' },
  free: { fr: 'gratuité', en: 'something free' },
  price_and_call: { fr: 'prix et appel à acheter', en: 'price and call to buy' },
  novelty: { fr: 'nouveauté', en: 'novelty' },
  multi_buy: { fr: 'achat par lots', en: 'multi-buy' },
  percent_on_range: { fr: 'remise sur une gamme', en: 'percentage on a range' },
  whole_shop: { fr: 'tout le magasin', en: 'the whole shop' },
  next_order: { fr: 'prochaine commande', en: 'next order' },
  premium_number: { fr: 'numéro surtaxé', en: 'premium-rate number' },
  list_unsubscribe: { fr: 'champ List-Unsubscribe', en: 'List-Unsubscribe field' },
  campaign_links: { fr: 'liens de campagne', en: 'links of a campaign' },
  low_price: { fr: 'petit prix', en: 'low price' },
  gift_for_buying: { fr: 'cadeau pour un achat', en: 'gift for buying' },
  shop_call: { fr: 'appel à la boutique', en: 'call to the shop' },
}
