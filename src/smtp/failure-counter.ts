/** Counts failures by key within a window that starts with the first of them; bounded, the oldest window makes room. */
export class FailureCounter {
  readonly #windows = new Map<string, { count: number; readonly endsAt: number }>()

  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    private readonly maxKeys = 10_000,
  ) {}

  add(key: string, now: number): void {
    const known = this.#windows.get(key)
    if (known && known.endsAt > now) {
      known.count++
      return
    }
    // Deleted first so that a new window takes its place at the end of the order.
    this.#windows.delete(key)
    if (this.#windows.size >= this.maxKeys) this.#forgetOldest()
    this.#windows.set(key, { count: 1, endsAt: now + this.windowMs })
  }

  exceeded(key: string, now: number): boolean {
    const known = this.#windows.get(key)
    return known !== undefined && known.endsAt > now && known.count >= this.most
  }

  #forgetOldest(): void {
    const oldest = this.#windows.keys().next()
    if (!oldest.done) this.#windows.delete(oldest.value)
  }
}
