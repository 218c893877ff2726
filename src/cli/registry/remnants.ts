/**
 * Files beside registry and journal in which a person may still be named: what was dropped for import, and what a capturing
 * upstream wrote. They are not Aval's to edit; whoever runs the relay is told of them.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Runtime } from '../../config/configuration.js'
import { isClean } from '../../registry/erasure.js'

/** @param spellings of the address; case does not matter */
export function filesNaming(spellings: readonly string[], { imports, upstream }: Runtime): string[] {
  const needles = [...new Set(spellings.map((text) => text.toLowerCase()))].map((text) => Buffer.from(text))
  const places = [imports?.directory, upstream.kind === 'capture' ? upstream.directory : undefined]
  return places
    .flatMap((place) => (place === undefined ? [] : filesBelow(place)))
    .filter((file) => !isClean([file], needles, true))
}

function filesBelow(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return filesBelow(path)
      return entry.isFile() ? [path] : []
    })
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw cause
  }
}
