/** The wall clock of Paris: French law counts in French calendar days, whatever the clock of the machine says. */

const HOUR = 3_600_000
const FIELDS = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Paris',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})

/** Offsets by hour since the epoch: asking Intl costs microseconds, and the hour never changes inside an hour of UTC. */
const offsets = new Map<number, number>()
const MAX_REMEMBERED = 100_000

/** Milliseconds Paris is ahead of UTC at a moment, by the time zone database of the runtime. */
export function parisOffset(at: number): number {
  const hour = Math.floor(at / HOUR)
  const known = offsets.get(hour)
  if (known !== undefined) return known
  if (offsets.size >= MAX_REMEMBERED) offsets.clear()
  const offset = askIntl(hour * HOUR)
  offsets.set(hour, offset)
  return offset
}

export interface ParisDay {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
}

export function parisDayOf(at: number): ParisDay {
  const local = new Date(at + parisOffset(at))
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() }
}

/** Midnight of a day by UTC. `Date.UTC` takes the years 0 to 99 for those of the twentieth century. @param monthIndex from 0 */
export function utcMidnightOf(year: number, monthIndex: number, day: number): number {
  return year < 0 || year > 99 ? Date.UTC(year, monthIndex, day) : new Date(0).setUTCFullYear(year, monthIndex, day)
}

/** Midnight in Paris. Paris changes its hour at 1:00 UTC, never at midnight, so the offset at noon the day before holds. */
export function startOfParisDay({ year, month, day }: ParisDay): number {
  const utcMidnight = utcMidnightOf(year, month - 1, day)
  return utcMidnight - parisOffset(utcMidnight - 12 * HOUR)
}

/**
 * The start, in Paris, of the day `months` calendar months after the Paris day of a moment. A day the target month does not
 * have becomes its last: 29 February plus 36 months is 28 February.
 */
export function monthsLater(at: number, months: number): number {
  const start = parisDayOf(at)
  const monthIndex = start.year * 12 + (start.month - 1) + months
  const year = Math.floor(monthIndex / 12)
  const month = (monthIndex % 12) + 1
  const lastDay = new Date(utcMidnightOf(year, month, 0)).getUTCDate()
  return startOfParisDay({ year, month, day: Math.min(start.day, lastDay) })
}

/** The start, in Paris, of the day so many days after the Paris day of a moment; before it, for a negative number. */
export function daysLater(at: number, days: number): number {
  const { year, month, day } = parisDayOf(at)
  return startOfParisDay({ year, month, day: day + days })
}

/**
 * The first moment at which the clocks of Paris show a time; undefined in the hour they skip in spring.
 *
 * @param wallClock the time shown, as if it were UTC, milliseconds since the epoch
 */
export function firstParisMoment(wallClock: number): number | undefined {
  return parisMoment(wallClock, [2 * HOUR, HOUR])
}

/** The last such moment. */
export function lastParisMoment(wallClock: number): number | undefined {
  return parisMoment(wallClock, [HOUR, 2 * HOUR])
}

function parisMoment(wallClock: number, offsets: readonly number[]): number | undefined {
  return offsets
    .map((offset) => ({ offset, at: wallClock - offset }))
    .find(({ offset, at }) => parisOffset(at) === offset)?.at
}

function askIntl(at: number): number {
  const field = Object.fromEntries(FIELDS.formatToParts(at).map((part) => [part.type, Number(part.value)]))
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = field
  return utcMidnightOf(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000 - at
}
