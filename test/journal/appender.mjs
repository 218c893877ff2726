/** Appends without end and says on stdout what was promised: one line an append, written only once it has resolved. */
import { writeSync } from 'node:fs'
import { openJournal } from '#aval/journal/journal.js'

const [path, first] = process.argv.slice(2)
const keys = [{ keyId: 'k1', secret: Buffer.alloc(32, 7) }]
const journal = await openJournal({ path, keys, node: 'relay-1' })

let next = Number(first)
async function append() {
  for (;;) {
    const number = next++
    const ref = `01J${String(number).padStart(23, '0')}`
    const entry = {
      kind: 'outcome',
      schema: 1,
      ref,
      rcpt: 1,
      at: Date.now(),
      status: 'relayed',
      upstream: '',
      reply: '',
    }
    await journal.append([entry])
    writeSync(1, `${ref}\n`)
  }
}
await Promise.all(Array.from({ length: 20 }, append))
