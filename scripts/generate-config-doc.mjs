/**
 * Writes docs/config.md and docs/aval.schema.json from the schema of the configuration. Run it after `npm run build`:
 * node scripts/generate-config-doc.mjs [--check]. With --check nothing is written: exit code 1 when a file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { renderJsonSchema, renderReference } from '../dist/config/reference.js'

const root = new URL('../', import.meta.url)
const settings = await resolveConfig(new URL('docs/config.md', root))
const pages = {
  'docs/config.md': await format(renderReference(), { ...settings, parser: 'markdown' }),
  'docs/aval.schema.json': renderJsonSchema(),
}

for (const [name, content] of Object.entries(pages)) {
  const file = new URL(name, root)
  if (!process.argv.includes('--check')) {
    writeFileSync(file, content)
  } else if (read(file) !== content) {
    console.error(`${name} is out of date: run node scripts/generate-config-doc.mjs`)
    process.exitCode = 1
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
