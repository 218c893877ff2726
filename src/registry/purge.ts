/**
 * The purge: deletes the records retention has ended for, and the contacts nothing rests on any more (PURGE-JOB). Some
 * hundred people a transaction; killed at any moment it leaves whole transactions, and the next run does the rest.
 */
import type { RecordOnFile } from '../domain/registry.js'
import type { RetentionPolicy } from '../domain/retention.js'
import type { RegistryWriter } from './writer/registry-writer.js'
import { type KeptRecord, keptRecords, loneContacts } from './books/ended.js'

export interface PurgeOptions {
  readonly policy: RetentionPolicy
  readonly now: number
  readonly by: string
  /** Counts and deletes nothing. */
  readonly dryRun: boolean
  readonly onProgress?: (looked: number, ended: number) => void
  /** Milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>
}

export interface PurgeReport {
  /** Number of the act in the register; undefined when there was nothing to delete, or for a dry run. */
  readonly act: number | undefined
  /** Records looked at. */
  readonly looked: number
  /** Ended, by advertiser. */
  readonly records: Readonly<Record<string, number>>
  /** Deleted with them, or because nothing rested on them any more; by advertiser. */
  readonly contacts: Readonly<Record<string, number>>
  /** Ended but kept, because the person asked for restriction instead (GDPR art. 18(2)). */
  readonly restricted: number
}

/** @throws RegistryUnavailableError; what was committed before stays */
export async function purge(writer: RegistryWriter, options: PurgeOptions): Promise<PurgeReport> {
  const { policy, now, by, dryRun, pause } = options
  const months = { retention: policy.retention.months, generic: policy.generic.retentionMonths }
  const beginAct = (): number =>
    writer.register.write('act', `purge-${now}`, { act: 'purge', law: 'GDPR art. 5(1)(e)', months }, by)
  const records: Record<string, number> = {}
  const contacts: Record<string, number> = {}
  let act: number | undefined
  let [looked, restricted, ended] = [0, 0, 0]
  for (const page of keptRecords(writer.parts, policy, now)) {
    looked += page.length
    const over = page.filter(({ clock }) => now >= clock.dueAt)
    const due = over.filter(({ onFile }) => onFile.record.restricted !== true)
    restricted += over.length - due.length
    ended += due.length
    for (const { onFile } of due) count(records, onFile.record.advertiserId, 1)
    if (!dryRun && due.length > 0) {
      const removed = writer.transaction(() => {
        act ??= beginAct()
        return removeAll(writer, due, act)
      })
      for (const [advertiserId, events] of removed) count(contacts, advertiserId, events)
      await writer.letOthersWrite(pause)
    }
    options.onProgress?.(looked, ended)
  }
  for (const page of loneContacts(writer.parts, policy, now)) {
    if (dryRun || page.length === 0) continue
    const removed = writer.transaction(() => {
      act ??= beginAct()
      const order = act
      return page.map(
        ({ subject, advertiserId }) => [advertiserId, writer.removeContacts(subject, order, advertiserId)] as const,
      )
    })
    for (const [advertiserId, events] of removed) count(contacts, advertiserId, events)
    await writer.letOthersWrite(pause)
  }
  return { act, looked, records, contacts, restricted }
}

function count(counts: Record<string, number>, advertiserId: string, more: number): void {
  if (more > 0) counts[advertiserId] = (counts[advertiserId] ?? 0) + more
}

/** @returns how many contacts went with each record, and whose it was */
function removeAll(writer: RegistryWriter, due: readonly KeptRecord[], act: number): (readonly [string, number])[] {
  return due.map(({ subject, onFile }) => {
    const { id, advertiserId } = onFile.record
    const isMeant = ({ record }: RecordOnFile): boolean => record.id === id && record.advertiserId === advertiserId
    return [advertiserId, writer.removeRecords(subject, act, isMeant).events] as const
  })
}
