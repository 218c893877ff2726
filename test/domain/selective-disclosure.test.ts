/** Parts of a document shown or kept back under one digest: RFC 9901 section 4. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, type JsonValue } from '#aval/domain/canonical-json.js'
import { conceal, type Concern, isConcealed, reveal } from '#aval/domain/selective-disclosure.js'

const SECRET = Buffer.alloc(32, 7)
const texts = ({ disclosures }: ReturnType<typeof conceal>) => disclosures.map(({ text }) => text)

const name = fc.stringMatching(/^[a-z]{1,6}$/)
const { document } = fc.letrec<{ value: JsonValue; document: Record<string, JsonValue> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('document'),
  ),
  document: fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}))
/** Some places, whichever they are, concern one of two parties or both. */
const concerns = fc.func(fc.constantFrom<readonly string[] | undefined>(undefined, ['a'], ['b'], ['a', 'b'], []))

describe('a document in parts', () => {
  it('reads the example of RFC 9901 4.2.3', () => {
    const disclosure = 'WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0'
    const body = '{"_sd":["uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"],"_sd_alg":"sha-256"}'
    expect(reveal(body, [disclosure])).toEqual({ family_name: 'Möbius' })
    expect(reveal(body, [])).toEqual({})
  })

  it('is whole again with every part, the same for the same secret, and another for another', () => {
    fc.assert(
      fc.property(document, concerns, (whole, concern) => {
        const concealed = conceal(whole, concern as Concern, SECRET)
        expect(canonicalJson(reveal(concealed.body, texts(concealed)))).toBe(canonicalJson(whole))
        expect(conceal(whole, concern as Concern, SECRET)).toEqual(concealed)
        const other = conceal(whole, concern as Concern, Buffer.alloc(32, 8))
        expect(other.body === concealed.body).toBe(concealed.disclosures.length === 0)
      }),
      { numRuns: 500 },
    )
  })

  it('has the digests of its parts in no telling order', () => {
    const digests = (whole: Record<string, JsonValue>) =>
      (JSON.parse(conceal(whole, () => [], SECRET).body) as { _sd: string[] })._sd
    expect(digests({ a: 1, b: 2, c: 3 })).toEqual(digests({ c: 3, b: 2, a: 1 }))
    expect(digests({ a: 1, b: 2, c: 3 })).toEqual(digests({ a: 1, b: 2, c: 3 }).toSorted())
  })

  it('changes with each part, and with its place', () => {
    const body = (whole: Record<string, JsonValue>) =>
      conceal(whole, ({ length }) => (length > 1 ? [] : undefined), SECRET).body
    const base = { list: ['x', 'y'], map: { x: 1, y: 2 } }
    for (const other of [
      { ...base, list: ['y', 'x'] },
      { ...base, list: ['x'] },
      { ...base, map: { x: 2, y: 1 } },
      { ...base, map: { x: 1 } },
      { ...base, map: { x: 1, y: 3 } },
    ])
      expect(body(other)).not.toBe(body(base))
  })

  it('tells nothing of what is kept back, and all of what is shown, parts within parts included', () => {
    const whole = {
      open: 'everybody',
      map: { one: { deep: ['first', 'second'] }, two: 'third' },
      list: ['fourth', 'fifth'],
    }
    const concern: Concern = (path) => {
      const place = path.join('.')
      if (place === 'map.one') return ['a', 'b']
      if (place === 'map.one.deep.0' || place === 'map.two') return ['a']
      return place === 'map.one.deep.1' || place === 'list.1' ? ['b'] : undefined
    }
    const { body, disclosures } = conceal(whole, concern, SECRET)
    const shownTo = (who: string) =>
      reveal(
        body,
        disclosures.flatMap(({ text, concerns: whom }) => (whom.includes(who) ? [text] : [])),
      )
    expect(shownTo('a')).toEqual({
      open: 'everybody',
      map: { one: { deep: ['first'] }, two: 'third' },
      list: ['fourth'],
    })
    expect(shownTo('b')).toEqual({ open: 'everybody', map: { one: { deep: ['second'] } }, list: ['fourth', 'fifth'] })
    expect(shownTo('c')).toEqual({ open: 'everybody', map: {}, list: ['fourth'] })
    expect(body).not.toMatch(/first|second|third|fifth|one|two/)
  })

  it('may have been written before there were parts', () => {
    expect(isConcealed('{"a":[1]}')).toBe(false)
    expect(isConcealed(conceal({}, () => undefined, SECRET).body)).toBe(true)
    expect(reveal('{"a":[1]}', [])).toEqual({ a: [1] })
  })
})
