/** What stops the journal, in words for the person who has to repair it. No entry's content is ever quoted. */

import type { SchemaTrouble } from '../storage/schema-check.js'
import { SegmentKeyError } from './segments/key-file.js'

const ADVICE = {
  disk_full: 'the disk is full: free space on its volume; messages are deferred meanwhile',
  read_only: 'the file or its volume is read-only: check the owner, the mode and the mount options',
  locked: 'another program keeps the file locked: end the backup, shell or tool that has it open',
  second_writer: 'another relay writes to it: stop that one, or give this one a journal of its own',
  io: 'reading or writing failed: the disk may be full or failing, check the system log',
  cannot_open: 'the file cannot be opened: check that the path is right and the directory can be written by this user',
  missing: 'the file is gone: put it back, or restart the relay to begin a new journal',
  replaced: 'the file was replaced by another or an older copy: put the right one back',
  log_alone:
    'it is not the file that the write-ahead log (-wal) beside it belongs to: put that file back, or keep the log elsewhere and begin a new journal',
  damaged: 'its content is not what was written: run "aval journal verify" and keep the file as evidence',
  segment_keys:
    'the keys of its segments are missing or not those it was written with: restore their file from its backup, or, if it is lost for good, say so with "aval journal purge --keys-lost"',
  schema_newer: 'it was written by a newer version of Aval: upgrade this one',
  writer_crashed: 'its writer thread ended: it is started again, see the log for the cause',
  deadline: 'the disk did not answer in time: check the load and the health of the volume',
  overload: 'too many entries wait to be written: the disk is slower than the traffic',
  closed: 'it was closed: the relay is stopping',
} as const satisfies Record<string, string>
export type JournalFaultCode = keyof typeof ADVICE

/** Nothing could be written, or it is not known whether it was: the message must not leave (promises I2, I3). */
export class JournalUnavailableError extends Error {
  override readonly name = 'JournalUnavailableError'
  readonly code: JournalFaultCode

  constructor(code: JournalFaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** An entry that must not be written as it is: a mistake of the program that made it, not of the disk. */
export class JournalEntryRefusedError extends Error {
  override readonly name = 'JournalEntryRefusedError'
}

/** @param detail goes in brackets behind the advice */
export function unavailable(
  code: JournalFaultCode,
  path: string,
  detail?: string,
  options?: ErrorOptions,
): JournalUnavailableError {
  const sentence = `the journal ${path} cannot be used: ${ADVICE[code]}${detail === undefined ? '' : ` (${detail})`}`
  return new JournalUnavailableError(code, sentence, options)
}

/** @throws JournalUnavailableError where somebody changed what is written, or what is read of it */
export function assertSchema(path: string, trouble: SchemaTrouble | undefined): void {
  if (trouble !== undefined) throw unavailable('damaged', path, trouble.message)
}

/** Puts any failure of the storage below into one of the faults above. */
export function describeFailure(error: unknown, path: string): JournalUnavailableError {
  if (error instanceof JournalUnavailableError) return error
  const storage = error instanceof Error && error.name === 'StorageError' ? error : undefined
  if (error instanceof SegmentKeyError && codeOf(error.cause) === undefined)
    return unavailable('segment_keys', path, error.message, { cause: error })
  if (storage && codeOf(storage) === 'schema_newer') return unavailable('schema_newer', path)
  const origin = storage?.cause ?? (error instanceof SegmentKeyError ? error.cause : error)
  const detail = codeOf(origin) ?? (origin instanceof Error ? origin.name : undefined)
  return unavailable(faultOf(codeOf(origin)), path, detail, { cause: error })
}

function faultOf(code: string | undefined): JournalFaultCode {
  if (code === undefined) return 'cannot_open'
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'disk_full'
  if (code === 'SQLITE_READONLY_DBMOVED') return 'missing'
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS') return 'read_only'
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'locked'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged'
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') return 'io'
  if (code.startsWith('SQLITE_CANTOPEN') || code === 'EACCES' || code === 'ENOTDIR' || code === 'EISDIR') {
    return 'cannot_open'
  }
  return code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_ERROR' ? 'damaged' : 'cannot_open'
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
