/** What the answer to a person says (GDPR art. 12(1): concise, intelligible, in plain language), in French and in English. */
import type { Bilingual, WordTable } from '../../words/language.js'

export const LETTER = {
  title: { fr: 'Données détenues sur {address}', en: 'Data held on {address}' },
  made: {
    fr: 'Établi le {at} ({zone}, comme toutes les dates qui suivent), en réponse à une demande d’accès (RGPD art. 15).',
    en: 'Made on {at} ({zone}, as are all moments below), in answer to a request for access (GDPR art. 15).',
  },
  nothing: { fr: 'Rien n’est détenu sur cette adresse.', en: 'Nothing is held on this address.' },
  controllers: { fr: 'Qui répond de ces données', en: 'Who answers for these data' },
  controller: {
    fr: '{name} ; contact : {contact} ; politique de confidentialité : {policy}',
    en: '{name}; contact: {contact}; privacy policy: {policy}',
  },
  controllerWithDpo: {
    fr: '{name} ; contact : {contact} ; délégué à la protection des données : {dpo} ; politique de confidentialité : {policy}',
    en: '{name}; contact: {contact}; data protection officer: {dpo}; privacy policy: {policy}',
  },
  notGiven: { fr: 'non renseigné', en: 'not stated' },
  record: { fr: 'Fiche {id}, pour {name}', en: 'Record {id}, for {name}' },
  recipients: { fr: 'Destinataires', en: 'Recipients' },
  kept: { fr: 'Conservé jusqu’au', en: 'Kept until' },
  notKept: { fr: 'ne sert plus', en: 'no longer used' },
  contacts: { fr: 'Contacts', en: 'Contacts' },
  objections: { fr: 'Vos oppositions à la prospection', en: 'Your objections to prospecting' },
  decisions: { fr: 'Messages, et ce qui en a été décidé', en: 'Messages, and what was decided about them' },
  automated: {
    fr: 'Chaque message est contrôlé automatiquement avant l’envoi : consentement, oppositions, durée de conservation, mentions obligatoires. Le contrôle ne fait que retenir des messages ; il n’évalue personne.',
    en: 'Each message is checked automatically before it is sent: consent, objections, retention, mandatory notices. The check only holds messages back; it rates nobody.',
  },
  robot: { fr: 'robot présumé', en: 'presumably a robot' },
  campaign: { fr: 'campagne {campaign}', en: 'campaign {campaign}' },
  offerLink: { fr: 'lien vers une offre', en: 'link to an offer' },
  rights: { fr: 'Ce que vous pouvez demander', en: 'What you may ask for' },
} as const satisfies WordTable

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
