/**
 * A decision told from beginning to end: who sent what, for whom, to whom, on which record, until when, by which rules and
 * texts of law, and what happened upstream. In full sentences, in French and in English (promise I10).
 */
import type {
  CertificateEntry,
  DecisionEntry,
  ErasureEntry,
  JournaledFinding,
  OutcomeEntry,
} from '../domain/journal-entry.js'
import type { Site } from '../domain/party.js'
import { loosenedIn } from '../domain/verdict.js'
import type { ConsentStatement } from '../registry/records/record-codec.js'
import { CATALOGUE, ruleOf } from '../rules/catalogue.js'
import { ACTS, CLASSES, MODES, STAGES } from '../words/decision-words.js'
import { factsIn } from '../words/fact-words.js'
import { findingIn } from '../words/finding-words.js'
import { type Language, listed, SEMICOLON } from '../words/language.js'
import { lawIn } from '../words/law-words.js'
import { PARIS_TIME } from '../words/moments.js'
import { BASES, CLOCK_STARTS, METHODS, PROOFS, SOURCES } from '../words/record-words.js'
import type { Reason } from './in-force.js'
import { opposedThen, opposedToday, type Today } from './opposed.js'
import { MESSAGE, OUTCOME_SENTENCES, PASSED, SIGNED, STORY } from './story-words.js'
import { Teller } from './teller.js'

export interface StoryFacts {
  readonly decision: DecisionEntry
  readonly outcomes: readonly OutcomeEntry[]
  readonly site: Pick<Site, 'advertisers' | 'routers'>
  /** Why the configuration of the decision was looser than the defaults, by setting. */
  readonly reasons: ReadonlyMap<string, Reason>
  /** What the record says in the version the decision was made on; gone: purged or erased; unread: the registry cannot be read. */
  readonly record: Partial<ConsentStatement> | 'gone' | 'unread'
  /** What is on file today; undefined where the person is no longer known, or the registry cannot be read. */
  readonly today: Today | undefined
  /** Number and hash of the entry, and the checkpoint that is over it. */
  readonly entry: { readonly seq: number; readonly hash: string }
  readonly checkpoint: { readonly size: number; readonly at: number } | undefined
}

export interface Paragraph {
  readonly style: 'verdict' | 'plain' | 'detail'
  readonly text: string
}

const RULE_IDS: ReadonlySet<string> = new Set(CATALOGUE.map(({ id }) => id))

export function storyOf(facts: StoryFacts, language: Language): readonly Paragraph[] {
  const teller = new Teller(language)
  const { decision } = facts
  const opposed = [...opposedThen(teller, decision), ...opposedToday(teller, decision, facts.today)]
  return [
    { style: 'verdict', text: verdictOf(teller, decision) },
    ...paragraphs('plain', [
      ...opposed,
      whoSent(teller, facts),
      whatWasSent(teller, decision),
      wouldHave(teller, decision),
    ]),
    ...decision.findings.flatMap((finding) => findingOf(teller, finding)),
    ...loosenedSettings(teller, facts),
    ...paragraphs('plain', [
      recordOf(teller, facts),
      clockOf(teller, decision, opposed.length > 0),
      passedOf(teller, decision),
      decision.reply === '' ? '' : teller.tell(STORY.reply, { reply: decision.reply }),
      ...facts.outcomes.map((outcome) => outcomeOf(teller, outcome)),
      facts.outcomes.length === 0 && decision.verdict === 'permit' && decision.stage === 'data'
        ? teller.tell(STORY.noOutcome)
        : '',
      inForce(teller, decision),
      whereKept(teller, decision.ref, facts),
    ]),
  ]
}

/** An act on the registry or the journal: what was done, when, by whom, and where it is kept. */
export function actStory(
  act: CertificateEntry | ErasureEntry,
  facts: Pick<StoryFacts, 'entry' | 'checkpoint' | 'site'>,
  language: Language,
): readonly Paragraph[] {
  const teller = new Teller(language)
  const { at, by, advertiser } = act
  const name = named(facts.site.advertisers.get(advertiser)?.legalName, advertiser)
  const erased = act.kind === 'erasure' ? teller.tell(STORY.erasedEntries, { entries: act.erased.join(', ') }) : ''
  const text = teller.tell(STORY.act, {
    act: teller.name(ACTS, actName(act)),
    at: teller.moment(at),
    zone: teller.tell(PARIS_TIME),
    by,
    advertiser: name === '' ? '' : teller.tell(STORY.forAdvertiser, { advertiser: name }),
    facts: teller.list([factsIn(language, act.facts), erased]),
  })
  return [{ style: 'verdict', text }, ...paragraphs('plain', [whereKept(teller, act.ref, facts)])]
}

/** An erasure that states why was not asked for by the person. */
function actName(act: CertificateEntry | ErasureEntry): string {
  if (act.kind === 'certificate') return act.certifies
  return 'why' in act.facts ? 'forgetting' : 'erasure'
}

function verdictOf(teller: Teller, { verdict, rule }: DecisionEntry): string {
  const heading = teller.tell(STORY[verdict])
  if (rule === '') return `${heading}.`
  const title = RULE_IDS.has(rule) ? teller.text(ruleOf(rule)[teller.language].title) : ''
  return `${heading} (${rule}${title === '' ? '' : `, ${title}`}).`
}

function whoSent(teller: Teller, { decision, site }: StoryFacts): string {
  const { advertiser, router, credential, messageClass, campaign, toKey, toKeyId, at, rcpt } = decision
  const to = rcpt === 0 ? STORY.toNobody : toKey === '' ? STORY.toErased : STORY.toPerson
  return teller.tell(STORY.sent, {
    at: teller.moment(at),
    zone: teller.tell(PARIS_TIME),
    router:
      named(site.routers.get(router)?.legalName, router) ||
      teller.tell(credential === '' || advertiser === '' ? STORY.noRouter : STORY.inHouse),
    credential: credential === '' ? teller.tell(STORY.noCredential) : teller.tell(STORY.byCredential, { credential }),
    advertiser: named(site.advertisers.get(advertiser)?.legalName, advertiser) || teller.tell(STORY.noAdvertiser),
    class: teller.name(CLASSES, messageClass),
    campaign: campaign === '' ? '' : teller.tell(STORY.ofCampaign, { campaign }),
    to: teller.tell(to, { key: `${toKeyId}:${toKey}`, number: rcpt }),
  })
}

function whatWasSent(teller: Teller, decision: DecisionEntry): string {
  const { messageSha256, messageSize, receivedSha256, senderDomain, stage } = decision
  const domain = senderDomain === '' ? teller.tell(STORY.nullSender) : senderDomain
  if (messageSha256 === '') return teller.tell(STORY.unread, { stage: teller.name(STAGES, stage), domain })
  const message = teller.count(messageSize, MESSAGE, { sha256: messageSha256, domain })
  return receivedSha256 === undefined
    ? message
    : `${message} ${teller.tell(STORY.normalised, { sha256: receivedSha256 })}`
}

function wouldHave(teller: Teller, { would, verdict, mode }: DecisionEntry): string {
  return would === verdict
    ? ''
    : teller.tell(STORY.would, { mode: teller.name(MODES, mode), would: teller.tell(STORY[would]).toLowerCase() })
}

function findingOf(teller: Teller, { rule, outcome, detail, evidence }: JournaledFinding): Paragraph[] {
  if (outcome === 'pass' || outcome === 'skip') return []
  const { language } = teller
  const found = teller.list([detail === '' ? '' : findingIn(language, rule, detail), factsIn(language, evidence, rule)])
  if (!RULE_IDS.has(rule)) return [{ style: 'plain', text: teller.tell(STORY.oldRule, { rule, found }) }]
  const { sources, [language]: words } = ruleOf(rule)
  const sentence = outcome === 'fail' ? STORY.failed : STORY.undecided
  return [
    { style: 'plain', text: teller.tell(sentence, { rule, title: teller.text(words.title) }) },
    ...paragraphs('detail', [
      teller.text(words.law),
      teller.tell(STORY.law, { sources: sources.map((source) => lawIn(language, source)).join(SEMICOLON[language]) }),
      teller.text(words.check),
      found === '' ? '' : teller.tell(STORY.found, { found }),
      teller.tell(STORY.remedy, { remedy: teller.text(words.remedy) }),
    ]),
  ]
}

/** Whoever loosened a default is answerable for each decision it touched (GDPR art. 5(2)); the reasons are those of the day. */
function loosenedSettings(teller: Teller, { decision, reasons }: StoryFacts): Paragraph[] {
  const rulesOf = loosenedIn(decision.findings)
  if (rulesOf.size === 0) return []
  return [
    { style: 'plain', text: teller.tell(STORY.loosened) },
    ...paragraphs(
      'detail',
      [...rulesOf].map(([setting, rules]) => {
        const why = reasons.get(setting)
        const named = { setting, rules: [...rules].join(', ') }
        return why === undefined
          ? teller.tell(STORY.loosenedThen, { ...named, sha256: decision.configSha256 })
          : teller.tell(STORY.loosenedBecause, { ...named, reason: why.reason, by: why.by, on: teller.day(why.on) })
      }),
    ),
  ]
}

function recordOf(teller: Teller, { decision, record }: StoryFacts): string {
  const { recordId, recordVersion, recordSha256, legalBasis } = decision
  if (recordId === '') return decision.rcpt === 0 ? '' : teller.tell(STORY.noRecord)
  const rests = teller.tell(decision.verdict === 'permit' ? STORY.record : STORY.recordInQuestion, {
    id: recordId,
    version: recordVersion,
    basis: teller.name(BASES, legalBasis),
    sha256: recordSha256,
  })
  if (record === 'gone') return `${rests} ${teller.tell(STORY.recordGone)}`
  if (record === 'unread') return `${rests} ${teller.tell(STORY.recordUnread)}`
  const { collectedAt, givenAt, method, sourceKind, sourcePartyId, noticeId, noticeVersion, proof } = record
  const said = [
    collectedAt === undefined ? '' : teller.tell(STORY.collected, { at: teller.moment(collectedAt) }),
    givenAt === undefined ? '' : teller.tell(STORY.given, { at: teller.moment(givenAt) }),
    method === undefined ? '' : teller.tell(STORY.method, { method: teller.name(METHODS, method) }),
    sourceKind === undefined
      ? ''
      : teller.tell(STORY.source, {
          source: [teller.name(SOURCES, sourceKind), sourcePartyId].filter(Boolean).join(' '),
        }),
    noticeId === undefined
      ? ''
      : teller.tell(STORY.notice, { notice: [noticeId, noticeVersion].filter(Boolean).join(' ') }),
    proof === undefined
      ? teller.tell(STORY.noProof)
      : teller.tell(STORY.proof, { proof: listed([teller.name(PROOFS, proof.type), proof.ref, proof.sha256]) }),
  ]
  return `${rests} ${teller.tell(STORY.says, { said: said.filter((part) => part !== '').join(', ') })}`
}

function clockOf(teller: Teller, { dueAt, clockStartedAt, clockStartedBy }: DecisionEntry, opposed: boolean): string {
  if (dueAt === 0) return ''
  return teller.tell(opposed ? STORY.clockOpposed : STORY.clock, {
    from: teller.moment(clockStartedAt),
    event: teller.name(CLOCK_STARTS, clockStartedBy),
    due: teller.moment(dueAt),
  })
}

function passedOf(teller: Teller, { passed, findings }: DecisionEntry): string {
  const all = [...passed, ...findings.filter(({ outcome }) => outcome === 'pass').map(({ rule }) => rule)]
  if (all.length === 0) return ''
  return teller.count(all.length, PASSED, { rules: all.sort().join(', ') })
}

function outcomeOf(teller: Teller, { status, upstream, reply, at }: OutcomeEntry): string {
  const sentence = teller.tell(OUTCOME_SENTENCES[status], { upstream: upstream || '-', at: teller.moment(at) })
  return reply === '' ? sentence : `${sentence} ${teller.tell(STORY.answered, { reply })}`
}

function inForce(teller: Teller, { version, configSha256, node, session, mode }: DecisionEntry): string {
  return teller.tell(STORY.inForce, { version, sha256: configSha256, node, session, mode: teller.name(MODES, mode) })
}

function whereKept(
  teller: Teller,
  ref: string,
  { entry, checkpoint }: Pick<StoryFacts, 'entry' | 'checkpoint'>,
): string {
  const kept = teller.tell(STORY.kept, { ref, seq: entry.seq, hash: entry.hash })
  if (!checkpoint) return `${kept} ${teller.tell(STORY.notSigned)}`
  return `${kept} ${teller.count(checkpoint.size, SIGNED, { at: teller.moment(checkpoint.at) })}`
}

function named(legalName: string | undefined, id: string): string {
  return legalName === undefined ? id : `${legalName} (${id})`
}

function paragraphs(style: Paragraph['style'], texts: readonly string[]): Paragraph[] {
  return texts.filter((text) => text !== '').map((text) => ({ style, text }))
}
