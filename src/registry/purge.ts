/**
 * The purge: deletes the records retention has ended for, and the contacts nothing rests on any more (PURGE-JOB). Some
 * hundred people a transaction; killed at any moment it leaves whole transactions, and the next run does the rest.
 */
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
  readonly events: number
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
  let act: number | undefined
  let [looked, events, restricted, ended] = [0, 0, 0, 0]
  for (const page of keptRecords(writer.parts, policy, now)) {
    looked += page.length
    const over = page.filter(({ clock }) => now >= clock.dueAt)
    const due = over.filter(({ onFile }) => onFile.record.restricted !== true)
    restricted += over.length - due.length
    ended += due.length
    for (const { onFile } of due) {
      const { advertiserId } = onFile.record
      records[advertiserId] = (records[advertiserId] ?? 0) + 1
    }
    if (!dryRun && due.length > 0) {
      events += writer.transaction(() => {
        act ??= beginAct()
        return removeAll(writer, due, act)
      })
      await writer.letOthersWrite(pause)
    }
    options.onProgress?.(looked, ended)
  }
  for (const page of loneContacts(writer.parts, policy, now)) {
    if (dryRun || page.length === 0) continue
    events += writer.transaction(() => {
      act ??= beginAct()
      const order = act
      return page.reduce(
        (sum, { subject, advertiserId }) => sum + writer.removeContacts(subject, order, advertiserId),
        0,
      )
    })
    await writer.letOthersWrite(pause)
  }
  return { act, looked, records, events, restricted }
}

function removeAll(writer: RegistryWriter, due: readonly KeptRecord[], act: number): number {
  let events = 0
  for (const { subject, onFile } of due) {
    const removed = writer.removeRecords(
      subject,
      act,
      ({ record }) => record.id === onFile.record.id && record.advertiserId === onFile.record.advertiserId,
    )
    events += removed.events
  }
  return events
}
