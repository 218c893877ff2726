/** Opens personal parts for those who need what is in them. */
import type { Database } from '../../storage/sqlite.js'
import type { JournalHeader, PersonalPart } from '../entry-format.js'
import { unavailable } from '../journal-error.js'
import { type EntryRow, readHeader, sealedPartOf } from '../journal-rows.js'
import { openVault, type Vault } from './vault.js'

export interface PersonalReader {
  /**
   * @returns undefined for what has no personal part, or none any more
   * @throws JournalUnavailableError for one that is there and cannot be read
   */
  read(row: SealedRow): PersonalPart | undefined
  /** How a person is found in table `personal`. */
  tagsOf(toKey: string): Buffer[]
  /** How a message is found in table `addressee`, and what a row of it says. */
  messageTagsOf(messageIdSha256: string): Buffer[]
  readAddressee(row: SealedRow): string | undefined
}

/** An entry, as far as it is needed to open what belongs to it. */
type SealedRow = Pick<EntryRow, 'seq' | 'segment' | 'tag' | 'sealed'>

/** Where the keys of the segments of a journal are unless something else is said. */
export function segmentKeysBeside(journalPath: string): string {
  return `${journalPath}.segment-keys`
}

/**
 * @param path of the journal
 * @param keyFile of its segments
 */
export function openPersonalReader(database: Database, path: string, keyFile: string): PersonalReader {
  return personalReader(vaultOf(database, keyFile), path, keyFile)
}

export function personalReader(vault: Vault, path: string, keyFile: string): PersonalReader {
  function open(row: SealedRow): Buffer | undefined {
    const part = sealedPartOf(row)
    if (!part) return undefined
    const text = vault.open(part)
    if (text === 'altered') throw unavailable('damaged', path, `the personal part of entry ${row.seq} was changed`)
    if (text === 'unreadable') throw unavailable('segment_keys', path, `${keyFile}, segment ${part.segment}`)
    return text
  }

  return {
    tagsOf: (toKey) => vault.tagsOf(toKey),
    messageTagsOf: (messageIdSha256) => vault.messageTagsOf(messageIdSha256),
    read(row) {
      const text = open(row)
      return text && (JSON.parse(text.toString()) as PersonalPart)
    },
    readAddressee: (row) => open(row)?.toString('hex'),
  }
}

export function vaultOf(database: Database, keyFile: string): Vault {
  const header = readHeader(database)
  return openVault(keyFile, header === undefined ? '' : (JSON.parse(header) as JournalHeader).journal)
}
