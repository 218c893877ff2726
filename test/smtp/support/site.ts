import { aPolicy } from '../../support/facts.js'
import type { Credential, Site } from '#aval/domain/party.js'

export function credential(id: string, changes: Partial<Credential> = {}): Credential {
  return {
    id,
    routerId: undefined,
    advertiserIds: ['acme'],
    classes: ['prospecting_b2c'],
    senderDomains: [],
    secretHash: undefined,
    networks: [],
    validFrom: undefined,
    validUntil: undefined,
    enabled: true,
    profile: 'generic',
    ...changes,
  }
}

export function site(...credentials: readonly Credential[]): Site {
  return {
    advertisers: new Map(),
    routers: new Map(),
    processors: new Map(),
    credentials: new Map(credentials.map((one) => [one.id, one])),
    campaigns: new Map(),
    notices: new Map(),
    sources: new Map(),
    holds: [],
    policy: aPolicy(),
    inForceSince: 0,
  }
}
