/** Whether the clock of a record has run out: shared by the rules on prospects, customers and generic addresses. */
import { daysLater } from '../domain/paris-time.js'
import type { RetentionClock } from '../domain/retention.js'
import type { Finding } from '../domain/verdict.js'
import { isoMoment } from './moment.js'
import { PASS, type RecordFacts } from './rule.js'

/** Days after the end in which one question may still be asked, where the policy admits it at all. */
export const DAYS_TO_ASK = 30

/** A message that asks to stay, in the days after the end: whether it may is for REPERMISSION-ONCE. */
export function isLateQuestion({ now, messageClass, policy }: RecordFacts, { dueAt }: RetentionClock): boolean {
  return (
    messageClass === 'repermission' &&
    policy.retention.repermissionAfterExpiry &&
    now >= dueAt &&
    now < daysLater(dueAt, DAYS_TO_ASK)
  )
}

export function judgeDue(facts: RecordFacts, clock: RetentionClock): Finding {
  const { startedAt, startedBy, dueAt } = clock
  if (facts.now < dueAt || isLateQuestion(facts, clock)) return PASS
  const evidence = { started: isoMoment(startedAt), startedBy, due: isoMoment(dueAt) }
  return { outcome: 'fail', detail: 'past_due', evidence }
}
