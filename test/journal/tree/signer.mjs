/** Seals or rotates without end, and says on stdout what was done: one line each, written only once it is on disk. */
import { writeSync } from 'node:fs'
import { appendCertificate } from '#aval/journal/guest.js'
import { openJournal } from '#aval/journal/journal.js'
import { rotateSigningKey } from '#aval/journal/tree/signing-acts.js'

const [what, path, keyFile] = process.argv.slice(2)
const keys = [{ keyId: 'k1', secret: Buffer.alloc(32, 7) }]
const certificate = { certifies: 'purge', at: Date.now(), advertiser: '', by: 'cli:test', facts: {} }
const guest = { path, keys, node: 'relay-1' }

if (what === 'rotate') {
  for (;;) {
    appendCertificate(guest, certificate)
    const { key } = rotateSigningKey(guest, { keyFile, by: 'cli:test', at: Date.now(), lost: false })
    writeSync(1, `${key}\n`)
  }
}

const signing = { keyFile, by: 'relay-1', everyEntries: 2, everyMs: 5 }
const journal = await openJournal({ path, keys, node: 'relay-1', signing })
for (let number = 0; ; number++) {
  const ref = `01J${String(number).padStart(23, '0')}`
  const outcome = {
    kind: 'outcome',
    schema: 1,
    ref,
    rcpt: 1,
    at: Date.now(),
    status: 'relayed',
    upstream: '',
    reply: '',
  }
  await journal.append([outcome])
  writeSync(1, `${ref}\n`)
}
