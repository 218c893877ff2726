/** The two languages that texts for people are written in, and how values are put into them. */
import { typeset } from './typography.js'

export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]

/** The same words in both languages. */
export type Bilingual = Readonly<Record<Language, string>>

/** Words for codes, by code. */
export type WordTable<Code extends string = string> = Readonly<Record<Code, Bilingual>>

/** A text in one language, `{name}` replaced by the value of that name; the text is typeset, the values stay as they are. */
export function said(language: Language, words: Bilingual, values: Readonly<Record<string, string>> = {}): string {
  return fill(typesetIn(language, words[language]), values)
}

/** A text that is not one of a pair, such as those of a rule. */
export function typesetIn(language: Language, text: string): string {
  return language === 'fr' ? typeset(text) : text
}

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z0-9]+)\}/gi, (whole, name: string) => values[name] ?? whole)
}

/** The words for a code, or the code itself where an older or a newer version wrote one this version does not know. */
export function wordFor(language: Language, table: WordTable, code: string): string {
  const words = Object.hasOwn(table, code) ? table[code] : undefined
  return words === undefined ? code : said(language, words)
}

/** A list as it is read aloud: `a, b`; nothing for parts that are empty. */
export function listed(parts: readonly (string | undefined)[], separator = ', '): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator)
}

/** One thing a line, `Label: value`; nothing for an empty value. */
export function labelled(language: Language, label: Bilingual, value: string): string[] {
  return value === '' ? [] : [`${said(language, label)}${COLON[language]}${value}`]
}

export const COLON: Readonly<Record<Language, string>> = { en: ': ', fr: '\u00a0: ' }
export const SEMICOLON: Readonly<Record<Language, string>> = { en: '; ', fr: '\u202f; ' }

export function quotedIn(language: Language, words: string): string {
  return language === 'fr' ? `«\u00a0${words}\u00a0»` : `“${words}”`
}

/** For one, and for several. */
export type Forms = readonly [one: Bilingual, many: Bilingual]

/** The form that goes with a number: in French zero is singular. */
export function counted(
  language: Language,
  count: number,
  [one, many]: Forms,
  values: Readonly<Record<string, string>> = {},
): string {
  const isOne = language === 'fr' ? Math.abs(count) < 2 : count === 1
  return said(language, isOne ? one : many, { ...values, count: numberIn(language, count) })
}

const NUMBERS = { en: new Intl.NumberFormat('en-GB'), fr: new Intl.NumberFormat('fr-FR') } as const

/** 12,345 in English, 12 345 with no-break spaces in French. */
export function numberIn(language: Language, value: number): string {
  return NUMBERS[language].format(value)
}

const YES: Bilingual = { fr: 'oui', en: 'yes' }
const NO: Bilingual = { fr: 'non', en: 'no' }

export function yesOrNo(language: Language, value: boolean): string {
  return said(language, value ? YES : NO)
}
