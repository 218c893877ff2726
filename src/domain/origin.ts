/** The client a message comes from, as one mail system tells another (Postfix XCLIENT_README and XFORWARD_README). */

/** Undefined: not known. */
export interface Origin {
  readonly name: string | undefined
  /** IP address. */
  readonly address: string | undefined
  readonly port: number | undefined
  /** What it said in EHLO or HELO. */
  readonly helo: string | undefined
  readonly protocol: 'SMTP' | 'ESMTP' | undefined
  /** Under which the system in front can find the message in its log. */
  readonly ident: string | undefined
  /** Whether the message was handed in locally, or came from elsewhere. */
  readonly source: 'LOCAL' | 'REMOTE' | undefined
}

export const UNKNOWN_ORIGIN: Origin = {
  name: undefined,
  address: undefined,
  port: undefined,
  helo: undefined,
  protocol: undefined,
  ident: undefined,
  source: undefined,
}
