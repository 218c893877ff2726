/** The intake behind the SMTP listener: takes mail for its mailboxes only, and says yes once the objection is on disk. */
import type { Recipient } from '../../domain/envelope.js'
import type { Reference } from '../../domain/reference.js'
import type { Reply } from '../../domain/reply.js'
import type { Relay, SpooledMessage } from '../../relay/ports.js'
import { type MailIntakeOptions, type MailObjection, type Mailbox, mailboxOf, takeMail } from './mail-intake.js'

export interface IntakeRelayOptions extends MailIntakeOptions {
  /** Resolves once it is on disk. */
  readonly record: (objection: MailObjection) => Promise<unknown>
  readonly events: {
    /** A report or request that cannot be told for whom. */
    unattributed(mailbox: Mailbox['kind']): void
    /** Spam complaints about these messages, recorded as objections. */
    complained(about: readonly Reference[]): void
    failed(error: unknown): void
  }
}

/** Reports quote a whole message; a person's mail is short. */
const MOST_OCTETS = 1_048_576

const OK: Reply = { code: 250, enhanced: '2.1.0', text: 'Ok' }
const TAKEN: Reply = { code: 250, enhanced: '2.0.0', text: 'Ok: taken' }
const NO_MAILBOX: Reply = {
  code: 550,
  enhanced: '5.1.1',
  text: 'no such mailbox here: unsub@, reply+ADVERTISER@ or fbl@',
}
const TROUBLE: Reply = { code: 451, enhanced: '4.3.0', text: 'cannot be recorded now, please try again' }
const UNKNOWN: Reply = {
  code: 550,
  enhanced: '5.6.0',
  text: 'this message does not say whom it is about: use the unsubscribe link of the message you received',
}
const TOO_LARGE: Reply = { code: 552, enhanced: '5.3.4', text: 'message too large' }

export function createIntakeRelay(options: IntakeRelayOptions): Relay {
  return {
    begin(peer) {
      const accepted: { readonly recipient: Recipient; readonly mailbox: Mailbox }[] = []
      return {
        get accepted() {
          return accepted.length
        },
        mail: () => Promise.resolve(OK),
        rcpt(recipient) {
          const { localPart, domain } = recipient.mailbox
          const mailbox = mailboxOf(localPart, domain, options)
          if (mailbox === undefined) return Promise.resolve(NO_MAILBOX)
          accepted.push({ recipient, mailbox })
          return Promise.resolve(OK)
        },
        async data(message) {
          const replies = await Promise.all(accepted.map(({ mailbox }) => takeOne(options, mailbox, message)))
          await message.dispose()
          if (peer.repliesEach === true) return replies
          return [replies.find(({ code }) => code >= 400) ?? TAKEN]
        },
        abort: () => {},
      }
    },
  }
}

async function takeOne(options: IntakeRelayOptions, mailbox: Mailbox, message: SpooledMessage): Promise<Reply> {
  const { events, record } = options
  if (message.size > MOST_OCTETS) return TOO_LARGE
  try {
    const taken = await takeMail(mailbox, await message.bytes(), options)
    if (taken.kind === 'nothing') return TAKEN
    if (taken.kind === 'unknown') {
      events.unattributed(mailbox.kind)
      // Feedback loops are machines: a bounce would only come back.
      return mailbox.kind === 'fbl' ? TAKEN : UNKNOWN
    }
    for (const objection of taken.objections) await record(objection)
    if (taken.complaintsAbout !== undefined && taken.complaintsAbout.length > 0)
      events.complained(taken.complaintsAbout)
    return TAKEN
  } catch (error) {
    events.failed(error)
    return TROUBLE
  }
}
