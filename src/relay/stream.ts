/**
 * For whom a message is sent and what it is: the advertiser, the class and the campaign, as the credential allows and the
 * message declares. A declaration only selects among what the credential may do; it never widens it.
 */
import { type ClassOrigin, type MessageClass, strictestOf } from '../domain/message-class.js'
import type { ControlFields } from '../domain/message-facts.js'
import type { Advertiser, Campaign, Credential, Router, Site } from '../domain/party.js'

export interface Stream {
  readonly credential: Credential | undefined
  readonly router: Router | undefined
  /** Undefined when nothing says which of several, or when a declaration names none the credential may send for. */
  readonly advertiser: Advertiser | undefined
  readonly messageClass: MessageClass
  readonly classOrigin: ClassOrigin
  readonly campaign: Campaign | undefined
  /** Whether nothing the message may still declare can change it; only then can recipients be judged at RCPT. */
  readonly settled: boolean
}

const NOTHING_DECLARED: ControlFields = { advertiser: undefined, messageClass: undefined, campaign: undefined }

/** The class assumed where a credential declares none: the one under which least is allowed. */
const STRICTEST_CLASS: MessageClass = 'prospecting_b2c'

export function streamOf(
  site: Site,
  credentialId: string | undefined,
  declared: ControlFields = NOTHING_DECLARED,
): Stream {
  const credential = credentialId === undefined ? undefined : site.credentials.get(credentialId)
  const allowedAdvertisers = credential?.advertiserIds ?? []
  const allowedClasses = credential?.classes ?? []
  const campaign = allowedCampaign(site, credential, declared)
  const advertiserId = declared.advertiser ?? campaign?.advertiserId ?? only(allowedAdvertisers)
  const named = declared.messageClass ?? campaign?.messageClass
  const chosen = allowedClasses.find((allowed) => allowed === named)
  return {
    credential,
    router: credential?.routerId === undefined ? undefined : site.routers.get(credential.routerId),
    advertiser:
      advertiserId !== undefined && allowedAdvertisers.includes(advertiserId)
        ? site.advertisers.get(advertiserId)
        : undefined,
    messageClass: chosen ?? strictestOf(allowedClasses) ?? STRICTEST_CLASS,
    classOrigin: classOrigin(allowedClasses, named, chosen),
    campaign,
    settled: allowedAdvertisers.length <= 1 && allowedClasses.length <= 1,
  }
}

function classOrigin(
  allowed: readonly MessageClass[],
  named: string | undefined,
  chosen: MessageClass | undefined,
): ClassOrigin {
  if (chosen !== undefined) return 'declared'
  if (named !== undefined) return 'not_allowed'
  return allowed.length > 1 ? 'undeclared' : 'credential'
}

/** A campaign of an advertiser the credential sends for, and of no other than the one declared beside it. */
function allowedCampaign(
  site: Site,
  credential: Credential | undefined,
  declared: ControlFields,
): Campaign | undefined {
  const campaign = declared.campaign === undefined ? undefined : site.campaigns.get(declared.campaign)
  if (!campaign || !credential?.advertiserIds.includes(campaign.advertiserId)) return undefined
  return declared.advertiser === undefined || declared.advertiser === campaign.advertiserId ? campaign : undefined
}

function only(ids: readonly string[]): string | undefined {
  return ids.length === 1 ? ids[0] : undefined
}
