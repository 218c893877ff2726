/**
 * Looks whether the upstream can be reached, at the start and as long as it cannot: readiness must come back by itself,
 * because a relay that is not ready is sent no mail on which it could notice.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Upstream } from './upstream.js'

export interface WatchLimits {
  /** How long the start waits for the first answer, milliseconds: a silent upstream must not keep clients from reading 451. */
  readonly firstMs: number
  /** Pause between two attempts while there is no answer, milliseconds. */
  readonly everyMs: number
}

const DEFAULT_WATCH: WatchLimits = { firstMs: 2_000, everyMs: 5_000 }

export interface UpstreamWatch {
  stop(): void
}

/** Resolves once the upstream was reached or could not be, or has kept silent for `firstMs`. */
export async function watchUpstream(upstream: Upstream, limits: WatchLimits = DEFAULT_WATCH): Promise<UpstreamWatch> {
  let asking = false

  async function ask(): Promise<void> {
    asking = true
    await upstream.probe()
    asking = false
  }

  const timer = setInterval(() => {
    if (!asking && upstream.status().reachable !== true) void ask()
  }, limits.everyMs)
  timer.unref()
  await Promise.race([ask(), pause(limits.firstMs, undefined, { ref: false })])
  return { stop: () => clearInterval(timer) }
}
