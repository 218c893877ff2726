/** What any registry must do, whatever database answers: run by each implementation of the port. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { covers, type Objection } from '#aval/domain/objection.js'
import type { RegistryAnswer } from '#aval/domain/registry.js'
import type { ConsentDraft, EventDraft, ObjectionDraft, Person } from '#aval/registry/records/drafts.js'
import type {
  ConsentResult,
  RecordHistory,
  Withdrawal,
  WithdrawOptions,
  WriteResult,
} from '#aval/registry/writer/registry-writer.js'
import { address, consent, DAY, event, NOW, objection } from './fixture.js'

type Eventually<T> = T | Promise<T>

export interface RegistryHarness {
  setClock(now: number): void
  lookup(address: string, advertiserId?: string): Promise<RegistryAnswer>
  addConsent(draft: ConsentDraft): Eventually<ConsentResult>
  withdraw(person: Person, advertiserId: string, options: WithdrawOptions): Eventually<Withdrawal>
  addEvent(draft: EventDraft): Eventually<WriteResult>
  addObjection(draft: ObjectionDraft): Eventually<WriteResult>
  records(person: Person): Eventually<RecordHistory[]>
  objections(person: Person): Eventually<Objection[]>
  close(): Eventually<void>
}

export function registryConformance(name: string, open: () => Eventually<RegistryHarness>): void {
  describe(`registry on ${name}`, () => {
    let registry: RegistryHarness
    beforeEach(async () => {
      registry = await open()
    })
    afterEach(async () => registry.close())

    describe('records', () => {
      it('gives back a record field by field, intact, with the digest of its version', async () => {
        const draft = consent('jean@example.com', {
          subjectKind: 'consumer',
          transferChain: ['partner-1'],
          customer: { firstPurchaseAt: NOW - 90 * DAY, categories: ['books', 'music'] },
          restricted: false,
        })
        expect(await registry.addConsent(draft)).toMatchObject({ kind: 'added', version: 1 })
        const { records } = await registry.lookup('jean@example.com')
        expect(records).toHaveLength(1)
        const { person: _person, ...statement } = draft
        expect(records[0]!.record).toMatchObject({
          ...statement,
          version: 1,
          createdBy: 'test',
          createdAt: NOW,
          keyId: 'k1',
        })
        expect(records[0]!.record.id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
        expect(records[0]!.sha256).toMatch(/^[0-9a-f]{64}$/)
        expect(records[0]!.intact).toBe(true)
      })

      it('knows nothing of a person never seen', async () => {
        expect(await registry.lookup('nobody@example.com')).toEqual({
          records: [],
          contacts: [],
          objections: [],
          knownElsewhere: false,
          canaryOf: [],
        })
      })

      it('I6 tells of another advertiser only that there is one, and nothing of its records, contacts or their number', async () => {
        await registry.addConsent(consent('jean@example.com', { advertiserId: 'zeta' }))
        await registry.addConsent(consent('jean@example.com', { advertiserId: 'aardvark' }))
        await registry.addEvent(event('jean@example.com', { advertiserId: 'zeta' }))
        expect(await registry.lookup('jean@example.com')).toEqual({
          records: [],
          contacts: [],
          objections: [],
          knownElsewhere: true,
          canaryOf: [],
        })
        await registry.addConsent(consent('jean@example.com'))
        expect((await registry.lookup('jean@example.com')).records).toHaveLength(1)
      })

      it('an own record alone is not known elsewhere', async () => {
        await registry.addConsent(consent('jean@example.com'))
        expect((await registry.lookup('jean@example.com')).knownElsewhere).toBe(false)
      })

      it('consent for jean@ does not answer for jean+promo@, nor the other way round', async () => {
        await registry.addConsent(consent('jean@example.com'))
        await registry.addConsent(consent('luc+promo@example.com'))
        expect((await registry.lookup('jean+promo@example.com')).records).toEqual([])
        expect((await registry.lookup('luc@example.com')).records).toEqual([])
      })

      it.each([
        ['letter case', 'Jean@Example.COM', 'jean@example.com'],
        ['IDN in Unicode and in A-labels', 'jean@müller.example', 'jean@xn--mller-kva.example'],
        ['a quoted local part that needs no quotes', '"jean"@example.com', 'jean@example.com'],
        ['composed and decomposed accents', 'hélène@example.com', 'hélène@example.com'],
        ['a root dot', 'jean@example.com.', 'jean@example.com'],
      ])('finds the same address through %s', async (_what, written, sent) => {
        await registry.addConsent(consent(written))
        expect((await registry.lookup(sent)).records).toHaveLength(1)
      })

      it('the same statement twice is one version; a changed one is a second, and the newest answers', async () => {
        const first = await registry.addConsent(consent('jean@example.com'))
        expect(await registry.addConsent(consent('jean@example.com'))).toMatchObject({ kind: 'unchanged', version: 1 })
        const changed = consent('jean@example.com', { noticeVersion: '4' })
        expect(await registry.addConsent(changed)).toMatchObject({ kind: 'added', version: 2 })
        expect(await registry.addConsent(consent('jean@example.com'))).toMatchObject({ kind: 'unchanged' })
        const { records } = await registry.lookup('jean@example.com')
        expect(records.map(({ record, intact }) => [record.version, record.noticeVersion, intact])).toEqual([
          [2, '4', true],
        ])
        expect(first).toMatchObject({ recordId: records[0]!.record.id })
      })

      it('the order of a set of purposes makes no second record', async () => {
        const purposes = ['newsletter:weekly', 'own_offers']
        await registry.addConsent(consent('jean@example.com', { purposes }))
        await registry.addConsent(consent('jean@example.com', { purposes: purposes.toReversed() }))
        expect((await registry.lookup('jean@example.com')).records).toHaveLength(1)
      })

      it('an older export imported late is stale and changes nothing', async () => {
        const named = { externalId: 'crm-1' }
        const bought = (days: number) => ({ firstPurchaseAt: NOW - 90 * DAY, lastPurchaseAt: NOW - days * DAY })
        await registry.addConsent(consent('jean@example.com', { ...named, customer: bought(5) }))
        const late = consent('jean@example.com', { ...named, customer: bought(50) })
        expect(await registry.addConsent(late)).toMatchObject({ kind: 'stale', version: 1 })
      })

      it('no file moves the day an address was collected', async () => {
        const named = { externalId: 'crm-1' }
        await registry.addConsent(consent('jean@example.com', named))
        for (const days of [1, 200]) {
          const moved = { ...named, collectedAt: NOW - days * DAY, givenAt: NOW - days * DAY }
          expect(await registry.addConsent(consent('jean@example.com', moved))).toMatchObject({
            kind: 'refused',
            problems: [{ column: 'collected_at', rule: 'RETENTION-UNKNOWN' }],
          })
        }
        expect((await registry.lookup('jean@example.com')).records[0]!.record.version).toBe(1)
      })

      it('two acts of consent are two records', async () => {
        await registry.addConsent(consent('jean@example.com'))
        await registry.addConsent(consent('jean@example.com', { givenAt: NOW - 3 * DAY }))
        expect((await registry.lookup('jean@example.com')).records).toHaveLength(2)
      })
    })

    describe('withdrawal', () => {
      it('I5 ends every live record, adds an objection, and holds whatever is imported later', async () => {
        await registry.addConsent(consent('jean@example.com'))
        await registry.addConsent(consent('jean@example.com', { purposes: ['newsletter:weekly'] }))
        await registry.addConsent(consent('jean@example.com', { advertiserId: 'other' }))
        const withdrawal = await registry.withdraw(address('jean@example.com'), 'acme', { by: 'cli' })
        expect(withdrawal.records.map((record) => record.version)).toEqual([2, 2])
        const answer = await registry.lookup('jean@example.com')
        expect(answer.records.map(({ record, intact }) => [record.status, intact])).toEqual([
          ['withdrawn', true],
          ['withdrawn', true],
        ])
        expect(answer.objections).toMatchObject([
          { reason: 'manual', scope: { kind: 'advertiser', advertiserId: 'acme' } },
        ])
        expect((await registry.lookup('jean@example.com', 'other')).records[0]!.record.status).toBe('given')

        const partner = consent('jean@example.com', {
          sourceKind: 'partner',
          sourceLabel: 'Partner SA',
          method: 'unticked_box',
        })
        expect(await registry.addConsent(partner)).toMatchObject({ kind: 'objected' })
      })

      it('the same act of consent imported again does not bring a withdrawn record back, even without an objection', async () => {
        await registry.addConsent(consent('jean@example.com'))
        await registry.withdraw(address('jean@example.com'), 'acme', { by: 'cli', objection: false })
        const touched = consent('jean@example.com', { wording: 'Another wording.' })
        expect(await registry.addConsent(touched)).toMatchObject({ kind: 'withdrawn', version: 2 })
        expect((await registry.lookup('jean@example.com')).records[0]!.record.status).toBe('withdrawn')
      })

      it('withdrawing twice at once adds one objection', async () => {
        await registry.addConsent(consent('jean@example.com'))
        await registry.withdraw(address('jean@example.com'), 'acme', { by: 'cli' })
        registry.setClock(NOW + 30_000)
        await registry.withdraw(address('jean@example.com'), 'acme', { by: 'cli' })
        expect((await registry.lookup('jean@example.com')).objections).toHaveLength(1)
      })

      it('only a newer double opt-in with the advertiser itself is taken after an objection', async () => {
        await registry.addObjection(objection('jean@example.com', { at: NOW - 5 * DAY }))
        const newer = { collectedAt: NOW - DAY, givenAt: NOW - DAY }
        for (const change of [
          {},
          { ...newer, method: 'unticked_box' as const },
          { ...newer, sourceKind: 'partner' as const, sourceLabel: 'P' },
        ]) {
          expect(await registry.addConsent(consent('jean@example.com', change))).toMatchObject({ kind: 'objected' })
        }
        expect(await registry.addConsent(consent('jean@example.com', newer))).toMatchObject({ kind: 'added' })
      })

      it('keeps the history, oldest first', async () => {
        await registry.addConsent(consent('jean@example.com'))
        await registry.withdraw(address('jean@example.com'), 'acme', { by: 'cli:root' })
        const [history] = await registry.records(address('jean@example.com'))
        expect(history!.versions.map(({ record }) => [record.version, record.status, record.createdBy])).toEqual([
          [1, 'given', 'test'],
          [2, 'withdrawn', 'cli:root'],
        ])
      })
    })

    describe('objections', () => {
      it.each([
        ['jean+promo@example.com', 'jean@example.com'],
        ['jean@example.com', 'Jean+spring@EXAMPLE.com'],
        ['j.e.a.n@gmail.com', 'jean+x@googlemail.com'],
        ['jean@müller.example', 'jean+1@xn--mller-kva.example'],
      ])('I5 an objection made as %s holds for %s', async (made, sent) => {
        await registry.addObjection(objection(made))
        const { objections } = await registry.lookup(sent)
        expect(objections.map((found) => covers(found, 'acme', undefined, 'email'))).toEqual([true])
      })

      it('dots are another mailbox elsewhere', async () => {
        await registry.addObjection(objection('j.dupont@example.com'))
        expect((await registry.lookup('jdupont@example.com')).objections).toEqual([])
      })

      it.each(['jean@example.com', 'Anybody+x@EXAMPLE.com', 'jean@paris.example.com'])(
        'I5 an objection of everybody at example.com holds for %s, and only for the advertiser it is against',
        async (sent) => {
          const draft = { ...objection('x@example.com', { reason: 'letter' }), person: { domain: 'example.com' } }
          expect(await registry.addObjection(draft)).toMatchObject({ kind: 'added' })
          expect(await registry.addObjection(draft)).toMatchObject({ kind: 'unchanged' })
          const { objections } = await registry.lookup(sent)
          expect(objections).toMatchObject([{ of: 'domain', reason: 'letter', scope: { kind: 'advertiser' } }])
          expect(objections.map((found) => covers(found, 'acme', undefined, 'email'))).toEqual([true])
          expect(objections.map((found) => covers(found, 'bravo', undefined, 'email'))).toEqual([false])
          expect(await registry.objections(address(sent))).toEqual(objections)
        },
      )

      it.each(['jean@sub-example.com', 'jean@example.com.test', 'jean@xample.com', 'example.com@other.example'])(
        'an objection of everybody at example.com says nothing of %s',
        async (sent) => {
          await registry.addObjection({
            ...objection('x@example.com', { reason: 'letter' }),
            person: { domain: 'example.com' },
          })
          expect((await registry.lookup(sent)).objections).toEqual([])
        },
      )

      it('an objection of one mailbox is not of its domain', async () => {
        await registry.addObjection({
          ...objection('x@example.com', { reason: 'letter' }),
          person: { domain: 'other.example' },
        })
        await registry.addObjection(objection('jean@example.com'))
        expect((await registry.lookup('marie@example.com')).objections).toEqual([])
        expect((await registry.lookup('jean@example.com')).objections).toMatchObject([
          { scope: { kind: 'advertiser', advertiserId: 'acme' } },
        ])
        expect((await registry.lookup('jean@example.com')).objections[0]).not.toHaveProperty('of')
      })

      it('after the objection of a whole domain only a newer double opt-in with the advertiser itself is taken', async () => {
        await registry.addObjection({
          ...objection('x@example.com', { reason: 'letter', at: NOW - 5 * DAY }),
          person: { domain: 'example.com' },
        })
        const newer = { collectedAt: NOW - DAY, givenAt: NOW - DAY }
        expect(await registry.addConsent(consent('jean@example.com'))).toMatchObject({ kind: 'objected' })
        expect(await registry.addConsent(consent('jean@example.com', newer))).toMatchObject({ kind: 'added' })
      })

      it.each(['gmail.com', 'yahoo.co.uk', 'co.uk', 'com', 'github.io', 'localhost'])(
        'nobody objects for everybody at %s',
        async (domain) => {
          const draft = { ...objection('x@example.com', { reason: 'letter' }), person: { domain } }
          expect(await registry.addObjection(draft)).toMatchObject({
            kind: 'refused',
            problems: [
              {
                column: 'address',
                reason: { en: expect.stringContaining('no domain somebody answers for') as string },
              },
            ],
          })
        },
      )

      it.each([
        'hard_bounce',
        'erasure',
        'fbl_complaint',
        'collection_refusal',
        'one_click',
        'unsubscribe_link',
      ] as const)('the reason %s is of one mailbox, never of a domain', async (reason) => {
        const draft = { ...objection('x@example.com', { reason }), person: { domain: 'example.com' } }
        expect(await registry.addObjection(draft)).toMatchObject({ kind: 'refused', problems: [{ column: 'reason' }] })
      })

      it('keeps scope and reason, once', async () => {
        for (const scope of [{ kind: 'router', routerId: 'routix' }, { kind: 'global' }] as const) {
          const draft = objection('jean@example.com', { scope, reason: 'letter', sourceRef: 'letter 12' })
          expect((await registry.addObjection(draft)).kind).toBe('added')
          expect((await registry.addObjection(draft)).kind).toBe('unchanged')
        }
        const { objections } = await registry.lookup('jean@example.com')
        expect(objections.map(({ scope }) => scope.kind).sort()).toEqual(['global', 'router'])
        expect(await registry.objections(address('JEAN+a@example.com'))).toHaveLength(2)
      })
    })

    describe('contacts', () => {
      it('gives the newest of each type and link kind, robots left out', async () => {
        const add = (change: Partial<EventDraft>) => registry.addEvent(event('jean@example.com', change))
        await add({ at: NOW - 9 * DAY })
        await add({ at: NOW - 3 * DAY })
        await add({ at: NOW - 1 * DAY, botSuspected: true })
        await add({ at: NOW - 2 * DAY, linkKind: 'footer' })
        await add({ at: NOW - 7 * DAY, type: 'purchase' })
        const { contacts } = await registry.lookup('jean@example.com')
        expect(contacts.map(({ type, linkKind, at }) => `${type} ${linkKind} ${(NOW - at) / DAY}`).sort()).toEqual([
          'link_click footer 2',
          'link_click offer 3',
          'purchase offer 7',
        ])
      })

      it('one to come, from a clock that goes ahead, hides none that was', async () => {
        for (const at of [NOW - 3 * DAY, NOW - 9 * DAY, NOW + 120_000])
          await registry.addEvent(event('jean@example.com', { at }))
        const { contacts } = await registry.lookup('jean@example.com')
        expect(contacts.map(({ at }) => at - NOW).sort((one, other) => one - other)).toEqual([-3 * DAY, 120_000])
      })

      it('an event is told once, by its own name or by what it is', async () => {
        expect((await registry.addEvent(event('jean@example.com'))).kind).toBe('added')
        expect((await registry.addEvent(event('jean@example.com'))).kind).toBe('unchanged')
        const named = { dedupeKey: 'c-1' }
        expect((await registry.addEvent(event('jean@example.com', named))).kind).toBe('added')
        expect((await registry.addEvent(event('jean@example.com', { ...named, at: NOW - DAY }))).kind).toBe('unchanged')
      })

      it.each(['open', 'pixel_load', 'image_proxy_fetch'] as const)('refuses %s by name', async (type) => {
        const result = await registry.addEvent(event('jean@example.com', { type }))
        expect(result).toMatchObject({ kind: 'refused', problems: [{ column: 'type' }] })
        expect(JSON.stringify(result)).toContain('an open is not a contact (CNIL deliberation 2021-131)')
      })

      it('refuses an event of a day before the address was collected, whichever record says so', async () => {
        const collected = (at: string): Partial<ConsentDraft> => ({
          collectedAt: Date.parse(at),
          givenAt: Date.parse(at),
        })
        await registry.addConsent(consent('jean@example.com', collected('2026-03-10T09:00:00+01:00')))
        await registry.addConsent(
          consent('jean@example.com', { ...collected('2026-02-01T09:00:00+01:00'), purposes: ['newsletter:weekly'] }),
        )
        const add = (at: string, change: Partial<EventDraft> = {}) =>
          registry.addEvent(event('jean@example.com', { at: Date.parse(at), ...change }))
        expect((await add('2026-01-31T12:00:00+01:00', { advertiserId: 'zeta' })).kind).toBe('added')
        const refused = await add('2026-01-31T23:59:59.999+01:00')
        expect(refused).toMatchObject({ kind: 'refused', problems: [{ column: 'at', rule: 'RETENTION-UNKNOWN' }] })
        expect((await add('2026-02-01T00:00:00+01:00')).kind).toBe('added')
        const { contacts } = await registry.lookup('jean@example.com')
        expect(contacts.map(({ at }) => new Date(at).toISOString())).toEqual(['2026-01-31T23:00:00.000Z'])
      })

      it('an event on file stays there, and is told as before, when a later date of collection comes in', async () => {
        const early = event('jean@example.com', { at: NOW - 200 * DAY })
        expect((await registry.addEvent(early)).kind).toBe('added')
        await registry.addConsent(consent('jean@example.com'))
        expect((await registry.addEvent(early)).kind).toBe('unchanged')
        expect((await registry.addEvent({ ...early, source: 'shop' })).kind).toBe('refused')
      })

      it('refuses an event of the future, but not one five minutes ahead', async () => {
        expect((await registry.addEvent(event('jean@example.com', { at: NOW + 300_001 }))).kind).toBe('refused')
        expect((await registry.addEvent(event('jean@example.com', { at: NOW + 300_000 }))).kind).toBe('added')
      })
    })
  })
}
