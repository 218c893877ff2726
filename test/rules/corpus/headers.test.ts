/** Real List-Unsubscribe and List-Unsubscribe-Post values, against what the list of them says of each. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readMessage } from '#aval/message/read-message.js'
import { schemeOf } from '#aval/rules/link-target.js'
import { oneClickFault } from '#aval/rules/one-click.js'
import { unsubHeader } from '#aval/rules/message/unsub-header.js'
import { messageFacts } from '../../support/facts.js'
import { CORPUS, corpusPresent } from './labels.js'

interface Row {
  /** Line of the list; nothing else of a value is printed. */
  readonly line: number
  readonly raw: string
  readonly post: string
  /** Schemes, in order, joined by `+`; `not-a-uri` where there is none. */
  readonly kinds: string
  readonly anomalies: string
}

const LONGEST_WHOLE = 900

function readRows(): Row[] {
  const lines = readFileSync(new URL('list-unsubscribe-headers.tsv', CORPUS), 'utf8').trim().split('\n')
  const rows = lines.map((line, index) => {
    const [, , raw = '', , post = '', kinds = '', , , anomalies = ''] = line.split('\t')
    return { line: index + 1, raw, post, kinds, anomalies }
  })
  // The first line names the columns; values are cut at the limit.
  return rows.slice(1).filter(({ raw }) => raw.length < LONGEST_WHOLE)
}

function factsOf({ raw, post }: Row) {
  const fields = [`List-Unsubscribe: ${raw}`, ...(post === '' ? [] : [`List-Unsubscribe-Post: ${post}`])]
  return readMessage(Buffer.from(`From: a@acme.example\r\n${fields.join('\r\n')}\r\n\r\nx\r\n`), '')
}

describe.skipIf(!corpusPresent)('real List-Unsubscribe values', () => {
  const rows = corpusPresent ? readRows() : []

  test('their URIs are found, encoded ones too, and nothing that is none', () => {
    const disagreements = rows.filter((row) => {
      const { uris, problems } = factsOf(row).listUnsubscribe
      if (row.anomalies.includes('no-angle-brackets')) return !problems.includes('no_brackets') || uris.length > 0
      const found = [...new Set(uris.map(schemeOf).filter((scheme) => ['http', 'https', 'mailto'].includes(scheme)))]
      return found.toSorted().join('+') !== row.kinds.replace('not-a-uri', '').split('+').toSorted().join('+')
    })
    console.log(`${rows.length} values of List-Unsubscribe, ${disagreements.length} read otherwise`)
    expect(rows.length).toBeGreaterThan(0)
    expect(disagreements.map(({ line }) => line)).toEqual([])
  })

  test('encoded ones are told', () => {
    for (const row of rows) {
      const { problems } = factsOf(row).listUnsubscribe
      expect([row.line, problems.includes('encoded')]).toEqual([row.line, row.anomalies.includes('rfc2047-encoded')])
    }
  })

  test('UNSUB-HEADER passes where there is an https URI in brackets and nothing is encoded, and only there', () => {
    for (const row of rows) {
      const lawful = /https/.test(row.kinds) && !/encoded|no-angle-brackets/.test(row.anomalies)
      const { outcome } = unsubHeader.judge(messageFacts({}, { message: factsOf(row) }))
      expect([row.line, outcome]).toEqual([row.line, lawful ? 'pass' : 'fail'])
    }
  })

  test('one-click is found where the exact value stands beside one https URI', () => {
    for (const row of rows) {
      const offers = row.post === 'List-Unsubscribe=One-Click' && /https/.test(row.kinds)
      const fault = oneClickFault(factsOf(row).listUnsubscribe)
      // A value that came without brackets is no URI to any reader.
      if (row.anomalies.includes('no-angle-brackets')) expect(fault).toBeDefined()
      else expect([row.line, fault === undefined]).toEqual([row.line, offers])
    }
  })
})
