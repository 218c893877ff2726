/**
 * What the rules read in real messages, against what a person saw in them: precision and recall for each question and
 * language. The figures of the rows nobody looked at are printed only. docs/precision.md explains each disagreement.
 */
import { describe, expect, test } from 'vitest'
import { EXPLANATIONS, LABEL_ERRORS, explanationKey } from './explanations.js'
import { signsOfPromotion } from '#aval/rules/wording/promotion.js'
import { aPolicy } from '../../support/facts.js'
import { corpusPresent, factsOf, readLabels, unlabelledMessages } from './labels.js'
import { identityQuestions } from './identity-questions.js'
import { privacyQuestions } from './privacy-questions.js'
import { type Counts, type Measure, type Question, measure, precision, recall } from './question.js'
import { unsubscribeQuestions } from './unsubscribe-questions.js'

const QUESTIONS: readonly Question[] = [...unsubscribeQuestions, ...identityQuestions, ...privacyQuestions]
/** All of them advertisements, as a look at the printed lines shows. */
const MOST_PROMOTING = 2
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

/**
 * Messages of the test suites of other mail readers are letters, lists, notifications and what programs send: hardly any
 * promotes, and none of the list is to be taken for a promotion.
 */
describe.skipIf(!corpusPresent)('promotion in messages that are no newsletters', () => {
  test('is seen in those that promote only', () => {
    const found = unlabelledMessages().flatMap(({ file, texts }) => {
      const signs = signsOfPromotion(texts)
      const weight = signs.reduce((sum, sign) => sum + sign.weight, 0)
      return weight < aPolicy().classification.promotionThreshold
        ? []
        : [`${file}: ${signs.map(({ words }) => words).join(' / ')}`]
    })
    console.log(['promotion in messages of other mail readers:', ...found].join('\n  '))
    expect(found.length).toBeLessThanOrEqual(MOST_PROMOTING)
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
