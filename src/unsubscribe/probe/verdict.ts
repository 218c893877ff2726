/** What a probe found out about a template. */
import type { FetchFailure, FetchFault } from '../../fetch/fetch-result.js'
import type { LinkAssurance } from '../../domain/unsubscribe-link.js'
import type { Obstacle } from './obstacles.js'

export type Verdict =
  | {
      readonly kind: 'alive'
      readonly assurance: LinkAssurance
      readonly obstacle: Obstacle | undefined
      /** The host answers everything alike: that it serves this page could not be told from that it serves any page. */
      readonly indistinct: boolean
    }
  /** `detail` is a stable code. */
  | { readonly kind: 'dead'; readonly detail: string }
  | { readonly kind: 'inconclusive'; readonly detail: string }

export const alive = (over: Partial<Verdict & { kind: 'alive' }> = {}): Verdict => ({
  kind: 'alive',
  assurance: 2,
  obstacle: undefined,
  indistinct: false,
  ...over,
})
export const dead = (detail: string): Verdict => ({ kind: 'dead', detail })
export const inconclusive = (detail: string): Verdict => ({ kind: 'inconclusive', detail })

/** Faults that are an answer: the host is not there, or nobody's program would talk to it. All others are not known. */
const DEADLY: ReadonlySet<FetchFault> = new Set([
  'url',
  'forbidden',
  'no_host',
  'refused',
  'certificate',
  'redirect_loop',
  'downgrade',
])

/** Whether the fault befell the link itself or something it was sent on to. */
export function verdictOnFailure({ fault, hops }: FetchFailure): Verdict {
  const detail = hops.length > 1 && !fault.includes('redirect') && fault !== 'downgrade' ? `redirect_${fault}` : fault
  return DEADLY.has(fault) ? dead(detail) : inconclusive(detail)
}
