/**
 * One relay writes a journal. The lock is a transaction held open on a small database beside it: the system frees it when
 * the process ends, however it ends, and readers of the journal never meet it.
 */
import { type Database, openDatabase } from '../storage/sqlite.js'
import { describeFailure, unavailable } from './journal-error.js'

export interface WriterLock {
  release(): void
}

/** @throws JournalUnavailableError `second_writer` when another relay, or another journal of this one, holds it */
export function takeWriterLock(journalPath: string, busyTimeoutMs: number): WriterLock {
  let database: Database | undefined
  try {
    database = openDatabase(`${journalPath}.lock`, { busyTimeoutMs })
    database.exec('PRAGMA journal_mode = DELETE')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    const failure = describeFailure(error, journalPath)
    throw failure.code === 'locked' ? unavailable('second_writer', journalPath) : failure
  }
  const held = database
  return { release: () => held.close() }
}
