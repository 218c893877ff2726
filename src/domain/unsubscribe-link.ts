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
      /** What stands between a person and the opt-out: `login`, `captcha`, `status_403`. */
      readonly obstacle?: string | undefined
      /** Set where the host answers everything alike, so that this page could not be told from any other. */
      readonly indistinct?: true
      /** Of assurance 3: whole days since it was proven. */
      readonly provenDaysAgo?: number
    }
  | {
      readonly kind: 'unusable'
      readonly where: UnsubscribeLink['where']
      readonly origin: string
      /** Stable code, e.g. `merge_tag`, `host_not_registered`, `status_404`. */
      readonly detail: string
    }
  /** Nobody could say yet. */
  | {
      readonly kind: 'unsettled'
      readonly where: UnsubscribeLink['where']
      readonly origin: string
      /** Stable code, e.g. `timeout`, `dns`, `status_503`. */
      readonly detail: string
      /** Whether it was asked often enough, and for long enough, that waiting longer is no answer either. */
      readonly exhausted: boolean
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

/** Where a person could write to: the domains of the addresses a message gives, and whether mail gets there. */
export interface ContactAssessment {
  readonly where: ContactPlace
  /** Canonical. */
  readonly domain: string
  /** `unknown`: the DNS did not answer. */
  readonly takesMail: 'yes' | 'no' | 'unknown'
}

export type ContactPlace = 'reply' | 'unsubscribe' | 'advertiser'
