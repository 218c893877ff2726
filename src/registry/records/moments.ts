/**
 * Moments as people and programs write them into import files: ISO 8601, `2026-01-10T09:30:00+01:00`, `...Z`, or without a
 * zone. What has no zone is Paris time, and of several moments it may mean, the earliest is taken: the retention clock then
 * ends earlier and a consent is not made newer than an objection. For the same reason an objection is read as the latest.
 */
import { daysLater, firstParisMoment, lastParisMoment, utcMidnightOf } from '../../domain/paris-time.js'

const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/

/** Older dates are the empty values of some program (1900-01-01, 1970-01-01), not moments of collection. */
export const EARLIEST_MOMENT = Date.UTC(1980, 0, 1)

/**
 * @returns milliseconds since the epoch; undefined when it is no moment, e.g. 30 February or an hour Paris skipped. A date
 * without time is its midnight in Paris.
 */
export function readMoment(text: string): number | undefined {
  if (text !== last.text) last = { text, at: readText(text) }
  return last.at
}

/** The same for an objection: the latest of the moments a text may mean, the last of the day for a date without time. */
export function readObjectionMoment(text: string): number | undefined {
  const first = readMoment(text)
  if (first === undefined) return undefined
  if (text.length === DATE_LENGTH) return objectionMomentOf(first)
  return readText(text, lastParisMoment)
}

/** The same of a moment that was read before: at midnight in Paris it is a day without its hour. */
export function objectionMomentOf(at: number): number {
  return daysLater(at, 0) === at ? daysLater(at, 1) - 1 : at
}

const DATE_LENGTH = '2026-01-10'.length

/** A row mostly says one moment several times. */
let last: { readonly text: string; readonly at: number | undefined } = { text: '', at: undefined }

function readText(text: string, inParis = firstParisMoment): number | undefined {
  if (UTC.test(text)) {
    const milliseconds = text.length > 20 ? 10 * two(text, 20) + digit(text, 22) : 0
    const year = 100 * two(text, 0) + two(text, 2)
    return wallClock(year, two(text, 5), two(text, 8), two(text, 11), two(text, 14), two(text, 17), milliseconds)
  }
  const match = MOMENT.exec(text)
  if (!match) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  const milliseconds = match[7] === undefined ? 0 : Number(match[7].padEnd(3, '0').slice(0, 3))
  const written = wallClock(year, month, day, hour, minute, second, milliseconds)
  if (written === undefined) return undefined
  const zone = match[8]
  if (zone === undefined) return inParis(written)
  const offset = readZone(zone)
  return offset === undefined ? undefined : written - offset
}

/** As programs write moments: the digits are where they always are. */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/

function two(text: string, at: number): number {
  return 10 * digit(text, at) + digit(text, at + 1)
}

function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 48
}

/** @returns milliseconds from the epoch to what a clock of UTC would show; undefined for a day or time there is none of */
function wallClock(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  milliseconds: number,
): number | undefined {
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined
  const midnight = utcMidnightOf(year, month - 1, day)
  if (new Date(midnight).getUTCDate() !== day) return undefined
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
}

function readZone(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
