/**
 * Every rule has a table with a row that permits, one that refuses, one it is not about, one where evidence is missing, and one
 * on its border; or it is said why there can be none.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '#aval/rules/catalogue.js'

/** Why a table has no row of a kind. */
class None {
  constructor(readonly why: string) {}
}

const SEEN = new None('what a message does not say is no promotion: rows that pass')
const STORED = new None('imports refuse what is not declared before it is stored')
const OWN = new None('the link is read by Aval itself: it belongs to the person or it does not')
const READ = new None('a message that could not be read is what the rule refuses')
const ADDRESS = new None('it asks about the address alone, which is always there')
const COUNTED = new None('recipients are counted by the relay')
const SESSION = new None('the session is encrypted or not')
const YES_OR_NO = new None('it asks for what is so or not: nothing lies between')
const WORDS = new None('it asks for words; how many, the threshold of another rule says')
const ALARMS = new None('how many and how far is counted in test/relay/alarms.test.ts')

/** The row in which what the rule asks for is not there. */
const MISSING_EVIDENCE: Readonly<Record<string, string | None>> = {
  classMisdeclared: SEEN,
  infoNoticeMissing: 'nothing to display: another rule',
  sourceNotStated: 'the journal cannot be read',
  objectionNotProminent: 'the journal cannot be read: looked at all the same',
  recipientsDisclosed: 'an empty group ("undisclosed-recipients:;")',
  multiAdvertiser: 'no record',
  trackingPixel: 'no record',
  consentNotPositive: 'nobody said whether the box was ticked beforehand',
  consentBundled: 'nothing declared',
  consentConditional: 'nothing declared',
  consentDeceptiveForm: 'a contest, nothing declared',
  dataMinimisation: STORED,
  consentProofMissing: 'no proof at all',
  genericAttention: 'no subject',
  identityIncomplete: 'neither is declared',
  adNotIdentifiable: 'no subject and nothing in the text',
  premiumNumber: SEEN,
  subjectDeceptive: 'no Subject field',
  softOptinNotCustomer: 'nothing but categories on record',
  softOptinNoOptout: 'nobody said whether refusal was offered',
  softOptinNotAnalogous: 'no campaign, at the end of DATA',
  softOptinOtherEntity: 'nobody said who sold',
  routerScope: 'the registry cannot be read',
  consentMissing: 'the registry cannot be read',
  purposeMismatch: 'no purpose recorded',
  consentChannel: 'the registry cannot be read',
  canaryHit: 'the registry cannot be read',
  unsubToken: OWN,
  consentNotInformed: 'neither text nor digest',
  noticeStale: 'a version nobody declared',
  minorNoParental: 'no age on record: none is asked for',
  infoLate: 'no date at all',
  frequencyCap: 'nobody knows what was sent',
  unsubLinkDead: 'nobody could say yet',
  unsubNotDirect: 'one page where a button is enough, and one nobody could ask',
  contactInvalid: 'the DNS is silent',
  parseFailed: READ,
  identityHidden: 'no text at all',
  fromMisaligned: 'no sender',
  oppositionListed: 'the registry cannot be read',
  collectionRefusal: 'the registry cannot be read',
  complaintSuppressed: 'the registry cannot be read',
  bounceSuppressed: 'the registry cannot be read',
  rightsErased: 'the registry cannot be read',
  rightsRestricted: 'the registry cannot be read',
  b2bNotInformed: 'nobody said whether refusal was offered',
  b2bNoRelevance: 'strict: nothing on record about the profession',
  b2bConsumerDomain: ADDRESS,
  genericMisclassified: 'nobody said whose it is',
  noncommercialConditions: 'nobody said whether they were told',
  registryUnavailable: 'the registry cannot be read',
  recordTampered: 'nothing on record',
  consentWithdrawn: 'a later record without a date of consent',
  rcptLimit: COUNTED,
  retentionExpired: 'no clock',
  retentionOpenOnly: 'no clock',
  retentionCustomer: 'no collection date: another rule asks',
  retentionGeneric: 'no clock',
  repermissionOnce: 'nobody knows what was sent',
  consentStale: 'no date',
  retentionUnknown: 'no collection date, whatever the contacts',
  sectorBanned: 'words of the trade, no flag',
  senderUnauth: 'nobody logged in',
  advertiserUndeclared: 'no privacy page on file',
  contractMissing: 'the document was never filed',
  tlsRequired: SESSION,
  contractClauses: 'a clause nobody spoke of is absent',
  incidentHold: 'nothing on hold',
  ropaMissing: 'nobody said for whom',
  classUndeclared: 'nobody logged in',
  suppressionFeedStale: 'the registry does not answer',
  unsubLatency: 'nothing was ever tried',
  smsGateway: ADDRESS,
  smsHours: 'at RCPT nothing is sent yet',
  smsStop: 'nothing to read',
  sourceForbidden: 'nobody said where it comes from: another rule asks',
  sourceUnknown: 'nobody said',
  replyNoRecord: 'nobody said where it comes from: another rule asks',
  sourceAudit: 'never checked',
  partnerChain: 'no chain',
  partnerNotNamed: 'no list on record',
  unsubHeader: 'no such field',
  unsubOneclick: 'no field at all',
  unsubMissing: 'no link at all',
  unsubHidden: 'no link at all: UNSUB-MISSING says so',
  unsubNotFree: 'nothing to display',
  unsubDkim: 'no List-Unsubscribe: nothing to sign',
  unsubScope: 'nobody has said what it ends',
}

/** The row on the border between what passes and what does not. */
const BOUNDARY: Readonly<Record<string, string | None>> = {
  classMisdeclared: 'at the threshold exactly',
  infoNoticeMissing: 'the second one need not',
  sourceNotStated: 'vector 44: the partner is named',
  objectionNotProminent: YES_OR_NO,
  recipientsDisclosed: 'more than are looked at',
  multiAdvertiser: 'two others, and the person agreed to one of them',
  trackingPixel: YES_OR_NO,
  consentNotPositive: YES_OR_NO,
  consentBundled: YES_OR_NO,
  consentConditional: YES_OR_NO,
  consentDeceptiveForm: YES_OR_NO,
  dataMinimisation: YES_OR_NO,
  consentProofMissing: YES_OR_NO,
  genericAttention: 'a function in two letters',
  identityIncomplete: WORDS,
  adNotIdentifiable: WORDS,
  premiumNumber: WORDS,
  subjectDeceptive: WORDS,
  softOptinNotCustomer: 'bought at this very millisecond',
  softOptinNoOptout: YES_OR_NO,
  softOptinNotAnalogous: YES_OR_NO,
  softOptinOtherEntity: YES_OR_NO,
  routerScope: YES_OR_NO,
  consentMissing: 'consent given at this very millisecond',
  purposeMismatch: YES_OR_NO,
  consentChannel: YES_OR_NO,
  canaryHit: YES_OR_NO,
  unsubToken: YES_OR_NO,
  consentNotInformed: YES_OR_NO,
  noticeStale: 'practices changed on the day the notice came into use',
  minorNoParental: YES_OR_NO,
  infoLate: 'the first millisecond after it',
  frequencyCap: 'a message that has just left the window',
  unsubLinkDead: YES_OR_NO,
  unsubNotDirect: YES_OR_NO,
  contactInvalid: YES_OR_NO,
  parseFailed: YES_OR_NO,
  identityHidden: 'a brand of two letters alone',
  fromMisaligned: YES_OR_NO,
  oppositionListed: 'double opt-in at the very millisecond of the objection',
  collectionRefusal: 'subscribed at the very same millisecond',
  complaintSuppressed: YES_OR_NO,
  bounceSuppressed: 'subscribed at the same millisecond',
  rightsErased: 'an erased record, and a subscription of the same millisecond',
  rightsRestricted: YES_OR_NO,
  b2bNotInformed: YES_OR_NO,
  b2bNoRelevance: YES_OR_NO,
  b2bConsumerDomain: YES_OR_NO,
  genericMisclassified: 'a function in two words',
  noncommercialConditions: YES_OR_NO,
  registryUnavailable: ALARMS,
  recordTampered: 'one of two records does not verify: it may have been a withdrawal',
  consentWithdrawn: 'consent given at the very millisecond of the withdrawal',
  rcptLimit: 'its second recipient',
  retentionExpired: 'the first unlawful millisecond, winter',
  retentionOpenOnly: 'an open that would have, a millisecond earlier',
  retentionCustomer: 'the anniversary of the purchase',
  retentionGeneric: 'the first unlawful millisecond',
  repermissionOnce: 'the first millisecond of the ninety days',
  consentStale: 'the first unlawful millisecond',
  retentionUnknown: 'collected a millisecond from now',
  sectorBanned: YES_OR_NO,
  senderUnauth: YES_OR_NO,
  advertiserUndeclared: 'particulars missing from a configuration an hour old: temporary, no list is lost for it',
  contractMissing: 'the moment it ends',
  tlsRequired: YES_OR_NO,
  contractClauses: 'no clause on audits, a second before the end of the hold',
  incidentHold: 'lifted at this moment',
  ropaMissing: YES_OR_NO,
  classUndeclared: YES_OR_NO,
  suppressionFeedStale: 'a second more',
  unsubLatency: 'not honoured, a moment before the hold ends',
  smsGateway: YES_OR_NO,
  smsHours: 'a second before',
  smsStop: YES_OR_NO,
  sourceForbidden: YES_OR_NO,
  sourceUnknown: YES_OR_NO,
  replyNoRecord: YES_OR_NO,
  sourceAudit: 'the first unlawful millisecond: midnight in Paris, six months later',
  partnerChain: 'three hands where two are admitted',
  partnerNotNamed: YES_OR_NO,
  unsubHeader: 'two fields',
  unsubOneclick: 'two https URIs',
  unsubMissing: 'a thousand other links after it: nobody would find it',
  unsubHidden: 'a full stop after a sentence that says it',
  unsubNotFree: YES_OR_NO,
  unsubDkim: YES_OR_NO,
  unsubScope: YES_OR_NO,
}

interface Row {
  readonly name: string
  readonly expect: string
}

const FOLDER = new URL('.', import.meta.url)
const SOURCES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('-rules.test.ts'))
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
const camelCase = (id: string) => id.toLowerCase().replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

/** Rows as they are written, those of constants the table takes in included. */
function rowsOf(rule: string): readonly Row[] {
  for (const source of SOURCES) {
    const table = new RegExp(`ruleTable\\(${rule},(.*?)\\n\\]\\)`, 's').exec(source)?.[1]
    if (table === undefined) continue
    const shared = [...table.matchAll(/^ {2}(?:\.\.\.)?(\w+),$/gm)].map(([, name]) => name!)
    const constants = shared.map(
      (name) => new RegExp(`const ${name}\\b.*?\\n(?=\\n|const )`, 's').exec(source)?.[0] ?? '',
    )
    return [table, ...constants].flatMap(rowsIn)
  }
  return []
}

function rowsIn(text: string): readonly Row[] {
  const rows = text.matchAll(/name:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`),.*?expect:\s*'([^']+)'/gs)
  return [...rows].map(([, single, double, template, expected = '']) => ({
    name: single ?? double ?? template ?? '',
    expect: expected,
  }))
}

describe.each(CATALOGUE.map(({ id, scope }) => [id, scope] as const))('the table of %s', (id, scope) => {
  const rule = camelCase(id)
  const rows = rowsOf(rule)
  const source = readFileSync(new URL(`../../src/rules/${scope}/${id.toLowerCase()}.ts`, FOLDER), 'utf8')
  const expecting = (...kinds: readonly string[]) => rows.filter((row) => kinds.includes(row.expect.split(' ')[0]!))

  test('permits', () => expect(expecting('pass')).not.toEqual([]))

  test('refuses, warns or puts off', () => expect(expecting('fail', 'warn', 'unknown')).not.toEqual([]))

  test('has a row the rule is not about, unless it is about everything', () => {
    const isAboutEverything = !/NOT_APPLICABLE|NOT_YET_DECLARED|'skip'|judgeObjections|judgeErased/.test(source)
    if (!isAboutEverything) expect(expecting('skip')).not.toEqual([])
  })

  test.each([
    ['missing evidence', MISSING_EVIDENCE],
    ['the border', BOUNDARY],
  ])('has a row for %s, or says why there is none', (_, chosen) => {
    const row = chosen[rule]
    expect(row).toBeDefined()
    if (typeof row === 'string') expect(rows.map(({ name }) => name)).toContain(row)
    else expect(row?.why.length).toBeGreaterThan(20)
  })
})
