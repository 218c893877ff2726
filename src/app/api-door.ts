/** The API: opened where the configuration says, over the rooms that answer it. */
import type { Configuration } from '../config/configuration.js'
import { readAddress } from '../domain/address.js'
import type { Site } from '../domain/party.js'
import { everyName } from '../domain/subject-key.js'
import type { DecisionPorts } from '../http/api-decisions.js'
import { MAX_API_OCTETS, createApi } from '../http/api.js'
import { problem } from '../http/problem.js'
import { type WebServer, startWebServer } from '../http/web-server.js'
import type { RegistryIntake } from '../registry/writer/registry-intake.js'
import type { SubjectsPort } from '../relay/ports.js'
import type { ObjectionEvents } from '../telemetry/objection-events.js'
import { createHostedLinks } from '../unsubscribe/hosted/links.js'
import type { TokenKeys } from '../unsubscribe/hosted/token.js'

export interface ApiDoorOptions {
  readonly configuration: Configuration
  readonly site: () => Site
  readonly tokens: TokenKeys
  readonly registry: RegistryIntake
  readonly subjects: SubjectsPort
  readonly decisions: DecisionPorts
  readonly events: ObjectionEvents
}

/** @returns undefined when the configuration has no place for it. @throws when its address cannot be bound */
export async function openApi(options: ApiDoorOptions): Promise<WebServer | undefined> {
  const { configuration, site, tokens, registry, subjects, decisions, events } = options
  const { api } = configuration.runtime
  if (api === undefined) return undefined
  const links = createHostedLinks(tokens)
  return startWebServer({
    ...api,
    tls: configuration.secrets.apiTls,
    maxBodyOctets: MAX_API_OCTETS,
    tooLarge: () => problem(413, 'The body is too large: send less at a time'),
    answer: createApi({
      tokens: api.tokens.map((token) => ({ ...token, sha256: configuration.secrets.apiTokens.get(token.name)! })),
      requestsPerMinute: api.requestsPerMinute,
      ports: {
        ...decisions,
        async write(kind, rows, { token, advertisers, idempotency }) {
          const by = `api:${token}`
          const written = await registry.ask('apiRows', { kind, rows, advertisers, by, idempotency, now: Date.now() })
          const added = written.results.filter(({ result }) => result === 'added').length
          if (kind === 'objection' && added > 0) events.counted('api', added)
          return written
        },
        feedComplete: (advertiserId) => registry.ask('objectionsSynced', [advertiserId]),
        keys: (addresses) =>
          addresses.map((text) => {
            const address = readAddress(text)
            return address && everyName(subjects.identify(address))
          }),
        link(text, advertiserId, campaignId) {
          const address = readAddress(text)
          const advertiser = site().advertisers.get(advertiserId)
          const campaign = campaignId === undefined ? undefined : site().campaigns.get(campaignId)
          if (address === undefined || advertiser?.hosted === undefined) return undefined
          const list = campaign?.advertiserId === advertiserId ? campaign.list : undefined
          const who = { subject: subjects.identify(address), routerId: undefined, list }
          return links.linkFor(advertiser, advertiser.hosted, who).https
        },
        failed: (error) => events.failed('api', error),
      },
    }),
  })
}
