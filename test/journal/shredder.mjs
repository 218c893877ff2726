/** Writes decisions over many segments and destroys the older ones, without end; a line on stdout for each key destroyed. */
import { writeSync } from 'node:fs'
import { destroyEndedSegments, expirePersonal } from '#aval/journal/expiry.js'
import { openJournal } from '#aval/journal/journal.js'

const [path, start, template] = process.argv.slice(2)
const keys = [{ keyId: 'k1', secret: Buffer.alloc(32, 7) }]
const guest = { path, keys, node: 'relay-1' }
const journal = await openJournal({ path, keys, node: 'relay-1', segments: { spanMs: 10 } })
const like = JSON.parse(template)

for (let at = Number(start); ; at += 12) {
  const ref = `01J${String(at).padStart(23, '0')}`
  await journal.append([{ ...like, at, ref, verdict: 'refuse', rule: 'CONSENT-MISSING' }])
  expirePersonal(guest, at - 24, { at, by: 'cli:test', facts: {} })
  for (const number of destroyEndedSegments(guest, { at, by: 'cli:test' })) writeSync(1, `${number}\n`)
}
