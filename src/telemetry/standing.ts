/**
 * A trouble that lasts, as it is told in a log: when it begins, whenever something else is wrong as well, then after pauses
 * that double up to a quarter of an hour, and when it is over. Who looks at night finds it there, and no disk fills up with it.
 */

export interface Standing {
  /** Wall clock, milliseconds since the epoch. */
  readonly since: number
  /** How often it was met since then. */
  readonly times: number
}

const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 15 * 60_000

export class StandingTrouble {
  #standing: Standing | undefined
  #told = new Set<string>()
  #pauseMs = FIRST_PAUSE_MS
  #nextAt = 0

  /** @param monotonic milliseconds that no clock setting moves */
  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /**
   * @param kind what is wrong; another kind is told at once
   * @returns what to tell; undefined while it was told a short time ago
   */
  met(kind: string): Standing | undefined {
    const { since, times } = this.#standing ?? { since: Date.now(), times: 0 }
    this.#standing = { since, times: times + 1 }
    const now = this.monotonic()
    if (times === 0) this.#nextAt = now + this.#pauseMs
    else if (now >= this.#nextAt) {
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
      this.#nextAt = now + this.#pauseMs
    } else if (this.#told.has(kind)) return undefined
    this.#told.add(kind)
    return this.#standing
  }

  /** @returns what is over; undefined where nothing was wrong */
  over(): Standing | undefined {
    const standing = this.#standing
    this.#standing = undefined
    this.#told.clear()
    this.#pauseMs = FIRST_PAUSE_MS
    return standing
  }
}

/** Its fields in a line; none of the first time, which says nothing that the line does not. */
export function standingFields(standing: Standing | undefined): { readonly since?: string; readonly times?: number } {
  if (standing === undefined || standing.times === 1) return {}
  return { since: new Date(standing.since).toISOString(), times: standing.times }
}
