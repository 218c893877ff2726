/** Every code a person may be shown has words in French and in English, so that nobody has to guess what `reply_stop` is. */
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ALARMS } from '#aval/domain/alarm.js'
import {
  AGE_BANDS,
  CHANNELS as CHANNEL_CODES,
  COLLECTION_CONTEXTS,
  COLLECTION_METHODS,
  CONSENT_STATUSES,
  LEGAL_BASES,
  PROOF_TYPES,
  SOURCE_KINDS,
  SUBJECT_KINDS,
} from '#aval/domain/consent-record.js'
import { CONTACT_EVENT_TYPES } from '#aval/domain/contact-event.js'
import { CERTIFICATES } from '#aval/domain/journal-entry.js'
import { MESSAGE_CLASSES } from '#aval/domain/message-class.js'
import { HIDDEN_BY, LIST_UNSUBSCRIBE_PROBLEMS, PARSE_PROBLEMS } from '#aval/domain/message-facts.js'
import { OBJECTION_REASONS } from '#aval/domain/objection.js'
import { CONTRACT_CLAUSES, HOLD_SCOPES, SECTOR_FLAGS } from '#aval/domain/party.js'
import { ACTIONS as ACTION_CODES, MODES as MODE_CODES } from '#aval/domain/policy.js'
import { FETCH_FAULTS } from '#aval/fetch/fetch-result.js'
import { CONSENT_COLUMNS } from '#aval/registry/import/columns.js'
import { LEDGERS } from '#aval/registry/ledger/head.js'
import * as registryProblems from '#aval/registry/problem-words.js'
import { REQUEST_KINDS } from '#aval/registry/requests.js'
import { SIGNS } from '#aval/rules/wording/promotion-signs.js'
import { OUTCOMES as REQUEST_OUTCOMES, REQUESTS } from '#aval/cli/registry/register-words.js'
import * as decisions from '#aval/words/decision-words.js'
import { FACTS } from '#aval/words/fact-words.js'
import { findingIn, FINDINGS } from '#aval/words/finding-words.js'
import type { Bilingual, WordTable } from '#aval/words/language.js'
import { typeset } from '#aval/words/typography.js'
import { COLUMNS } from '#aval/words/record-fields.js'
import * as records from '#aval/words/record-words.js'
import * as values from '#aval/words/value-words.js'

const ENUMERATIONS: readonly (readonly [name: string, codes: readonly string[], words: WordTable])[] = [
  ['legal bases', LEGAL_BASES, records.BASES],
  ['statuses', CONSENT_STATUSES, records.STATUSES],
  ['channels', CHANNEL_CODES, records.CHANNELS],
  ['kinds of person', SUBJECT_KINDS, records.SUBJECTS],
  ['methods', COLLECTION_METHODS, records.METHODS],
  ['contexts', COLLECTION_CONTEXTS, records.CONTEXTS],
  ['sources', SOURCE_KINDS, records.SOURCES],
  ['proofs', PROOF_TYPES, records.PROOFS],
  ['ages', AGE_BANDS, records.AGES],
  ['contacts', CONTACT_EVENT_TYPES, records.CONTACTS],
  ['starts of the clock', ['collected', ...CONTACT_EVENT_TYPES], records.CLOCK_STARTS],
  ['reasons of objections', OBJECTION_REASONS, records.REASONS],
  ['scopes of objections', ['global', 'advertiser', 'router', 'list'], records.SCOPES],
  ['classes', MESSAGE_CLASSES, decisions.CLASSES],
  ['modes', MODE_CODES, decisions.MODES],
  ['actions', ACTION_CODES, decisions.ACTIONS],
  ['certificates', CERTIFICATES, decisions.ACTS],
  ['clauses', CONTRACT_CLAUSES, decisions.CLAUSES],
  ['trades', SECTOR_FLAGS, decisions.SECTORS],
  ['holds', HOLD_SCOPES, decisions.HOLDS],
  ['alarms', ALARMS, decisions.ALARM_WORDS],
  ['ways to hide', HIDDEN_BY, FINDINGS],
  ['faults of List-Unsubscribe', LIST_UNSUBSCRIBE_PROBLEMS, FINDINGS],
  ['faults of messages', PARSE_PROBLEMS, FINDINGS],
  ['faults of requests over HTTP', FETCH_FAULTS, FINDINGS],
  ['columns', Object.keys(CONSENT_COLUMNS), COLUMNS],
  ['signs of promotion', SIGNS.map(({ code }) => code), values.SIGN_WORDS],
  ['requests', REQUEST_KINDS, REQUESTS],
]

test.each(ENUMERATIONS)('%s: each code has words in both languages', (_name, codes, words) => {
  expect(codes.filter((code) => !Object.hasOwn(words, code))).toEqual([])
})

test('what rules write down has words: every detail, cause and reason to skip in their sources', () => {
  const codes = new Set<string>()
  for (const name of readdirSync('src/rules', { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const source = readFileSync(`src/rules/${name}`, 'utf8')
    for (const [, code] of source.matchAll(
      /\b(?:detail|cause|why|missing\(|forbidden\(|failed\(|fail\()[:,\s]*'([a-z0-9_]+)'/g,
    ))
      codes.add(code!)
  }
  expect(codes.size).toBeGreaterThan(130)
  expect([...codes].filter((code) => findingIn('fr', '', code) === code && !hasWords(code))).toEqual([])
})

function hasWords(code: string): boolean {
  return Object.keys(FINDINGS).some((known) => known === code || known.endsWith(` ${code}`))
}

test('what has a part that varies has words too', () => {
  expect(findingIn('fr', '', 'status_404')).toBe('réponse HTTP 404')
  expect(findingIn('en', '', 'redirect_no_host')).toBe('after a redirect: host does not exist')
  expect(findingIn('fr', '', 'redirect_302')).toBe('après redirection\u00a0: réponse HTTP 302')
  expect(findingIn('fr', '', 'unsettled_status_503')).toBe('sans réponse sûre\u00a0: réponse HTTP 503')
  expect(findingIn('fr', '', 'rule_threw:TypeError')).toBe('erreur interne d’Aval (TypeError)')
  expect(findingIn('fr', '', 'of_a_later_version')).toBe('of_a_later_version')
})

test('one code may mean two things under two rules', () => {
  expect(findingIn('fr', 'INFO-NOTICE-MISSING', 'no_link')).toBe('aucun lien vers la notice')
  expect(findingIn('fr', 'UNSUB-MISSING', 'no_link')).toBe('aucun lien de désinscription')
})

const SAID_OF_ROWS = new Set<unknown>([
  registryProblems.edited,
  registryProblems.added,
  registryProblems.badNote,
  registryProblems.back,
  registryProblems.missing,
])

test('what can be wrong with the registry is said in both languages, of rows of every ledger', () => {
  for (const words of Object.values(registryProblems) as unknown[]) {
    const say = words as (...values: unknown[]) => Bilingual
    const told = typeof words === 'function' ? LEDGERS.map((ledger) => say(ledger, 7, 7)) : [words as Bilingual]
    for (const { en, fr } of told) {
      expect(en).toBeTruthy()
      expect(fr).not.toBe(en)
      expect(`${en} ${fr}`).not.toMatch(/undefined|\{[a-z]+\}/)
    }
    if (SAID_OF_ROWS.has(say)) expect(new Set(told.map(({ fr }) => fr)).size).toBe(LEDGERS.length)
  }
})

describe('the words themselves', () => {
  const tables: Record<string, WordTable> = {
    ...(decisions as unknown as Record<string, WordTable>),
    ...Object.fromEntries(Object.entries(records).filter(([, table]) => typeof table === 'object')),
    ...(values as unknown as Record<string, WordTable>),
    FACTS,
    FINDINGS,
    COLUMNS,
    REQUESTS,
    REQUEST_OUTCOMES,
  }

  test.each(Object.entries(tables))(
    '%s: none is empty or a code, and French has its own apostrophe',
    (_name, table) => {
      for (const { fr, en } of Object.values(table)) {
        expect([fr.trim(), en.trim()]).toEqual([fr, en])
        expect(fr).not.toBe('')
        expect(en).not.toBe('')
        expect(`${fr} ${en}`).not.toMatch(/\b[a-z]+_[a-z]+\b/)
        expect(fr).not.toMatch(/\p{L}'\p{L}/u)
        expect(typeset(fr)).not.toMatch(/ [:;!?»]|« /)
      }
    },
  )
})

test('no French text has the apostrophe of a keyboard', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const lines = files.flatMap((name) => readFileSync(`src/${name}`, 'utf8').split('\n'))
  expect(lines.filter((line) => /\bfr: ["'`].*\p{L}\\?'\p{L}/u.test(line))).toEqual([])
})
