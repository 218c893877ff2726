/**
 * How the findings of the rules become one verdict. Refuse goes before defer, defer before permit; the ground that is
 * answered is the failed rule that stands first in the catalogue, and every other ground is kept behind it.
 *
 * What a rule cannot establish is a deferral in every mode, and so is a rule that throws (promise I3). The modes observe and
 * warn let a failure pass and say in `would` what it would have been.
 */
import type { Channel } from '../domain/consent-record.js'
import type { RecordOnFile } from '../domain/registry.js'
import { retentionClock } from '../domain/retention.js'
import type { Basis, Evidence, Finding, Ground, Judgement, RuleFinding, Verdict } from '../domain/verdict.js'
import { candidateRecords } from './admissible-basis.js'
import { CATALOGUE, precedenceOf } from './catalogue.js'
import type { RuleDescription } from './description.js'
import { enforcementOf, isOff, loosenedFor, OFF } from './enforcement.js'
import { rcptLimit } from './recipient/rcpt-limit.js'
import {
  NOT_APPLICABLE,
  type AddressedFacts,
  type AddressedRule,
  type LinkFacts,
  type LinkRule,
  type MessageRule,
  type MessageRuleFacts,
  type PositionFacts,
  type PositionRule,
  type RecipientFacts,
  type RecipientRule,
  type RecordFacts,
  type RecordRule,
  type Rule,
  type SenderFacts,
  type SenderRule,
  type SenderRuleFacts,
} from './rule.js'

/** Rules by what they are asked about. */
export interface RuleSet {
  readonly sender: readonly SenderRule[]
  readonly recipient: readonly RecipientRule[]
  readonly record: readonly RecordRule[]
  readonly message: readonly MessageRule[]
  readonly link: readonly LinkRule[]
  readonly addressed: readonly AddressedRule[]
}

export function ruleSet(rules: readonly Rule[]): RuleSet {
  return {
    sender: rules.filter((rule) => rule.scope === 'sender'),
    recipient: rules.filter((rule) => rule.scope === 'recipient'),
    record: rules.filter((rule) => rule.scope === 'record'),
    message: rules.filter((rule) => rule.scope === 'message'),
    link: rules.filter((rule) => rule.scope === 'link'),
    addressed: rules.filter((rule) => rule.scope === 'addressed'),
  }
}

const ALL_RULES = ruleSet(CATALOGUE)

/** Who sends, for whom, under which contract. */
export function judgeSender(facts: SenderRuleFacts, rules: RuleSet = ALL_RULES): Judgement {
  return settle(judgeAll(rules.sender, facts))
}

/**
 * One recipient: what is known of the person, then each record that may authorise the message. The first record that passes
 * every rule becomes the basis; where none does, what failed in all of them counts.
 */
export function judgeRecipient(facts: RecipientFacts, rules: RuleSet = ALL_RULES): Judgement {
  const person = settle(judgeAll(rules.recipient, facts))
  const records = candidateRecords(facts).map((onFile) => judgeRecord(facts, onFile, rules.record))
  const chosen =
    records.find(({ would }) => would === 'permit') ??
    // A record that could not be judged might have authorised the message: what is wrong with the others decides nothing.
    records.find(({ verdict }) => verdict.kind === 'defer') ??
    records.find(({ verdict }) => verdict.kind === 'permit')
  if (chosen !== undefined) return combine([person, chosen])
  return combine([person, ...records])
}

/** How many recipients a message has, before it is known what it is: the limit of the strictest class it may be of. */
export function judgePosition(facts: PositionFacts, rule: PositionRule = rcptLimit): Judgement {
  return settle(judgeAll([rule], facts))
}

/** What the message says. */
export function judgeMessage(facts: MessageRuleFacts, rules: RuleSet = ALL_RULES): Judgement {
  return settle(judgeAll(rules.message, facts))
}

/** Where its unsubscribe links lead. */
export function judgeLinks(facts: LinkFacts, rules: RuleSet = ALL_RULES): Judgement {
  return settle(judgeAll(rules.link, facts))
}

/** What the message says, beside what is known of the person. */
export function judgeAddressed(facts: AddressedFacts, rules: RuleSet = ALL_RULES): Judgement {
  return settle(judgeAll(rules.addressed, facts))
}

/**
 * The final verdict from partial ones. A judgement without findings says nothing; where nothing at all was judged the answer
 * is a deferral, because a permit never comes from nothing.
 */
export function combine(judgements: readonly Judgement[]): Judgement {
  const spoken = judgements.filter(({ findings }) => findings.length > 0)
  if (spoken.length === 0) return NOTHING_JUDGED
  const basis = spoken.find((judgement) => judgement.basis !== undefined)?.basis
  return {
    verdict: mergedVerdict(spoken.map(({ verdict }) => verdict)),
    would: severest(spoken.map(({ would }) => would)),
    findings: new Array<RuleFinding>().concat(...spoken.map(({ findings }) => findings)),
    basis,
  }
}

const NOTHING_GROUND: Ground = { rule: 'REGISTRY-UNAVAILABLE', detail: 'nothing_judged', evidence: {}, undecided: true }

const NOTHING_JUDGED: Judgement = {
  verdict: { kind: 'defer', ground: NOTHING_GROUND, grounds: [NOTHING_GROUND] },
  would: 'defer',
  findings: [],
  basis: undefined,
}

function judgeRecord(facts: RecipientFacts, onFile: RecordOnFile, rules: readonly RecordRule[]): Judgement {
  const { record, sha256 } = onFile
  const contacts = facts.registry?.contacts ?? []
  const clock = retentionClock(record, contacts, facts.policy, facts.now)
  const recordFacts: RecordFacts = { ...facts, onFile, record, contacts, clock }
  const findings = judgeAll(rules, recordFacts).map((found) => withRecord(found, `${record.id}/${record.version}`))
  const judgement = settle(findings)
  if (judgement.would !== 'permit') return judgement
  const basis: Basis = {
    recordId: record.id,
    recordVersion: record.version,
    recordSha256: sha256,
    legalBasis: record.legalBasis,
    ...(clock && { clock: { startedAt: clock.startedAt, dueAt: clock.dueAt, startedBy: clock.startedBy } }),
  }
  return { ...judgement, basis }
}

interface AnyRule<Facts> extends RuleDescription {
  readonly judge: (facts: Facts) => Finding
}

function judgeAll<Facts extends SenderFacts & { readonly channel?: Channel }>(
  rules: readonly AnyRule<Facts>[],
  facts: Facts,
): RuleFinding[] {
  return rules.map((rule) => {
    const asked = isOfOtherChannel(rule, facts) ? NOT_APPLICABLE : ask(rule, facts)
    const finding = isOff(rule, facts) ? switchedOff(asked) : asked
    const { action, mode } = enforcementOf(rule, finding, facts)
    return { rule: rule.id, finding: withLoosened(rule, finding, facts), action, mode }
  })
}

/** Of a rule that is off it only counts whether it would have had something to judge: what nobody sent was not let through. */
function switchedOff(asked: Finding): Finding {
  return asked.outcome === 'skip' ? asked : { outcome: 'skip', why: OFF }
}

function isOfOtherChannel<Facts extends { readonly channel?: Channel }>(
  { channels }: AnyRule<Facts>,
  { channel }: Facts,
): boolean {
  return channels !== undefined && channel !== undefined && !channels.includes(channel)
}

/** The name of the error only: its message may hold words of the message or an address. */
function ask<Facts>(rule: AnyRule<Facts>, facts: Facts): Finding {
  try {
    return rule.judge(facts)
  } catch (error) {
    return { outcome: 'unknown', cause: `rule_threw:${error instanceof Error ? error.name : typeof error}` }
  }
}

/** Whoever loosened a default is answerable for each decision it touched (GDPR art. 5(2)). */
function withLoosened(rule: RuleDescription, finding: Finding, facts: SenderFacts): Finding {
  const loosened = loosenedFor(rule, finding, facts)
  if (loosened.length === 0 || finding.outcome === 'unknown') return finding
  return { ...finding, evidence: { ...finding.evidence, loosened } }
}

/** A failure says in which record; a pass need not, because the basis does. */
function withRecord(found: RuleFinding, record: string): RuleFinding {
  const { finding } = found
  if (finding.outcome !== 'fail') return found
  return { ...found, finding: { ...finding, evidence: { record, ...finding.evidence } } }
}

type Kind = Verdict['kind']

function settle(findings: readonly RuleFinding[]): Judgement {
  const adverse = findings.filter(({ finding }) => finding.outcome === 'fail' || finding.outcome === 'unknown')
  return {
    verdict: mergedVerdict(adverse.map((found) => verdictOf(found, consequence(found)))),
    would: severest(adverse.map(severity)),
    findings,
    basis: undefined,
  }
}

function consequence(found: RuleFinding): Kind {
  return found.mode === 'enforce' || found.finding.outcome === 'unknown' ? severity(found) : 'permit'
}

/** What a finding leads to where it is enforced. */
function severity({ finding, action }: RuleFinding): Kind {
  switch (finding.outcome) {
    case 'pass':
    case 'skip':
      return 'permit'
    case 'unknown':
      return 'defer'
    case 'fail':
      return action === 'reject' ? 'refuse' : action === 'defer' ? 'defer' : 'permit'
  }
}

const PERMIT: Verdict = { kind: 'permit' }

function verdictOf({ rule, finding }: RuleFinding, kind: Kind): Verdict {
  if (kind === 'permit') return PERMIT
  const ground = groundOf(rule, finding)
  return { kind, ground, grounds: [ground] }
}

function groundOf(rule: string, finding: Finding): Ground {
  const none: Evidence = {}
  switch (finding.outcome) {
    case 'fail':
      return { rule, detail: finding.detail, evidence: finding.evidence ?? none }
    case 'unknown':
      return { rule, detail: finding.cause, evidence: none, undecided: true }
    case 'pass':
    case 'skip':
      return { rule, detail: '', evidence: none }
  }
}

function mergedVerdict(verdicts: readonly Verdict[]): Verdict {
  const kind = severest(verdicts.map((verdict) => verdict.kind))
  if (kind === 'permit') return PERMIT
  const adverse = verdicts.filter((verdict) => verdict.kind !== 'permit')
  const [ground] = adverse
    .filter((verdict) => verdict.kind === kind)
    .map((verdict) => verdict.ground)
    .sort(byPrecedence)
  if (ground === undefined) return PERMIT
  const others = adverse.flatMap(({ grounds }) => grounds).filter((other) => other !== ground)
  return { kind, ground, grounds: [ground, ...others.sort(byPrecedence)] }
}

function byPrecedence(one: Ground, other: Ground): number {
  return precedenceOf(one.rule) - precedenceOf(other.rule)
}

const SEVERITY: readonly Kind[] = ['permit', 'defer', 'refuse']

function severest(kinds: readonly Kind[]): Kind {
  return SEVERITY[Math.max(0, ...kinds.map((kind) => SEVERITY.indexOf(kind)))] ?? 'permit'
}
