/** Which messages left or were to leave, for whom to whom, as complaints about them ask. */
import { hash } from 'node:crypto'
import type { DecisionEntry } from '../domain/journal-entry.js'
import type { Reference } from '../domain/reference.js'
import type { SubjectKey } from '../domain/subject-key.js'
import type { Database } from '../storage/sqlite.js'
import { awaitsOutcome } from './entry-format.js'
import { placesFor } from './journal-rows.js'
import { type StoredRow, readStored } from './reader.js'
import { readingConnection } from './reading-connection.js'
import { type PersonalReader, segmentKeysBeside } from './segments/personal-reader.js'

/** A message to one person. */
export interface SentMessage {
  readonly at: number
  readonly toKey: SubjectKey
  readonly toKeyId: string
  /** Undefined in entries of versions that kept none. */
  readonly toObjectionKey: SubjectKey | undefined
  readonly advertiserId: string
  readonly routerId: string
}

export interface SentMessages {
  /** Every recipient the transaction was permitted for, but those who were erased. @throws JournalUnavailableError */
  byReference(ref: Reference): Promise<readonly SentMessage[]>
  /** @param messageId as the field was written. @throws JournalUnavailableError */
  byMessageId(messageId: string): Promise<readonly SentMessage[]>
  /** The newest. @throws JournalUnavailableError */
  lastTo(toKey: SubjectKey): Promise<SentMessage | undefined>
  close(): void
}

/** A message with more recipients than this cannot be told apart by its name. */
const MOST = 100

/** Opens the file with the first question: complaints are few. */
export function openSentMessages(path: string, segmentKeyFile = segmentKeysBeside(path)): SentMessages {
  const { ask, close } = readingConnection(path, segmentKeyFile, (database, parts) =>
    prepareQuestions(database, path, parts),
  )
  return {
    byReference: (ref) => ask((questions) => questions.byReference(ref)),
    byMessageId: (messageId) => ask((questions) => questions.byMessageId(hash('sha256', messageId))),
    lastTo: (toKey) => ask((questions) => questions.lastTo(toKey)),
    close,
  }
}

interface SentRow extends StoredRow {
  readonly addresseeTag: Buffer | null
  readonly addresseeSealed: Buffer | null
}

const SELECT = `
  SELECT e.seq, e.hash, e.body, p.segment, p.tag, p.sealed, a.tag AS addresseeTag, a.sealed AS addresseeSealed
  FROM personal p JOIN entry e ON e.seq = p.seq LEFT JOIN addressee a ON a.seq = p.seq`

function prepareQuestions(database: Database, path: string, parts: PersonalReader) {
  const ofReference = database.prepare<[string, number], SentRow>(
    `${SELECT} WHERE e.ref = ? AND e.result = 'permit' ORDER BY e.seq LIMIT ?`,
  )
  const ofMessage = (tags: readonly Buffer[]) =>
    database.prepare<unknown[], SentRow>(`${SELECT} WHERE a.tag IN ${placesFor(tags)} ORDER BY e.seq DESC LIMIT ?`)
  const ofPerson = (tags: readonly Buffer[]) =>
    database.prepare<unknown[], SentRow>(
      `${SELECT} WHERE p.tag IN ${placesFor(tags)} AND e.result = 'permit' ORDER BY e.seq DESC LIMIT ?`,
    )
  const read = (rows: readonly SentRow[]): SentMessage[] => rows.flatMap((row) => sentMessage(row, path, parts))
  return {
    byReference: (ref: Reference) => read(ofReference.all(ref, MOST)),
    byMessageId(sha256: string) {
      const tags = parts.messageTagsOf(sha256)
      return read(ofMessage(tags).all(...tags, MOST))
    },
    lastTo(toKey: SubjectKey) {
      const tags = parts.tagsOf(toKey)
      return read(ofPerson(tags).all(...tags, MOST))[0]
    },
  }
}

function sentMessage(row: SentRow, path: string, parts: PersonalReader): SentMessage[] {
  const { entry } = readStored(row, path, parts)
  if (!awaitsOutcome(entry)) return []
  const { at, toKey, toKeyId, advertiser, router } = entry as DecisionEntry
  const { seq, segment, addresseeTag: tag, addresseeSealed: sealed } = row
  const toObjectionKey = parts.readAddressee({ seq, segment, tag, sealed })
  return [{ at, toKey, toKeyId, toObjectionKey, advertiserId: advertiser, routerId: router }]
}
