/** Connects the journal's anchors with the one client for requests. */
import type { Runtime } from '../config/configuration.js'
import { createFetcher } from '../fetch/fetcher.js'
import { createNames } from '../fetch/names.js'
import { type Anchor, type Anchorer, startAnchorer } from '../journal/anchor/anchorer.js'
import type { Journal } from '../journal/journal.js'
import { createAnchorEvents } from '../telemetry/journal-events.js'
import type { Logger } from '../telemetry/logger.js'
import { VERSION } from '../version.js'

const ANSWER_MS = 20_000
/** A time-stamp with the certificates of its authority has a few thousand octets. */
const MOST_OCTETS = 256 * 1024

export interface HouseAnchors {
  /** Goes on with these anchors; what is on its way to others arrives. New ones are given a checkpoint at once. */
  replace(runtime: Runtime): void
  stop(): void
}

export function startAnchors(runtime: Runtime, journal: Journal, logger: Logger): HouseAnchors {
  let inForce = runtime.journal.anchors
  let anchorer = anchorerOf(runtime, journal, logger)
  return {
    replace(next) {
      const { anchors } = next.journal
      if (JSON.stringify(anchors) === JSON.stringify(inForce)) return
      inForce = anchors
      anchorer.stop()
      // The journal itself stays where it was: only a restart can move it.
      anchorer = anchorerOf({ ...runtime, journal: { ...runtime.journal, anchors } }, journal, logger)
      void anchorer.look()
    },
    stop: () => anchorer.stop(),
  }
}

function anchorerOf({ journal: settings }: Runtime, journal: Journal, logger: Logger): Anchorer {
  const anchors = settings.anchors.map(({ name, method, url, directory, interval }): Anchor => {
    const target =
      method === 'file' ? ({ method, directory: directory! } as const) : ({ method, url: new URL(url!) } as const)
    return { name, target, every: interval }
  })
  // The operator chose these addresses: they may be on the network of the house.
  const hosts = settings.anchors.flatMap(({ url }) => (url === undefined ? [] : [new URL(url).hostname]))
  const fetcher = createFetcher({
    names: createNames(),
    userAgent: `Aval/${VERSION}`,
    openHosts: () => hosts,
    limits: { totalMs: ANSWER_MS, connectMs: ANSWER_MS, bodyBytes: MOST_OCTETS },
  })
  return startAnchorer({
    path: settings.path,
    anchors,
    journal,
    events: createAnchorEvents(logger),
    async post(url, body, type) {
      const answer = await fetcher.fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
      if (answer.kind === 'failure') throw new Error(answer.detail)
      if (answer.status < 200 || answer.status > 299) throw new Error(`the answer has status ${answer.status}`)
      return answer.body
    },
  })
}
