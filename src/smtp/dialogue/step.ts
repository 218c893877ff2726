/** What the dialogue has the session do next. */
import type { Reply } from '../../domain/reply.js'
import type { MessageIntake } from '../octets/message-intake.js'

export type Step =
  | {
      readonly kind: 'reply'
      readonly reply: Reply
      /** The client had to await this reply (RFC 2920 3.1): input waiting behind the command ends the session. */
      readonly awaited?: boolean
    }
  /** 250 unless said otherwise. */
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly code?: number }
  | { readonly kind: 'challenge'; readonly text: string }
  | { readonly kind: 'message'; readonly intake: MessageIntake }
  | { readonly kind: 'starttls' }

export type SpokenReply = Extract<Step, { kind: 'reply' }>

export function say(reply: Reply): SpokenReply {
  return { kind: 'reply', reply }
}

/** The reply to a command that has to be the last of its group. */
export function sayAwaited(reply: Reply): SpokenReply {
  return { kind: 'reply', reply, awaited: true }
}
