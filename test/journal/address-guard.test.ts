/** I8: whatever builds the entries, no address reaches the chain. */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blankAddresses, looksLikeAddress } from '#aval/domain/written-address.js'
import { guardedText } from '#aval/journal/address-guard.js'
import type { Journal } from '#aval/journal/journal.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { decision, freshPath, KEY, open, outcome, referenceOf, refusal } from './support.js'

const local = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9.+_'-]{0,20}$/),
  fc.constantFrom('jean.dupont', 'é.martin', '"jean dupont"', 'o’neil', 'x'),
)
const domain = fc.constantFrom('example.com', 'news.acme.example', 'bücher.example', '[192.0.2.1]', 'EXAMPLE.COM')
const at = fc.constantFrom('@', '%40', '＠')
const address = fc.tuple(local, at, domain).map((parts) => parts.join(''))
const text = fc
  .tuple(fc.constantFrom('', '<', 'to ', 'mailto:', 'https://e.example/u?m='), address, fc.constantFrom('', '>', ' x'))
  .map((parts) => parts.join(''))

let path: string
let journal: Journal
beforeAll(async () => (journal = await open((path = freshPath()))))
afterAll(() => journal.close())

describe('I8: an address', () => {
  it('anywhere in a decision is refused, and nothing of the call is written', async () => {
    const place = fc.constantFrom('campaign', 'session', 'recordId', 'evidence', 'list', 'name', 'detail')
    await fc.assert(
      fc.asyncProperty(text, place, async (words, where) => {
        const finding = { rule: 'FROM-MISMATCH', outcome: 'fail', detail: where === 'detail' ? words : '' } as const
        const evidence =
          where === 'list'
            ? { hosts: ['a.example', words] }
            : where === 'name'
              ? { [words]: true }
              : { host: where === 'evidence' ? words : 'a.example' }
        const entry = decision(1, {
          findings: [{ ...finding, evidence }],
          ...(where in decision(1) ? { [where]: words } : {}),
        })
        await expect(journal.append([refusal(2), entry])).rejects.toMatchObject({ name: 'JournalEntryRefusedError' })
      }),
      { numRuns: 300 },
    )
    expect(journal.status()).toMatchObject({ state: 'ready', head: { seq: 0 }, waiting: 0 })
  })

  it('is not quoted by the refusal', () => {
    const entry = decision(1, { campaign: 'jean.dupont@example.com' })
    expect(() => guardedText(entry)).toThrow('an e-mail address in campaign')
  })

  it('in the words of the upstream is blanked, because an outcome must not be lost', async () => {
    const reply = '550 5.1.1 <jean.dupont@example.com>: "jean dupont"@example.com unknown; see https://mta.example/help'
    await journal.append([outcome(7, { reply })])
    const reader = openJournalReader(path)
    expect(reader.byRef(referenceOf(7))[0]?.entry).toMatchObject({
      reply: '550 5.1.1 <…>: … unknown; see https://mta.example/help',
    })
    reader.close()
    fc.assert(fc.property(text, (words) => !looksLikeAddress(blankAddresses(words))))
  })

  it('leaves no trace in any file of the journal', async () => {
    await journal.append([outcome(8, { reply: '450 <marie.curie@example.com> later' })])
    await journal.append([decision(9, { campaign: 'marie.curie@example.com' })]).catch(() => undefined)
    for (const suffix of ['', '-wal', '.lock']) expect(readFileSync(path + suffix).includes('marie')).toBe(false)
    expect(verifyJournal(path, { keys: [KEY] }).ok).toBe(true)
  })
})

it('what is no address passes', async () => {
  const evidence = {
    host: 'www.acme.example',
    link: 'https://social.example/@acme',
    count: 3,
    price: '10 @ 5',
    handle: '@acme',
  }
  const entry = decision(3, { findings: [{ rule: 'X', outcome: 'pass', detail: '', evidence }] })
  await journal.append([entry])
})

it('a number that has no single spelling is refused', async () => {
  for (const at of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    await expect(journal.append([decision(4, { at })])).rejects.toMatchObject({ name: 'JournalEntryRefusedError' })
  }
})

it('any number is told from a safe integer, wherever it stands', () => {
  const number = fc.oneof(
    fc.double(),
    fc.maxSafeInteger(),
    fc.double({ min: -1e17, max: 1e17 }),
    fc.constantFrom(2 ** 53, -(2 ** 53), 1e21, -0.5),
  )
  fc.assert(
    fc.property(number, fc.constantFrom('at', 'evidence', 'last'), (value, where) => {
      const evidence = where === 'at' ? {} : where === 'last' ? { count: 1, last: value } : { count: value, last: 1 }
      const finding = { rule: 'X', outcome: 'pass', detail: '', evidence } as const
      const guard = () => guardedText(decision(1, { findings: [finding], ...(where === 'at' && { at: value }) }))
      if (Number.isSafeInteger(value)) expect(guard).not.toThrow()
      else expect(guard).toThrow('a number that is no integer')
    }),
    { numRuns: 2_000 },
  )
})
