/** Contact events being written. Within a transaction. */
import type { ContactEventType } from '../../domain/contact-event.js'
import { everyKey, type SubjectKeys } from '../../domain/subject-key.js'
import type { EventDraft, Problem } from '../records/drafts.js'
import { formatId } from '../records/record-id.js'
import { eventParts } from '../records/rows.js'
import { keysOf, octets, type WriterParts } from '../writer/writer-parts.js'

export interface Written {
  readonly kind: 'added' | 'unchanged'
  readonly id: string
}

export interface EventOnFile {
  readonly id: string
  readonly advertiserId: string
  readonly type: ContactEventType
  readonly linkKind?: string
  readonly at: number
  readonly source: string
  readonly campaignId?: string
  readonly botSuspected: boolean
}

/** `number, advertiser_id, id, type, link_kind, at, bot_suspected, source, campaign_id, code` */
type Row = [number, string, Buffer, ContactEventType, string | null, number, number, string, string | null, Buffer]

export class EventBook {
  readonly #parts: WriterParts
  readonly #sql

  constructor(parts: WriterParts) {
    this.#parts = parts
    const { database } = parts
    this.#sql = {
      find: database
        .prepare<[Buffer, string, Buffer], number>(
          'SELECT 1 FROM contact_event WHERE subject_key = ? AND advertiser_id = ? AND id = ?',
        )
        .pluck(),
      insert: database.prepare(
        `INSERT INTO contact_event
           (subject_key, advertiser_id, id, number, key_id, type, link_kind, at, bot_suspected, source, campaign_id, code)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      all: database
        .prepare<[Buffer], Row>(
          `SELECT number, advertiser_id, id, type, link_kind, at, bot_suspected, source, campaign_id, code
           FROM contact_event WHERE subject_key = ? ORDER BY advertiser_id, at`,
        )
        .raw(),
      delete: database.prepare<[Buffer, string, Buffer]>(
        'DELETE FROM contact_event WHERE subject_key = ? AND advertiser_id = ? AND id = ?',
      ),
    }
  }

  /** @param wrongWith asked about an event that is not on file yet */
  write(
    draft: EventDraft,
    wrongWith: (subject: SubjectKeys) => Problem | undefined,
  ): Written | { readonly kind: 'refused'; readonly problems: readonly Problem[] } {
    const { advertiserId, type, at, source, dedupeKey } = draft
    const linkKind = draft.linkKind ?? null
    const campaignId = draft.campaignId ?? null
    const bot = draft.botSuspected ? 1 : 0
    const identity = dedupeKey === undefined ? [type, linkKind, at, source, campaignId] : ['key', dedupeKey]
    const { codes, ledgers } = this.#parts
    const subject = keysOf(this.#parts, draft.person)
    const ids = everyKey(subject).map((keys) => ({
      keys,
      id: codes.get(keys.keyId)!.id('event', [advertiserId, keys.consentKey, ...identity]),
    }))
    const known = ids.find(({ keys, id }) => this.#sql.find.get(octets(keys.consentKey), advertiserId, id) === 1)
    if (known) return { kind: 'unchanged', id: formatId(known.id) }
    const problem = wrongWith(subject)
    if (problem !== undefined) return { kind: 'refused', problems: [problem] }
    const { keys, id } = ids[0]!
    const { keyId, consentKey } = keys
    const number = ledgers.next('event')
    const parts = { id, subjectKey: consentKey, advertiserId, keyId, type, linkKind, at, bot, source, campaignId }
    const code = codes.get(keyId)!.rowCode('event', number, eventParts(parts))
    this.#sql.insert.run(
      octets(consentKey),
      advertiserId,
      id,
      number,
      keyId,
      type,
      linkKind,
      at,
      bot,
      source,
      campaignId,
      code,
    )
    ledgers.wrote('event', code)
    return { kind: 'added', id: formatId(id) }
  }

  /** By advertiser, oldest first. */
  about(subject: SubjectKeys): EventOnFile[] {
    return this.#rows(subject).map(({ row: [, advertiserId, id, type, linkKind, at, bot, source, campaignId] }) => ({
      id: formatId(id),
      advertiserId,
      type,
      ...(linkKind === null ? {} : { linkKind }),
      at,
      source,
      ...(campaignId === null ? {} : { campaignId }),
      botSuspected: bot === 1,
    }))
  }

  /** Deletes those of the advertisers chosen. @returns how many */
  remove(subject: SubjectKeys, act: number, chosen: (advertiserId: string) => boolean): number {
    const rows = this.#rows(subject).filter(({ row }) => chosen(row[1]))
    for (const { key, row } of rows) {
      this.#sql.delete.run(key, row[1], row[2])
      this.#parts.ledgers.noteGone('event', row[0], act, row[9])
    }
    return rows.length
  }

  #rows(subject: SubjectKeys): { readonly key: Buffer; readonly row: Row }[] {
    return everyKey(subject).flatMap(({ consentKey }) => {
      const key = octets(consentKey)
      return this.#sql.all.all(key).map((row) => ({ key, row }))
    })
  }
}
