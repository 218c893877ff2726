/** An import in a process of its own, for a test that kills it: registry, file. Prints a line for each transaction. */
import { importFile } from '#aval/registry/import/import-file.js'
import { fixedKeys } from '#aval/registry/key-source.js'
import { openRegistryWriter } from '#aval/registry/registry-writer.js'

const [path, file] = process.argv.slice(2)
const keys = fixedKeys({ keyId: 'k1', secret: Buffer.alloc(32, 7) })
const writer = openRegistryWriter({ path, keys, now: () => Date.UTC(2026, 5, 15, 10) })
await importFile(writer, {
  kind: 'consent',
  path: file,
  declaredBy: 'test',
  onProgress: (bytes, rows) => process.stdout.write(`${rows}\n`),
})
writer.close()
