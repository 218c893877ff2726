/** The judgement where nobody said for whom the message is. */
import type { Judgement } from '../domain/verdict.js'

const RULE = 'ADVERTISER-UNDECLARED'
const DETAIL = 'nobody_declared'
const GROUND = { rule: RULE, detail: DETAIL, evidence: {}, undecided: true } as const

/**
 * For whom a message is sent decides which consents count. Where nobody said, no recipient can be judged, and no mode of the
 * policy turns that into a permit (promise I3).
 */
export const UNDECIDED: Judgement = {
  verdict: { kind: 'defer', ground: GROUND, grounds: [GROUND] },
  would: 'defer',
  findings: [{ rule: RULE, finding: { outcome: 'unknown', cause: DETAIL }, action: 'reject', mode: 'enforce' }],
  basis: undefined,
}
