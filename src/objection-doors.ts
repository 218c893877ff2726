/**
 * The doors objections come in and go out by, beside mail and commands: composed here as `app.ts` composes the relay. Each opens
 * only when the configuration says where.
 */
import type { Configuration } from './config/configuration.js'
import type { Site } from './domain/party.js'
import { MAX_FORM_OCTETS, createUnsubscribePages, plain } from './http/unsubscribe-pages.js'
import { type WebServer, startWebServer } from './http/web-server.js'
import type { RegistryIntake } from './registry/registry-intake.js'
import type { ObjectionEvents } from './telemetry/objection-events.js'
import { createHostedEndpoint } from './unsubscribe/hosted/endpoint.js'
import { CONTENT_SECURITY_POLICY } from './unsubscribe/hosted/pages.js'
import type { TokenKeys } from './unsubscribe/hosted/token.js'

export interface DoorsOptions {
  readonly configuration: Configuration
  readonly site: () => Site
  readonly tokens: TokenKeys
  readonly registry: RegistryIntake
  readonly events: ObjectionEvents
}

export interface OpenDoor {
  readonly listener: 'unsubscribe' | 'api' | 'intake'
  readonly address: string
  readonly port: number
}

export interface ObjectionDoors {
  readonly listening: readonly OpenDoor[]
  /** Certificates read anew. */
  reload(configuration: Configuration): void
  close(): Promise<void>
}

/** @throws when an address cannot be bound, with nothing left open */
export async function openObjectionDoors(options: DoorsOptions): Promise<ObjectionDoors> {
  const pages = await openPages(options)
  return {
    listening: pages === undefined ? [] : [{ listener: 'unsubscribe', address: pages.address, port: pages.port }],
    reload({ secrets }) {
      if (secrets.unsubscribeTls !== undefined) pages?.reloadTls(secrets.unsubscribeTls)
    },
    async close() {
      await pages?.close()
    },
  }
}

function openPages({ configuration, site, tokens, registry, events }: DoorsOptions): Promise<WebServer> | undefined {
  const { web } = configuration.runtime.unsubscribe
  if (web === undefined) return undefined
  const endpoint = createHostedEndpoint({
    site,
    tokens,
    store: {
      object: (objection) => registry.ask('object', objection),
      retract: (person, which) => registry.ask('retract', person, which),
    },
    now: Date.now,
    events: {
      objected: (objection) => events.recorded('page', objection, objection.person.objectionKey),
      retracted: ({ advertiserId, person }) => events.retracted(advertiserId, person.objectionKey),
      failed: (error) => events.failed('unsubscribe', error),
    },
  })
  return startWebServer({
    host: web.host,
    port: web.port,
    tls: configuration.secrets.unsubscribeTls,
    trustedProxies: web.trustedProxies,
    maxBodyOctets: MAX_FORM_OCTETS,
    answer: createUnsubscribePages({
      endpoint,
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      requestsPerMinute: web.requestsPerMinute,
    }),
    tooLarge: () => plain(413, 'This form is too long.\n'),
  })
}
