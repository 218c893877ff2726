/**
 * Rules that ask for more of an element than its name, a class or its id: compounds, joined by any of the combinators
 * (Selectors Level 4, 14). Each place on a page knows which beginnings of selectors its elements have met so far, so that an
 * element asks only what its own name, classes and id may complete, whatever the depth. Newsletters repeat few places, and
 * each is worked out once.
 */
import type { Declarations } from './css.js'
import {
  type Candidate,
  type Combinator,
  type Compound,
  type Needs,
  type Selector,
  matches,
  needsOf,
} from './css-selectors.js'
import type { Tag } from './html-tags.js'

/** A rule in force for an element. */
export interface RankedRule {
  readonly declared: Declarations
  /** Specificity, then the order in which it was written: the greater goes before (CSS 2.1 6.4.1). */
  readonly rank: number
}

/** Where an element stands, itself included, as far as rules ask. */
export interface Place {
  /** Steps the element itself completes. */
  readonly here: ReadonlySet<Step>
  /** Steps completed by the element or by one around it. */
  readonly above: ReadonlySet<Step>
  readonly rules: readonly RankedRule[]
  /** Known places of elements within this one, by what tells them apart. */
  readonly within: Map<string, Place>
}

/** The elements met so far within one that is open. */
export class Children {
  count = 0
  readonly byType = new Map<string, number>()
  /** Undefined before the first of them. */
  siblings: Siblings | undefined
}

/** What those before an element among its siblings have completed. */
interface Siblings {
  readonly number: number
  /** Of the state since which nothing new was completed. */
  readonly since: number
  readonly previous: ReadonlySet<Step>
  readonly earlier: ReadonlySet<Step>
  /** What follows an element at a place, already looked up. */
  readonly after: Map<Place, Siblings>
}

/** A selector up to one of its compounds. */
interface Step {
  readonly number: number
  readonly compound: Compound
  readonly needs: Needs
  /** What has to stand around or before the element: undefined for the first of a selector. */
  readonly follows: Step | undefined
  readonly combinator: Combinator
  readonly next: Map<string, Step>
  readonly rules: RankedRule[]
  /** Whether an element that follows may complete the next step. */
  leadsToSibling: boolean
}

/** Threat: thousands of selectors, each asked of each of a million elements. Some hundred times what newsletters cost. */
const MOST_ASKED = 3_000_000
/** What a place costs that is worked out, in steps asked. */
const COST_OF_PLACE = 10
/** Of a tag whose attributes are searched. */
const LETTERS_FOR_A_STEP = 64
/** Far above what campaign editors nest. */
const MOST_STEPS_OF_SELECTOR = 50
const MOST_PLACES = 5_000
const MOST_CLASSES = 20

const NONE: ReadonlySet<Step> = new Set()

/** The page asks more of its style sheets than is worked out. */
export class StyleTooLongError extends Error {
  override name = 'StyleTooLongError'
}

export class NestedRules {
  readonly #first = new Map<string, Step>()
  /** Steps by the key of their compound. */
  readonly #byKey = new Map<string, Step[]>()
  #asksAttributes = false
  #asksPositions = false
  #asksSiblings = false
  #tagNumbers = new WeakMap<Tag, number>()
  #tags = 0
  readonly #siblingStates = new Map<string, Siblings>()
  #states = 0
  #steps = 0
  #asked = 0
  #places = 0
  #outside = newPlace(NONE, NONE, [])
  #noSiblings = newSiblings(0, 0, NONE, NONE)

  get empty(): boolean {
    return this.#byKey.size === 0
  }

  /** Where no element is open. */
  get outside(): Place {
    return this.#outside
  }

  /**
   * Takes in a rule; places found before it no longer hold.
   * @returns whether the selector is not longer than what is read
   */
  add({ compounds, combinators }: Selector, declared: Declarations, rank: number): boolean {
    if (compounds.length > MOST_STEPS_OF_SELECTOR) return false
    let step = this.#stepTo(compounds[0]!, undefined, ' ')
    for (const [index, combinator] of combinators.entries())
      step = this.#stepTo(compounds[index + 1]!, step, combinator)
    step.rules.push({ declared, rank })
    this.#places = 0
    this.#outside = newPlace(NONE, NONE, [])
    this.#noSiblings = newSiblings(0, 0, NONE, NONE)
    this.#siblingStates.clear()
    return true
  }

  /**
   * The place of an element, remembered in its parent's; the element counts among the children from then on.
   * @throws StyleTooLongError when more was asked than is worked out for a page
   */
  placeOf(parent: Place, children: Children, tag: Tag): Place {
    const index = ++children.count
    const indexOfType = this.#asksPositions ? countOf(children, tag.name) : 0
    const siblings = children.siblings ?? this.#noSiblings
    const key = this.#keyOf(tag, siblings, index, indexOfType)
    let place = parent.within.get(key)
    if (place === undefined) {
      place = this.#workedOut(parent, siblings, tag, index, indexOfType)
      if (this.#places++ < MOST_PLACES) parent.within.set(key, place)
    }
    if (this.#asksSiblings) children.siblings = this.#after(siblings, place)
    return place
  }

  #keyOf(tag: Tag, siblings: Siblings, index: number, indexOfType: number): string {
    const { class: classes = '', id = '' } = tag.attributes
    let key = classes === '' && id === '' ? tag.name : `${tag.name}\u0000${classes}\u0000${id}`
    if (this.#asksAttributes) key = `${this.#numberOf(tag)}`
    if (this.#asksSiblings) key += `\u0000${siblings.number}`
    if (this.#asksPositions) key += `\u0000${index} ${indexOfType}`
    return key
  }

  /** Tags written alike are one. */
  #numberOf(tag: Tag): number {
    const known = this.#tagNumbers.get(tag)
    if (known !== undefined) return known
    this.#tagNumbers.set(tag, ++this.#tags)
    return this.#tags
  }

  #workedOut(parent: Place, siblings: Siblings, tag: Tag, index: number, indexOfType: number): Place {
    this.#count(COST_OF_PLACE)
    const { class: written = '', id = '' } = tag.attributes
    const classes = written === '' ? [] : written.split(/\s+/).slice(0, MOST_CLASSES)
    const candidate: Candidate = { tag, classes, index, indexOfType }
    const here = new Set<Step>()
    for (const key of new Set([tag.name, ...classes.map((name) => `.${name}`), `#${id}`, '*'])) {
      const steps = this.#byKey.get(key) ?? []
      this.#count(steps.length)
      for (const step of steps) if (this.#completes(candidate, step, parent, siblings)) here.add(step)
    }
    const news = [...here].filter((step) => step.next.size > 0 && !parent.above.has(step))
    if (news.length > 0) this.#count(parent.above.size)
    const above = news.length === 0 ? parent.above : new Set([...parent.above, ...news])
    for (const step of here) this.#count(step.rules.length)
    const rules = [...here].flatMap((step) => step.rules)
    return newPlace(here.size === 0 ? NONE : here, above, rules)
  }

  #grown({ earlier }: Siblings, previous: readonly Step[]): Siblings {
    const number = ++this.#states
    return newSiblings(number, number, new Set(previous), new Set([...earlier, ...previous]))
  }

  /** Where nothing new was completed only the element right before matters: long lists come back to the same states. */
  #sameWith({ since, earlier }: Siblings, previous: readonly Step[]): Siblings {
    const key = `${since} ${previous.map(({ number }) => number).join(' ')}`
    let state = this.#siblingStates.get(key)
    if (state === undefined) {
      state = newSiblings(++this.#states, since, new Set(previous), earlier)
      this.#siblingStates.set(key, state)
    }
    return state
  }

  #completes(candidate: Candidate, step: Step, parent: Place, siblings: Siblings): boolean {
    if (!isCompleted(step, parent, siblings)) return false
    const { attributes, conditions } = step.needs
    this.#count(attributes ? conditions * (1 + candidate.tag.written.length / LETTERS_FOR_A_STEP) : conditions)
    return matches(step.compound, candidate)
  }

  #after(siblings: Siblings, place: Place): Siblings {
    const known = siblings.after.get(place)
    if (known !== undefined) return known
    const previous = [...place.here].filter((step) => step.leadsToSibling)
    const news = previous.filter((step) => !siblings.earlier.has(step))
    if (news.length > 0) this.#count(siblings.earlier.size)
    const next = news.length > 0 ? this.#grown(siblings, previous) : this.#sameWith(siblings, previous)
    siblings.after.set(place, next)
    return next
  }

  #count(asked: number): void {
    this.#asked += asked
    if (this.#asked > MOST_ASKED) throw new StyleTooLongError()
  }

  #stepTo(compound: Compound, follows: Step | undefined, combinator: Combinator): Step {
    const beginnings = follows?.next ?? this.#first
    const name = combinator + compound.text
    const known = beginnings.get(name)
    if (known !== undefined) return known
    const needs = needsOf(compound)
    const step: Step = {
      number: ++this.#steps,
      compound,
      needs,
      follows,
      combinator,
      next: new Map(),
      rules: [],
      leadsToSibling: false,
    }
    beginnings.set(name, step)
    if (follows !== undefined && (combinator === '+' || combinator === '~')) {
      follows.leadsToSibling = true
      this.#asksSiblings = true
    }
    this.#asksAttributes ||= needs.attributes
    this.#asksPositions ||= needs.positions
    const others = this.#byKey.get(compound.key)
    if (others === undefined) this.#byKey.set(compound.key, [step])
    else others.push(step)
    return step
  }
}

function isCompleted({ follows, combinator }: Step, parent: Place, siblings: Siblings): boolean {
  if (follows === undefined) return true
  switch (combinator) {
    case ' ':
      return parent.above.has(follows)
    case '>':
      return parent.here.has(follows)
    case '+':
      return siblings.previous.has(follows)
    case '~':
      return siblings.earlier.has(follows)
  }
}

function countOf({ byType }: Children, name: string): number {
  const count = (byType.get(name) ?? 0) + 1
  byType.set(name, count)
  return count
}

function newSiblings(number: number, since: number, previous: ReadonlySet<Step>, earlier: ReadonlySet<Step>): Siblings {
  return { number, since, previous, earlier, after: new Map() }
}

function newPlace(here: ReadonlySet<Step>, above: ReadonlySet<Step>, rules: readonly RankedRule[]): Place {
  return { here, above, rules, within: new Map() }
}
