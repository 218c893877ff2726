/** Contracts no message asks about: how each stands on a day, and from when on it is told that it ends. */
import { CONTRACT_CLAUSES, type Contract } from '#aval/domain/party.js'
import {
  checkStandings,
  type ContractStanding,
  contractStandings,
  ENDING_MS,
} from '#aval/rules/sender/contract-standing.js'
import { describe, expect, test } from 'vitest'
import { NOW, aContract, aCredential, aRouter, aSite, at } from '../support/facts.js'

const DAY = 86_400_000
const END = at('2027-01-10T00:00:00Z')
const cloud = (...contracts: readonly Contract[]) => ({
  processors: new Map([
    ['cloud', { id: 'cloud', legalName: 'Cloud SA', kind: 'hosting' as const, contracts, checks: [] }],
  ]),
  routers: new Map(),
  credentials: new Map(),
})
const hosting = (now: number, ...contracts: readonly Contract[]): ContractStanding =>
  contractStandings(cloud(...contracts), now)[0]!

describe('the contract of a host', () => {
  test.each<[string, number, readonly Contract[], ContractStanding['standing'], number | undefined]>([
    ['in force', NOW, [aContract()], 'in_force', END],
    ['31 days before the end', END - 31 * DAY, [aContract()], 'in_force', END],
    ['a millisecond more than thirty days before the end', END - ENDING_MS - 1, [aContract()], 'in_force', END],
    ['thirty days before the end', END - ENDING_MS, [aContract()], 'ending', END],
    ['the last lawful millisecond', END - 1, [aContract()], 'ending', END],
    ['the first unlawful one', END, [aContract()], 'lapsed', undefined],
    ['signed, and not yet in force', NOW, [aContract({ from: NOW + 1 })], 'not_in_force', undefined],
    ['in force from now on', NOW, [aContract({ from: NOW })], 'in_force', END],
    ['the document was never filed', NOW, [aContract({ documentSha256: undefined })], 'no_document', undefined],
    ['none was ever signed', NOW, [], 'never_signed', undefined],
    [
      'it ends, and its renewal follows without a gap',
      END - DAY,
      [aContract(), aContract({ from: END, until: END + 365 * DAY })],
      'in_force',
      END + 365 * DAY,
    ],
    [
      'it ends, and its renewal begins a millisecond too late',
      END - DAY,
      [aContract(), aContract({ from: END + 1, until: END + 365 * DAY })],
      'ending',
      END,
    ],
    [
      'it ends, and the renewal has no document',
      END - DAY,
      [aContract(), aContract({ from: END, until: END + 365 * DAY, documentSha256: '' })],
      'ending',
      END,
    ],
    [
      'it ends, and so does its renewal',
      END - DAY,
      [aContract(), aContract({ from: END, until: END + DAY })],
      'ending',
      END + DAY,
    ],
  ])('%s', (_name, now, contracts, standing, until) => {
    expect(hosting(now, ...contracts)).toMatchObject({ processor: 'cloud', kind: 'hosting', standing, until })
  })

  test('says which clauses the one in force lacks', () => {
    expect(hosting(NOW, aContract()).missingClauses).toEqual([])
    expect(hosting(NOW, aContract({ clauses: new Map() })).missingClauses).toEqual(CONTRACT_CLAUSES)
  })

  test('stands with each of its principals by itself, a router among them', () => {
    const standings = contractStandings(cloud(aContract(), aContract({ principalId: 'routix', until: NOW })), NOW)
    expect(standings.map(({ principal, standing }) => [principal, standing])).toEqual([
      ['acme', 'in_force'],
      ['routix', 'lapsed'],
    ])
  })
})

describe('the contracts of a router', () => {
  const routing = (credential: Parameters<typeof aCredential>[0], contracts = [aContract()]) => {
    const site = aSite({ routers: [aRouter({ contracts })], credentials: [aCredential(credential)] })
    return contractStandings(site, NOW).map(({ principal, kind, standing }) => [principal, kind, standing])
  }

  test('one with each advertiser it has a credential for', () => {
    expect(routing({ advertiserIds: ['acme', 'bravo'] })).toEqual([
      ['acme', 'routing', 'in_force'],
      ['bravo', 'routing', 'never_signed'],
    ])
  })

  test('none with itself, with whom only a disabled credential names, or with whom it has a contract and no credential', () => {
    expect(routing({ advertiserIds: ['routix'] })).toEqual([])
    expect(routing({ enabled: false })).toEqual([])
    expect(routing({ routerId: undefined })).toEqual([])
  })
})

describe('whether a processor was looked at (GDPR art. 28(1))', () => {
  const looked = (...checks: readonly { readonly at: number; readonly until: number }[]) => {
    const cloud = { id: 'cloud', legalName: 'Cloud SA', kind: 'hosting' as const, contracts: [], checks }
    return checkStandings(
      { routers: new Map(), processors: new Map([['cloud', cloud]]), credentials: new Map() },
      NOW,
    )[0]!
  }

  test.each([
    ['never', [], 'never', undefined],
    ['tomorrow', [{ at: NOW + 1, until: NOW + 365 * DAY }], 'never', undefined],
    ['at this very moment', [{ at: NOW, until: NOW + 365 * DAY }], 'in_force', NOW + 365 * DAY],
    [
      'due a millisecond after thirty days',
      [{ at: NOW - DAY, until: NOW + ENDING_MS + 1 }],
      'in_force',
      NOW + ENDING_MS + 1,
    ],
    ['due in thirty days', [{ at: NOW - DAY, until: NOW + ENDING_MS }], 'ending', NOW + ENDING_MS],
    ['due in a millisecond', [{ at: NOW - DAY, until: NOW + 1 }], 'ending', NOW + 1],
    ['due now', [{ at: NOW - DAY, until: NOW }], 'lapsed', NOW],
    [
      'long ago, and again',
      [
        { at: NOW - 9 * DAY, until: NOW },
        { at: NOW - DAY, until: NOW + 99 * DAY },
      ],
      'in_force',
      NOW + 99 * DAY,
    ],
  ] as const)('%s', (_when, checks, standing, until) => {
    expect(looked(...checks)).toEqual({ processor: 'cloud', standing, until })
  })

  test('is asked of routers that send for somebody else, and of no other', () => {
    const site = (routerId: string | undefined) =>
      aSite({ routers: [aRouter()], credentials: [aCredential({ routerId })] })
    expect(checkStandings(site('routix'), NOW)).toEqual([{ processor: 'routix', standing: 'never', until: undefined }])
    expect(checkStandings(site(undefined), NOW)).toEqual([])
  })
})
