/** What the person has said to being written to: at the time of a decision, and by today. It is told before anything else. */
import { isLive } from '../domain/consent-record.js'
import type { DecisionEntry } from '../domain/journal-entry.js'
import type { Objection } from '../domain/objection.js'
import type { RecordOnFile } from '../domain/registry.js'
import type { Evidence } from '../domain/verdict.js'
import { REASONS, STATUSES } from '../words/record-words.js'
import { OPPOSED, TODAY } from './story-words.js'
import type { Teller } from './teller.js'

/** What the registry says of the person now, which may be long after the decision. */
export interface Today {
  /** Those that keep the router from writing to the person for the advertiser. */
  readonly objections: readonly Objection[]
  /** The newest version of each record the advertiser holds. */
  readonly records: readonly RecordOnFile['record'][]
  /** False where objections may be on file that are not found by what the journal keeps of the person. */
  readonly isWhole: boolean
}

export function opposedThen(teller: Teller, { findings }: DecisionEntry): string[] {
  return findings.flatMap(({ rule, outcome, detail, evidence }) => {
    const words = OPPOSED[`${rule} ${textOf(evidence, 'of') || detail}`] ?? OPPOSED[rule]
    if (outcome !== 'fail' || words === undefined) return []
    return teller.tell(words, {
      since: teller.moment(textOf(evidence, 'since')),
      reason: teller.name(REASONS, textOf(evidence, 'reason')),
    })
  })
}

function textOf(evidence: Evidence, name: string): string {
  const value = evidence[name]
  return typeof value === 'string' ? value : ''
}

/** What is so today, whether it came after the decision or was entered late; a person who has come back since has not objected. */
export function opposedToday(teller: Teller, decision: DecisionEntry, today: Today | undefined): string[] {
  if (today === undefined) return []
  const { objections, records } = today
  const record = records.find(({ id }) => id === decision.recordId)
  const isToldAlready = opposedThen(teller, decision).length > 0
  const hasComeBack = ({ at }: Objection): boolean =>
    records.some((one) => isLive(one) && one.givenAt !== undefined && one.givenAt > at)
  const standing = objections.filter(
    (objection) => !hasComeBack(objection) && (!isToldAlready || objection.at > decision.at),
  )
  const last = standing.toSorted((one, other) => other.at - one.at)[0]
  const lines: string[] = []
  if (last !== undefined)
    lines.push(teller.tell(TODAY.objected, { at: teller.moment(last.at), reason: teller.name(REASONS, last.reason) }))
  else if (!today.isWhole && decision.verdict === 'permit') lines.push(teller.tell(TODAY.inPart))
  if (record === undefined || record.version === decision.recordVersion) return lines
  const { version, restricted, createdAt, status } = record
  const at = teller.moment(createdAt)
  if (!isLive(record)) lines.push(teller.tell(TODAY.ended, { version, at, status: teller.name(STATUSES, status) }))
  if (restricted === true) lines.push(teller.tell(TODAY.restricted, { at }))
  return lines
}
