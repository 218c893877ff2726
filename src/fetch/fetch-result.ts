/** How a request ended. What goes wrong is part of the answer, so that a caller can tell "no" from "not known". */

export const FETCH_FAULTS = [
  /** The URL is none that may be requested: scheme, user name, port. */
  'url',
  /** An address of the host is not of the public internet. Nothing was connected to. */
  'forbidden',
  /** The host does not exist, or has no address. */
  'no_host',
  /** The DNS did not answer. */
  'dns',
  /** Every address refused the connection. */
  'refused',
  'unreachable',
  /** The certificate is not valid for the name, or not now, or not vouched for. */
  'certificate',
  /** TLS was not established, and the certificate is not the reason. */
  'tls',
  'timeout',
  /** What was answered is not HTTP, or ended too early. */
  'protocol',
  'redirect_loop',
  'too_many_redirects',
  /** A redirect from https to http, which is not followed. */
  'downgrade',
  /** Too many requests are waiting, or too many went to this host lately. */
  'busy',
] as const
export type FetchFault = (typeof FETCH_FAULTS)[number]

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: URL
  /** Undefined for one that got no answer. */
  readonly status: number | undefined
}

export interface FetchAnswer {
  readonly kind: 'answer'
  readonly status: number
  /** Lower-case names; of a repeated field the values joined by a comma. */
  readonly headers: ReadonlyMap<string, string>
  /** Content codings undone; not more than was asked for. */
  readonly body: Buffer
  /** Whether there is more of the body than this. */
  readonly truncated: boolean
  /** In order; the last is the one that gave this answer. */
  readonly hops: readonly Hop[]
}

export interface FetchFailure {
  readonly kind: 'failure'
  readonly fault: FetchFault
  /** Words for a log, without any part of the URL. */
  readonly detail: string
  readonly hops: readonly Hop[]
}

export type FetchResult = FetchAnswer | FetchFailure

/** Carries a fault through code that throws, such as the inside of an HTTP client. */
export class FetchError extends Error {
  override readonly name = 'FetchError'
  readonly fault: FetchFault

  constructor(fault: FetchFault, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.fault = fault
  }
}
