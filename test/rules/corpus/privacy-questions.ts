/** Does a visible link lead to the privacy notice, by its words? Whose notice it is, only a configuration can say. */
import type { MessageFacts } from '#aval/domain/message-facts.js'
import { excerptOf } from '#aval/rules/excerpt.js'
import { aSite, anAdvertiser } from '../../support/facts.js'
import { LABEL_ERRORS, explanationKey } from './explanations.js'
import type { Question } from './question.js'

const NAME = 'privacy link'

export const privacyQuestions: readonly Question[] = [
  {
    name: NAME,
    ask: ({ id, privacy_link_present: present }, facts) => {
      // `merge-tag`: what will stand there nobody can read yet.
      if (typeof present !== 'boolean' || LABEL_ERRORS.has(explanationKey(NAME, id))) return []
      return [{ expected: present ? 'present' : undefined, found: hasPrivacyLink(facts) ? 'present' : undefined }]
    },
  },
]

function hasPrivacyLink(facts: MessageFacts): boolean {
  const stream = { site: aSite(), advertiser: anAdvertiser(), messageClass: 'prospecting_b2c' } as const
  return excerptOf(facts, stream).readings.some(({ privacyLink }) => privacyLink !== 'absent')
}
