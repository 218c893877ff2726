/** A journal file for the few who ask: opened with the first question, closed by what fails, opened anew with the next. */
import { assertMigrated, type Database, openDatabase } from '../storage/sqlite.js'
import { describeFailure } from './journal-error.js'
import { assertInPlace, filesOf, type JournalFiles } from './journal-files.js'
import { MIGRATIONS } from './schema.js'
import { type PersonalReader, personalReader, vaultOf } from './segments/personal-reader.js'
import { assertReadable } from './segments/segments.js'

export interface ReadingConnection<Questions> {
  /**
   * Asynchronous because a database elsewhere will answer it.
   *
   * @throws JournalUnavailableError that says which file and what to do
   */
  ask: <T>(question: (questions: Questions) => T) => Promise<T>
  close: () => void
}

interface Open<Questions> {
  readonly database: Database
  /** Those it was opened with: what is moved away and put back, or restored, must not be answered from memory. */
  readonly files: JournalFiles
  readonly questions: Questions
}

/** @param segmentKeyFile persons are found with it */
export function readingConnection<Questions>(
  path: string,
  segmentKeyFile: string,
  prepare: (database: Database, parts: PersonalReader) => Questions,
): ReadingConnection<Questions> {
  let open: Open<Questions> | undefined

  function connect(): Open<Questions> {
    const database = openDatabase(path, { readonly: true })
    try {
      assertMigrated(database, MIGRATIONS)
      const vault = vaultOf(database, segmentKeyFile)
      assertReadable(database, vault, path)
      const questions = prepare(database, personalReader(vault, path, segmentKeyFile))
      return { database, files: filesOf(path), questions }
    } catch (error) {
      database.close()
      throw error
    }
  }

  function close(): void {
    open?.database.close()
    open = undefined
  }

  return {
    // eslint-disable-next-line typescript/require-await -- see ask
    async ask(question) {
      try {
        if (open) assertInPlace(path, open.files)
        open ??= connect()
        return question(open.questions)
      } catch (error) {
        close()
        throw describeFailure(error, path)
      }
    },
    close,
  }
}
