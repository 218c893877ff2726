/** What the journal says of messages sent before, for the few who ask. */
import type { DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import type { MessageClass } from '../domain/message-class.js'
import type { EarlierMessage } from '../domain/send-history.js'
import type { Reference } from '../domain/reference.js'
import type { SubjectKey } from '../domain/subject-key.js'
import type { Database } from '../storage/sqlite.js'
import { ENTRY_SELECT, type EntryRow, PERSONAL_SELECT, placesFor } from './journal-rows.js'
import { readStored } from './reader.js'
import { readingConnection } from './reading-connection.js'
import { type PersonalReader, segmentKeysBeside } from './segments/personal-reader.js'

export interface History {
  /**
   * @throws JournalUnavailableError that says which file and what to do
   */
  earlierMessages(toKey: SubjectKey, advertiserId: string, most: number): Promise<readonly EarlierMessage[]>
  /**
   * When the newest entry was written, milliseconds since the epoch; undefined for a journal without entries.
   *
   * @throws JournalUnavailableError
   */
  lastWrittenAt(): Promise<number | undefined>
  /**
   * With whose credential a message was sent; undefined for a reference the journal does not have.
   *
   * @throws JournalUnavailableError
   */
  credentialOf(ref: Reference): Promise<string | undefined>
  close(): void
}

/** Names the source of the data in the message; a decision where it passed stands for having been told. */
const TELLS_SOURCE = 'SOURCE-NOT-STATED'

/**
 * Opens the file with the first question: most sites never ask one.
 *
 * @param segmentKeyFile persons are found with it
 */
export function openHistory(path: string, segmentKeyFile = segmentKeysBeside(path)): History {
  const { ask, close } = readingConnection(path, segmentKeyFile, (database, parts) =>
    prepareReading(database, path, parts),
  )
  return {
    earlierMessages: (toKey, advertiserId, most) =>
      ask(({ earlierMessages }) => earlierMessages(toKey, advertiserId, most)),
    lastWrittenAt: () => ask(({ lastWrittenAt }) => lastWrittenAt()),
    credentialOf: (ref) => ask(({ credentialOf }) => credentialOf(ref)),
    close,
  }
}

function prepareReading(database: Database, path: string, parts: PersonalReader) {
  const decisionsUnder = (tags: readonly Buffer[]) =>
    database.prepare<unknown[], EntryRow>(
      `${PERSONAL_SELECT} WHERE p.tag IN ${placesFor(tags)}
       AND e.advertiser = ? AND e.kind = 'decision' AND e.result = 'permit' ORDER BY e.seq DESC LIMIT ?`,
    )
  const outcomes = database.prepare<[string, number], EntryRow>(
    `${ENTRY_SELECT} WHERE e.ref = ? AND e.rcpt = ? AND e.kind = 'outcome'`,
  )
  const newest = database.prepare<[], number>('SELECT at FROM entry ORDER BY seq DESC LIMIT 1').pluck()
  const decisionsOf = database.prepare<[string], EntryRow>(
    `${ENTRY_SELECT} WHERE e.ref = ? AND e.kind = 'decision' ORDER BY e.seq LIMIT 1`,
  )
  return {
    earlierMessages: (toKey: SubjectKey, advertiserId: string, most: number): EarlierMessage[] => {
      const tags = parts.tagsOf(toKey)
      return decisionsUnder(tags)
        .all(...tags, advertiserId, most)
        .flatMap((row) => {
          const decision = readStored(row, path, parts).entry as DecisionEntry
          const outcome = outcomes.get(decision.ref, decision.rcpt)
          // Without an outcome the message may be on its way, or may have left when the relay was killed.
          const status =
            outcome === undefined ? 'unknown' : (readStored(outcome, path, parts).entry as OutcomeEntry).status
          return status === 'relayed' || status === 'unknown' ? [earlierMessage(decision, status)] : []
        })
    },
    lastWrittenAt: () => newest.get(),
    credentialOf: (ref: Reference): string | undefined => {
      const row = decisionsOf.get(ref)
      return row && (readStored(row, path, parts).entry as DecisionEntry).credential
    },
  }
}

function earlierMessage(decision: DecisionEntry, status: EarlierMessage['status']): EarlierMessage {
  const { at, messageClass, recordId, passed, findings } = decision
  return {
    at,
    messageClass: messageClass as MessageClass,
    status,
    recordId,
    statedSource:
      passed.includes(TELLS_SOURCE) ||
      findings.some(({ rule, outcome }) => rule === TELLS_SOURCE && outcome === 'pass'),
  }
}
