/** Public holidays in France (Code du travail art. L.3133-1), by the calendar of Paris. */
import type { ParisDay } from './paris-time.js'

/** Month and day: New Year, Labour Day, 8 May, Bastille Day, Assumption, All Saints, Armistice, Christmas. */
const FIXED: ReadonlySet<string> = new Set(['1-1', '5-1', '5-8', '7-14', '8-15', '11-1', '11-11', '12-25'])

/** Easter Monday, Ascension and Whit Monday, in days after Easter. */
const AFTER_EASTER: readonly number[] = [1, 39, 50]

const DAY_MS = 86_400_000

export function isFrenchHoliday({ year, month, day }: ParisDay): boolean {
  if (FIXED.has(`${month}-${day}`)) return true
  return AFTER_EASTER.includes((Date.UTC(year, month - 1, day) - easterOf(year)) / DAY_MS)
}

/** Midnight UTC of Easter Sunday, by the Gregorian computus (Meeus, Astronomical Algorithms, ch. 8). */
function easterOf(year: number): number {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const ofCentury = year % 100
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7
  const shift = Math.floor((golden + 11 * epact + 22 * weekday) / 451)
  const days = epact + weekday - 7 * shift + 114
  return Date.UTC(year, Math.floor(days / 31) - 1, (days % 31) + 1)
}
