/** What the relay asks of the thread that writes into the registry. */
import { type ImportOptions, importFile } from './import/import-file.js'
import type { ConsentDraft, EventDraft, KeyedPerson, ObjectionDraft } from './drafts.js'
import type { Retraction } from './objection-book.js'
import type { FeedPosition } from './objection-feed.js'
import type { Provenance, RegistryWriter } from './registry-writer.js'

/** Each is a short transaction, or an import made of short ones, so that nobody waits long for another. */
export const OPERATIONS = {
  object: (writer: RegistryWriter, draft: ObjectionDraft) => writer.addObjection(draft, { onlyIfNone: true }),
  addObjection: (writer: RegistryWriter, draft: ObjectionDraft) => writer.addObjection(draft),
  retract: (writer: RegistryWriter, person: KeyedPerson, which: Retraction) => writer.retractObjections(person, which),
  addEvent: (writer: RegistryWriter, draft: EventDraft) => writer.addEvent(draft),
  addConsent: (writer: RegistryWriter, draft: ConsentDraft, provenance: Provenance) =>
    writer.addConsent(draft, provenance),
  import: (writer: RegistryWriter, options: Omit<ImportOptions, 'onProgress' | 'signal'>) =>
    importFile(writer, options),
  feedPosition: (writer: RegistryWriter, target: string) => writer.feed.position(target),
  feedAfter: (writer: RegistryWriter, seq: number, limit: number) => writer.feed.after(seq, limit),
  moveFeed: (writer: RegistryWriter, target: string, position: FeedPosition) =>
    writer.transaction(() => writer.feed.move(target, position)),
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
  | { readonly id: number; readonly ok: false; readonly error: Error; readonly code: string | undefined }

export interface ThreadOptions {
  readonly path: string
  readonly keyFile: string
}
