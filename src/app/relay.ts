/** The relay with what it leans on: rooms, links, the clock, references. */
import { randomFillSync } from 'node:crypto'
import type { Runtime } from '../config/configuration.js'
import { makeReference } from '../domain/reference.js'
import { subjects } from '../registry/key-source.js'
import type { Alarms } from '../relay/alarms.js'
import type { LinkPort, Relay } from '../relay/ports.js'
import type { RehearsalPorts } from '../relay/rehearsal.js'
import { createRelay } from '../relay/transaction.js'
import type { Logger } from '../telemetry/logger.js'
import { createRelayEvents } from '../telemetry/relay-events.js'
import { createHostedLinks, withHostedLinks } from '../unsubscribe/hosted/links.js'
import type { Links } from '../unsubscribe/links.js'
import { createDkimSigner } from '../upstream/dkim-signer.js'
import { VERSION } from '../version.js'
import type { InForce } from './in-force.js'
import type { Rooms } from './rooms.js'

export interface RelayParts {
  readonly inForce: InForce
  readonly rooms: Rooms
  readonly links: LinkPort
  readonly alarms: Alarms
  readonly logger: Logger
}

/** For who asks before sending: reads the same rooms, and writes into none. */
export function rehearsalOf(rooms: Rooms, { asked }: Links, alarms: Alarms): RehearsalPorts {
  return {
    registry: rooms.registry,
    history: rooms.history,
    subjects: subjects(rooms.people),
    links: withHostedLinks(asked, rooms.tokens),
    hosted: createHostedLinks(rooms.tokens),
    clock: { now: Date.now },
    alarms: { ...alarms, looked: () => {} },
    lookupFailed: (error) => rooms.objectionEvents.failed('api', error),
  }
}

export function createHouseRelay(runtime: Runtime, { inForce, rooms, links, alarms, logger }: RelayParts): Relay {
  return createRelay(
    {
      site: inForce.site,
      registry: rooms.registry,
      subjects: subjects(rooms.people),
      journal: rooms.journal,
      history: rooms.history,
      content: rooms.reader,
      links: withHostedLinks(links, rooms.tokens),
      hosted: createHostedLinks(rooms.tokens),
      signing: createDkimSigner(inForce.dkimKeys),
      upstream: rooms.upstream,
      clock: { now: Date.now },
      references: { next: nextReference },
      alarms,
      events: createRelayEvents(logger, rooms.metrics, runtime.log.addresses),
    },
    { node: runtime.node, version: VERSION, openUpstream: runtime.upstream.open },
  )
}

const random = Buffer.alloc(10)

function nextReference(): string {
  return makeReference(Date.now(), randomFillSync(random))
}
