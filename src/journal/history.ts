/** What the journal says was sent to one person before, for the few rules that ask. */
import type { DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import type { MessageClass } from '../domain/message-class.js'
import type { EarlierMessage } from '../domain/send-history.js'
import type { SubjectKey } from '../domain/subject-key.js'
import { assertMigrated, type Database, openDatabase } from '../storage/sqlite.js'
import { describeFailure } from './journal-error.js'
import { ENTRY_SELECT, type EntryRow, PERSONAL_SELECT } from './journal-rows.js'
import { readStored } from './reader.js'
import { MIGRATIONS } from './schema.js'

export interface History {
  /**
   * @throws JournalUnavailableError that says which file and what to do
   */
  earlierMessages(toKey: SubjectKey, advertiserId: string): Promise<readonly EarlierMessage[]>
  close(): void
}

/** More than any rule counts, few enough to be read while a session waits. */
const MOST_DECISIONS = 64

/** Names the source of the data in the message; a decision where it passed stands for having been told. */
const TELLS_SOURCE = 'SOURCE-NOT-STATED'

/** Opens the file with the first question: most sites never ask one. */
export function openHistory(path: string): History {
  let connection: { readonly database: Database; readonly read: ReturnType<typeof prepareReading> } | undefined

  function connect() {
    const database = openDatabase(path, { readonly: true })
    try {
      assertMigrated(database, MIGRATIONS)
      return { database, read: prepareReading(database, path) }
    } catch (error) {
      database.close()
      throw error
    }
  }

  function close(): void {
    connection?.database.close()
    connection = undefined
  }

  return {
    // eslint-disable-next-line typescript/require-await -- the port is asynchronous because a database elsewhere will answer it
    async earlierMessages(toKey, advertiserId) {
      try {
        connection ??= connect()
        return connection.read(toKey, advertiserId)
      } catch (error) {
        close()
        throw describeFailure(error, path)
      }
    },
    close,
  }
}

function prepareReading(database: Database, path: string) {
  const decisions = database.prepare<[string, string, number], EntryRow>(
    `${PERSONAL_SELECT} WHERE p.to_key = ? AND e.advertiser = ? AND e.kind = 'decision' AND e.result = 'permit'
     ORDER BY e.seq DESC LIMIT ?`,
  )
  const outcomes = database.prepare<[string, number], EntryRow>(
    `${ENTRY_SELECT} WHERE e.ref = ? AND e.rcpt = ? AND e.kind = 'outcome'`,
  )
  return (toKey: SubjectKey, advertiserId: string): EarlierMessage[] =>
    decisions.all(toKey, advertiserId, MOST_DECISIONS).flatMap((row) => {
      const decision = readStored(row, path).entry as DecisionEntry
      const outcome = outcomes.get(decision.ref, decision.rcpt)
      // Without an outcome the message may be on its way, or may have left when the relay was killed.
      const status = outcome === undefined ? 'unknown' : (readStored(outcome, path).entry as OutcomeEntry).status
      return status === 'relayed' || status === 'unknown' ? [earlierMessage(decision, status)] : []
    })
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
