/** What tests leave behind goes with the run: they make their temporary directories inside one that is removed at its end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'aval-run-'))
  process.env['TMPDIR'] = directory
  return () => rmSync(directory, { recursive: true, force: true })
}
