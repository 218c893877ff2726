/** I10: the story of a decision is whole sentences in both languages, whatever the decision lacks. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecisionEntry } from '#aval/domain/journal-entry.js'
import { storyOf } from '#aval/evidence/story.js'
import { RULE_IDS } from '#aval/rules/catalogue.js'
import { decision, outcome, refusal } from '../journal/support.js'
import { plainSpaces } from '../support/plain-spaces.js'

const site = {
  advertisers: new Map([['acme', { legalName: 'Acme SAS' }]]),
  routers: new Map([['routix', { legalName: 'Routix SARL' }]]),
} as never
const entry = { seq: 7, hash: 'ef'.repeat(32) }
const record = {
  collectedAt: 1,
  sourceKind: 'partner',
  sourcePartyId: 'broker',
  proof: { type: 'doi_log', ref: 'log-9' },
} as const

function told(of: DecisionEntry, language: 'fr' | 'en', more: object = {}): string {
  const facts = {
    decision: of,
    outcomes: [],
    site,
    reasons: new Map(),
    record: 'gone' as const,
    today: undefined,
    entry,
    checkpoint: undefined,
    ...more,
  }
  const text = storyOf(facts, language)
    .map(({ text: words }) => words)
    .join('\n')
  return plainSpaces(text)
}

describe('the story', () => {
  it('of a message that left names who, for whom, the record with its proof, the clock, the rules and the outcome', () => {
    const text = told(decision(1), 'en', { record, outcomes: [outcome(1)], checkpoint: { size: 9, at: 1 } })
    for (const part of [
      'Routix SARL (routix), logged in as routix-acme',
      'for Acme SAS (acme) as prospecting of consumers (campaign spring)',
      'It rests on record rec-1, version 2 (consent)',
      'source: partner broker, proof: log of the double opt-in, log-9',
      'counted from 5 January 2026 at 09:59:59 (click on a link).',
      '3 rules were in order: CONSENT-MISSING, OPPOSITION-LISTED, RETENTION-EXPIRED.',
      'The upstream mta.example:25 took it',
      'Its answer: 250 2.0.0 queued',
      'entry 7 of the journal',
      'under the checkpoint over 9 entries',
    ])
      expect(text).toContain(part)
  })

  it('takes a credential without a router for the advertiser itself, and nobody for it without both', () => {
    const inHouse = decision(1, { router: '' })
    expect(told(inHouse, 'en')).toContain('the advertiser itself, logged in as routix-acme, presented it for Acme SAS')
    expect(told(inHouse, 'fr')).toContain('l’annonceur lui-même, connecté sous l’identifiant routix-acme')
    for (const unknown of [{ credential: '' }, { advertiser: '' }]) {
      const nobody = decision(1, { router: '', ...unknown })
      expect(told(nobody, 'en')).toContain('a router nobody declared')
      expect(told(nobody, 'fr')).toContain('un routeur que personne n’a déclaré')
    }
  })

  it('says of a message whose line ends were rewritten what came', () => {
    const received = 'ab'.repeat(32)
    expect(told(decision(1, { receivedSha256: received }), 'en')).toContain(
      `as it came in, its SHA-256 was ${received}`,
    )
    expect(told(decision(1, { receivedSha256: received }), 'fr')).toContain(
      `tel que reçu, son SHA-256 était ${received}`,
    )
    expect(told(decision(1), 'en')).not.toContain('bare_newline')
  })

  it('says what is gone, and what is not known yet', () => {
    expect(told(decision(1, { toKey: '' }), 'fr')).toContain('effacées depuis (RGPD art. 17)')
    expect(told(decision(1), 'fr')).toMatch(/n’est plus au registre.*\n/)
    expect(told(decision(1), 'en', { record: 'unread' })).toContain('the registry cannot be opened')
    expect(told(refusal(1), 'en')).toContain('It was judged by record rec-1')
    expect(told(decision(1), 'en')).toContain('Nothing is known yet of what became of it.')
    expect(told(decision(1, { recordId: '', dueAt: 0 }), 'en')).toContain('No record authorises it')
  })

  it.each([...RULE_IDS, 'RULE-OF-LONG-AGO'])(
    'of a refusal by %s has the law and the remedy, in both languages',
    (rule) => {
      const finding = { rule, outcome: 'fail', detail: 'why', evidence: { hosts: ['a.example', 'b.example'] } } as const
      for (const [language, law] of [
        ['fr', 'Texte : '],
        ['en', 'Law: '],
      ] as const) {
        const text = told({ ...refusal(1), rule, findings: [finding] }, language)
        expect(text).toContain(rule)
        expect(text).toContain('a.example, b.example')
        if (rule !== 'RULE-OF-LONG-AGO') expect(text).toContain(law)
      }
    },
  )

  it('says first of all what is on file today: an objection, late ones too, but of nobody who has come back since', () => {
    const { at, recordId: id } = decision(1)
    const objection = (objectedAt: number) =>
      ({ id: 'o', scope: { kind: 'global' }, channel: 'email', reason: 'reply_stop', at: objectedAt }) as const
    const onFile = (over: object) => ({ id, version: 2, status: 'given', givenAt: at - 10, createdAt: at, ...over })
    const second = (today: object) => told(decision(1), 'fr', { today: { isWhole: true, ...today } }).split('\n')[1]
    for (const objectedAt of [at + 5, at - 5])
      expect(second({ objections: [objection(objectedAt)], records: [onFile({})] })).toMatch(
        /^Aujourd’hui, une opposition du 5 janvier 2026 à \S+ est au registre \(réponse STOP\) : plus rien/,
      )
    const back = [onFile({}), onFile({ id: 'rec-9', givenAt: at + 50 })]
    expect(second({ objections: [objection(at + 5)], records: back })).toMatch(/^Le 5 janvier/)
    expect(second({ objections: [], records: [onFile({ version: 3, status: 'withdrawn' })] })).toContain(
      'la fiche en est à la version 3, du 5 janvier 2026 à 10:00:00 : retiré. Plus rien',
    )
    expect(second({ objections: [], records: [onFile({ version: 3, restricted: true })] })).toContain('est limité')
    expect(second({ objections: [], records: [onFile({ version: 3 })] })).toMatch(/^Le 5 janvier/)
    expect(second({ objections: [], records: [] })).toMatch(/^Le 5 janvier/)
  })

  it('says of a message that was let through where later objections cannot be told, and not beside one that can', () => {
    const { at } = decision(1)
    const objection = { id: 'o', scope: { kind: 'global' }, channel: 'email', reason: 'reply_stop', at: at + 5 }
    const inPart = (objections: object[], of = decision(1)) =>
      told(of, 'en', { today: { objections, records: [], isWhole: false } }).includes('cannot be told in full')
    expect([inPart([]), inPart([objection]), inPart([], refusal(1))]).toEqual([true, false, false])
  })

  it.each(['OPPOSITION-LISTED', 'COLLECTION-REFUSAL', 'COMPLAINT-SUPPRESSED', 'RIGHTS-ERASED', 'RIGHTS-RESTRICTED'])(
    'of a refusal by %s says first that the person had said no, and once',
    (rule) => {
      const evidence = { since: '2026-01-01T11:00:00.000Z', reason: 'letter', scope: 'global' }
      const findings = [{ rule, outcome: 'fail', detail: 'listed', evidence }] as const
      const refused = { ...refusal(1), rule, findings }
      const objection = { id: 'o', scope: { kind: 'global' }, channel: 'email', reason: 'letter', at: 1 }
      const lines = told(refused, 'fr', { today: { objections: [objection], records: [], isWhole: true } }).split('\n')
      expect(lines[1]).toMatch(/rien ne peut lui être envoyé/)
      expect(lines[2]).toMatch(/^Le 5 janvier/)
      expect(lines.join('\n')).toContain('Conservation, qui ne permet aucun message contre la volonté de la personne')
    },
  )

  it('of a withdrawn consent says so first; of one that lapsed nobody has said no', () => {
    const withStatus = (detail: string) =>
      told({ ...refusal(1), findings: [{ rule: 'CONSENT-WITHDRAWN', outcome: 'fail', detail, evidence: {} }] }, 'fr')
    expect(withStatus('withdrawn').split('\n')[1]).toContain('avait retiré son consentement')
    expect(withStatus('refused').split('\n')[1]).toContain('avait refusé son consentement')
    expect(withStatus('expired').split('\n')[1]).toMatch(/^Le 5 janvier/)
  })

  it('names what was looser than the default, whatever became of the rule, and why, as long as that is known', () => {
    const findings = [
      { rule: 'UNSUB-HEADER', outcome: 'skip', detail: 'off', evidence: { loosened: ['rules.UNSUB-HEADER'] } },
      { rule: 'B2B-NO-RELEVANCE', outcome: 'pass', detail: '', evidence: { loosened: ['b2b.mode'] } },
    ] as const
    const why = { reason: 'the offer fits the function', by: 'the DPO', on: Date.UTC(2026, 0, 10) }
    const then = decision(1, { findings })
    const now = told(then, 'en', { reasons: new Map([['b2b.mode', why]]) })
    expect(now).toContain('b2b.mode (B2B-NO-RELEVANCE): “the offer fits the function”, the DPO, 10 January 2026.')
    expect(now).toContain(`rules.UNSUB-HEADER (UNSUB-HEADER): the reason given stands in configuration`)
    expect(told(then, 'fr')).toContain(
      `b2b.mode (B2B-NO-RELEVANCE) : le motif se trouve dans la configuration ${then.configSha256}.`,
    )
  })

  it('never leaves a gap, whatever is empty', () => {
    const part = fc.constantFrom<Partial<DecisionEntry>>(
      { credential: '' },
      { router: '' },
      { advertiser: '' },
      { campaign: '' },
      { senderDomain: '' },
      { toKey: '' },
      { rcpt: 0 },
      { recordId: '' },
      { dueAt: 0 },
      { messageSha256: '' },
      { reply: '550 5.7.1' },
      { would: 'refuse' },
      { passed: [], findings: [] },
      { legalBasis: 'other', messageClass: 'other', clockStartedBy: 'other' },
    )
    fc.assert(
      fc.property(fc.array(part), fc.constantFrom('fr', 'en'), (parts, language) => {
        const text = told(decision(1, Object.assign({}, ...parts) as Partial<DecisionEntry>), language)
        expect(text).not.toMatch(/[{}]|undefined|NaN|Invalid| ,|\(\)/)
      }),
      { numRuns: 200 },
    )
  })
})
