/**
 * Erasure of a person (GDPR art. 17): records, contacts and the person in requests are deleted, in every version. What stays
 * is an objection with the reason `erasure`, by which whoever comes back in another file is recognised and refused, and the
 * numbers of the deleted rows with the act that ordered it (art. 17(3)(b), (e)).
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import type { Channel } from '../domain/consent-record.js'
import type { ObjectionScope } from '../domain/objection.js'
import { everyKey, type SubjectKeys } from '../domain/subject-key.js'
import type { RegistryWriter } from './writer/registry-writer.js'
import { forgetPerson } from './requests.js'
import { forgetApiRequests } from './writer/api-rows.js'

export interface ErasureOrder {
  /** Undefined: with every advertiser. */
  readonly advertiserId: string | undefined
  /** Id of the request it answers. */
  readonly request: string
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Erased {
  /** Number of the act in the register. */
  readonly act: number
  readonly records: number
  readonly events: number
  readonly objectionIds: readonly string[]
}

const CHANNELS_OBJECTED: readonly Channel[] = ['email', 'sms', 'mms', 'phone', 'post']

/** One transaction; a second erasure of the same person finds nothing and keeps the objection. */
export function erasePerson(writer: RegistryWriter, person: SubjectKeys, order: ErasureOrder): Erased {
  const { advertiserId, request, by, at } = order
  const scope: ObjectionScope = advertiserId === undefined ? { kind: 'global' } : { kind: 'advertiser', advertiserId }
  return writer.transaction(() => {
    const facts = { act: 'erasure', law: 'GDPR art. 17', request, advertiser: advertiserId }
    const act = writer.register.write('act', `erasure-${request}`, facts, by)
    const removed = writer.removeRecords(
      person,
      act,
      ({ record }) => advertiserId === undefined || record.advertiserId === advertiserId,
    )
    const events = removed.events + writer.removeContacts(person, act, advertiserId)
    if (advertiserId === undefined) {
      forgetPerson(writer.register, person, act, by)
      forgetApiRequests(writer)
    }
    const objectionIds = CHANNELS_OBJECTED.map(
      (channel) => writer.objectTo({ person, scope, channel, reason: 'erasure', at }).id,
    )
    return { act, records: removed.records.length, events, objectionIds }
  })
}

/**
 * Makes sure that nothing of a person is left in the database file or its log, where a page that was split may still hold
 * what was deleted: the log is emptied, the file looked through, and rewritten where something is found.
 *
 * @returns whether nothing is left
 */
export function scrub(writer: RegistryWriter, person: SubjectKeys): boolean {
  const { database, path } = writer.parts
  const needles = everyKey(person).flatMap(({ consentKey }) => [
    Buffer.from(consentKey, 'hex'),
    Buffer.from(consentKey),
  ])
  const files = [path, `${path}-wal`]
  database.exec('PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)')
  if (isClean(files, needles)) return true
  database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  return isClean(files, needles)
}

/** Octets read at a time; what lies across two reads is seen by the overlap. */
const WINDOW_OCTETS = 1_048_576

/** @param anyCase whether letters of ASCII may be capitals; the needles are in small letters then */
export function isClean(files: readonly string[], needles: readonly Buffer[], anyCase = false): boolean {
  return files.every((file) => !existsSync(file) || !holdsAny(file, needles, anyCase))
}

function holdsAny(path: string, needles: readonly Buffer[], anyCase: boolean): boolean {
  const overlap = Math.max(0, ...needles.map(({ length }) => length)) - 1
  const window = Buffer.alloc(WINDOW_OCTETS + overlap)
  const file = openSync(path, 'r')
  try {
    let kept = 0
    for (;;) {
      const read = readSync(file, window, kept, WINDOW_OCTETS, null)
      if (read === 0) return false
      const filled = window.subarray(0, kept + read)
      if (anyCase) toSmallLetters(filled)
      if (needles.some((needle) => filled.includes(needle))) return true
      kept = Math.min(overlap, filled.length)
      window.copy(window, 0, filled.length - kept, filled.length)
    }
  } finally {
    closeSync(file)
  }
}

function toSmallLetters(octets: Buffer): void {
  for (let i = 0; i < octets.length; i++) if (octets[i]! >= 0x41 && octets[i]! <= 0x5a) octets[i]! |= 0x20
}
