/** How many requests may be on their way, and how many to one host: whatever mail claims, nobody's server is flooded. */

export interface GateLimits {
  /** At the same time. */
  readonly total: number
  readonly perHost: number
  /** Waiting for their turn; beyond it a request is not taken. */
  readonly waiting: number
  /** To one host in any minute. */
  readonly perHostAndMinute: number
}

export const DEFAULT_GATE: GateLimits = { total: 20, perHost: 2, waiting: 1_000, perHostAndMinute: 60 }

export interface HostGate {
  /** Resolves with a function that gives the place back; with undefined where there is none. */
  enter(host: string): Promise<(() => void) | undefined>
}

const MOST_HOSTS_REMEMBERED = 1_000
const MINUTE = 60_000

interface Waiting {
  readonly host: string
  readonly admit: () => void
}

export function createHostGate(limits: GateLimits, now: () => number): HostGate {
  const running = new Map<string, number>()
  /** Starts of the last minute by host, oldest first. */
  const started = new Map<string, number[]>()
  const queue: Waiting[] = []
  let total = 0

  const isFree = (host: string): boolean => total < limits.total && (running.get(host) ?? 0) < limits.perHost

  function mayStart(host: string): boolean {
    const since = now() - MINUTE
    const recent = (started.get(host) ?? []).filter((at) => at > since)
    if (recent.length >= limits.perHostAndMinute) return false
    started.delete(host)
    if (started.size >= MOST_HOSTS_REMEMBERED) started.delete(started.keys().next().value!)
    started.set(host, [...recent, now()])
    return true
  }

  function take(host: string): () => void {
    total++
    running.set(host, (running.get(host) ?? 0) + 1)
    let given = false
    return () => {
      if (given) return
      given = true
      total--
      const left = (running.get(host) ?? 1) - 1
      if (left === 0) running.delete(host)
      else running.set(host, left)
      const next = queue.findIndex((waiting) => isFree(waiting.host))
      if (next >= 0) queue.splice(next, 1)[0]!.admit()
    }
  }

  return {
    async enter(host) {
      if (!isFree(host) && queue.length >= limits.waiting) return undefined
      if (!mayStart(host)) return undefined
      if (isFree(host)) return take(host)
      return new Promise((resolve) => queue.push({ host, admit: () => resolve(take(host)) }))
    },
  }
}
