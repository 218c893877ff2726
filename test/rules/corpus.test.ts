/**
 * The wording of unsubscribe links against real messages a person has looked at. Only the words are measured: where a
 * template has a merge tag for a target, a target is put in its place, and the version with more to say (HTML) is read.
 */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readMessage } from '#aval/message/read-message.js'
import { unsubMissing } from '#aval/rules/message/unsub-missing.js'
import { aPolicy, messageFacts } from '../support/facts.js'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
const present = existsSync(new URL('labels.jsonl', CORPUS))
if (!present) console.log('corpus absent: the wording of unsubscribe links was not measured')

interface Label {
  readonly file: string
  readonly lang: string
  readonly verified: boolean
  readonly body_unsubscribe_visible: boolean | 'unknown'
  readonly unsubscribe_kind: string
}

const TEMPLATE_HEADER = Buffer.from(
  'From: a@acme.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n',
)

function offersUnsubscribing(label: Label): boolean {
  const content = readFileSync(new URL(label.file, CORPUS))
  const bytes = label.file.startsWith('templates/') ? Buffer.concat([TEMPLATE_HEADER, content]) : content
  const facts = readMessage(bytes, '00'.repeat(32))
  const shown = facts.alternatives.find(({ kind }) => kind === 'text/html') ?? facts.alternatives[0]
  if (shown === undefined) return false
  const links = shown.links.map((link) => ({
    ...link,
    href: /^(?:https?|mailto):/i.test(link.href) ? link.href : 'https://merge-tag.example/',
  }))
  const message = {
    ...facts,
    alternatives: [{ ...shown, links }],
    listUnsubscribe: { ...facts.listUnsubscribe, uris: [] },
  }
  const policy = aPolicy({ unsubscribe: { ...aPolicy().unsubscribe, acceptMailtoOnly: true } })
  return unsubMissing.judge(messageFacts({}, { message, policy })).outcome === 'pass'
}

describe.skipIf(!present)('unsubscribe wording on real messages', () => {
  test('precision and recall', () => {
    const labels = readFileSync(new URL('labels.jsonl', CORPUS), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Label)
      // A merge tag in running text stands for words nobody can read before it is replaced.
      .filter((label) => label.verified && label.body_unsubscribe_visible !== 'unknown')
      .filter((label) => label.unsubscribe_kind !== 'text-merge-tag')
    const total = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 }
    const byLanguage = new Map<string, typeof total>()
    const disagreements: string[] = []
    for (const label of labels) {
      const found = offersUnsubscribing(label)
      const expected = label.body_unsubscribe_visible === true
      const kind = expected ? (found ? 'truePositive' : 'falseNegative') : found ? 'falsePositive' : 'trueNegative'
      const language = byLanguage.get(label.lang) ?? {
        truePositive: 0,
        falsePositive: 0,
        falseNegative: 0,
        trueNegative: 0,
      }
      language[kind]++
      total[kind]++
      byLanguage.set(label.lang, language)
      if (found !== expected) disagreements.push(`${kind} ${label.lang} ${label.file}`)
    }
    for (const [language, counts] of byLanguage) console.log(language, figures(counts))
    console.log('all', figures(total), disagreements)
    expect(precision(total)).toBeGreaterThanOrEqual(0.97)
    expect(recall(total)).toBeGreaterThanOrEqual(0.97)
  })
})

interface Counts {
  readonly truePositive: number
  readonly falsePositive: number
  readonly falseNegative: number
}

function figures(counts: Counts): string {
  return `precision ${precision(counts).toFixed(3)} recall ${recall(counts).toFixed(3)} ${JSON.stringify(counts)}`
}

function precision({ truePositive, falsePositive }: Counts): number {
  return truePositive / Math.max(1, truePositive + falsePositive)
}

function recall({ truePositive, falseNegative }: Counts): number {
  return truePositive / Math.max(1, truePositive + falseNegative)
}
