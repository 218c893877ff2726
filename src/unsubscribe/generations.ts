/**
 * A map that forgets what was not asked for lately: two generations, the older of which is dropped when the younger is full. A
 * single map from which the oldest is taken grows slower with each one taken, because the engine steps over the gaps.
 */
export interface Generations<T> {
  /** The entry of a key, made where there is none; it counts as asked for. */
  entry(key: string, make: () => T): T
  /** The same without making one, and without counting. */
  peek(key: string): T | undefined
}

/** @param capacity entries kept at most; at least half as many of the last ones are */
export function generations<T>(capacity: number): Generations<T> {
  const half = Math.max(1, Math.floor(capacity / 2))
  let young = new Map<string, T>()
  let old = new Map<string, T>()
  return {
    entry(key, make) {
      const known = young.get(key)
      if (known !== undefined) return known
      const entry = old.get(key) ?? make()
      if (young.size >= half) {
        old = young
        young = new Map()
      }
      young.set(key, entry)
      return entry
    },
    peek: (key) => young.get(key) ?? old.get(key),
  }
}
