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

export function startAnchors({ journal: settings }: Runtime, journal: Journal, logger: Logger): Anchorer {
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
