/**
 * How long a client that sends its message has kept us waiting, beyond what its octets are worth. As Postfix counts it for
 * `smtpd_per_request_deadline` and `smtpd_min_data_rate`: time spent waiting is owed, octets pay it back, and more than the
 * whole patience cannot be saved up. Time in which we do not read, because the disk or room is waited for, costs nothing.
 *
 * Moments are of `performance.now()`.
 */

/** Octets a second at which a client keeps up: the one of Postfix, with which a slow line of old does. */
const KEEPS_UP = 500

export class Pace {
  /** Milliseconds that were waited and not paid for. */
  #owed = 0
  /** Since when the client is waited for; undefined while octets of its are dealt with. */
  #since: number | undefined

  /** What came before is dealt with: the client is waited for. */
  awaited(now: number): void {
    this.#since = now
  }

  heard(octets: number, now: number): void {
    this.#owed = Math.max(0, this.owed(now) - (octets / KEEPS_UP) * 1_000)
    this.#since = undefined
  }

  /** Milliseconds. */
  owed(now: number): number {
    return this.#owed + this.silence(now)
  }

  /** How long the client has been waited for without an octet, milliseconds. */
  silence(now: number): number {
    return this.#since === undefined ? 0 : now - this.#since
  }
}
