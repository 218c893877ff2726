/**
 * Words of which the addresses of unsubscribe pages are made. A part of a link that is one of them names a page and nobody;
 * every other part may name the recipient, until the messages of a campaign show that it does not.
 *
 * A word that is missing here costs a sender a few deferred messages at most. One that should not be here would be sent as it
 * stands: no first names, no numbers, nothing a system may hand out as a key.
 */
const WORDS: ReadonlySet<string> = new Set(
  `
  abonne abonnement abonnements about accept accueil acceptance account action actions address admin admail ajax amp annuler api app apps apx
  application archive arret arreter asp aspx auth auto b2b b2c back base beta blog bounce bulk button bye
  campaign campaigns campagne campagnes cancel catalog category center centre cgi change check choice choices click clic client clients code
  com comm common community communication compte config confirm confirmation consent consents contact contacts content control controller
  core crm css customer customers dashboard data default delete delivery desabo desabonne desabonnement desabonner desinscribe desinscrire
  desinscription desinscriptions desinscrit desktop dev direct dispatch display do done email emailing emails emailpreferences
  emailsubscription en end endpoint espace event events exit external ext feed feedback file fin flow follow form forms forward fr front
  function functions gateway gdpr get go goodbye group groups gestion handler hello help home host hook hooks html http https id ids image
  img inbound index info infos init inscription json js key landing lang language leave legal lib link links list lists liste listes
  listunsubscribe login lnk mail mailer mailing mailinglist mailings mailjet mailman manage management manager marketing member members
  message messages mobile mod mode module modules monitor msg my name navigation net news newsletter newsletters node notice notification
  notifications objection off offer offers offre offres one oneclick online open opposition opt optin option options optout order org out
  outbound page pages panel param params partner partners permission php plugin plugins portal post pref prefcenter preference preferencecenter
  preferences prefs privacy prod process profil profile prospect prospection proxy pub public publish push query queue read reader redir
  redirect redirection ref refuse register registration remove removal reply request resign response rest retour retrait revoke rgpd route
  router routes rss sale sales scripts secure security send sender sendgrid server service services session settings shop short
  signoff signout site sms source spam stop store sub subs subscr subscribe subscribed subscriber subscribers subscription subscriptions
  subscriptioncenter suivi support supprimer suppression survey sync system tag target test thanks tool tools track tracker tracking trk true
  type uk unjoin unreg unregister unsub unsubs unsubscr unsubscribe unsubscribed unsubscribeme unsubscribes unsubscribeall unsubscription
  update url us user users utm validate verify version view visitor vip web webhook webhooks webmail website widget wp xml you your
  false yes no oui non all tout tous toutes null none lists campaignid
  www uid uuid eid cid sid mid lid rid hash token tokens code sig signature sign signed hmac checksum recipient recipients delivery
  instance medium term mc job batch issue edition destinataire abo contactid campaign
  baja cancelar abmelden abmeldung austragen disiscrizione disiscriviti cancellati uitschrijven afmelden wypisz
  `
    .trim()
    .split(/\s+/),
)

/** Endings of file names. */
const EXTENSIONS: ReadonlySet<string> = new Set([
  'php',
  'html',
  'htm',
  'asp',
  'aspx',
  'jsp',
  'cgi',
  'do',
  'json',
  'cfm',
])

/** Whether a text names a page and cannot name a person. */
export function isPageWord(text: string): boolean {
  const folded = text.toLowerCase()
  return (
    /^[a-z]{1,2}$/.test(text) ||
    /^v\d$/.test(folded) ||
    WORDS.has(folded) ||
    EXTENSIONS.has(folded) ||
    WORDS.has(joined(folded))
  )
}

/** `List-Unsubscribe`, `opt_out` and `emailPreferences` are made of words. */
export function isMadeOfPageWords(text: string): boolean {
  const parts = text
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .split(/[-_.~+ ]+/)
    .filter((part) => part !== '')
  return parts.length > 0 && parts.every(isPageWord)
}

function joined(text: string): string {
  return text.replaceAll(/[-_]/g, '')
}
