import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { XCLIENT_ATTRIBUTES, XFORWARD_ATTRIBUTES, readAnnounced } from '#aval/smtp/dialogue/announced-client.js'

describe('what a system in front says of its client', () => {
  it('is read or refused, whatever comes; what is read goes into one line of a log', () => {
    const name = fc.oneof(fc.constantFrom(...XCLIENT_ATTRIBUTES, ...XFORWARD_ATTRIBUTES), fc.string({ maxLength: 8 }))
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        '192.0.2.1',
        'IPV6:2001:db8::1',
        '[UNAVAILABLE]',
        '25',
        '99999',
        'ESMTP',
        'a+0D+0Ab',
        '+00',
        '+2',
      ),
    )
    const words = fc.array(
      fc.tuple(name, value).map((pair) => pair.join('=')),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(words, fc.constantFrom(XCLIENT_ATTRIBUTES, XFORWARD_ATTRIBUTES), (some, allowed) => {
        const said = readAnnounced(some.join(' '), allowed)
        if (said === undefined) return
        expect(some.length).toBeGreaterThan(0)
        for (const read of Object.values(said)) {
          if (typeof read === 'string') expect(read).toMatch(/^[\x21-\x7e]{1,255}$/)
          if (typeof read === 'number') expect(read).toBeLessThanOrEqual(65_535)
        }
      }),
    )
  })
})
