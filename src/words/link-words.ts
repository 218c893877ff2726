/** What the test of an unsubscribe link found, and the closed loop, in words. */
import type { FETCH_FAULTS } from '../fetch/fetch-result.js'
import { type Language, said, type WordTable, wordFor } from './language.js'

const FAULTS: WordTable<(typeof FETCH_FAULTS)[number]> = {
  url: { fr: 'adresse qui ne peut être demandée', en: 'URL that may not be requested' },
  forbidden: { fr: 'hôte hors de l’internet public', en: 'host outside the public internet' },
  no_host: { fr: 'hôte inexistant', en: 'host does not exist' },
  dns: { fr: 'le DNS n’a pas répondu', en: 'the DNS did not answer' },
  refused: { fr: 'connexion refusée', en: 'connection refused' },
  unreachable: { fr: 'hôte injoignable', en: 'host cannot be reached' },
  certificate: { fr: 'certificat TLS non valable', en: 'TLS certificate not valid' },
  tls: { fr: 'échec de TLS', en: 'TLS failed' },
  timeout: { fr: 'aucune réponse à temps', en: 'no answer in time' },
  protocol: { fr: 'réponse qui n’est pas du HTTP', en: 'answer is not HTTP' },
  redirect_loop: { fr: 'redirections en boucle', en: 'redirects in a loop' },
  too_many_redirects: { fr: 'trop de redirections', en: 'too many redirects' },
  downgrade: { fr: 'redirection de https vers http', en: 'redirect from https to http' },
  busy: { fr: 'trop de demandes en attente', en: 'too many requests waiting' },
}

export const LINK_FINDINGS = {
  ...FAULTS,
  merge_tag: { fr: 'champ de fusion non remplacé', en: 'merge tag left in' },
  no_url: { fr: 'ce n’est pas une adresse web', en: 'not a URL' },
  no_web_url: { fr: 'ce n’est pas une adresse web', en: 'not a web URL' },
  not_https: { fr: 'lien en http, sans chiffrement', en: 'link over plain http' },
  ip_literal: { fr: 'adresse IP au lieu d’un nom', en: 'IP address instead of a name' },
  host_not_public: { fr: 'nom qui n’est pas public', en: 'name is not public' },
  host_not_registered: {
    fr: 'hôte non déclaré pour l’annonceur (unsubscribe.hosts)',
    en: 'host not declared for the advertiser (unsubscribe.hosts)',
  },
  token_invalid: { fr: 'lien abîmé', en: 'damaged link' },
  other_person: { fr: 'lien d’une autre personne', en: 'link of another person' },
  other_advertiser: { fr: 'lien d’un autre annonceur', en: 'link of another advertiser' },
  here: { fr: 'lien de ce destinataire', en: 'link of this recipient' },
  not_proven: { fr: 'page trouvée, effet non prouvé', en: 'page found, its effect not proven' },
  not_established: { fr: 'page non établie', en: 'page not established' },
  proof_old: { fr: 'preuve ancienne', en: 'proof is old' },
  indistinct: { fr: 'l’hôte répond pareil à tout', en: 'the host answers everything alike' },
  login: { fr: 'connexion exigée', en: 'login asked for' },
  captcha: { fr: 'captcha exigé', en: 'captcha asked for' },
  no_control: { fr: 'rien à quoi comparer la page', en: 'nothing to compare the page with' },
  template_unlearned: { fr: 'forme du lien pas encore connue', en: 'form of the link not known yet' },
  soft_404: { fr: 'page « introuvable »', en: 'page that says “not found”' },
  unsettled: { fr: 'pas encore de réponse sûre', en: 'no certain answer yet' },
} as const satisfies WordTable

const STATUS = { fr: 'réponse HTTP {status}', en: 'HTTP answer {status}' }
const REDIRECTED = { fr: 'après redirection : {what}', en: 'after a redirect: {what}' }
const UNSETTLED = { fr: 'sans réponse sûre : {what}', en: 'no certain answer: {what}' }

/** @param code as {@link LINK_FINDINGS}, `status_404`, or one of these behind `redirect_` or `unsettled_` */
export function linkFinding(language: Language, code: string): string {
  if (Object.hasOwn(LINK_FINDINGS, code)) return wordFor(language, LINK_FINDINGS, code)
  const [, prefix, rest] = /^(status|redirect|unsettled)_(.+)$/.exec(code) ?? []
  if (rest === undefined) return code
  if (prefix === 'status') return said(language, STATUS, { status: rest })
  const what = /^\d+$/.test(rest) ? said(language, STATUS, { status: rest }) : linkFinding(language, rest)
  return said(language, prefix === 'redirect' ? REDIRECTED : UNSETTLED, { what })
}
