/**
 * Words for the notice that tells people what is done with their data (GDPR art. 12-14), and for the rights it must speak of.
 * Patterns are read against folded text.
 */
import type { Link } from '../../domain/message-facts.js'
import { fold } from '../../domain/text.js'
import { schemeOf } from '../link-target.js'
import { unsubscribeWords } from '../unsubscribe-wording.js'

const NOTICE = anyOf([
  /\bconfidentialit(?:e|at)/,
  /\bdonnees (?:a caractere )?personnelles?\b|\bdonnees a caractere personnel\b/,
  /\bprotection des donnees\b|\btraitement d(?:e vos|es) donnees\b|\bvie privee\b|\brgpd\b/,
  /\bprivacy\b|\bdata (?:protection|policy)\b|\bpersonal (?:data|information)\b|\bgdpr\b/,
  /\bdatenschutz|\bdsgvo\b/,
  /\bprivacidad\b|\bproteccion de datos\b|\bdatos personales\b/,
  /\bprivacidade\b|\bprotecao de dados\b|\bdados pessoais\b|\blgpd\b/,
  /\binformativa (?:sulla|privacy|sui|sul)\b|\b(?:protezione|trattamento) dei dati\b|\bdati personali\b|\briservatezza\b/,
  /\bprivacy(?:beleid|verklaring|statement|reglement)|\bgegevensbescherming|\bpersoonsgegevens\b/,
  /\bprywatnosci?\b|\bdanych osobowych\b|\brodo\b/,
  /\badatvedel|\badatkezel/,
  /\bochran[ay] osobni|\bosobnich udaj|\bochran[ay] osobnych/,
  /\bintegritets?(?:policy|skydd)|\bpersonuppgift|\bdataskydd|\bpersonvern|\bpersonopplysning|\btietosuoja|\bhenkilotie/,
  /\bprivatliv|\bpersondata|\bpersonoplysning|\bdatabeskyttelse|\bpersonuvernd/,
  /\bdate(?:lor)? (?:cu caracter )?personal|\bsoukrom|\bsukromi|\bprivatnost|\bosobnih podatak|\bzasebnost|\bosebnih podatkov/,
  /\bprivatum|\bprivaatsus|\bisikuandme|\basmens duomen|\bpersonas dat|\bprivadesa\b|\bprivacitat\b|\bprivasi\b|\bbao mat\b/,
  /\bgizlilik\b|\bkvkk\b/,
  /конфиденциальност|персональн\S* данн|конфіденціиніст|конфіденціинос|персональн\S* дани|поверителност|лични данни/,
  ...[
    'プライバシー',
    '個人情報',
    '隐私',
    '隱私',
    '개인정보',
    'الخصوصية',
    'απορρήτου',
    'προσωπικών δεδομένων',
    'פרטיות',
    'ความเป็นส่วนตัว',
  ].map((words) => new RegExp(fold(words))),
])

/** The same in the path of a link whose words say nothing, such as a bare image. */
const NOTICE_PATH = /privacy|confidentialit|donnees-?perso|vie-?privee|datenschutz|privacidad|rgpd|gdpr|prywatnos/i

const POINTING =
  /^(?:.{0,12}\b(?:ici|here|hier|aqui|qui|tutaj|tu|lien|link|page|site)\b.{0,4}|(?:en savoir plus|learn more|read more|mehr erfahren|mas informacion|meer informatie|saiba mais|scopri di piu))$/
const WRITTEN_TARGET = /^<?(?:https?:\/\/|www\.)\S*>?$/

const RIGHTS = anyOf([
  /\bdroits? d(?:'|e )(?:acces|opposition|rectification|suppression|effacement)\b/,
  /\bcnil\b|\b(?:acceder|s'opposer|rectifier|effacer)\b.{0,80}\bdonnees\b/,
  /\bexercer vos droits\b|\bvos droits\b.{0,60}\bdonnees\b/,
  /\bright (?:of|to) (?:access|object|erasure|rectification|rectify|erase)\b|\byour (?:data )?rights\b/,
  /\bsupervisory authority\b|\bdata protection authority\b/,
  /\brecht auf (?:auskunft|widerspruch|loschung|berichtigung)|\baufsichtsbehorde/,
  /\bderechos? de (?:acceso|oposicion|supresion|rectificacion)\b|\baepd\b/,
  /\bdiritt[oi] di (?:accesso|opposizione|cancellazione|rettifica)\b/,
  /\brecht op (?:inzage|bezwaar|verwijdering|toegang)\b/,
  /\bdireitos? de (?:acesso|oposicao|apagamento|retificacao)\b/,
  /\bprawo (?:do )?(?:dostepu|sprzeciwu|usuniecia|sprostowania)\b/,
])

/** Whether a link says that it leads to the privacy notice: by its words, else by the sentence it stands in, else its path. */
export function saysPrivacyNotice(link: Link): boolean {
  if (!/^https?$/.test(schemeOf(link.href))) return false
  const own = fold(`${link.label} ${link.hints}`)
  if (WRITTEN_TARGET.test(own)) return NOTICE_PATH.test(pathOf(own)) || sentenceSays(link)
  if (NOTICE.test(own)) return true
  if (!/[\p{L}\p{N}]/u.test(own)) return NOTICE_PATH.test(pathOf(link.href))
  return POINTING.test(own) && sentenceSays(link)
}

/** Whether a text tells people of their rights over their data, or of the authority they may complain to. */
export function mentionsRights(text: string): boolean {
  return RIGHTS.test(fold(text))
}

/** A sentence that ends the messages is about that, whatever stands beside it. */
function sentenceSays(link: Link): boolean {
  return NOTICE.test(fold(link.context)) && unsubscribeWords(link) === undefined
}

function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, '')
}

function anyOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'))
}
