/** A directory for the tests of one file, there while they run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { makeDirectory, removeDirectory } from './aval.js'

/** Its path; not before the first hook has run. */
export let scratch: string

beforeAll(() => {
  scratch = makeDirectory()
})

afterAll(() => removeDirectory(scratch))

/** @returns the path of a file in it, written when there is content for it */
export function file(name: string, content?: string | Buffer): string {
  const path = join(scratch, name)
  if (content !== undefined) writeFileSync(path, content)
  return path
}
