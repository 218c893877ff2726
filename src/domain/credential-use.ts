/** Whether a credential may be used here and now. Proving its secret is another matter. */
import { cidrContains } from './network.js'
import type { Credential } from './party.js'

/** Why a credential may not be used. */
export type MisuseReason = 'disabled' | 'dates' | 'network'

/**
 * What keeps a credential from being used at all; undefined when nothing does.
 *
 * @param now milliseconds since the epoch
 */
export function outOfForce(credential: Credential, now: number): 'disabled' | 'dates' | undefined {
  if (!credential.enabled) return 'disabled'
  if (credential.validFrom !== undefined && now < credential.validFrom) return 'dates'
  if (credential.validUntil !== undefined && now >= credential.validUntil) return 'dates'
  return undefined
}

/**
 * What keeps a credential from being used by this client; undefined when nothing does.
 *
 * @param clientAddress IP address of the client
 * @param now milliseconds since the epoch
 */
export function misuseOf(credential: Credential, clientAddress: string, now: number): MisuseReason | undefined {
  const { networks } = credential
  const isAtHome = networks.length === 0 || networks.some((network) => cidrContains(network, clientAddress))
  return outOfForce(credential, now) ?? (isAtHome ? undefined : 'network')
}
