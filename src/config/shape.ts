/** The schema as data: which keys stand where, what they mean, which of them are secret. */
import { z } from 'zod'
import { schema } from './schema.js'
import type { Path } from './tree.js'

/** The part of JSON Schema (2020-12) that zod writes for this schema, and the marks of Aval's own. */
export interface Shape {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly examples?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly propertyNames?: Shape
  readonly additionalProperties?: Shape | false
  readonly items?: Shape
  /** Name of the notation, e.g. `duration`. */
  readonly 'x-type'?: string
  /** `path`: of a URL, what stands behind its origin. */
  readonly 'x-secret'?: true | 'path'
}

export const shape = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as Shape

/** What may stand at `path`; undefined where nothing may. */
export function shapeAt(path: Path): Shape | undefined {
  let here: Shape | undefined = shape
  for (const step of path) here = here && stepInto(here, step)
  return here
}

export function isSecret(path: Path): boolean {
  return shapeAt(path)?.['x-secret'] === true
}

export function hasSecretPath(path: Path): boolean {
  return shapeAt(path)?.['x-secret'] === 'path'
}

function stepInto(here: Shape, step: string | number): Shape | undefined {
  if (typeof step === 'number') return here.items
  if (here.properties && Object.hasOwn(here.properties, step)) return here.properties[step]
  return here.additionalProperties || undefined
}
