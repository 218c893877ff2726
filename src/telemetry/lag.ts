/** How late this process is for its own appointments: the sign that it has more to do than it can. */

const EVERY_MS = 250

export interface LagMeter {
  /** Milliseconds; at least how late the next appointment already is. */
  lagMs(): number
  stop(): void
}

export function measureLag(everyMs = EVERY_MS): LagMeter {
  let due = performance.now() + everyMs
  let last = 0
  const timer = setInterval(() => {
    last = Math.max(0, performance.now() - due)
    due = performance.now() + everyMs
  }, everyMs)
  timer.unref()
  return {
    lagMs: () => Math.max(last, performance.now() - due),
    stop: () => clearInterval(timer),
  }
}
