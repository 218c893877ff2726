/** The answer to a person who asks what is held about them, to be read by a person: plain text, one fact a line. */
import type { Objection } from '../../domain/objection.js'
import { BASES, METHODS } from '../../evidence/story-words.js'
import { ordinalDay } from '../../evidence/law-words.js'
import { fill, SOURCES } from '../../evidence/words.js'
import type { Bilingual, Language } from '../terminal.js'
import type { PersonData } from './person-data.js'
import { CONTACTS, LETTER, PURPOSES, REASONS, RIGHTS, STATUS_OF_OUTCOME, STATUSES, VERDICTS } from './person-words.js'

type Told = PersonData['records'][number]

export function personLetter(data: PersonData, language: Language): string {
  const moments = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Paris',
  })
  const say = (words: Bilingual, values: Readonly<Record<string, string>> = {}) => fill(words[language], values)
  const moment = (at: number | string) => ordinalDay(language, moments.format(new Date(at)))
  const names = new Map(data.controllers.map(({ id, legalName }) => [id, legalName]))
  const nameOf = (id: string) => names.get(id) ?? id
  const word = (table: Readonly<Record<string, Bilingual>>, name: string) =>
    Object.hasOwn(table, name) ? say(table[name]!) : name
  const label = (words: Bilingual, value: string) =>
    value === '' ? [] : [`  ${say(words)}${language === 'fr' ? ' ' : ''}: ${value}`]

  function purpose(text: string): string {
    const [kind = '', ...rest] = text.split(':')
    return [word(PURPOSES, kind), ...rest].join(' ')
  }

  function record({ id, controller, source, purposes, legalBasis, recipients, keptUntil, versions }: Told): string[] {
    const { record: newest } = versions.at(-1)!
    const { collectedAt, method, wording, proof, restricted } = newest
    const origin = [
      source.sourceKind === undefined ? '' : word(SOURCES, source.sourceKind),
      source.sourceLabel ?? source.sourcePartyId ?? '',
      source.sourceObtainedAt === undefined ? '' : say(LETTER.obtained, { at: moment(source.sourceObtainedAt) }),
    ]
    const status = [word(STATUSES, newest.status), restricted === true ? say(LETTER.restricted) : '']
    return [
      say(LETTER.record, { id, name: nameOf(controller) }),
      ...label(LETTER.source, listed(origin)),
      ...label(LETTER.chain, listed(source.transferChain ?? [])),
      ...label(LETTER.purposes, listed(purposes.map(purpose))),
      ...label(LETTER.basis, word(BASES, legalBasis)),
      ...label(LETTER.status, listed(status)),
      ...label(LETTER.collected, collectedAt === undefined ? '' : moment(collectedAt)),
      ...label(LETTER.method, method === undefined ? '' : word(METHODS, method)),
      ...label(LETTER.wording, wording ?? ''),
      ...label(LETTER.proof, listed([proof?.type, proof?.ref, proof?.sha256])),
      ...label(LETTER.recipients, listed(recipients)),
      ...label(LETTER.kept, keptUntil === '' ? say(LETTER.notKept) : moment(keptUntil)),
      ...label(LETTER.versions, versions.length === 1 ? '' : String(versions.length)),
    ]
  }

  function reach({ of, scope: { kind, ...against } }: Objection): string {
    const whom = kind === 'global' ? say(LETTER.everybody) : listed(Object.values(against).map((name) => nameOf(name)))
    return of === 'domain' ? listed([whom, say(LETTER.wholeDomain)]) : whom
  }

  const part = (title: Bilingual, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', say(title), ...lines.map((line) => `  ${line}`)]
  const controllers = data.controllers.map(({ legalName, contact, privacyUrl }) =>
    say(LETTER.controller, {
      name: legalName,
      contact: contact || say(LETTER.notGiven),
      policy: privacyUrl || say(LETTER.notGiven),
    }),
  )
  const contacts = data.contacts.map(({ at, advertiserId, type, source }) =>
    listed([moment(at), nameOf(advertiserId), word(CONTACTS, type), source]),
  )
  // One act may be kept under several keys.
  const objections = unique(
    data.objections.map((objection) =>
      listed([moment(objection.at), reach(objection), word(REASONS, objection.reason)]),
    ),
  )
  const decisions = data.decisions.map(({ at, controller, verdict, rule, outcome, ref }) =>
    listed([
      moment(at),
      nameOf(controller),
      word(VERDICTS, verdict),
      rule,
      outcome === '' ? '' : word(STATUS_OF_OUTCOME, outcome),
      ref,
    ]),
  )
  const held = [controllers, data.records, contacts, objections, decisions].some(({ length }) => length > 0)
  return [
    say(LETTER.title, { address: data.address }),
    say(LETTER.made, { at: moment(data.exportedAt) }),
    ...(held ? [] : ['', say(LETTER.nothing)]),
    ...part(LETTER.controllers, controllers),
    ...data.records.flatMap((told) => ['', ...record(told)]),
    ...part(LETTER.contacts, contacts),
    ...part(LETTER.objections, objections),
    ...part(LETTER.decisions, decisions),
    ...(decisions.length === 0 ? [] : [`  ${say(LETTER.automated)}`]),
    ...part(
      LETTER.rights,
      RIGHTS.map((right) => say(right)),
    ),
  ].join('\n')
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)]
}

function listed(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(', ')
}
