/** A link that was made up is answered as a true one, after the same question; one that was damaged is called damaged. */
import { describe, expect, test } from 'vitest'
import { createHostedEndpoint, type HostedObjection } from '#aval/unsubscribe/hosted/endpoint.js'
import { tokenKeys } from '#aval/unsubscribe/hosted/token.js'
import { aSite } from '../../support/facts.js'
import { madeUp } from '../../support/hosted.js'

const KEYS = tokenKeys([Buffer.alloc(32, 9)])
const TRUE = KEYS.write({
  person: { keyId: 'k1', objectionKey: 'ab'.repeat(32) },
  advertiserId: 'acme',
  routerId: 'routix',
  list: 'livres',
})
const READER = { language: undefined, acceptLanguage: 'en' }
const FORMS = {
  all: new Map([['scope', 'all']]),
  list: new Map([['scope', 'list']]),
  undo: new Map([['undo', 'all']]),
  'one-click': new Map([['List-Unsubscribe', 'One-Click']]),
  unreadable: undefined,
}

function house({ broken = false } = {}) {
  const objected: HostedObjection[] = []
  const asked: string[] = []
  const answer = async <T>(what: string, value: T): Promise<T> => {
    asked.push(what)
    if (broken) throw new Error('the registry is away')
    return value
  }
  const endpoint = createHostedEndpoint({
    site: () => aSite(),
    tokens: KEYS,
    now: () => 1_800_000_000_000,
    events: { retracted: () => {}, failed: () => {} },
    store: {
      object: (objection) => answer('object', objected.push(objection)),
      retract: () => answer('retract', 0),
      consult: () => answer('consult', 0),
    },
  })
  return { endpoint, objected, asked }
}

describe.each(Object.entries(FORMS))('%s', (_, fields) => {
  test.each([false, true])(
    'a true link and one made up: the same answer, one question each; broken: %s',
    async (broken) => {
      const { endpoint, objected, asked } = house({ broken })
      const forTrue = await endpoint.act(TRUE, fields, READER)
      const recorded = objected.length
      expect(await endpoint.act(madeUp(TRUE), fields, READER)).toEqual(forTrue)
      expect(forTrue.status).toBe(broken ? 503 : 200)
      expect(asked).toEqual([expect.stringMatching(/^(?:object|retract)$/), 'consult'])
      expect(objected).toHaveLength(recorded)
    },
  )
})

test('the page is the same too, and a true link limits no more requests than one made up', () => {
  const { endpoint, asked } = house()
  expect(endpoint.show(madeUp(TRUE), READER)).toEqual(endpoint.show(TRUE, READER))
  expect([endpoint.knows(TRUE), endpoint.knows(madeUp(TRUE)), endpoint.knows(TRUE.slice(0, -1))]).toEqual([
    true,
    true,
    false,
  ])
  expect(asked).toEqual([])
})

test('a person whose link was cut, put into small letters or changed is told, and nothing is claimed', async () => {
  const { endpoint, objected } = house()
  for (const damaged of [TRUE.slice(0, -1), TRUE.slice(0, 76), TRUE.toLowerCase(), `${TRUE}.`, `${TRUE}=3D`]) {
    expect(endpoint.show(damaged, READER).html).toContain('This link is not complete')
    expect((await endpoint.act(damaged, FORMS.all, READER)).html).toContain('Nothing could be recorded')
  }
  expect(objected).toEqual([])
})

test('however many links are made up at once, the registry is asked once at a time', async () => {
  const { endpoint, asked } = house()
  await Promise.all(Array.from({ length: 50 }, () => endpoint.act(madeUp(TRUE), FORMS.all, READER)))
  expect(asked).toEqual(['consult'])
  await endpoint.act(madeUp(TRUE), FORMS.all, READER)
  expect(asked).toEqual(['consult', 'consult'])
})
