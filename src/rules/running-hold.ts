/** Which suspension is in force (GDPR art. 33-34, 58(2)). */
import type { Hold } from '../domain/party.js'
import type { SenderFacts } from './rule.js'

/** The first hold that runs at this moment and concerns what is at hand. */
export function runningHold(
  { site, now }: Pick<SenderFacts, 'site' | 'now'>,
  concerns: (hold: Hold) => boolean,
): Hold | undefined {
  return site.holds.find((hold) => isRunning(hold, now) && concerns(hold))
}

function isRunning({ from, until }: Hold, now: number): boolean {
  return from <= now && (until === undefined || now < until)
}
