/** The relay's knowledge of unsubscribe links. */
import type { LinkPort } from '../relay/ports.js'
import { createLinkSightings } from './link-sightings.js'
import { assessSyntax } from './link-syntax.js'

/** Assesses links by their form alone. */
export function createLinks(): LinkPort {
  const sightings = createLinkSightings()
  return {
    ...sightings,
    assess: (links, advertiser) =>
      Promise.resolve(links.map((link) => assessSyntax(link, advertiser.unsubscribeHosts))),
  }
}
