/**
 * A JSON document of which parts can be shown and the others kept back, under one digest that holds for all of it. In the form
 * of RFC 9901 section 4 (SD-JWT), without the token around it: a part is replaced by the digest of its disclosure, and whoever
 * is given the disclosure finds where it belongs. Parts may hold parts.
 */
import { createHash, createHmac } from 'node:crypto'
import { canonicalJson, type JsonValue } from './canonical-json.js'

type JsonObject = { readonly [name: string]: JsonValue | undefined }

export interface Disclosure {
  /** RFC 9901 4.2.1 and 4.2.2: base64url of `[salt, name, value]`, of an element of an array `[salt, value]`. */
  readonly text: string
  /** Whom the part concerns; it is for nobody else. */
  readonly concerns: readonly string[]
}

export interface Concealed {
  /** What everybody may read, canonical, with the digests of the parts. */
  readonly body: string
  readonly disclosures: readonly Disclosure[]
}

type Steps = readonly (string | number)[]

/** Whom the part at `path` concerns; undefined where it is no part of its own. */
export type Concern = (path: Steps, value: JsonValue) => readonly string[] | undefined

const DIGESTS = '_sd'
const ELEMENT = '...'
const ALGORITHM = '_sd_alg'
const SALT_OCTETS = 16

/**
 * The same for the same document, concern and secret. Without the secret nobody can try out what a part may say.
 *
 * @param document without members named `_sd`, `_sd_alg` and `...`
 * @param secret of 32 octets
 */
export function conceal(document: JsonObject, concern: Concern, secret: Uint8Array): Concealed {
  const disclosures: Disclosure[] = []

  /** @returns the digest that stands for it (4.2.3) */
  function disclose(path: Steps, value: JsonValue, named: readonly JsonValue[], concerns: readonly string[]): string {
    const salt = createHmac('sha256', secret)
      .update(canonicalJson([path, value]))
      .digest()
    const written = canonicalJson([salt.subarray(0, SALT_OCTETS).toString('base64url'), ...named])
    const text = Buffer.from(written).toString('base64url')
    disclosures.push({ text, concerns })
    return digestOf(text)
  }

  function concealed(path: Steps, value: JsonValue): JsonValue {
    if (isArray(value)) {
      return value.map((item, index) => {
        const here = [...path, index]
        const inner = concealed(here, item)
        const concerns = concern(here, item)
        return concerns === undefined ? inner : { [ELEMENT]: disclose(here, item, [inner], concerns) }
      })
    }
    return isObject(value) ? membersOf(path, value) : value
  }

  function membersOf(path: Steps, value: JsonObject): JsonObject {
    const members: Record<string, JsonValue> = {}
    const digests: string[] = []
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue
      const here = [...path, name]
      const inner = concealed(here, member)
      const concerns = concern(here, member)
      if (concerns === undefined) members[name] = inner
      else digests.push(disclose(here, member, [name, inner], concerns))
    }
    // Sorted, so that the order of the members tells nothing (4.2.4.1).
    return digests.length === 0 ? members : { ...members, [DIGESTS]: digests.sort() }
  }

  return { body: canonicalJson({ ...membersOf([], document), [ALGORITHM]: 'sha-256' }), disclosures }
}

/** Whether parts of this document can be kept back. */
export function isConcealed(body: string): boolean {
  return ALGORITHM in (JSON.parse(body) as object)
}

/** The document as far as it is disclosed (RFC 9901 7.1). One that was never concealed is what it is. */
export function reveal(body: string, disclosures: Iterable<string>): JsonValue {
  const parts = new Map<JsonValue | undefined, readonly JsonValue[]>()
  for (const text of disclosures)
    parts.set(digestOf(text), JSON.parse(Buffer.from(text, 'base64url').toString()) as JsonValue[])

  function revealed(value: JsonValue): JsonValue {
    if (isArray(value)) return value.flatMap(element)
    if (!isObject(value)) return value
    const { [DIGESTS]: digests, [ALGORITHM]: _, ...members } = value
    const shown = Object.entries(members).map(([name, member]) => [name, revealed(member!)] as const)
    const kept = isArray(digests) ? digests : []
    const disclosed = kept.flatMap((digest) => {
      const [, name, member] = parts.get(digest) ?? []
      return typeof name !== 'string' || member === undefined ? [] : [[name, revealed(member)] as const]
    })
    return Object.fromEntries([...shown, ...disclosed])
  }

  function element(item: JsonValue): JsonValue[] {
    if (!isObject(item) || !(ELEMENT in item)) return [revealed(item)]
    const [, inner] = parts.get(item[ELEMENT]) ?? []
    return inner === undefined ? [] : [revealed(inner)]
  }

  return revealed(JSON.parse(body) as JsonValue)
}

function digestOf(disclosure: string): string {
  return createHash('sha256').update(disclosure).digest('base64url')
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value)
}
