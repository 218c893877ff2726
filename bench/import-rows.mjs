// An import in a process of its own, at the priority it is given: REGISTRY KEY_FILE CONFIGURATION FILE. Prints what it took.
import { loadConfiguration } from '../dist/config/load.js'
import { importFile } from '../dist/registry/import/import-file.js'
import { keyFile } from '../dist/registry/key-source.js'
import { openRegistryWriter } from '../dist/registry/writer/registry-writer.js'

const [path, key, config, file] = process.argv.slice(2)
const { site } = loadConfiguration({ file: config, now: Date.now() }).configuration
const began = performance.now()
const writer = openRegistryWriter({ path, keys: keyFile(key), site })
const { counts } = await importFile(writer, {
  kind: 'consent',
  path: file,
  declaredBy: 'bench',
  advertisers: new Set(site.advertisers.keys()),
})
writer.close()
const seconds = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage()
const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024)
process.stdout.write(`${JSON.stringify({ ...counts, seconds, cpuSeconds: (user + system) / 1e6, peakMegabytes })}\n`)
