/**
 * Which mail domains of a message may be looked up as they stand. Some systems put who the recipient is into the domain of
 * `mailto:` or Reply-To addresses (`u@4f7a9c.unsub.example`); whoever answers for that domain would be told by the question
 * (promise I7). So a domain is asked about when what it has to the left of its owner is declared by the advertiser, or made of
 * words, or the same for several people.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { LinkQuestion } from '../relay/ports.js'
import { generations } from './generations.js'
import { baseOf } from './link-syntax.js'
import { addressEncodings } from './template/address-encodings.js'
import { isMadeOfPageWords } from './template/words.js'

export interface AskedDomains {
  /**
   * @param domain canonical
   * @param teaches whether the message is one that is sent
   */
  mayBeAsked(domain: string, where: 'reply' | 'unsubscribe', question: LinkQuestion, teaches: boolean): boolean
}

const MOST_REMEMBERED = 20_000
/** As many as a part of a link needs to be nobody's. */
const ENOUGH_PEOPLE = 3

export function createAskedDomains(capacity = MOST_REMEMBERED): AskedDomains {
  const key = randomBytes(32)
  /** Digests of whom a domain was seen for, by its own digest. */
  const seenFor = generations<string[]>(capacity)
  const digest = (text: string): string => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22)

  function isOfMany(domain: string, { recipients }: LinkQuestion, teaches: boolean): boolean {
    const people = teaches ? seenFor.entry(digest(domain), () => []) : (seenFor.peek(digest(domain)) ?? [])
    if (teaches)
      for (const { subject } of recipients) {
        const person = digest(subject.objectionKey)
        if (people.length < ENOUGH_PEOPLE && !people.includes(person)) people.push(person)
      }
    return people.length >= ENOUGH_PEOPLE
  }

  return {
    mayBeAsked(domain, where, question, teaches) {
      const { fromDomains, unsubscribeHosts, hosted } = question.advertiser
      const declared = [...fromDomains, ...unsubscribeHosts, ...(hosted?.mailDomain ? [hosted.mailDomain] : [])]
      const base = baseOf(domain, declared)
      const labels = domain === base ? [] : domain.slice(0, -base.length - 1).split('.')
      const encodings = addressEncodings(question.recipients.map(({ address }) => address))
      const isWord = (label: string): boolean =>
        isMadeOfPageWords(label) ||
        // Nobody is sent from a domain of their own: a place or a brand is no token there.
        (where === 'reply' &&
          /^[a-z-]{1,20}\d{0,2}$/.test(label) &&
          !encodings.isIn(label) &&
          !encodings.hasLocalPart(label))
      return labels.every(isWord) || isOfMany(domain, question, teaches)
    },
  }
}
