/** So many a minute for each key, spread evenly, with a burst of as many (token bucket). Memory is bounded. */

export interface RateLimit {
  /** Whether one more may pass. */
  take(key: string): boolean
}

const MINUTE_MS = 60_000
const MOST_KEYS = 50_000

/** @param now milliseconds, monotonic */
export function createRateLimit(perMinute: number, now: () => number = () => performance.now()): RateLimit {
  /** When the bucket of a key is full again; a Map keeps the order of entry, the longest unused first. */
  const fullAt = new Map<string, number>()
  const costMs = MINUTE_MS / perMinute

  return {
    take(key) {
      const at = now()
      const full = Math.max(fullAt.get(key) ?? at, at) + costMs
      if (full - at > MINUTE_MS) return false
      fullAt.delete(key)
      fullAt.set(key, full)
      if (fullAt.size > MOST_KEYS) fullAt.delete(fullAt.keys().next().value!)
      return true
    },
  }
}
