/** What the relay asks of the thread that writes into the registry. */
import { answerApiRequest } from './api-rows.js'
import { openBreach } from '../breaches.js'
import { importFile } from '../import/import-file.js'
import type { ConsentDraft, EventDraft, KeyedPerson, ObjectionDraft } from '../records/drafts.js'
import type { Retraction } from '../books/objection-book.js'
import type { FeedPosition } from '../books/objection-feed.js'
import type { Provenance, RegistryWriter } from './registry-writer.js'

/** Each is a short transaction, or an import made of short ones, so that nobody waits long for another. */
export const OPERATIONS = {
  object: (writer: RegistryWriter, draft: ObjectionDraft) => writer.addObjection(draft, { unlessRepeated: true }),
  addObjection: (writer: RegistryWriter, draft: ObjectionDraft) => writer.addObjection(draft),
  retract: (writer: RegistryWriter, person: KeyedPerson, which: Retraction) => writer.retractObjections(person, which),
  addEvent: (writer: RegistryWriter, draft: EventDraft) => writer.addEvent(draft),
  addConsent: (writer: RegistryWriter, draft: ConsentDraft, provenance: Provenance) =>
    writer.addConsent(draft, provenance),
  apiRows: answerApiRequest,
  objectionsSynced: (writer: RegistryWriter, advertiserIds: readonly string[]) =>
    writer.objectionsSynced(advertiserIds),
  openBreach,
  importObjections: (writer: RegistryWriter, { path, advertiserId, rejectsPath }: FolderFile) =>
    importFile(writer, {
      kind: 'objection',
      path,
      rejectsPath,
      declaredBy: 'folder',
      defaults: { advertiser_id: advertiserId },
      advertisers: new Set([advertiserId]),
    }),
  feedPosition: (writer: RegistryWriter, target: string) => writer.feed.position(target),
  feedAfter: (writer: RegistryWriter, seq: number, limit: number) => writer.feed.after(seq, limit),
  moveFeed: (writer: RegistryWriter, target: string, position: FeedPosition) =>
    writer.transaction(() => writer.feed.move(target, position)),
}

interface FolderFile {
  readonly path: string
  readonly advertiserId: string
  readonly rejectsPath: string
}

export type Operations = typeof OPERATIONS
export type Operation = keyof Operations

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never
export type Arguments<Name extends Operation> = Tail<Parameters<Operations[Name]>>
export type Result<Name extends Operation> = Awaited<ReturnType<Operations[Name]>>

export interface Request {
  readonly id: number
  readonly name: Operation
  readonly args: readonly unknown[]
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | {
      readonly id: number
      readonly ok: false
      /** Name and message only: classes do not cross threads. */
      readonly name: string
      readonly message: string
      readonly code: string | undefined
    }

export interface ThreadOptions {
  readonly path: string
  readonly keyFile: string
}
