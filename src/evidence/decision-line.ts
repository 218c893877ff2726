/** A decision in one line, for lists of decisions. */
import type { DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import type { Site } from '../domain/party.js'
import { CATALOGUE, ruleOf } from '../rules/catalogue.js'
import { CLASSES, MODES, OUTCOMES, STAGES, VERDICTS } from '../words/decision-words.js'
import { type Bilingual, COLON, type Language, listed, said, SEMICOLON, typesetIn, wordFor } from '../words/language.js'
import { momentsIn } from '../words/moments.js'

/** Digits of a person's key that are enough to tell persons of a list apart. */
const KEY_DIGITS = 12

const RULES: ReadonlySet<string> = new Set(CATALOGUE.map(({ id }) => id))

const LINE = {
  decided: { en: '{verdict} {stage}', fr: '{verdict} {stage}' },
  ruled: { en: '{verdict} {stage} by {rule}', fr: '{verdict} {stage} par {rule}' },
  would: { en: 'mode {mode}, without which {would}', fr: 'mode {mode}, sans lequel {would}' },
  advertiser: { en: 'for {name}', fr: 'pour {name}' },
  router: { en: 'by {name}', fr: 'par {name}' },
  campaign: { en: 'campaign {name}', fr: 'campagne {name}' },
  recipient: { en: 'recipient {number}', fr: 'destinataire {number}' },
  person: { en: 'person {key}', fr: 'personne {key}' },
} satisfies Record<string, Bilingual>

type Names = Pick<Site, 'advertisers' | 'routers'>

/** @param outcome what became of the recipient, where that is known. Moments are those of Paris. */
export function decisionLine(
  language: Language,
  decision: DecisionEntry,
  outcome: OutcomeEntry['status'] | undefined,
  { advertisers, routers }: Names,
): string {
  const { at, ref, rcpt, router, advertiser, messageClass, campaign, toKey } = decision
  const say = (words: Bilingual, values: Readonly<Record<string, string>>) => said(language, words, values)
  const parties = listed([
    advertiser && say(LINE.advertiser, { name: named(advertisers.get(advertiser)?.legalName, advertiser) }),
    router && say(LINE.router, { name: named(routers.get(router)?.legalName, router) }),
  ])
  const parts = [
    decided(language, decision),
    messageClass && wordFor(language, CLASSES, messageClass),
    parties,
    campaign && say(LINE.campaign, { name: campaign }),
    rcpt > 0 ? say(LINE.recipient, { number: String(rcpt) }) : '',
    toKey && say(LINE.person, { key: toKey.slice(0, KEY_DIGITS) }),
    outcome && wordFor(language, OUTCOMES, outcome),
  ]
  return `${momentsIn(language).precise(at)}, ${ref}${COLON[language]}${listed(parts, SEMICOLON[language])}`
}

function decided(language: Language, { verdict, stage, rule, would, mode }: DecisionEntry): string {
  const values = { verdict: wordFor(language, VERDICTS, verdict), stage: wordFor(language, STAGES, stage) }
  const why = {
    mode: wordFor(language, MODES, mode),
    would: wordFor(language, VERDICTS, would),
  }
  return listed([
    rule === ''
      ? said(language, LINE.decided, values)
      : said(language, LINE.ruled, { ...values, rule: titled(language, rule) }),
    would === verdict ? '' : said(language, LINE.would, why),
  ])
}

function titled(language: Language, rule: string): string {
  return RULES.has(rule) ? `${rule} (${typesetIn(language, ruleOf(rule)[language].title)})` : rule
}

function named(legalName: string | undefined, id: string): string {
  return legalName === undefined || legalName === id ? id : `${legalName} (${id})`
}
