/** Sources of law as a French or an English reader cites them; the catalogue has them in English. */
import type { Language } from './language.js'

const FRENCH: readonly (readonly [english: RegExp, french: string])[] = [
  [/\bGDPR\b/g, 'RGPD'],
  [/\bCJEU\b/g, 'CJUE'],
  [/\bEDPB guidelines\b/g, 'CEPD, lignes directrices'],
  [/\brecital\b/g, 'considérant'],
  [/\bdeliberation\b/g, 'délibération'],
  [/\bCode penal\b/g, 'Code pénal'],
  [/\bInformatique et Libertes\b/g, 'Informatique et Libertés'],
  [/\bBrico Prive\b/g, 'Brico Privé'],
  [/\bDirective 2002\/58\/EC\b/g, 'Directive 2002/58/CE'],
  [/\bby analogy\b/g, 'par analogie'],
  [/\bno\. (?=\d)/g, 'n° '],
  [/\bsec\. (?=\d)/g, 'section '],
  [/\bJan\b/g, 'janvier'],
  [/\bFebruary\b/g, 'février'],
  [/\bMarch\b/g, 'mars'],
  [/\bDecember\b/g, 'décembre'],
  [/\breuse by processors\b/g, 'réutilisation par les sous-traitants'],
  [/\(partners\)/g, '(partenaires)'],
  [/\bprospecting of professionals\b/g, 'prospection de professionnels'],
  [/\bcharities and associations\b/g, 'associations et fondations'],
  [/\bPractice for addresses of a function\b/g, 'Usage des adresses de fonction'],
  [/\bGmail and Yahoo sender guidelines\b/g, 'Consignes de Gmail et Yahoo aux expéditeurs'],
  [/\bAF2M Business Messaging charter\b/g, 'Charte Business Messaging de l’AF2M'],
]

/** @param source as in the catalogue, e.g. `GDPR art. 21(2)-(3)` */
export function lawIn(language: Language, source: string): string {
  if (language === 'en') return source
  return FRENCH.reduce((text, [english, french]) => text.replace(english, french), source)
}
