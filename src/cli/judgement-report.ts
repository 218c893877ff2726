/**
 * A judgement as a person wants to read it: the verdict first, then what stands against it, with the words that decided, the
 * law and what to do; then every other rule by what became of it.
 */
import type { Policy } from '../domain/policy.js'
import {
  type Evidence,
  type Finding,
  type Judgement,
  NOT_APPLICABLE,
  type RuleFinding,
  type Verdict,
  loosenedIn,
} from '../domain/verdict.js'
import { precedenceOf, ruleOf } from '../rules/catalogue.js'
import { type Bilingual, type Terminal, styled } from './terminal.js'

const VERDICTS: Readonly<Record<Verdict['kind'], Bilingual>> = {
  permit: { en: 'PERMIT', fr: 'PERMIS' },
  refuse: { en: 'REFUSE', fr: 'REFUSÉ' },
  defer: { en: 'CANNOT TELL', fr: 'INDÉCIDABLE' },
}

/** What became of a rule, in the order a reader wants it. */
type Section = 'against' | 'unknown' | 'warning' | 'pass' | 'skip'

const HEADINGS: Readonly<Record<Section, Bilingual>> = {
  against: { en: 'What stands against it', fr: 'Ce qui s’y oppose' },
  unknown: { en: 'What could not be established', fr: 'Ce qui n’a pu être établi' },
  warning: { en: 'Warnings', fr: 'Avertissements' },
  pass: { en: 'Checked, no fault of this kind', fr: 'Vérifié, sans ce défaut' },
  skip: { en: 'Skipped', fr: 'Sans objet' },
}

const OUTCOMES: Readonly<Record<Section, Bilingual>> = {
  against: { en: 'fail', fr: 'échec' },
  unknown: { en: 'unknown', fr: 'inconnu' },
  warning: { en: 'warning', fr: 'avis' },
  pass: { en: 'pass', fr: 'respecté' },
  skip: { en: 'skipped', fr: 'sans objet' },
}

const STYLES = { against: 'bad', unknown: 'doubt', warning: 'doubt', pass: 'good', skip: 'faint' } as const

const SECTIONS: readonly Section[] = ['against', 'unknown', 'warning', 'pass', 'skip']

/** Why a rule was skipped; other causes are shown as they are. */
const WHY_SKIPPED: Readonly<Record<string, Bilingual>> = {
  [NOT_APPLICABLE]: { en: 'not for a message of this kind', fr: 'pas pour un message de ce genre' },
  off: { en: 'switched off in the policy', fr: 'désactivée par la politique' },
}

const LONGEST_QUOTE = 160
const INDENT = ' '.repeat(13)

/** @param matter what was judged, one line */
export function reportJudgement(
  terminal: Terminal,
  heading: string,
  judgement: Judgement,
  matter: string,
  loosened: Policy['loosened'],
): void {
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
  terminal.print(`  ${matter}`)
  reportLoosened(terminal, judgement, loosened)
  for (const section of SECTIONS) {
    const found = judgement.findings.filter((one) => sectionOf(one) === section).sort(byPrecedence)
    if (found.length === 0) continue
    terminal.print(`\n  ${styled(terminal, 'strong', terminal.say(HEADINGS[section]))} (${found.length})`)
    for (const one of found) reportFinding(terminal, section, one)
  }
}

/** Whoever reads the verdict sees what made it milder than it would be by default, and who answers for that. */
function reportLoosened(terminal: Terminal, { findings }: Judgement, loosened: Policy['loosened']): void {
  const rulesOf = loosenedIn(
    findings.map(({ rule, finding }) => ({ rule, evidence: 'evidence' in finding ? finding.evidence : undefined })),
  )
  if (rulesOf.size === 0) return
  const heading = terminal.say({ en: 'Looser than the default', fr: 'Plus souple que le défaut' })
  terminal.print(`\n  ${styled(terminal, 'strong', heading)} (${rulesOf.size})`)
  for (const [setting, rules] of rulesOf) {
    terminal.print(`  ${styled(terminal, 'doubt', setting)}: ${[...rules].join(', ')}`)
    const why = loosened.get(setting)
    if (why === undefined) continue
    const day = new Date(why.on).toLocaleDateString('en-CA', { timeZone: 'Europe/Paris' })
    terminal.print(`${INDENT}${quoted(terminal, why.reason)} (${printable(why.by)}, ${day})`)
  }
}

function sectionOf({ finding, action }: RuleFinding): Section {
  if (finding.outcome !== 'fail') return finding.outcome
  return action === 'warn' || action === 'off' ? 'warning' : 'against'
}

function reportFinding(terminal: Terminal, section: Section, { rule, finding, action, mode }: RuleFinding): void {
  const { sources, [terminal.language]: words } = ruleOf(rule)
  const outcome = terminal.say(OUTCOMES[section]).padEnd(10)
  const line = `${styled(terminal, STYLES[section], outcome)} ${rule.padEnd(24)} ${words.title}${reasonToSkip(terminal, finding)}`
  terminal.print(`  ${section === 'skip' ? styled(terminal, 'faint', line) : line}`)
  if (finding.outcome === 'skip') return
  if (finding.outcome === 'unknown') terminal.print(`${INDENT}${finding.cause} (${action}, ${mode})`)
  if (finding.outcome === 'fail')
    terminal.print(`${INDENT}${finding.detail}${factsIn(finding.evidence)} (${action}, ${mode})`)
  if (finding.outcome !== 'unknown' && finding.quote !== undefined)
    terminal.print(`${INDENT}${quoted(terminal, finding.quote)}`)
  if (section === 'pass') return
  terminal.print(`${INDENT}${terminal.say({ en: 'Law:', fr: 'Texte :' })} ${sources.join('; ')}`)
  if (section === 'against') terminal.print(`${INDENT}${words.law}`)
  terminal.print(`${INDENT}${terminal.say({ en: 'What to do:', fr: 'Que faire :' })} ${words.remedy}`)
}

function reasonToSkip(terminal: Terminal, finding: Finding): string {
  if (finding.outcome !== 'skip') return ''
  const why = WHY_SKIPPED[finding.why]
  return `: ${why === undefined ? finding.why : terminal.say(why)}`
}

function factsIn(evidence: Evidence = {}): string {
  const facts = Object.entries(evidence)
    .filter(([name, value]) => name !== 'loosened' && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`)
  return facts.length === 0 ? '' : `: ${facts.join('; ')}`
}

/** Words of a message may hold anything: control characters would reach the terminal. */
function printable(words: string): string {
  return words.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
}

export function quoted(terminal: Terminal, words: string): string {
  const line = printable(words)
  const short = line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line
  return terminal.say({ en: `“${short}”`, fr: `« ${short} »` })
}

function byPrecedence(one: RuleFinding, other: RuleFinding): number {
  return precedenceOf(one.rule) - precedenceOf(other.rule)
}

function verdictStyle(kind: Verdict['kind']) {
  return kind === 'permit' ? 'good' : kind === 'refuse' ? 'bad' : 'doubt'
}
