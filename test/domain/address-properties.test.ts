/** What must hold of addresses and paths whatever is read. */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readAddress } from '#aval/domain/address.js'
import { parseReversePath } from '#aval/domain/envelope.js'

it('an address: never throws, whatever it is given', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }).map((text) => `a@${text}`),
      ),
      (text) => void readAddress(text),
    ),
  )
})

it('a path: never throws, and never lets a control character into what is forwarded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const argument of [text, `<${text}>`, `<a@b.example> ${text}`, `<${text}@b.example>`]) {
        const parsed = parseReversePath(argument)
        if (!parsed.ok) continue
        const words = [
          parsed.value.mailbox?.spelling ?? '',
          ...parsed.value.parameters.flatMap(({ keyword, value = '' }) => [keyword, value]),
        ]
        expect(words.join('')).not.toMatch(/[\x00-\x1f\x7f]/)
      }
    }),
  )
})
