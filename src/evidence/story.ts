/**
 * A decision told from beginning to end: who sent what, for whom, to whom, on which record, until when, by which rules and
 * texts of law, and what happened upstream. In full sentences, in French and in English (promise I10).
 */
import type { DecisionEntry, JournaledFinding, OutcomeEntry } from '../domain/journal-entry.js'
import type { Site } from '../domain/party.js'
import { loosenedIn } from '../domain/verdict.js'
import type { ConsentStatement } from '../registry/record-codec.js'
import { CATALOGUE, ruleOf } from '../rules/catalogue.js'
import { BASES, EVENTS, METHODS, OUTCOME_SENTENCES, STORY } from './story-words.js'
import { lawIn, ordinalDay } from './law-words.js'
import { CLASSES, fill, type Language, SOURCES, type Words } from './words.js'

export interface StoryFacts {
  readonly decision: DecisionEntry
  readonly outcomes: readonly OutcomeEntry[]
  readonly site: Pick<Site, 'advertisers' | 'routers' | 'policy' | 'digest'>
  /** What the record says in the version the decision was made on; gone: purged or erased; unread: the registry cannot be read. */
  readonly record: Partial<ConsentStatement> | 'gone' | 'unread'
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
  return [
    { style: 'verdict', text: verdictOf(teller, decision) },
    ...paragraphs('plain', [whoSent(teller, facts), whatWasSent(teller, decision), wouldHave(teller, decision)]),
    ...decision.findings.flatMap((finding) => findingOf(teller, finding)),
    ...loosenedSettings(teller, facts),
    ...paragraphs('plain', [
      recordOf(teller, facts),
      clockOf(teller, decision),
      passedOf(teller, decision),
      decision.reply === '' ? '' : teller.tell(STORY.reply, { reply: decision.reply }),
      ...facts.outcomes.map((outcome) => outcomeOf(teller, outcome)),
      facts.outcomes.length === 0 && decision.verdict === 'permit' && decision.stage === 'data'
        ? teller.tell(STORY.noOutcome)
        : '',
      inForce(teller, decision),
      whereKept(teller, facts),
    ]),
  ]
}

class Teller {
  readonly #moments: Intl.DateTimeFormat
  readonly #days: Intl.DateTimeFormat
  readonly #numbers: Intl.NumberFormat

  constructor(readonly language: Language) {
    const locale = language === 'fr' ? 'fr-FR' : 'en-GB'
    this.#moments = new Intl.DateTimeFormat(locale, {
      dateStyle: 'long',
      timeStyle: 'medium',
      timeZone: 'Europe/Paris',
    })
    this.#days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'Europe/Paris' })
    this.#numbers = new Intl.NumberFormat(locale)
  }

  tell(words: Words, values: Readonly<Record<string, string | number>> = {}): string {
    const texts = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? this.#numbers.format(value) : value,
    ])
    return fill(words[this.language], Object.fromEntries(texts) as Record<string, string>)
  }

  name(names: Readonly<Record<string, Words>>, id: string): string {
    const words = Object.hasOwn(names, id) ? names[id] : undefined
    return words ? words[this.language] : id
  }

  day(at: number): string {
    return this.#days.format(at)
  }

  moment(at: number): string {
    return ordinalDay(this.language, this.#moments.format(at))
  }
}

function verdictOf(teller: Teller, { verdict, rule }: DecisionEntry): string {
  const heading = teller.tell(STORY[verdict])
  if (rule === '') return `${heading}.`
  const title = RULE_IDS.has(rule) ? ruleOf(rule)[teller.language].title : ''
  return `${heading} (${rule}${title === '' ? '' : `, ${title}`}).`
}

function whoSent(teller: Teller, { decision, site }: StoryFacts): string {
  const { advertiser, router, credential, messageClass, campaign, toKey, toKeyId, at, rcpt } = decision
  const to = rcpt === 0 ? STORY.toNobody : toKey === '' ? STORY.toErased : STORY.toPerson
  return teller.tell(STORY.sent, {
    at: teller.moment(at),
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
  if (messageSha256 === '') return teller.tell(STORY.unread, { stage: stage.toUpperCase(), domain })
  const message = teller.tell(STORY.message, { size: messageSize, sha256: messageSha256, domain })
  return receivedSha256 === undefined
    ? message
    : `${message} ${teller.tell(STORY.normalised, { sha256: receivedSha256 })}`
}

function wouldHave(teller: Teller, { would, verdict, mode }: DecisionEntry): string {
  return would === verdict ? '' : teller.tell(STORY.would, { mode, would: teller.tell(STORY[would]).toLowerCase() })
}

function findingOf(teller: Teller, { rule, outcome, detail, evidence }: JournaledFinding): Paragraph[] {
  if (outcome === 'pass' || outcome === 'skip') return []
  const facts = Object.entries(evidence).map(
    ([name, value]) => `${name} = ${Array.isArray(value) ? value.join(', ') : String(value)}`,
  )
  const found = [detail, ...facts].filter((part) => part !== '').join('; ')
  if (!RULE_IDS.has(rule)) return [{ style: 'plain', text: teller.tell(STORY.oldRule, { rule, found }) }]
  const { sources, [teller.language]: words } = ruleOf(rule)
  const sentence = outcome === 'fail' ? STORY.failed : STORY.undecided
  return [
    { style: 'plain', text: teller.tell(sentence, { rule, title: words.title }) },
    ...paragraphs('detail', [
      words.law,
      teller.tell(STORY.law, { sources: sources.map((source) => lawIn(teller.language, source)).join('; ') }),
      words.check,
      found === '' ? '' : teller.tell(STORY.found, { found }),
      teller.tell(STORY.remedy, { remedy: words.remedy }),
    ]),
  ]
}

/** Whoever loosened a default is answerable for each decision it touched (GDPR art. 5(2)); the reasons are those of the day. */
function loosenedSettings(teller: Teller, { decision, site }: StoryFacts): Paragraph[] {
  const rulesOf = loosenedIn(decision.findings)
  if (rulesOf.size === 0) return []
  const reasons = site.digest === decision.configSha256 ? site.policy.loosened : undefined
  return [
    { style: 'plain', text: teller.tell(STORY.loosened) },
    ...paragraphs(
      'detail',
      [...rulesOf].map(([setting, rules]) => {
        const why = reasons?.get(setting)
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
      : teller.tell(STORY.proof, { proof: [proof.type, proof.ref, proof.sha256].filter(Boolean).join(', ') }),
  ]
  return `${rests} ${teller.tell(STORY.says, { said: said.filter((part) => part !== '').join(', ') })}`
}

function clockOf(teller: Teller, { dueAt, clockStartedAt, clockStartedBy }: DecisionEntry): string {
  if (dueAt === 0) return ''
  return teller.tell(STORY.clock, {
    from: teller.moment(clockStartedAt),
    event: teller.name(EVENTS, clockStartedBy),
    due: teller.moment(dueAt),
  })
}

function passedOf(teller: Teller, { passed, findings }: DecisionEntry): string {
  const all = [...passed, ...findings.filter(({ outcome }) => outcome === 'pass').map(({ rule }) => rule)]
  return all.length === 0 ? '' : teller.tell(STORY.passed, { count: all.length, rules: all.sort().join(', ') })
}

function outcomeOf(teller: Teller, { status, upstream, reply, at }: OutcomeEntry): string {
  const sentence = teller.tell(OUTCOME_SENTENCES[status], { upstream: upstream || '-', at: teller.moment(at) })
  return reply === '' ? sentence : `${sentence} ${teller.tell(STORY.answered, { reply })}`
}

function inForce(teller: Teller, { version, configSha256, node, session, mode }: DecisionEntry): string {
  return teller.tell(STORY.inForce, { version, sha256: configSha256, node, session, mode })
}

function whereKept(teller: Teller, { decision, entry, checkpoint }: StoryFacts): string {
  const kept = teller.tell(STORY.kept, { ref: decision.ref, seq: String(entry.seq), hash: entry.hash })
  if (!checkpoint) return `${kept} ${teller.tell(STORY.notSigned)}`
  return `${kept} ${teller.tell(STORY.signed, { size: String(checkpoint.size), at: teller.moment(checkpoint.at) })}`
}

function named(legalName: string | undefined, id: string): string {
  return legalName === undefined ? id : `${legalName} (${id})`
}

function paragraphs(style: Paragraph['style'], texts: readonly string[]): Paragraph[] {
  return texts.filter((text) => text !== '').map((text) => ({ style, text }))
}
