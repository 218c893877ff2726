/**
 * For whom a message is sent and what it is: the advertiser, the class and the campaign, as the credential allows and the
 * message declares. A declaration only selects among what the credential may do; it never widens it.
 */
import { type ClassOrigin, MESSAGE_CLASSES, type MessageClass, strictestOf } from '../domain/message-class.js'
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
  const { messageClass, classOrigin } = classOf(allowedClasses, declared.messageClass, campaign)
  return {
    credential,
    router: credential?.routerId === undefined ? undefined : site.routers.get(credential.routerId),
    advertiser:
      advertiserId !== undefined && allowedAdvertisers.includes(advertiserId)
        ? site.advertisers.get(advertiserId)
        : undefined,
    messageClass,
    classOrigin,
    campaign,
    settled: allowedAdvertisers.length <= 1 && allowedClasses.length <= 1,
  }
}

/**
 * Whatever is named for a message may make it stricter, and only what the credential is allowed makes it looser: beside a
 * campaign that prospects no field makes the message a service, and prospecting sent with a credential for services is still
 * judged as what it says it is.
 */
function classOf(
  allowed: readonly MessageClass[],
  declared: string | undefined,
  campaign: Campaign | undefined,
): Pick<Stream, 'messageClass' | 'classOrigin'> {
  const named = [declared, campaign?.messageClass].filter((name) => name !== undefined)
  const known = MESSAGE_CLASSES.filter((candidate) => named.includes(candidate))
  const isAllowed = named.every((name) => allowed.some((candidate) => candidate === name))
  const classOrigin: ClassOrigin =
    named.length > 0 ? (isAllowed ? 'declared' : 'not_allowed') : allowed.length > 1 ? 'undeclared' : 'credential'
  const possible = classOrigin === 'declared' ? known : [...allowed, ...known]
  return { messageClass: strictestOf(possible) ?? STRICTEST_CLASS, classOrigin }
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
