/** The test of unsubscribe links, and the watch over loops that are to be closed. */
import type { Runtime } from '../config/configuration.js'
import type { Site } from '../domain/party.js'
import { keyFile, subjects } from '../registry/key-source.js'
import { createLinkEvents } from '../telemetry/link-events.js'
import type { Logger } from '../telemetry/logger.js'
import { createLinkTest } from '../unsubscribe/link-test.js'
import type { Links } from '../unsubscribe/links.js'
import { VERSION } from '../version.js'
import type { Rooms } from './rooms.js'

export interface RunningLinkTest {
  readonly links: Links
  stop(): void
}

const LOOPS_WATCHED_EVERY_MS = 60_000

export function startLinkTest({ storage }: Runtime, site: () => Site, rooms: Rooms, logger: Logger): RunningLinkTest {
  const linkTest = createLinkTest({
    version: VERSION,
    site,
    registry: rooms.registry,
    subjects: subjects(keyFile(storage.keyFile)),
    registryPath: storage.path,
    events: createLinkEvents(logger, rooms.metrics),
    now: Date.now,
  })
  const loopWatch = setInterval(() => void linkTest.loop.watch(), LOOPS_WATCHED_EVERY_MS).unref()
  return {
    links: linkTest.links,
    stop() {
      clearInterval(loopWatch)
      linkTest.close()
    },
  }
}
