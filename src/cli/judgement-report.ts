/** A judgement as a person wants to read it: the verdict first, then each rule and why, with the words that decided. */
import type { Finding, Judgement, RuleFinding, Verdict } from '../domain/verdict.js'
import { precedenceOf, ruleOf } from '../rules/catalogue.js'
import { type Bilingual, type Terminal, styled } from './terminal.js'

const VERDICTS: Readonly<Record<Verdict['kind'], Bilingual>> = {
  permit: { en: 'PERMIT', fr: 'PERMIS' },
  refuse: { en: 'REFUSE', fr: 'REFUSÉ' },
  defer: { en: 'CANNOT TELL', fr: 'INDÉCIDABLE' },
}

const OUTCOMES: Readonly<Record<Finding['outcome'], Bilingual>> = {
  fail: { en: 'fail', fr: 'échec' },
  unknown: { en: 'unknown', fr: 'inconnu' },
  pass: { en: 'pass', fr: 'respecté' },
  skip: { en: 'skipped', fr: 'sans objet' },
}

const ORDER: readonly Finding['outcome'][] = ['fail', 'unknown', 'pass', 'skip']

export function reportJudgement(terminal: Terminal, heading: string, judgement: Judgement): void {
  const { verdict, would, basis } = judgement
  terminal.print(`${styled(terminal, verdictStyle(verdict.kind), terminal.say(VERDICTS[verdict.kind]))}  ${heading}`)
  if (verdict.kind !== 'permit')
    terminal.print(`  ${verdict.ground.rule}: ${ruleOf(verdict.ground.rule)[terminal.language].title}`)
  if (would !== verdict.kind) {
    terminal.print(
      `  ${terminal.say({ en: 'enforced, it would be', fr: 'appliqué, ce serait' })} ${terminal.say(VERDICTS[would])}`,
    )
  }
  if (basis !== undefined) {
    const due =
      basis.clock && `, ${terminal.say({ en: 'until', fr: "jusqu'au" })} ${new Date(basis.clock.dueAt).toISOString()}`
    const rests = terminal.say({ en: 'rests on record', fr: "repose sur l'enregistrement" })
    terminal.print(`  ${rests} ${basis.recordId} v${basis.recordVersion} (${basis.legalBasis})${due ?? ''}`)
  }
  for (const found of [...judgement.findings].sort(byOutcome)) reportFinding(terminal, found)
}

function reportFinding(terminal: Terminal, { rule, finding, action, mode }: RuleFinding): void {
  const row = ruleOf(rule)
  const outcome = terminal.say(OUTCOMES[finding.outcome]).padEnd(10)
  const line = `  ${styled(terminal, outcomeStyle(finding.outcome), outcome)} ${rule.padEnd(22)} ${row[terminal.language].title}`
  terminal.print(finding.outcome === 'skip' ? styled(terminal, 'faint', line) : line)
  if (finding.outcome !== 'fail' && finding.outcome !== 'unknown') return
  const indent = ' '.repeat(13)
  terminal.print(`${indent}${finding.outcome === 'fail' ? finding.detail : finding.cause} (${action}, ${mode})`)
  if (finding.outcome === 'fail' && finding.quote !== undefined) terminal.print(`${indent}« ${finding.quote} »`)
  terminal.print(`${indent}${terminal.say({ en: 'Law:', fr: 'Texte :' })} ${row.sources.join('; ')}`)
  terminal.print(`${indent}${terminal.say({ en: 'What to do:', fr: 'Que faire :' })} ${row[terminal.language].remedy}`)
}

function byOutcome(one: RuleFinding, other: RuleFinding): number {
  const outcome = ORDER.indexOf(one.finding.outcome) - ORDER.indexOf(other.finding.outcome)
  return outcome === 0 ? precedenceOf(one.rule) - precedenceOf(other.rule) : outcome
}

function verdictStyle(kind: Verdict['kind']) {
  return kind === 'permit' ? 'good' : kind === 'refuse' ? 'bad' : 'doubt'
}

function outcomeStyle(outcome: Finding['outcome']) {
  return outcome === 'fail' ? 'bad' : outcome === 'unknown' ? 'doubt' : outcome === 'pass' ? 'good' : 'faint'
}
