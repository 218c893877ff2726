/** Something done to a registry in a process of its own, for a test that kills it: ACT DIRECTORY [FILE]. A line for each step. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { importFile } from '#aval/registry/import/import-file.js'
import { keyFile } from '#aval/registry/key-source.js'
import { purge } from '#aval/registry/purge.js'
import { openRegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { addKey } from '#aval/storage/key-file.js'

const [act, directory, file] = process.argv.slice(2)
const key = join(directory, 'aval.key')
const told = (step) => process.stdout.write(`${step}\n`)
const open = () =>
  openRegistryWriter({
    path: join(directory, 'registry.db'),
    keys: keyFile(key),
    now: () => Date.UTC(2026, 5, 15, 10),
  })

if (act === 'rotate') {
  told('begun')
  addKey(key)
  told('key')
  open().close()
  told('open')
} else {
  const writer = open()
  if (act === 'import')
    await importFile(writer, {
      kind: 'consent',
      path: file,
      declaredBy: 'test',
      onProgress: (bytes, rows) => told(rows),
    })
  else
    await purge(writer, {
      policy: {
        retention: { months: 36 },
        generic: { retentionMonths: 36 },
        reply: { extendsClock: 'none' },
        softOptIn: { clock: 'strict', requiresPurchase: true },
      },
      now: Date.UTC(2026, 5, 15, 10),
      by: 'test',
      dryRun: false,
      pause,
      onProgress: (looked) => told(looked),
    })
  writer.close()
}
