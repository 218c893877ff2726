/**
 * Objections to prospecting (GDPR art. 21(2)-(3)). An objection is absolute: it holds in every mode, for every router,
 * whatever is imported later, and it is kept when everything else about the person is erased (promise I5).
 */
import type { Site } from './party.js'

export const OBJECTION_REASONS = [
  'unsubscribe_link',
  'one_click',
  'mailto',
  'reply_stop',
  'letter',
  'fbl_complaint',
  'hard_bounce',
  'erasure',
  'manual',
  'collection_refusal',
] as const
export type ObjectionReason = (typeof OBJECTION_REASONS)[number]

/** What whoever answers for a domain can have said for everybody in it; the others are about one mailbox. */
export const DOMAIN_REASONS: readonly ObjectionReason[] = ['letter', 'mailto', 'reply_stop', 'manual']

export type ObjectionScope =
  | { readonly kind: 'advertiser'; readonly advertiserId: string }
  | { readonly kind: 'router'; readonly routerId: string }
  /** One list of an advertiser, which the person chose to leave while keeping the others. */
  | { readonly kind: 'list'; readonly advertiserId: string; readonly list: string }
  | { readonly kind: 'global' }

export interface Objection {
  readonly id: string
  /** Whose it is where it is not one person's: of everybody with an address in a domain. */
  readonly of?: 'domain'
  readonly scope: ObjectionScope
  readonly channel: string
  readonly reason: ObjectionReason
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * Whether an objection keeps this router from writing to the person for this advertiser.
 *
 * @param list the advertiser's list that the message belongs to
 */
export function covers(
  objection: Objection,
  advertiserId: string,
  routerId: string | undefined,
  channel: string,
  list?: string,
): boolean {
  if (meansOf(objection.channel) !== meansOf(channel)) return false
  switch (objection.scope.kind) {
    case 'global':
      return true
    case 'advertiser':
      return objection.scope.advertiserId === advertiserId
    case 'router':
      return objection.scope.routerId === routerId
    case 'list':
      return objection.scope.advertiserId === advertiserId && objection.scope.list === list
  }
}

/** A message to a telephone is one means, with pictures or without: whoever objected to one objected to the other. */
function meansOf(channel: string): string {
  return channel === 'mms' ? 'sms' : channel
}

/** Whether an objection is any business of an advertiser: one against a router stops it for everybody under contract with it. */
export function concerns(scope: ObjectionScope, advertiserId: string, { routers }: Pick<Site, 'routers'>): boolean {
  switch (scope.kind) {
    case 'global':
      return true
    case 'router':
      return routers.get(scope.routerId)?.contracts.some((contract) => contract.principalId === advertiserId) ?? false
    case 'advertiser':
    case 'list':
      return scope.advertiserId === advertiserId
  }
}
