/** What stops the journal, in words for the person who has to repair it. No entry's content is ever quoted. */

import type { Bilingual, WordTable } from '../words/language.js'
import { NOT_A_FILE, TOO_LARGE } from '../storage/regular-file.js'
import { ToldError } from '../words/told-error.js'
import type { SchemaTrouble } from '../storage/schema-check.js'
import { SegmentKeyError } from './segments/key-file.js'

const ADVICE = {
  disk_full: {
    en: 'the disk is full: free space on its volume; messages are deferred meanwhile',
    fr: 'le disque est plein : libérer de la place sur son volume ; les messages sont différés en attendant',
  },
  read_only: {
    en: 'the file or its volume is read-only: check the owner, the mode and the mount options',
    fr: 'le fichier ou son volume est en lecture seule : voir le propriétaire, le mode et les options de montage',
  },
  locked: {
    en: 'another program keeps the file locked: end the backup, shell or tool that has it open',
    fr: 'un autre programme tient le fichier verrouillé : terminer la sauvegarde, le shell ou l’outil qui l’a ouvert',
  },
  second_writer: {
    en: 'another relay writes to it: stop that one, or give this one a journal of its own',
    fr: 'un autre relais y écrit : l’arrêter, ou donner à celui-ci son propre journal',
  },
  io: {
    en: 'reading or writing failed: the disk may be full or failing, check the system log',
    fr: 'la lecture ou l’écriture a échoué : le disque est peut-être plein ou défaillant, voir le journal du système',
  },
  cannot_open: {
    en: 'the file cannot be opened: check that the path is right and the directory can be written by this user',
    fr: 'le fichier ne s’ouvre pas : vérifier le chemin, et que cet utilisateur peut écrire dans le répertoire',
  },
  missing: {
    en: 'the file is gone: put it back, or restart the relay to begin a new journal',
    fr: 'le fichier a disparu : le remettre, ou redémarrer le relais pour commencer un nouveau journal',
  },
  replaced: {
    en: 'the file was replaced by another or an older copy: put the right one back',
    fr: 'le fichier a été remplacé par un autre ou par une copie ancienne : remettre le bon',
  },
  foreign: {
    en: 'it is a database of something else, such as the registry: give journal.url a file of its own',
    fr: 'c’est une base d’autre chose, le registre par exemple : donner à journal.url un fichier à lui',
  },
  log_alone: {
    en: 'it is not the file that the write-ahead log (-wal) beside it belongs to: put that file back, or keep the log elsewhere and begin a new journal',
    fr: 'ce n’est pas le fichier dont relève le journal d’écriture (-wal) à côté : remettre ce fichier, ou ranger le -wal ailleurs et commencer un nouveau journal',
  },
  damaged: {
    en: 'its content is not what was written: run "aval journal verify" and keep the file as evidence',
    fr: 'son contenu n’est pas celui qui a été écrit : lancer « aval journal verify » et garder le fichier comme preuve',
  },
  segment_keys: {
    en: 'the keys of its segments are missing or not those it was written with: restore their file from its backup, or, if it is lost for good, say so with "aval journal purge --keys-lost"',
    fr: 'les clés de ses segments manquent, ou ne sont pas celles avec lesquelles il a été écrit : restaurer leur fichier depuis la sauvegarde, ou, s’il est perdu pour de bon, le dire par « aval journal purge --keys-lost »',
  },
  schema_newer: {
    en: 'it was written by a newer version of Aval: upgrade this one',
    fr: 'il a été écrit par une version plus récente d’Aval : mettre celle-ci à jour',
  },
  writer_crashed: {
    en: 'its writer thread ended: it is started again, see the log for the cause',
    fr: 'le fil qui l’écrit s’est arrêté : il est relancé, le log en donne la cause',
  },
  deadline: {
    en: 'the disk did not answer in time: check the load and the health of the volume',
    fr: 'le disque n’a pas répondu à temps : voir la charge et l’état du volume',
  },
  overload: {
    en: 'too many entries wait to be written: the disk is slower than the traffic',
    fr: 'trop d’entrées attendent d’être écrites : le disque est plus lent que le trafic',
  },
  closed: { en: 'it was closed: the relay is stopping', fr: 'il a été fermé : le relais s’arrête' },
} as const satisfies WordTable
export type JournalFaultCode = keyof typeof ADVICE

/** Nothing could be written, or it is not known whether it was: the message must not leave (promises I2, I3). */
export class JournalUnavailableError extends ToldError {
  override readonly name = 'JournalUnavailableError'
  readonly code: JournalFaultCode

  constructor(code: JournalFaultCode, words: string | Bilingual, options?: ErrorOptions) {
    super(words, options)
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
  detail?: string | Bilingual,
  options?: ErrorOptions,
): JournalUnavailableError {
  const { en, fr } = typeof detail === 'object' ? detail : { en: detail, fr: detail }
  const behind = (text: string | undefined) => (text === undefined ? '' : ` (${text})`)
  const words = {
    en: `the journal ${path} cannot be used: ${ADVICE[code].en}${behind(en)}`,
    fr: `le journal ${path} est inutilisable : ${ADVICE[code].fr}${behind(fr)}`,
  }
  return new JournalUnavailableError(code, words, options)
}

/** @throws JournalUnavailableError where somebody changed what is written, or what is read of it */
export function assertSchema(path: string, trouble: SchemaTrouble | undefined): void {
  if (trouble !== undefined) throw unavailable('damaged', path, trouble.words)
}

/** Puts any failure of the storage below into one of the faults above. */
export function describeFailure(error: unknown, path: string): JournalUnavailableError {
  if (error instanceof JournalUnavailableError) return error
  const storage = error instanceof Error && error.name === 'StorageError' ? error : undefined
  if (error instanceof SegmentKeyError && [undefined, NOT_A_FILE, TOO_LARGE].includes(codeOf(error.cause)))
    return unavailable('segment_keys', path, error.told, { cause: error })
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
