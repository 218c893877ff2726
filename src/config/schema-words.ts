/** Turns of phrase the schemas of the configuration share. */
import { z } from 'zod'
import * as as from './scalars.js'

/** A key and what it means, for `docs/config.md` and the JSON Schema. */
export const about = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ ...schema.meta(), description })

export const count = (smallest: number, standard: number) => z.int().min(smallest).max(1_000_000_000).default(standard)

export const within = (smallest: number, largest: number, standard: number) =>
  z.int().min(smallest).max(largest).default(standard)

export const listOf = <T extends z.ZodType>(schema: T) => z.array(schema).prefault([])

/** Of a URL, only the origin is ever shown: many services take what stands behind it for the proof of who calls. */
export const secretPath = <T extends z.ZodType>(schema: T): T => schema.meta({ ...schema.meta(), 'x-secret': 'path' })

export const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ ...schema.meta(), 'x-secret': true })

export const mapOf = <T extends z.ZodType>(schema: T) => z.record(as.identifier, schema).prefault({})
