/**
 * Which one-click links were seen in whose messages. A link that is the same for two people unsubscribes the wrong one, or
 * nobody: most often a merge field that was never filled (RFC 8058 3.1).
 *
 * Links name people, so only a digest under a key of this process is kept, of the last ones. Each relay has its own memory: a
 * campaign spread over several is caught by each of them at its second message.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { SubjectKeys } from '../domain/subject-key.js'
import { generations } from './generations.js'

const MOST_REMEMBERED = 100_000

export interface LinkSightings {
  isSharedWithAnother(uri: string, subject: SubjectKeys): boolean
  /** The same without remembering it. */
  wouldBeShared(uri: string, subject: SubjectKeys): boolean
}

export function createLinkSightings(capacity = MOST_REMEMBERED): LinkSightings {
  const key = randomBytes(32)
  /** For whom a link was seen first, by its digest. */
  const firstSeenFor = generations<string>(capacity)

  const digest = (uri: string): string => createHmac('sha256', key).update(uri).digest('base64url')
  return {
    isSharedWithAnother: (uri, { objectionKey }) =>
      firstSeenFor.entry(digest(uri), () => objectionKey) !== objectionKey,
    wouldBeShared: (uri, { objectionKey }) => (firstSeenFor.peek(digest(uri)) ?? objectionKey) !== objectionKey,
  }
}
