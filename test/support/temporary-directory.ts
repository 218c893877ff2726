/** What tests leave behind goes with the run: they make their temporary directories inside one that is removed at its end. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'aval-run-'))
  // Postfix goes through it as another user.
  chmodSync(directory, 0o755)
  process.env['TMPDIR'] = directory
  return () => rmSync(directory, { recursive: true, force: true })
}
