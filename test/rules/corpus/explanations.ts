/**
 * Why we answer otherwise than the label, by question and row. A row that stands here is not written around: where the
 * label is right, the reason says what a general rule would cost.
 */
export const EXPLANATIONS: ReadonlyMap<string, string> = new Map([
  ['unsubscribe present 52', 'the text version shows the link, between the marks of HTML that was pasted into it'],
  ['unsubscribe present 53', 'the text version shows the link, between the marks of HTML that was pasted into it'],
  ['unsubscribe present 246', 'the HTML version has the link twice, and one of the two is displayed'],
  ['unsubscribe kind 246', 'the HTML version has the link twice, and one of the two is displayed'],
  [
    'unsubscribe present t37',
    'the sentence speaks of managing subscriptions; that alone counts nowhere else in the labels',
  ],
  [
    'unsubscribe link visible t37',
    'the sentence speaks of managing subscriptions; that alone counts nowhere else in the labels',
  ],
  ['unsubscribe link visible 355', 'the second link speaks of managing notifications; the first one is recognised'],
  [
    'sender named 45',
    'the name is written in Arabic; who writes in several alphabets declares each spelling as a brand',
  ],
])

/** Rows whose label is contradicted by the message itself; they are not counted, and printed. */
export const LABEL_ERRORS: ReadonlyMap<string, string> = new Map([
  ['sender named 53', 'the name stands nowhere in the message: the label took it from elsewhere'],
  ['sender named 222', 'the name stands in From only; the body names nobody, which is what the rule refuses'],
  ['privacy link t61', 'the label says there is none; the footer has a visible link on privacy and security'],
])

export function explanationKey(question: string, id: number | string): string {
  return `${question} ${id}`
}
