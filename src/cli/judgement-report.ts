/**
 * A judgement as a person wants to read it: the verdict first, then what stands against it, with the words that decided, the
 * law and what to do; then every other rule by what became of it.
 */
import type { Policy } from '../domain/policy.js'
import { type Finding, type Judgement, type RuleFinding, type Verdict, loosenedIn } from '../domain/verdict.js'
import { precedenceOf, ruleOf } from '../rules/catalogue.js'
import { ACTIONS, MODES } from '../words/decision-words.js'
import { factsIn } from '../words/fact-words.js'
import { findingIn } from '../words/finding-words.js'
import {
  type Bilingual,
  COLON,
  type Language,
  listed,
  quotedIn,
  said,
  SEMICOLON,
  typesetIn,
  wordFor,
} from '../words/language.js'
import { lawIn } from '../words/law-words.js'
import { momentsIn } from '../words/moments.js'
import { BASES, CLOCK_STARTS } from '../words/record-words.js'
import { type Terminal, styled } from './terminal.js'

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

const FAULTS: readonly Section[] = ['against', 'unknown', 'warning']
const SECTIONS: readonly Section[] = [...FAULTS, 'pass', 'skip']

const RESTS: Bilingual = {
  en: 'rests on record {id}, version {version} ({basis})',
  fr: 'repose sur la fiche {id}, version {version} ({basis})',
}
const JUDGED: Bilingual = {
  en: 'judged by record {id}, version {version} ({basis})',
  fr: 'jugé d’après la fiche {id}, version {version} ({basis})',
}
const CLOCK: Bilingual = {
  en: 'retention: until {until} (counted from: {event})',
  fr: 'conservation : jusqu’au {until} (point de départ : {event})',
}
const MODE: Bilingual = { en: 'mode: {mode}', fr: 'mode : {mode}' }

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
  const { language } = terminal
  terminal.print(`${styled(terminal, verdictStyle(verdict.kind), terminal.say(VERDICTS[verdict.kind]))}  ${heading}`)
  if (verdict.kind !== 'permit')
    terminal.print(`  ${verdict.ground.rule}${COLON[language]}${titleOf(language, verdict.ground.rule)}`)
  if (would !== verdict.kind) {
    terminal.print(
      `  ${terminal.say({ en: 'enforced, it would be', fr: 'appliqué, ce serait' })} ${terminal.say(VERDICTS[would])}`,
    )
  }
  if (basis !== undefined) {
    const { recordId, recordVersion, legalBasis, clock } = basis
    const record = { id: recordId, version: String(recordVersion), basis: wordFor(language, BASES, legalBasis) }
    terminal.print(`  ${said(language, verdict.kind === 'permit' ? RESTS : JUDGED, record)}`)
    if (clock) {
      const until = momentsIn(language).moment(clock.dueAt)
      const event = wordFor(language, CLOCK_STARTS, clock.startedBy)
      terminal.print(`  ${said(language, CLOCK, { until, event })}`)
    }
  }
  terminal.print(`  ${matter}`)
  reportLoosened(terminal, judgement, loosened)
  reportSections(terminal, judgement, SECTIONS)
}

/** What stands against it, what is unknown and what is a warning, each with the law and what to do; not what was passed. */
export function reportFaults(terminal: Terminal, judgement: Judgement): void {
  reportSections(terminal, judgement, FAULTS)
}

function reportSections(terminal: Terminal, { findings }: Judgement, sections: readonly Section[]): void {
  for (const section of sections) {
    const found = findings.filter((one) => sectionOf(one) === section).sort(byPrecedence)
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
    terminal.print(`  ${styled(terminal, 'doubt', setting)}${COLON[terminal.language]}${[...rules].join(', ')}`)
    const why = loosened.get(setting)
    if (why === undefined) continue
    const day = momentsIn(terminal.language).day(why.on)
    terminal.print(`${INDENT}${quoted(terminal, why.reason)} (${printable(why.by)}, ${day})`)
  }
}

function sectionOf({ finding, action }: RuleFinding): Section {
  if (finding.outcome !== 'fail') return finding.outcome
  return action === 'warn' || action === 'off' ? 'warning' : 'against'
}

function reportFinding(terminal: Terminal, section: Section, { rule, finding, action, mode }: RuleFinding): void {
  const { language } = terminal
  const { sources, [language]: words } = ruleOf(rule)
  const outcome = terminal.say(OUTCOMES[section]).padEnd(10)
  const line = `${styled(terminal, STYLES[section], outcome)} ${rule.padEnd(24)} ${titleOf(language, rule)}${reasonToSkip(language, rule, finding)}`
  terminal.print(`  ${section === 'skip' ? styled(terminal, 'faint', line) : line}`)
  if (finding.outcome === 'skip') return
  const applied = `(${wordFor(language, ACTIONS, action)}, ${said(language, MODE, { mode: wordFor(language, MODES, mode) })})`
  if (finding.outcome === 'unknown') terminal.print(`${INDENT}${findingIn(language, rule, finding.cause)} ${applied}`)
  if (finding.outcome === 'fail') {
    const found = [findingIn(language, rule, finding.detail), factsIn(language, finding.evidence, rule)]
    terminal.print(`${INDENT}${listed(found, SEMICOLON[language])} ${applied}`)
  }
  if (finding.outcome !== 'unknown' && finding.quote !== undefined)
    terminal.print(`${INDENT}${quoted(terminal, finding.quote)}`)
  if (section === 'pass') return
  const laws = sources.map((source) => lawIn(language, source))
  terminal.print(`${INDENT}${terminal.say({ en: 'Law:', fr: 'Texte :' })} ${laws.join(SEMICOLON[language])}`)
  if (section === 'against') terminal.print(`${INDENT}${typesetIn(language, words.law)}`)
  terminal.print(
    `${INDENT}${terminal.say({ en: 'What to do:', fr: 'Que faire :' })} ${typesetIn(language, words.remedy)}`,
  )
}

function titleOf(language: Language, rule: string): string {
  return typesetIn(language, ruleOf(rule)[language].title)
}

function reasonToSkip(language: Language, rule: string, finding: Finding): string {
  return finding.outcome === 'skip' ? `${COLON[language]}${findingIn(language, rule, finding.why)}` : ''
}

/** Words of a message may hold anything: control characters would reach the terminal. */
function printable(words: string): string {
  return words.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
}

export function quoted(terminal: Terminal, words: string): string {
  const line = printable(words)
  const short = line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line
  return quotedIn(terminal.language, short)
}

function byPrecedence(one: RuleFinding, other: RuleFinding): number {
  return precedenceOf(one.rule) - precedenceOf(other.rule)
}

export function verdictStyle(kind: Verdict['kind']) {
  return kind === 'permit' ? 'good' : kind === 'refuse' ? 'bad' : 'doubt'
}
