/**
 * How many people got the same text of late. Correspondence is one person writing to another: the same words to many within
 * an hour are a mailing, whatever the class says (rule CLASS-MISDECLARED).
 *
 * Only sketches of texts and keyed hashes of people are kept, of the last ones, and for an hour. Each relay has its own
 * memory: a mailing spread over several is caught by each of them at its own count.
 */
import type { SubjectKeys } from '../domain/subject-key.js'
import { isAlike } from '../rules/body-sketch.js'

const WINDOW_MS = 3_600_000
const MOST_TEXTS = 200
const MOST_PEOPLE = 1_000

export interface TextSightings {
  /**
   * Remembers that the text goes to this person, and counts to whom texts like it went within the last hour under this
   * credential, this person included. A text without sketch counts for one.
   */
  count(credentialId: string, sketch: readonly number[], subject: SubjectKeys, now: number): number
}

interface SeenText {
  readonly sketch: readonly number[]
  /** When it last went to each, by objection key; the oldest first. */
  readonly people: Map<string, number>
}

export function createTextSightings(): TextSightings {
  const byCredential = new Map<string, SeenText[]>()

  return {
    count(credentialId, sketch, { objectionKey }, now) {
      if (sketch.length === 0) return 1
      const texts = recent(byCredential.get(credentialId) ?? [], now)
      let text = texts.find((seen) => isAlike(seen.sketch, sketch))
      if (text === undefined) {
        text = { sketch, people: new Map() }
        texts.push(text)
      }
      byCredential.set(credentialId, texts.slice(-MOST_TEXTS))
      text.people.delete(objectionKey)
      text.people.set(objectionKey, now)
      const [oldest] = text.people.keys()
      if (text.people.size > MOST_PEOPLE && oldest !== undefined) text.people.delete(oldest)
      return text.people.size
    },
  }
}

/** What was sent longer ago than the window is forgotten. */
function recent(texts: readonly SeenText[], now: number): SeenText[] {
  return texts.filter(({ people }) => {
    for (const [person, at] of people) {
      if (at > now - WINDOW_MS) break
      people.delete(person)
    }
    return people.size > 0
  })
}
