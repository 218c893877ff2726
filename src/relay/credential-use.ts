/** Whether a credential may be used here and now. Proving the secret is the session's business, not this file's. */
import { cidrContains } from '../domain/network.js'
import type { Credential } from '../domain/party.js'

/**
 * @param clientAddress IP address of the client
 * @param now milliseconds since the epoch
 */
export function isUsable(credential: Credential, clientAddress: string, now: number): boolean {
  if (!credential.enabled) return false
  if (credential.validFrom !== undefined && now < credential.validFrom) return false
  if (credential.validUntil !== undefined && now >= credential.validUntil) return false
  return credential.networks.length === 0 || credential.networks.some((network) => cidrContains(network, clientAddress))
}
