/** The link test as it runs: the guarded client, the DNS, what is known of links, and the closed loop. */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Site } from '../domain/party.js'
import { makeReference } from '../domain/reference.js'
import { createFetcher } from '../fetch/fetcher.js'
import { createNames } from '../fetch/names.js'
import type { RegistryPort, SubjectsPort } from '../relay/ports.js'
import { type LinkEvents, type Links, createLinks } from './links.js'
import { type ClosedLoop, type LoopEvents, createClosedLoop } from './loop/closed-loop.js'
import { type LoopStore, openLoopStore } from './loop/loop-store.js'

export interface LinkTest {
  readonly links: Links
  readonly loop: ClosedLoop
  close(): void
}

export interface LinkTestOptions {
  readonly version: string
  /** Read anew each time, because a reload changes it. */
  readonly site: () => Site
  readonly registry: Pick<RegistryPort, 'lookup'>
  readonly subjects: SubjectsPort
  /** The runs of the closed loop are kept beside it, in a file that is made when the first is. */
  readonly registryPath: string
  readonly events: LinkEvents & LoopEvents
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export function createLinkTest(options: LinkTestOptions): LinkTest {
  const { version, site, registry, subjects, registryPath, events, now } = options
  const names = createNames()
  const probing = () => site().policy.unsubscribe.probe
  const fetcher = createFetcher({
    names,
    userAgent: `Aval-Probe/${version}`,
    openHosts: () => probing().allowHosts,
    limits: { totalMs: () => probing().timeoutMs },
    now,
  })
  let opened: LoopStore | undefined
  const store = (): LoopStore => (opened ??= openLoopStore(join(dirname(registryPath), 'loops.db')))
  const nextId = (): string => makeReference(now(), randomBytes(10))
  const loop = createClosedLoop({ site, fetcher, store, registry, subjects, events, now, nextId })
  return { links: createLinks({ fetcher, names, events, now, loop }), loop, close: () => opened?.close() }
}

/** For a single judgement, of which nothing is logged. */
export const SILENT: LinkEvents & LoopEvents = {
  probed: () => {},
  started: () => {},
  ended: () => {},
  failed: () => {},
}
