/** One SMTP reply, to a client or from the upstream. */

export interface Reply {
  /** RFC 5321 4.2: 2xx to 5xx. */
  readonly code: number
  /** RFC 3463, e.g. `5.7.1`; undefined where the speaker gave none. */
  readonly enhanced: string | undefined
  /** One line without code; no control characters. */
  readonly text: string
  /** The connection is closed after this reply. */
  readonly close?: boolean
}

export function isPositive(reply: Reply): boolean {
  return reply.code >= 200 && reply.code < 300
}

export function formatReply(reply: Reply): string {
  return [reply.code, reply.enhanced, reply.text].filter((part) => part !== undefined && part !== '').join(' ')
}
