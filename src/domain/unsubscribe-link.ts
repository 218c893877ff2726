/** The links by which a message lets a person unsubscribe, and what is known of them. */

export interface UnsubscribeLink {
  readonly where: 'header' | 'body'
  /** As written. Names the recipient: never logged, journaled or requested as it stands (promise I7). */
  readonly uri: string
}

/**
 * How far a link was established to work. 0: it is well formed and its host is registered for the advertiser; 1: the host
 * answers; 2: the endpoint exists; 3: unsubscribing works and is honoured.
 */
export type LinkAssurance = 0 | 1 | 2 | 3

export type LinkAssessment =
  /** `origin` is scheme and host, and nothing that names the recipient. */
  | {
      readonly kind: 'usable'
      readonly where: UnsubscribeLink['where']
      readonly origin: string
      readonly assurance: LinkAssurance
    }
  | {
      readonly kind: 'unusable'
      readonly where: UnsubscribeLink['where']
      readonly origin: string
      /** Stable code, e.g. `merge_tag`, `host_not_registered`. */
      readonly detail: string
    }

/** Whether a link to Aval's own endpoint is that of the recipient at hand. */
export interface HostedLinkReading {
  readonly where: UnsubscribeLink['where']
  readonly belongs: 'here' | 'other_person' | 'other_advertiser' | 'token_invalid'
}

/** What Aval put into a message on its way through. */
export interface HostedChanges {
  readonly fields: boolean
  readonly body: boolean
  readonly signed: boolean
  /** Lower-case hexadecimal, over the message as it leaves behind the trace field. */
  readonly sentSha256: string
}
