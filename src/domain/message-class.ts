/**
 * What a message is for. The class decides which regime of the law applies to it (CPCE L.34-5 al. 3; CJEU C-654/23):
 * it follows from the purpose of the message, never from its template.
 */

export const MESSAGE_CLASSES = [
  'prospecting_b2c',
  'prospecting_partner',
  'prospecting_customer',
  'prospecting_b2b_named',
  'prospecting_b2b_generic',
  'non_commercial',
  'newsletter',
  'repermission',
  'transactional',
  'legal_notice',
  'correspondence',
] as const

export type MessageClass = (typeof MESSAGE_CLASSES)[number]

/**
 * How the class of a message is known: its credential has no other; it declares one, itself or by its campaign; it declares
 * none of several; it declares one the credential may not use. In the last two the strictest is assumed.
 */
export type ClassOrigin = 'credential' | 'declared' | 'undeclared' | 'not_allowed'

/** Classes sent without consent, and to which an objection to prospecting does not apply (contract, legal duty, answer). */
const SOLICITED: ReadonlySet<MessageClass> = new Set(['transactional', 'legal_notice', 'correspondence'])

/** Whether consent (or a lawful exception), retention and an unsubscribe link are asked for. */
export function isProspecting(messageClass: MessageClass): boolean {
  return !SOLICITED.has(messageClass)
}

/** Of several classes a credential may use, the one under which least is allowed; used when the sender declares none. */
export function strictestOf(classes: readonly MessageClass[]): MessageClass | undefined {
  return MESSAGE_CLASSES.find((candidate) => classes.includes(candidate))
}
