import { PASS, type RecipientRule } from './rule.js'

/** Nothing is sent, and nothing refused for good, while the registry cannot be read (GDPR art. 25, 32; promise I3). */
export const registryUnavailable: RecipientRule = {
  id: 'REGISTRY-UNAVAILABLE',
  scope: 'recipient',
  judge({ registry }) {
    return registry === undefined ? { outcome: 'unknown', cause: 'registry_not_readable' } : PASS
  },
}
