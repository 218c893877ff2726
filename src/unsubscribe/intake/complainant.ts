/**
 * Whose complaint a report is, where it has no token of Aval: told by the messages in the journal. A report that names no
 * message of ours and nobody it was sent to is nobody's.
 */
import type { CanonicalAddress } from '../../domain/address.js'
import { everyKey, type SubjectKey, type SubjectKeys } from '../../domain/subject-key.js'

/** What a report says about the message it is about. */
export interface ReportedMessage {
  readonly recipients: readonly CanonicalAddress[]
  readonly references: readonly string[]
  readonly messageId: string | undefined
}

/** A message that left, to one person. */
export interface LoggedMessage {
  readonly toKey: SubjectKey
  readonly toKeyId: string
  /** Undefined where it was not kept. */
  readonly toObjectionKey: SubjectKey | undefined
  readonly advertiserId: string
  readonly routerId: string
}

/** The messages that left, by what a report may know of them. */
export interface MessageLog {
  byReference(ref: string): Promise<readonly LoggedMessage[]>
  byMessageId(messageId: string): Promise<readonly LoggedMessage[]>
  /** The newest to a person. */
  lastTo(toKey: SubjectKey): Promise<LoggedMessage | undefined>
}

export interface Complainant {
  readonly person: Pick<SubjectKeys, 'keyId' | 'objectionKey'> | CanonicalAddress
  readonly advertiserId: string
  readonly routerId: string
}

export async function complainantsOf(
  report: ReportedMessage,
  log: MessageLog,
  identify: (address: CanonicalAddress) => SubjectKeys,
): Promise<readonly Complainant[]> {
  const about = await messagesOf(report, log)
  const named = report.recipients.map((address) => ({ address, keys: everyKey(identify(address)) }))
  const matching = named.flatMap(({ address, keys }) =>
    about.filter((message) => isTo(message, keys)).map((message) => complainant(address, message)),
  )
  if (matching.length > 0) return matching
  const [one, ...others] = about
  // A forwarded message is reported with another address than it was sent to.
  if (one !== undefined && others.every(({ toKey }) => toKey === one.toKey))
    return one.toObjectionKey === undefined
      ? []
      : [complainant({ keyId: one.toKeyId, objectionKey: one.toObjectionKey }, one)]
  if (about.length > 0) return []
  const last = await Promise.all(
    named.map(async ({ address, keys }) => {
      const found = await Promise.all(keys.map(({ consentKey }) => log.lastTo(consentKey)))
      return found.flatMap((message) => (message === undefined ? [] : [complainant(address, message)])).slice(0, 1)
    }),
  )
  return last.flat()
}

/** By the reference in Aval's own trace field, which nobody can guess; else by the Message-ID. */
async function messagesOf(
  { references, messageId }: ReportedMessage,
  log: MessageLog,
): Promise<readonly LoggedMessage[]> {
  for (const ref of references) {
    const found = await log.byReference(ref)
    if (found.length > 0) return found
  }
  return messageId === undefined ? [] : log.byMessageId(messageId)
}

function isTo({ toKey, toObjectionKey }: LoggedMessage, keys: readonly SubjectKeys[]): boolean {
  return keys.some(({ consentKey, objectionKey }) => consentKey === toKey || objectionKey === toObjectionKey)
}

function complainant(person: Complainant['person'], { advertiserId, routerId }: LoggedMessage): Complainant {
  return { person, advertiserId, routerId }
}
