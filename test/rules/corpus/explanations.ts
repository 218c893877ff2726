/**
 * Why we answer otherwise than the label, by question and row. A row that stands here is not written around: where the
 * label is right, the reason says what a general rule would cost.
 */
export const EXPLANATIONS: ReadonlyMap<string, string> = new Map([
  [
    'unsubscribe present t37',
    'the sentence speaks of managing subscriptions; that alone counts nowhere else in the labels',
  ],
  [
    'unsubscribe link visible t37',
    'the sentence speaks of managing subscriptions; that alone counts nowhere else in the labels',
  ],
  [
    'sender named 45',
    'the name is written in Arabic; who writes in several alphabets declares each spelling as a brand',
  ],
])

const ADDRESS_WRITTEN_OUT =
  'the label says it has none; its text writes the address out, after "to take your address off this list"'
const DISPLAYED_ONCE = 'the label says there is none; the link stands there twice, and one of the two is displayed'

/** Rows whose label is contradicted by the message itself; they are not counted, and printed. */
export const LABEL_ERRORS: ReadonlyMap<string, string> = new Map([
  ['sender named 53', 'the name stands nowhere in the message: the label took it from elsewhere'],
  ['sender named 222', 'the name stands in From only; the body names nobody, which is what the rule refuses'],
  ['unsubscribe present 52 text version', ADDRESS_WRITTEN_OUT],
  ['unsubscribe present 53 text version', ADDRESS_WRITTEN_OUT],
  ['unsubscribe present 246', DISPLAYED_ONCE],
  ['unsubscribe kind 246', DISPLAYED_ONCE],
  ['privacy link t61', 'the label says there is none; the footer has a visible link on privacy and security'],
])

/** @param of the version asked about, where only that is meant */
export function explanationKey(question: string, id: number | string, of?: string): string {
  return [question, id, ...(of === undefined ? [] : [of])].join(' ')
}
