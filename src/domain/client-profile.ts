/**
 * What SMTP leaves open when somebody is refused, and mailing software reads in different ways: where the refusal is given,
 * what becomes of a message only some may get, how much the reply says. Nobody is sent a message by any of it.
 */

/** rcpt: refused recipients are told at RCPT. data: RCPT is always accepted, and what follows is said after DATA. */
export const REFUSAL_STAGES = ['rcpt', 'data'] as const
/** reject: a recipient the law refuses reads 5xx. drop: 250, nothing is sent to it, and journal and log say `dropped`. */
export const BLOCKED_ANSWERS = ['reject', 'drop'] as const
/**
 * reject_all: the message goes to nobody and is refused. drop_report: it goes to the permitted recipients; the refused ones
 * are dropped and reported in reply, log and journal. defer_rest: it goes to nobody and is deferred; on the next attempt
 * each recipient reads its own reply at RCPT.
 */
export const MIXED_POLICIES = ['reject_all', 'drop_report', 'defer_rest'] as const
/** reject: a message refused for what it says reads 5xx. defer: 4xx, so that it waits in the client's own queue. */
export const CONTENT_ANSWERS = ['reject', 'defer'] as const
/** full: rule and reason. code_only: that there was a refusal, and the reference under which it can be looked up. */
export const REPLY_DETAILS = ['full', 'code_only'] as const

export interface ReplyChoices {
  readonly stage: (typeof REFUSAL_STAGES)[number]
  readonly blocked: (typeof BLOCKED_ANSWERS)[number]
  readonly mixed: (typeof MIXED_POLICIES)[number]
  readonly content: (typeof CONTENT_ANSWERS)[number]
  readonly detail: (typeof REPLY_DETAILS)[number]
}
