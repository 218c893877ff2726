/** How rules write moments into evidence: ISO 8601, UTC, whatever the number. */

/** `never` for a moment no calendar has (an unbounded end). */
export function isoMoment(at: number): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : 'never'
}
