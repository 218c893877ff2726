/** The figures of a pack: what was decided and what became of it, by rule, router, class and source. */
import type { CertificateEntry, DecisionEntry, JournalEntry, OutcomeEntry } from '../domain/journal-entry.js'

type Verdict = DecisionEntry['verdict']

export type VerdictCounts = Record<Verdict, number>

export interface Figures {
  /** Of each recipient the last decision; those at RCPT that a later one at DATA took up are not counted twice. */
  readonly verdicts: VerdictCounts
  /** Let through although the rules said no: observe and warn. */
  readonly wouldRefuse: number
  /** By status; `none` where a permitted message has no outcome. */
  readonly outcomes: ReadonlyMap<OutcomeEntry['status'] | 'none', number>
  /** The rule that decided. */
  readonly byRule: ReadonlyMap<string, VerdictCounts>
  readonly byRouter: ReadonlyMap<string, VerdictCounts>
  readonly byClass: ReadonlyMap<string, VerdictCounts>
  /** Where the address came from, as the record says. */
  readonly bySource: ReadonlyMap<string, VerdictCounts>
  readonly certificates: ReadonlyMap<string, number>
  readonly erased: number
  readonly decisions: number
}

export interface FigureCounter {
  add(entry: JournalEntry, erased: boolean): void
  /** @param source as the record says, or why nobody knows */
  addSource(decision: DecisionEntry, source: string): void
  figures(): Figures
}

export function countFigures(): FigureCounter {
  const byRule = new Map<string, VerdictCounts>()
  const byRouter = new Map<string, VerdictCounts>()
  const byClass = new Map<string, VerdictCounts>()
  const bySource = new Map<string, VerdictCounts>()
  const certificates = new Map<string, number>()
  const verdicts = noVerdicts()
  const outcomes = new Map<OutcomeEntry['status'] | 'none', number>()
  const totals = { decisions: 0, wouldRefuse: 0, permits: 0, answered: 0, erased: 0 }

  function addDecision(decision: DecisionEntry): void {
    totals.decisions += 1
    if (!isFinal(decision)) return
    verdicts[decision.verdict] += 1
    if (decision.verdict === 'permit') totals.permits += 1
    if (decision.verdict === 'permit' && decision.would !== 'permit') totals.wouldRefuse += 1
    if (decision.rule !== '') count(byRule, decision.rule, decision.verdict)
    count(byRouter, decision.router, decision.verdict)
    count(byClass, decision.messageClass, decision.verdict)
  }

  return {
    add(entry, erased) {
      if (erased) totals.erased += 1
      if (entry.kind === 'decision') addDecision(entry)
      if (entry.kind === 'outcome') {
        outcomes.set(entry.status, (outcomes.get(entry.status) ?? 0) + 1)
        if (entry.status !== 'dropped') totals.answered += 1
      }
      if (entry.kind === 'certificate') {
        const { certifies }: CertificateEntry = entry
        certificates.set(certifies, (certificates.get(certifies) ?? 0) + 1)
      }
    },
    addSource(decision, source) {
      if (isFinal(decision)) count(bySource, source, decision.verdict)
    },
    figures: () => ({
      verdicts,
      wouldRefuse: totals.wouldRefuse,
      outcomes: new Map(outcomes).set('none', Math.max(totals.permits - totals.answered, 0)),
      byRule,
      byRouter,
      byClass,
      bySource,
      certificates,
      erased: totals.erased,
      decisions: totals.decisions,
    }),
  }
}

/** A permit before the message was read is followed by the decision about the message. */
export function isFinal({ verdict, stage }: DecisionEntry): boolean {
  return verdict !== 'permit' || stage === 'data'
}

function count(counts: Map<string, VerdictCounts>, name: string, verdict: Verdict): void {
  const known = counts.get(name) ?? noVerdicts()
  known[verdict] += 1
  counts.set(name, known)
}

function noVerdicts(): VerdictCounts {
  return { permit: 0, refuse: 0, defer: 0 }
}
