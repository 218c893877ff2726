/**
 * The head of the registry as it was last heard of, in a file beside the database: `<path>.head`. It shows that a restored
 * copy of the database is older than what was already on disk here; whoever restores both can only be found by a line kept
 * elsewhere, which `aval registry verify` prints and takes. One line:
 * `aval-registry-head/1 <registry> <generation, 15 digits> <seal, 32 hexadecimal digits>`.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync, constants } from 'node:fs'
import type { Bilingual } from '../../words/language.js'
import type { RegistryHead } from './head.js'

export interface WrittenHead {
  readonly registry: string
  readonly generation: number
  /** Lower-case hexadecimal. */
  readonly seal: string
}

export interface HeadFile {
  readonly path: string
  read(): WrittenHead | undefined
  /** Not flushed to the disk: lost with the power it is older than the database, which is no reason for alarm. */
  write(head: Pick<RegistryHead, 'registry' | 'generation'>, seal: Uint8Array): void
  forget(): void
}

const LINE = /^aval-registry-head\/1 ([0-9a-f]{32}) (\d{15}) ([0-9a-f]{32})$/

export function headFile(databasePath: string): HeadFile {
  const path = `${databasePath}.head`
  return {
    path,
    read() {
      try {
        return readHeadLine(readFileSync(path, 'latin1'))
      } catch {
        return undefined
      }
    },
    write(head, seal) {
      // Every line has the same length, so that one written over another is never seen in part.
      const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o600)
      try {
        writeSync(file, `${headLine(head, seal)}\n`, 0, 'latin1')
      } finally {
        closeSync(file)
      }
    },
    forget() {
      rmSync(path, { force: true })
    },
  }
}

export function headLine(head: Pick<RegistryHead, 'registry' | 'generation'>, seal: Uint8Array): string {
  return `aval-registry-head/1 ${head.registry} ${String(head.generation).padStart(15, '0')} ${Buffer.from(seal).toString('hex')}`
}

export function readHeadLine(text: string): WrittenHead | undefined {
  const match = LINE.exec(text.trim())
  return match ? { registry: match[1]!, generation: Number(match[2]), seal: match[3]! } : undefined
}

/** Why a head cannot be what followed the one written down; undefined when it can, or when none was written down. */
export function headTrouble(
  head: Pick<RegistryHead, 'registry' | 'generation'>,
  seal: Buffer,
  written: WrittenHead | undefined,
): Bilingual | undefined {
  if (written === undefined) return undefined
  if (head.registry !== written.registry) return ANOTHER
  if (head.generation > written.generation) return undefined
  if (head.generation === written.generation && seal.toString('hex') === written.seal) return undefined
  return {
    en: `an older copy was put back: generation ${head.generation}, and ${written.generation} was already written`,
    fr: `une copie plus ancienne a été remise en place : génération ${head.generation}, alors que la ${written.generation} était déjà écrite`,
  }
}

const ANOTHER: Bilingual = {
  en: 'this is another registry than the one whose head was written down',
  fr: 'ce registre n’est pas celui dont la tête a été notée',
}
