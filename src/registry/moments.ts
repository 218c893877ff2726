/**
 * Moments as people and programs write them into import files: ISO 8601, `2026-01-10T09:30:00+01:00`, `...Z`, or without a
 * zone. What has no zone is Paris time, and of several moments it may mean, the earliest is taken: the retention clock then
 * ends earlier and a consent is not made newer than an objection.
 */
import { firstParisMoment } from '../domain/paris-time.js'

const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/

/** Older dates are the empty values of some program (1900-01-01, 1970-01-01), not moments of collection. */
export const EARLIEST_MOMENT = Date.UTC(1980, 0, 1)

/**
 * @returns milliseconds since the epoch; undefined when it is no moment, e.g. 30 February or an hour Paris skipped. A date
 * without time is its midnight in Paris.
 */
export function readMoment(text: string): number | undefined {
  const match = MOMENT.exec(text)
  if (!match) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined
  const midnight = Date.UTC(year, month - 1, day)
  if (new Date(midnight).getUTCDate() !== day) return undefined
  const milliseconds = match[7] === undefined ? 0 : Number(match[7].padEnd(3, '0').slice(0, 3))
  const wallClock = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
  const zone = match[8]
  if (zone === undefined) return firstParisMoment(wallClock)
  const offset = readZone(zone)
  return offset === undefined ? undefined : wallClock - offset
}

function readZone(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
