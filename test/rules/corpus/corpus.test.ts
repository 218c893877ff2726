/**
 * What the rules read in real messages, against what a person saw in them: precision and recall for each question and
 * language. The figures of the rows nobody looked at are printed only. docs/precision.md explains each disagreement.
 */
import { describe, expect, test } from 'vitest'
import { EXPLANATIONS, LABEL_ERRORS, explanationKey } from './explanations.js'
import { corpusPresent, factsOf, readLabels } from './labels.js'
import { identityQuestions } from './identity-questions.js'
import { privacyQuestions } from './privacy-questions.js'
import { type Counts, type Measure, type Question, measure, precision, recall } from './question.js'
import { unsubscribeQuestions } from './unsubscribe-questions.js'

const QUESTIONS: readonly Question[] = [...unsubscribeQuestions, ...identityQuestions, ...privacyQuestions]
/** Of the rows a person has looked at. */
const LEAST = 0.97

if (!corpusPresent) console.log('corpus absent: what the rules read in real messages was not measured')

describe.skipIf(!corpusPresent)('real messages', () => {
  const labels = corpusPresent ? readLabels() : []
  const verified = labels.filter((label) => label.verified)
  const unverified = labels.filter((label) => !label.verified)

  test.each(QUESTIONS.map((question) => [question.name, question] as const))('%s', (_name, question) => {
    const measured = measure(question, verified, factsOf)
    console.log([...report(measured), ...reportUnverified(measure(question, unverified, factsOf))].join('\n'))
    expect(precision(measured.total)).toBeGreaterThanOrEqual(LEAST)
    expect(recall(measured.total)).toBeGreaterThanOrEqual(LEAST)
  })
})

function report({ question, total, byLanguage, disagreements }: Measure): string[] {
  const uncounted = [...LABEL_ERRORS].filter(([row]) => row.startsWith(`${question} `))
  return [
    `${question}: ${figures(total)}`,
    ...uncounted.map(([row, why]) => `  not counted, row ${row.slice(question.length + 1)}: ${why}`),
    ...[...byLanguage].map(([language, counts]) => `  ${language}: ${figures(counts)}`),
    ...disagreements.map(({ label: { id, lang }, of = 'message', expected = 'absent', found = 'absent' }) => {
      const why = EXPLANATIONS.get(explanationKey(question, id)) ?? 'not explained'
      return `  row ${id} (${lang}), ${of}: label ${expected}, found ${found}: ${why}`
    }),
  ]
}

function reportUnverified({ total, disagreements }: Measure): string[] {
  const rows = disagreements.map(({ label: { id } }) => id).join(', ') || 'none'
  return [`  rows nobody looked at: ${figures(total)}; disagreements: ${rows}`]
}

function figures(counts: Counts): string {
  const { truePositive, falsePositive, falseNegative, trueNegative } = counts
  const shares = `precision ${precision(counts).toFixed(3)} recall ${recall(counts).toFixed(3)}`
  return `${shares} (${truePositive} right, ${falsePositive} wrong, ${falseNegative} missed, ${trueNegative} rightly absent)`
}
