/** A question put to the labelled messages, and how far our answers agree with the labels. */
import type { MessageFacts } from '#aval/domain/message-facts.js'
import type { Label } from './labels.js'

/** An answer; undefined where what is asked for is not there. */
export type Answer = string | undefined

export interface Answers {
  /** What of the message is asked about, where it is not the whole: a version, a link. */
  readonly of?: string
  readonly expected: Answer
  readonly found: Answer
}

export interface Case extends Answers {
  readonly label: Label
}

export interface Question {
  readonly name: string
  /** None where the label does not say; several where a message is asked about more than one thing. */
  readonly ask: (label: Label, facts: MessageFacts) => readonly Answers[]
}

export interface Counts {
  truePositive: number
  /** Something was found that is not there, or is something else. */
  falsePositive: number
  /** Something that is there was not found, or was taken for something else. */
  falseNegative: number
  trueNegative: number
}

export interface Measure {
  readonly question: string
  readonly total: Counts
  readonly byLanguage: ReadonlyMap<string, Counts>
  readonly disagreements: readonly Case[]
}

export function measure(
  question: Question,
  labels: readonly Label[],
  factsOf: (label: Label) => MessageFacts,
): Measure {
  const total = noCounts()
  const byLanguage = new Map<string, Counts>()
  const disagreements: Case[] = []
  for (const label of labels) {
    const ofLanguage = byLanguage.get(label.lang) ?? noCounts()
    for (const answers of question.ask(label, factsOf(label))) {
      byLanguage.set(label.lang, ofLanguage)
      for (const counts of [total, ofLanguage]) count(counts, answers)
      if (answers.expected !== answers.found) disagreements.push({ label, ...answers })
    }
  }
  return { question: question.name, total, byLanguage, disagreements }
}

export function precision({ truePositive, falsePositive }: Counts): number {
  return share(truePositive, falsePositive)
}

export function recall({ truePositive, falseNegative }: Counts): number {
  return share(truePositive, falseNegative)
}

function share(right: number, wrong: number): number {
  return right + wrong === 0 ? 1 : right / (right + wrong)
}

function count(counts: Counts, { expected, found }: Answers): void {
  if (expected === undefined && found === undefined) counts.trueNegative++
  else if (expected === found) counts.truePositive++
  else {
    if (found !== undefined) counts.falsePositive++
    if (expected !== undefined) counts.falseNegative++
  }
}

function noCounts(): Counts {
  return { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 }
}
