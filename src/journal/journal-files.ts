/**
 * The files of a journal, told apart by what they are and not by their names. SQLite knows a write-ahead log by its name
 * alone: it puts the last entries of a journal into whatever lies under that log when it is opened.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { unavailable } from './journal-error.js'

/** Device and inode of each; empty where there is none. */
export interface JournalFiles {
  readonly database: string
  readonly log: string
}

export function filesOf(path: string): JournalFiles {
  return { database: identityOf(path), log: identityOf(logOf(path)) }
}

/**
 * A file moved away or deleted goes on taking writes that nobody would ever read.
 *
 * @throws JournalUnavailableError `missing` or `replaced`
 */
export function assertInPlace(path: string, files: JournalFiles): void {
  const found = filesOf(path)
  for (const which of ['database', 'log'] as const) {
    if (found[which] !== files[which]) throw unavailable(found[which] === '' ? 'missing' : 'replaced', path)
  }
}

/** How much is to be read, and found right, before anything may be written: SQLite writes as soon as it opens and closes. */
export type FirstReading = 'nothing' | 'end' | 'pages_and_end'

/**
 * To be called before SQLite opens a journal, and before anything is made at its place.
 *
 * @param before as this process had them open; absent at its start, when it has none of them open
 * @throws JournalUnavailableError `missing`, `replaced` or `log_alone`: what lies under the log is not its file
 */
export function examineFiles(path: string, before: JournalFiles | undefined): FirstReading {
  const found = filesOf(path)
  if (before !== undefined && found.database === '') throw unavailable('missing', path)
  if (before !== undefined && found.database === before.database) return 'end'
  const logOctets = octetsOf(logOf(path))
  if (logOctets > 0 && !isDatabase(path)) throw unavailable(before === undefined ? 'log_alone' : 'replaced', path)
  if (before === undefined) return logOctets > 0 ? 'end' : 'nothing'
  // A copy may lack pages that its log does not have either.
  return logOctets > 0 ? 'pages_and_end' : 'end'
}

/** https://www.sqlite.org/fileformat.html, section 1.3.1. */
const MAGIC = Buffer.from('SQLite format 3\0', 'latin1')

/** Closing a file lets go of every lock the process has on it: only for files SQLite has not open. */
function isDatabase(path: string): boolean {
  if (octetsOf(path) < MAGIC.length) return false
  const file = openSync(path, 'r')
  try {
    const start = Buffer.alloc(MAGIC.length)
    readSync(file, start, 0, start.length, 0)
    return start.equals(MAGIC)
  } finally {
    closeSync(file)
  }
}

function logOf(path: string): string {
  return `${path}-wal`
}

function octetsOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function identityOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${found.dev}:${found.ino}` : ''
}
