/** The facts about the sender, as every rule reads them. */
import { misuseOf } from '../domain/credential-use.js'
import type { Site } from '../domain/party.js'
import type { Transport } from '../domain/transport.js'
import type { SenderFacts } from '../rules/rule.js'
import type { Stream } from './stream.js'

/** What is known of a sender from MAIL on. */
export interface SenderContext {
  readonly site: Site
  /** Undefined when the client has proven none. */
  readonly credentialId: string | undefined
  /** IP address of the client. */
  readonly clientAddress: string
  readonly transport: Transport
  /** Canonical domain of the reverse-path; undefined for the null one. */
  readonly senderDomain: string | undefined
}

export function senderFacts(
  context: SenderContext,
  stream: Stream,
  stage: SenderFacts['stage'],
  now: number,
): SenderFacts {
  const { site, clientAddress, transport, senderDomain } = context
  const { credential, router, advertiser, messageClass, classOrigin, campaign } = stream
  return {
    now,
    stage,
    site,
    policy: site.policy,
    transport,
    credential,
    credentialUsable: credential !== undefined && misuseOf(credential, clientAddress, now) === undefined,
    router,
    advertiser,
    messageClass,
    classOrigin,
    campaign,
    senderDomain,
  }
}
