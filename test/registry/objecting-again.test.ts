/** I5: whoever has objected, consented anew and objects again has objected, whichever way it comes, whatever is imported later. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { erasePerson } from '#aval/registry/erasure.js'
import { answerApiRequest } from '#aval/registry/writer/api-rows.js'
import type { RegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { OPERATIONS } from '#aval/registry/writer/writer-protocol.js'
import { address, consent, DAY, type Fixture, fixture, NOW, objection } from './fixture.js'

const WHO = 'a@example.com'
const MINUTE = 60_000

let made: Fixture
beforeEach(() => (made = fixture()))
afterEach(() => made.close())

type Way = (writer: RegistryWriter) => void

const WAYS: readonly (readonly [name: string, objects: Way])[] = [
  [
    'a click on a hosted page, which knows a key only',
    (writer) => {
      const { keyId, objectionKey } = writer.identify(address(WHO))
      OPERATIONS.object(writer, { ...objection(WHO, { at: made.clock }), person: { keyId, objectionKey } })
    },
  ],
  ['a mail', (writer) => OPERATIONS.object(writer, objection(WHO, { reason: 'mailto', at: made.clock }))],
  [
    'the API',
    (writer) =>
      answerApiRequest(writer, {
        kind: 'objection',
        rows: [{ address: WHO, advertiser_id: 'acme' }],
        advertisers: ['acme'],
        by: 'api:shop',
        idempotency: undefined,
        now: made.clock,
      }),
  ],
  ['a letter', (writer) => writer.objectTo(objection(WHO, { reason: 'letter', at: made.clock }))],
  ['a withdrawal', (writer) => writer.withdraw(address(WHO), 'acme', { by: 'test' })],
  [
    'an erasure',
    (writer) =>
      erasePerson(writer, writer.identify(address(WHO)), {
        advertiserId: 'acme',
        request: `r-${made.clock}`,
        by: 'test',
        at: made.clock,
      }),
  ],
]

describe.each(WAYS)('%s', (_name, objects) => {
  /** By double opt-in, half way between the two objections. */
  const doubleOptIn = () => {
    const givenAt = NOW + 50 * DAY
    return consent(WHO, { collectedAt: givenAt, givenAt })
  }

  it('outlives consent given since the first time, on file already or not', () => {
    for (const later of [false, true]) {
      made.close()
      made = fixture()
      const { writer } = made
      objects(writer)
      made.clock = NOW + 60 * DAY
      if (!later) expect(writer.addConsent(doubleOptIn(), { by: 'test' }).kind).toBe('added')
      made.clock = NOW + 100 * DAY
      objects(writer)
      if (later) expect(writer.addConsent(doubleOptIn(), { by: 'test' }).kind).toBe('objected')
      const { objections } = writer.parts.database.prepare('SELECT max(at) AS objections FROM objection').get() as {
        objections: number
      }
      expect(objections).toBe(NOW + 100 * DAY)
    }
  })

  it('repeated at once is one', () => {
    const { writer } = made
    objects(writer)
    const { objections } = writer.counts()
    made.clock += MINUTE - 1
    objects(writer)
    expect(writer.counts().objections).toBe(objections)
    made.clock += 1
    objects(writer)
    expect(writer.counts().objections).toBe(2 * objections)
  })
})
