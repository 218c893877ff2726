// Makes a fresh clone ready: installs what package-lock.json pins, then builds. Does nothing that is already done.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = join(root, 'node_modules', '.aval-lock-digest')
const digest = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(process.versions.modules)
  .digest('hex')

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== digest) {
  run(
    'npm',
    ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund'],
    'installing dependencies (better-sqlite3 compiles, about a minute)',
  )
  writeFileSync(installed, digest)
}
run(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'tsconfig.json')],
  'building',
)

function run(command, args, what) {
  process.stderr.write(`aval: ${what}\n`)
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (error !== undefined || status !== 0) {
    process.stderr.write(`aval: ${what} failed${error === undefined ? '' : `: ${error.message}`}\n`)
    process.exit(status ?? 1)
  }
}
