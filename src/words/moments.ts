/** Moments as people read them: in Paris, whose time the law counts in. Whoever prints them says so once. */
import type { Bilingual, Language } from './language.js'

/** To be said once where moments are given. */
export const PARIS_TIME: Bilingual = { fr: 'heure de Paris', en: 'Paris time' }

/** The last moment a date can name: what stands for a date that cannot be relied on. */
const END_OF_TIME = 8_640_000_000_000_000

const UNREADABLE: Bilingual = { fr: 'date illisible', en: 'unreadable date' }

const LOCALES = { fr: 'fr-FR', en: 'en-GB' } as const

/** Takes milliseconds since the epoch, or ISO 8601. */
type Writer = (at: number | string) => string

export interface Moments {
  /** `1er mars 2026` */
  readonly day: Writer
  /** `1er mars 2026 à 09:30` */
  readonly moment: Writer
  /** `1er mars 2026 à 09:30:15`: of entries in a log. */
  readonly precise: Writer
}

export function momentsIn(language: Language): Moments {
  return MOMENTS[language]
}

function writer(language: Language, options: Intl.DateTimeFormatOptions): Writer {
  const format = new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: 'Europe/Paris' })
  return (at) => {
    const date = new Date(at)
    if (Number.isNaN(date.getTime()) || Math.abs(date.getTime()) >= END_OF_TIME) return UNREADABLE[language]
    return ordinalDay(language, format.format(date))
  }
}

function momentsOf(language: Language): Moments {
  return {
    day: writer(language, { dateStyle: 'long' }),
    moment: writer(language, { dateStyle: 'long', timeStyle: 'short' }),
    precise: writer(language, { dateStyle: 'long', timeStyle: 'medium' }),
  }
}

const MOMENTS: Readonly<Record<Language, Moments>> = { fr: momentsOf('fr'), en: momentsOf('en') }

/** The first of a month as French writes it, and no break between day and month. @param moment as `Intl.DateTimeFormat` gives it */
function ordinalDay(language: Language, moment: string): string {
  if (language !== 'fr') return moment
  return moment.replace(/^1 (?=\p{L})/u, '1er ').replace(/^(\d+(?:er)?) /, '$1\u00a0')
}
