import { PASS, type MessageRule } from './rule.js'

/** What cannot be read cannot be shown to be lawful (GDPR art. 5(2)). */
export const parseFailed: MessageRule = {
  id: 'PARSE-FAILED',
  scope: 'message',
  judge({ message }) {
    const [first] = message.problems
    if (first === undefined) return PASS
    const problems = [...new Set(message.problems.map(({ kind }) => kind))]
    return { outcome: 'fail', detail: first.kind, evidence: { problems }, quote: first.detail }
  },
}
