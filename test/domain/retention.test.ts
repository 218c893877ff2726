import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTACT_EVENT_TYPES, type LastContact } from '#aval/domain/contact-event.js'
import {
  daysLater,
  firstParisMoment,
  monthsLater,
  parisDayOf,
  parisOffset,
  startOfParisDay,
} from '#aval/domain/paris-time.js'
import { mistakenContact, retentionClock, startsClock } from '#aval/domain/retention.js'
import { aPolicy } from '../support/facts.js'

const at = (iso: string): number => {
  const moment = Date.parse(iso)
  if (Number.isNaN(moment)) throw new TypeError(iso)
  return moment
}
const POLICY = aPolicy()
const consent = { legalBasis: 'consent' } as const
const generic = { legalBasis: 'generic_professional' } as const
const customer = { legalBasis: 'existing_customer' } as const
const click = (iso: string, change: Partial<LastContact> = {}): LastContact => ({
  eventId: 'e',
  type: 'link_click',
  linkKind: 'offer',
  at: at(iso),
  ...change,
})

describe('I9 the due date', () => {
  it.each([
    ['an ordinary day', '2023-03-10T10:00:00+01:00', 36, '2026-03-10T00:00:00+01:00'],
    ['the first second of a day', '2023-03-10T00:00:00+01:00', 36, '2026-03-10T00:00:00+01:00'],
    ['the last millisecond of a day', '2023-03-10T23:59:59.999+01:00', 36, '2026-03-10T00:00:00+01:00'],
    ['already tomorrow in Paris, still today in UTC', '2023-03-10T23:30:00Z', 36, '2026-03-11T00:00:00+01:00'],
    ['a leap day', '2024-02-29T12:00:00+01:00', 36, '2027-02-28T00:00:00+01:00'],
    ['a leap day to a leap year', '2024-02-29T12:00:00+01:00', 48, '2028-02-29T00:00:00+01:00'],
    ['28 February to a leap year', '2021-02-28T12:00:00+01:00', 36, '2024-02-28T00:00:00+01:00'],
    ['the 31st to a month of 30', '2025-08-31T12:00:00+02:00', 1, '2025-09-30T00:00:00+02:00'],
    ['the 31st to February', '2025-12-31T12:00:00+01:00', 2, '2026-02-28T00:00:00+01:00'],
    ['summer to winter', '2023-07-14T00:10:00+02:00', 30, '2026-01-14T00:00:00+01:00'],
    ['due the day the hour changes in spring', '2023-03-29T12:00:00+02:00', 36, '2026-03-29T00:00:00+01:00'],
    ['due the day after', '2023-03-30T12:00:00+02:00', 36, '2026-03-30T00:00:00+02:00'],
    ['due the day the hour changes in autumn', '2022-10-26T12:00:00+02:00', 36, '2025-10-26T00:00:00+02:00'],
    ['due the day after it', '2022-10-27T12:00:00+02:00', 36, '2025-10-27T00:00:00+01:00'],
    ['started in the hour that comes twice', '2022-10-30T02:30:00+01:00', 36, '2025-10-30T00:00:00+01:00'],
    ['across the year', '2025-12-15T12:00:00+01:00', 1, '2026-01-15T00:00:00+01:00'],
    ['before 1970', '1967-02-28T12:00:00+01:00', 36, '1970-02-28T00:00:00+01:00'],
    ['past 2038', '2036-02-29T12:00:00+01:00', 36, '2039-02-28T00:00:00+01:00'],
    ['a year of the first century, which is none of the twentieth', '0080-06-30T12:00:00Z', 36, '0083-06-29T23:50:39Z'],
    ['no month at all', '2025-12-15T12:00:00+01:00', 0, '2025-12-15T00:00:00+01:00'],
  ])('%s', (_what, start, months, due) => {
    expect(new Date(monthsLater(at(start), months)).toISOString()).toBe(new Date(at(due)).toISOString())
  })

  it('vector 8: 35 months and 30 days after the click is in time, the anniversary is not', () => {
    const clock = retentionClock(
      { ...consent, collectedAt: at('2020-01-01T12:00:00Z') },
      [click('2023-05-16T09:00:00Z')],
      POLICY,
      at('2026-05-15T20:00:00Z'),
    )!
    expect(clock.startedBy).toBe('link_click')
    expect(at('2026-05-15T23:59:59.999+02:00')).toBe(clock.dueAt - 1)
    expect(at('2026-05-16T00:00:00+02:00')).toBe(clock.dueAt)
  })

  it('falls on midnight of the anniversary in Paris, or of the last day of its month, from any moment', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('1996-01-01T00:00:00Z'), max: at('2037-12-31T00:00:00Z') }),
        fc.integer({ min: 0, max: 60 }),
        (start, months) => {
          const due = monthsLater(start, months)
          const local = new Intl.DateTimeFormat('sv-SE', {
            timeZone: 'Europe/Paris',
            dateStyle: 'short',
            timeStyle: 'medium',
          }).format(due)
          expect(local).toMatch(/ 00:00:00$/)
          const from = parisDayOf(start)
          const to = parisDayOf(due)
          expect((to.year - from.year) * 12 + to.month - from.month).toBe(months)
          expect(to.day).toBeLessThanOrEqual(from.day)
          if (to.day < from.day) expect(parisDayOf(due + 26 * 3_600_000).day).toBe(1)
        },
      ),
    )
  })
})

describe('the clock', () => {
  const now = at('2026-06-15T10:00:00Z')
  const collectedAt = at('2022-01-10T10:00:00Z')

  it.each([
    ['nothing but collection', [], 'collected'],
    ['a click on the offer', [click('2024-01-01T00:00:00Z')], 'link_click'],
    ['a click on another link', [click('2024-01-01T00:00:00Z', { linkKind: 'footer' })], 'collected'],
    ['a click nobody knows the link of', [click('2024-01-01T00:00:00Z', { linkKind: undefined })], 'collected'],
    ['an open', [click('2026-06-14T00:00:00Z', { type: 'open' })], 'collected'],
    ['an unsubscribe click', [click('2026-06-14T00:00:00Z', { type: 'unsubscribe_click' })], 'collected'],
    ['an answer from a personal address', [click('2026-06-14T00:00:00Z', { type: 'reply' })], 'collected'],
    ['an import', [click('2026-06-14T00:00:00Z', { type: 'import' })], 'collected'],
    ['a contact of tomorrow', [click('2026-06-16T00:00:00Z')], 'collected'],
    ['a contact before collection', [click('2021-01-01T00:00:00Z')], 'collected'],
    [
      'a purchase behind an older click',
      [click('2023-01-01T00:00:00Z'), click('2024-01-01T00:00:00Z', { type: 'purchase' })],
      'purchase',
    ],
  ])('%s', (_what, contacts, startedBy) => {
    expect(retentionClock({ ...consent, collectedAt }, contacts, POLICY, now)?.startedBy).toBe(startedBy)
  })

  it.each([[undefined], [now + 1]])('never started when collected at %s', (collected) => {
    const record = collected === undefined ? consent : { ...consent, collectedAt: collected }
    expect(retentionClock(record, [click('2026-06-01T00:00:00Z')], POLICY, now)).toBeUndefined()
  })

  it('a customer is kept by buying, not by clicking', () => {
    const record = {
      collectedAt,
      legalBasis: 'existing_customer' as const,
      customer: { lastPurchaseAt: at('2023-02-01T10:00:00Z') },
    }
    expect(retentionClock(record, [click('2026-06-01T00:00:00Z')], POLICY, now)).toMatchObject({
      startedBy: 'purchase',
      dueAt: at('2026-02-01T00:00:00+01:00'),
    })
    expect(retentionClock({ ...customer, collectedAt }, [], POLICY, now)).toBeUndefined()
  })

  it.each([
    [
      'the first purchase, where no other is stated',
      { firstPurchaseAt: at('2023-02-01T10:00:00Z') },
      'purchase',
      '2023-02-01',
    ],
    [
      'the last purchase',
      { firstPurchaseAt: at('2022-03-01T10:00:00Z'), lastPurchaseAt: at('2024-02-01T10:00:00Z') },
      'purchase',
      '2024-02-01',
    ],
    [
      'the end of the contract',
      { lastPurchaseAt: at('2023-02-01T10:00:00Z'), relationEndedAt: at('2025-02-01T10:00:00Z') },
      'contract_end',
      '2025-02-01',
    ],
    [
      'the collection, which was a purchase',
      {},
      'collected',
      new Date(collectedAt).toISOString().slice(0, 10),
      'purchase',
    ],
  ] as const)(
    'the clock of a customer starts with %s',
    (_what, bought, startedBy, day, collectionContext?: 'purchase') => {
      const record = { ...customer, collectedAt, customer: bought, ...(collectionContext && { collectionContext }) }
      const clock = retentionClock(record, [], POLICY, now)!
      expect(clock.startedBy).toBe(startedBy)
      expect(new Date(clock.startedAt).toISOString().slice(0, 10)).toBe(day)
    },
  )

  it('interest a customer showed before giving the address counts for nothing, under any policy', () => {
    const policy = aPolicy({ softOptIn: { ...POLICY.softOptIn, clock: 'cnil' } })
    const record = { ...customer, collectedAt, customer: { lastPurchaseAt: collectedAt - 2 } }
    const clicked = { ...click('2026-06-01T00:00:00Z'), at: collectedAt - 1 }
    expect(retentionClock(record, [clicked], policy, now)?.startedBy).toBe('purchase')
  })

  it('an address collected at this very moment has a clock', () => {
    expect(retentionClock({ ...consent, collectedAt: now }, [], POLICY, now)?.startedAt).toBe(now)
  })

  it('a customer is kept by any contact where the policy says so, but never without a purchase', () => {
    const policy = aPolicy({ softOptIn: { ...POLICY.softOptIn, clock: 'cnil' } })
    const bought = { ...customer, collectedAt, customer: { lastPurchaseAt: at('2022-02-01T10:00:00Z') } }
    expect(retentionClock(bought, [click('2026-06-01T00:00:00Z')], policy, now)?.startedBy).toBe('link_click')
    expect(retentionClock({ ...customer, collectedAt }, [click('2026-06-01T00:00:00Z')], policy, now)).toBeUndefined()
  })

  it('a purchase of tomorrow does not turn the interest of today into that of a customer', () => {
    const policy = aPolicy({ softOptIn: { ...POLICY.softOptIn, clock: 'cnil' } })
    const clicked = click('2026-06-01T00:00:00Z')
    const ordered = click('2026-06-16T00:00:00Z', { type: 'order' })
    expect(retentionClock({ ...customer, collectedAt }, [clicked, ordered], policy, now)).toBeUndefined()
    const stated = { ...customer, collectedAt, customer: { lastPurchaseAt: ordered.at } }
    expect(retentionClock(stated, [clicked], policy, now)).toBeUndefined()
    expect(retentionClock(stated, [clicked], policy, ordered.at)?.startedBy).toBe('purchase')
  })

  it('an account is enough where the policy says so', () => {
    const policy = aPolicy({ softOptIn: { ...POLICY.softOptIn, requiresPurchase: false } })
    expect(retentionClock({ ...customer, collectedAt }, [], policy, now)?.startedBy).toBe('collected')
  })

  it('a purchase made before the address was given keeps a customer, and one of tomorrow nobody', () => {
    const purchase = (iso: string) => [click(iso, { type: 'purchase' })]
    expect(retentionClock({ ...customer, collectedAt }, purchase('2021-12-01T00:00:00Z'), POLICY, now)?.startedBy).toBe(
      'purchase',
    )
    expect(retentionClock({ ...customer, collectedAt }, purchase('2026-06-16T00:00:00Z'), POLICY, now)).toBeUndefined()
  })

  it.each([
    ['generic_only', consent, false],
    ['generic_only', generic, true],
    ['generic_only', { ...consent, subjectKind: 'legal_generic' as const }, true],
    ['same_address', consent, true],
    ['same_address', customer, false],
    ['none', generic, false],
  ] as const)('an answer by e-mail, %s, to a record on the basis %o: %s', (extendsClock, record, starts) => {
    const policy = aPolicy({ reply: { createRecord: false, extendsClock } })
    expect(startsClock(click('2024-01-01T00:00:00Z', { type: 'reply' }), record, policy)).toBe(starts)
  })

  it('a generic address has months of its own', () => {
    const policy = aPolicy({ generic: { ...POLICY.generic, retentionMonths: 12 } })
    const collected = { collectedAt: at('2025-07-01T10:00:00Z') }
    expect(retentionClock({ ...generic, ...collected }, [], policy, now)?.dueAt).toBe(at('2026-07-01T00:00:00+02:00'))
    expect(retentionClock({ ...consent, ...collected }, [], policy, now)?.dueAt).toBe(at('2028-07-01T00:00:00+02:00'))
  })

  const NEVER = [
    'open',
    'pixel_load',
    'image_proxy_fetch',
    'sent',
    'delivered',
    'bounce',
    'complaint',
    'unsubscribe_click',
    'preference_view',
    'bot_click',
    'forwarded_click',
    'import',
    'enrichment',
    'merge',
    'admin_edit',
    'partner_refresh',
  ]

  it('opens, deliveries and what the sender did itself never start it, on any basis, under any policy', () => {
    const loosest = aPolicy({
      reply: { createRecord: true, extendsClock: 'same_address' },
      softOptIn: { ...POLICY.softOptIn, clock: 'cnil', requiresPurchase: false },
    })
    for (const record of [consent, generic, customer]) {
      const never = CONTACT_EVENT_TYPES.filter(
        (type) => !startsClock(click('2024-01-01T00:00:00Z', { type }), record, loosest),
      )
      expect(never).toEqual(NEVER)
    }
  })

  it('a customer, strictly, is kept by buying and by the end of a contract alone', () => {
    const kept = CONTACT_EVENT_TYPES.filter((type) =>
      startsClock(click('2024-01-01T00:00:00Z', { type }), customer, POLICY),
    )
    expect(kept).toEqual(['purchase', 'order', 'contract_signed', 'contract_renewed', 'contract_end', 'warranty_end'])
  })

  it('the newest contact that was taken for one is named', () => {
    const opened = click('2026-06-14T00:00:00Z', { type: 'open' })
    const refreshed = click('2026-06-10T00:00:00Z', { type: 'partner_refresh' })
    const long = click('2020-06-10T00:00:00Z', { type: 'open' })
    const record = { ...consent, collectedAt }
    expect(mistakenContact(record, [refreshed, opened, long], POLICY, now)).toEqual({
      kind: 'open_only',
      contact: opened,
    })
    expect(mistakenContact(record, [long, refreshed], POLICY, now)?.kind).toBe('refresh_only')
    expect(mistakenContact(record, [opened, refreshed], POLICY, now)?.kind).toBe('open_only')
    expect(mistakenContact(record, [opened, { ...refreshed, at: opened.at }], POLICY, now)?.kind).toBe('open_only')
    expect(mistakenContact(record, [{ ...opened, at: now }], POLICY, now)?.kind).toBe('open_only')
    expect(mistakenContact(record, [long], POLICY, now)).toBeUndefined()
    expect(mistakenContact(record, [click('2026-06-16T00:00:00Z', { type: 'open' })], POLICY, now)).toBeUndefined()
    expect(mistakenContact(record, [click('2026-06-14T00:00:00Z', { type: 'sent' })], POLICY, now)).toBeUndefined()
  })
})

describe('the clocks of Paris', () => {
  it('agree with the time zone database at every hour around every change', () => {
    for (const year of [1996, 2015, 2026, 2037]) {
      for (const month of [2, 3, 9, 10]) {
        for (let hour = 0; hour < 31 * 24; hour += 1) {
          const moment = Date.UTC(year, month, 1, hour)
          const offset = parisOffset(moment)
          expect(offset === 3_600_000 || offset === 7_200_000).toBe(true)
        }
      }
    }
    expect(parisOffset(at('2026-03-29T00:59:59.999Z'))).toBe(3_600_000)
    expect(parisOffset(at('2026-03-29T01:00:00Z'))).toBe(7_200_000)
    expect(parisOffset(at('2026-10-25T00:59:59.999Z'))).toBe(7_200_000)
    expect(parisOffset(at('2026-10-25T01:00:00Z'))).toBe(3_600_000)
  })

  it('a time shown twice is the first, a time skipped is none', () => {
    expect(firstParisMoment(at('2026-10-25T02:30:00Z'))).toBe(at('2026-10-25T00:30:00Z'))
    expect(firstParisMoment(at('2026-10-25T01:59:59Z'))).toBe(at('2026-10-24T23:59:59Z'))
    expect(firstParisMoment(at('2026-10-25T03:00:00Z'))).toBe(at('2026-10-25T02:00:00Z'))
    expect(firstParisMoment(at('2026-03-29T02:00:00Z'))).toBeUndefined()
    expect(firstParisMoment(at('2026-03-29T02:59:59Z'))).toBeUndefined()
    expect(firstParisMoment(at('2026-03-29T03:00:00Z'))).toBe(at('2026-03-29T01:00:00Z'))
  })

  it.each([
    ['2026-03-28T12:00:00+01:00', 1, '2026-03-29T00:00:00+01:00'],
    ['2026-03-29T12:00:00+02:00', 1, '2026-03-30T00:00:00+02:00'],
    ['2026-10-26T00:00:00+01:00', -1, '2026-10-25T00:00:00+02:00'],
    ['2026-01-15T23:30:00Z', -90, '2025-10-18T00:00:00+02:00'],
  ])('days from %s, %i of them', (from, days, day) => {
    expect(daysLater(at(from), days)).toBe(at(day))
  })

  it('the start of a day is in that day, and a millisecond before is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('1996-01-02T00:00:00Z'), max: at('2037-12-31T00:00:00Z') }), (moment) => {
        const day = parisDayOf(moment)
        const start = startOfParisDay(day)
        expect(parisDayOf(start)).toEqual(day)
        expect(parisDayOf(start - 1)).not.toEqual(day)
        expect(start).toBeLessThanOrEqual(moment)
      }),
    )
  })
})
