/**
 * Rules for elements within others: simple selectors joined by descendant and child combinators (Selectors Level 4, 14).
 * Each place on a page knows which beginnings of selectors its elements have met so far, so that an element asks only what
 * its own name, classes and id may complete, whatever the depth. Newsletters repeat few places, and each is worked out once.
 */
import type { Declarations } from './css.js'

/** A rule in force for an element. */
export interface RankedRule {
  readonly declared: Declarations
  /** Specificity, then the order in which it was written: the greater goes before (CSS 2.1 6.4.1). */
  readonly rank: number
}

/** Where an element stands, itself included, as far as nested rules ask. */
export interface Place {
  /** Steps the element itself completes. */
  readonly here: ReadonlySet<Step>
  /** Steps completed by the element or by one around it. */
  readonly above: ReadonlySet<Step>
  readonly rules: readonly RankedRule[]
  /** Known places of elements within this one, by what tells them apart. */
  readonly within: Map<string, Place>
}

/** A selector up to one of its simple selectors. */
interface Step {
  readonly selector: string
  /** What has to stand around the element: undefined for the first of a selector. */
  readonly follows: Step | undefined
  readonly isChild: boolean
  readonly next: Map<string, Step>
  readonly rules: RankedRule[]
}

/** Threat: thousands of selectors, each asked of each of a million elements. Some hundred times what newsletters cost. */
const MOST_ASKED = 3_000_000
/** What a place costs that is worked out, in steps asked. */
const COST_OF_PLACE = 10
/** Far above what campaign editors nest. */
const MOST_STEPS_OF_SELECTOR = 50
const MOST_PLACES = 5_000

const NONE: ReadonlySet<Step> = new Set()
const JOINTS = /\s*>\s*|\s+/g

/** The page asks more of its style sheets than is worked out. */
export class StyleTooLongError extends Error {
  override name = 'StyleTooLongError'
}

export class NestedRules {
  readonly #first = new Map<string, Step>()
  /** Steps by the simple selector an element has to match. */
  readonly #bySelector = new Map<string, Step[]>()
  #asked = 0
  #places = 0
  #outside = newPlace(NONE, NONE, [])

  get empty(): boolean {
    return this.#bySelector.size === 0
  }

  /** Where no element is open. */
  get outside(): Place {
    return this.#outside
  }

  /**
   * Takes in a rule; places found before it no longer hold.
   * @param isSimple whether one of the joined selectors is read
   * @returns whether the selector is one of these
   */
  add(selector: string, declared: Declarations, rank: number, isSimple: (selector: string) => boolean): boolean {
    const parts = selector.split(JOINTS)
    if (parts.length < 2 || parts.length > MOST_STEPS_OF_SELECTOR) return false
    if (!parts.every((part) => part === '*' || isSimple(part))) return false
    const joints = [...selector.matchAll(JOINTS)].map(([joint]) => joint.trim())
    let step = this.#stepTo(parts[0]!, undefined, false)
    for (const [index, joint] of joints.entries()) step = this.#stepTo(parts[index + 1]!, step, joint === '>')
    step.rules.push({ declared, rank })
    this.#places = 0
    this.#outside = newPlace(NONE, NONE, [])
    return true
  }

  /**
   * The place of an element, remembered in its parent's.
   * @param key tells apart what matches different selectors
   * @param selectors those simple ones the element matches
   * @throws StyleTooLongError when more was asked than is worked out for a page
   */
  placeOf(parent: Place, key: string, selectors: readonly string[]): Place {
    const place = this.#workedOut(parent, selectors)
    if (this.#places++ < MOST_PLACES) parent.within.set(key, place)
    return place
  }

  #workedOut(parent: Place, selectors: readonly string[]): Place {
    this.#count(COST_OF_PLACE)
    const here = new Set<Step>()
    for (const selector of [...selectors, '*']) {
      const steps = this.#bySelector.get(selector) ?? []
      this.#count(steps.length)
      for (const step of steps) if (isCompleted(step, parent)) here.add(step)
    }
    const news = [...here].filter((step) => step.next.size > 0 && !parent.above.has(step))
    if (news.length > 0) this.#count(parent.above.size)
    const above = news.length === 0 ? parent.above : new Set([...parent.above, ...news])
    const rules = [...here].flatMap((step) => step.rules)
    return newPlace(here.size === 0 ? NONE : here, above, rules)
  }

  #count(asked: number): void {
    this.#asked += asked
    if (this.#asked > MOST_ASKED) throw new StyleTooLongError()
  }

  #stepTo(selector: string, follows: Step | undefined, isChild: boolean): Step {
    const siblings = follows?.next ?? this.#first
    const key = isChild ? `>${selector}` : selector
    const known = siblings.get(key)
    if (known !== undefined) return known
    const step: Step = { selector, follows, isChild, next: new Map(), rules: [] }
    siblings.set(key, step)
    const others = this.#bySelector.get(selector)
    if (others === undefined) this.#bySelector.set(selector, [step])
    else others.push(step)
    return step
  }
}

function isCompleted({ follows, isChild }: Step, parent: Place): boolean {
  return follows === undefined || (isChild ? parent.here : parent.above).has(follows)
}

function newPlace(here: ReadonlySet<Step>, above: ReadonlySet<Step>, rules: readonly RankedRule[]): Place {
  return { here, above, rules, within: new Map() }
}
