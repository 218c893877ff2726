/**
 * Values as written, and where each of them was: file, line and column, or an environment variable. Later steps only see
 * plain data and ask here for places.
 */

export type Step = string | number
export type Path = readonly Step[]

export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }

interface Place {
  readonly key: Origin
  readonly value: Origin
}

export class Tree {
  value: unknown
  readonly #places = new Map<string, Place>()

  constructor(value: unknown = {}) {
    this.value = value
  }

  /** @returns undefined where nothing stands, or something that is no map or list on the way */
  at(path: Path): unknown {
    let value = this.value
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
      value = (value as Record<Step, unknown>)[step]
    }
    return value
  }

  mark(path: Path, key: Origin, value: Origin): void {
    this.#places.set(nameOf(path), { key, value })
  }

  /** Forgets the places of everything at and under `path`. */
  forget(path: Path): void {
    const name = nameOf(path)
    for (const known of this.#places.keys()) {
      if (known === name || known.startsWith(`${name}\0`)) this.#places.delete(known)
    }
  }

  /** Takes over the places of everything at and under `path`. */
  adopt(from: Tree, path: Path): void {
    const name = nameOf(path)
    for (const [known, place] of from.#places) {
      if (known === name || known.startsWith(`${name}\0`)) this.#places.set(known, place)
    }
  }

  /** Where the value at `path` was written; undefined for a default. */
  origin(path: Path): Origin | undefined {
    return this.#places.get(nameOf(path))?.value
  }

  /** Where to point a reader: the value itself, its key, or the nearest thing around it. */
  nearest(path: Path, part: 'key' | 'value' = 'value'): Origin | undefined {
    for (let length = path.length; length >= 0; length--) {
      const place = this.#places.get(nameOf(path.slice(0, length)))
      if (place) return length === path.length && part === 'value' ? place.value : place.key
    }
    return undefined
  }
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `credentials.routix-acme.advertisers[0]` */
export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += (text === '' ? '' : '.') + (/^[\p{L}\p{N}_-]+$/u.test(step) ? step : JSON.stringify(step))
  }
  return text
}

function nameOf(path: Path): string {
  return path.join('\0')
}
