/** The answer to a person who asks what is held about them, to be read by a person: plain text, one fact a line. */
import { RULE_IDS, ruleOf } from '../../rules/catalogue.js'
import { OUTCOMES, VERDICTS } from '../../words/decision-words.js'
import { type Bilingual, type Language, labelled, listed, said, typesetIn, wordFor } from '../../words/language.js'
import { momentsIn, PARIS_TIME } from '../../words/moments.js'
import { CONTACTS } from '../../words/record-words.js'
import type { PersonData } from './person-data.js'
import { LETTER, RIGHTS } from './person-words.js'
import { type Names, objectionIn, part, recordLines } from './record-report.js'

type Told = PersonData['records'][number]

export function personLetter(data: PersonData, language: Language, nameOf: Names): string {
  const { moment } = momentsIn(language)
  const say = (words: Bilingual, values: Readonly<Record<string, string>> = {}) => said(language, words, values)

  function record({ id, controller, recipients, keptUntil, versions }: Told): string[] {
    const kept = keptUntil === '' ? say(LETTER.notKept) : moment(keptUntil)
    return [
      say(LETTER.record, { id, name: nameOf(controller) }),
      ...[
        ...recordLines(language, versions, nameOf),
        ...labelled(language, LETTER.recipients, listed(recipients)),
        ...labelled(language, LETTER.kept, kept),
      ].map((line) => `  ${line}`),
    ]
  }

  function rule(id: string): string {
    if (!RULE_IDS.includes(id)) return id
    return `${id} (${typesetIn(language, ruleOf(id)[language].title)})`
  }

  const controllers = data.controllers.map(({ legalName, contact, dpo, privacyUrl }) =>
    say(dpo === '' ? LETTER.controller : LETTER.controllerWithDpo, {
      name: legalName,
      contact: contact || say(LETTER.notGiven),
      dpo,
      policy: privacyUrl || say(LETTER.notGiven),
    }),
  )
  const contacts = data.contacts.map(({ at, advertiserId, type, linkKind, source, campaignId, botSuspected }) =>
    listed([
      moment(at),
      nameOf(advertiserId),
      wordFor(language, CONTACTS, type),
      linkKind === 'offer' ? say(LETTER.offerLink) : linkKind,
      source,
      campaignId === undefined ? '' : say(LETTER.campaign, { campaign: campaignId }),
      botSuspected ? say(LETTER.robot) : '',
    ]),
  )
  // One act may be kept under several keys.
  const objections = [...new Set(data.objections.map((objection) => objectionIn(language, objection, nameOf)))]
  const decisions = data.decisions.map(({ at, controller, verdict, rule: id, outcome, ref }) =>
    listed([
      moment(at),
      nameOf(controller),
      wordFor(language, VERDICTS, verdict),
      rule(id),
      outcome === '' ? '' : wordFor(language, OUTCOMES, outcome),
      ref,
    ]),
  )
  const held = [controllers, data.records, contacts, objections, decisions].some(({ length }) => length > 0)
  return [
    say(LETTER.title, { address: data.address }),
    say(LETTER.made, { at: moment(data.exportedAt), zone: say(PARIS_TIME) }),
    ...(held ? [] : ['', say(LETTER.nothing)]),
    ...part(language, LETTER.objections, objections),
    ...part(language, LETTER.controllers, controllers),
    ...data.records.flatMap((told) => ['', ...record(told)]),
    ...part(language, LETTER.contacts, contacts),
    ...part(language, LETTER.decisions, decisions),
    ...(decisions.length === 0 ? [] : [`  ${say(LETTER.automated)}`]),
    ...part(
      language,
      LETTER.rights,
      RIGHTS.map((right) => say(right)),
    ),
  ].join('\n')
}
