/** The mail addresses a message gives a person to answer to, as far as the law asks (CPCE art. L.34-5 al. 5). */

export interface ContactPoints {
  /** Canonical domains of Reply-To or, where there is none, of From. */
  readonly replyDomains: readonly string[]
  /** Canonical domains of the mailto URIs of List-Unsubscribe. */
  readonly unsubscribeDomains: readonly string[]
  /** Whether the address for answers says that nobody reads it. */
  readonly replyIsUnread: boolean
  /** Whether the body shows a mail address, or a link to a page for contact. */
  readonly bodyHasContact: boolean
}
