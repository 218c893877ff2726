/**
 * What the messages of a campaign teach about the parts of their links: a part that is the same for several people while
 * their links differ elsewhere names a list or an account; one that differs between people names each of them.
 *
 * Parts name people, so only digests under a key of this process are kept, and only so many.
 */
import { createHash, randomBytes } from 'node:crypto'
import { generations } from '../generations.js'
import { type LinkPart, type LinkParts, allParts, skeletonOf } from './link-parts.js'

export type PartKnowledge =
  /** The same for at least {@link ENOUGH_PEOPLE} people whose links differ elsewhere. */
  | 'shared'
  /** Different for different people. */
  | 'varies'
  | 'unknown'

export interface CampaignMemory {
  /** Notes the parts of a link in a message to `person`, and says what is known of each part by then. */
  observe(parts: LinkParts, person: string): (part: LinkPart) => PartKnowledge
  /** What is known of each part, of a link in a message that nobody sends: it teaches nothing. */
  recall(parts: LinkParts): (part: LinkPart) => PartKnowledge
}

/** One person may have three addresses; rarely three people one link. */
const ENOUGH_PEOPLE = 3

export interface MemoryLimits {
  /** Values of parts; those not seen lately are forgotten. */
  readonly values: number
  readonly skeletons: number
}

const DEFAULT_LIMITS: MemoryLimits = { values: 20_000, skeletons: 1_000 }

interface Sightings {
  readonly people: string[]
  /** What stood in the other parts. */
  readonly elsewhere: string[]
}

/** For one position: the first value and whose it was, until another person had another value. */
type Position = { readonly value: string; readonly person: string } | 'varies'

export function createCampaignMemory(limits: MemoryLimits = DEFAULT_LIMITS): CampaignMemory {
  const key = randomBytes(32)
  const values = generations<Sightings>(limits.values)
  const skeletons = generations<Map<string, Position>>(limits.skeletons)

  const digest = (text: string): string =>
    createHash('sha256').update(key).update(text).digest('base64url').slice(0, 22)

  function isShared(id: string, person: string, elsewhere: () => string): boolean {
    const sightings = values.entry(id, () => ({ people: [], elsewhere: [] }))
    note(sightings.people, person)
    if (sightings.elsewhere.length < ENOUGH_PEOPLE) note(sightings.elsewhere, elsewhere())
    return isEnough(sightings)
  }

  function varies(positions: Map<string, Position>, position: string, value: string, person: string): boolean {
    const known = positions.get(position)
    if (known === 'varies') return true
    const differs = known !== undefined && known.value !== value && known.person !== person
    positions.set(position, differs ? 'varies' : (known ?? { value, person }))
    return differs
  }

  const valueOf = (skeleton: string, { position, text }: LinkPart): string => digest(`${skeleton} ${position} ${text}`)

  return {
    observe(parts, subject) {
      const person = digest(subject)
      const skeleton = skeletonOf(parts)
      const positions = skeletons.entry(digest(skeleton), () => new Map())
      const noted = allParts(parts).map((part) => ({ part, value: valueOf(skeleton, part) }))
      const knowledge = new Map<LinkPart, PartKnowledge>()
      for (const { part, value } of noted) {
        const others = (): string => digest(noted.flatMap((other) => (other.part === part ? [] : [other.value])).join())
        const shared = isShared(value, person, others)
        const different = varies(positions, part.position, value, person)
        knowledge.set(part, shared ? 'shared' : different ? 'varies' : 'unknown')
      }
      return (part) => knowledge.get(part) ?? 'unknown'
    },

    recall(parts) {
      const skeleton = skeletonOf(parts)
      const positions = skeletons.peek(digest(skeleton))
      return (part) => {
        const sightings = values.peek(valueOf(skeleton, part))
        if (sightings !== undefined && isEnough(sightings)) return 'shared'
        return positions?.get(part.position) === 'varies' ? 'varies' : 'unknown'
      }
    },
  }
}

function isEnough({ people, elsewhere }: Sightings): boolean {
  return people.length >= ENOUGH_PEOPLE && elsewhere.length >= ENOUGH_PEOPLE
}

/** Adds what is not there yet, as long as it tells anything. */
function note(list: string[], item: string): void {
  if (list.length < ENOUGH_PEOPLE && !list.includes(item)) list.push(item)
}
