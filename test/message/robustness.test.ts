/** Messages as broken as they come: those other mail readers were tested with, where they are at hand. Mutilated: `fuzz.test.ts`. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asSent } from '#aval/message/mime/line-ends.js'
import { type MessageReader, createMessageReader } from '#aval/message/reader.js'
import { type Spooler, createSpooler } from '#aval/message/spool.js'
import type { SpooledMessage } from '#aval/relay/ports.js'
import { QUESTION } from '../support/content-question.js'
import { aSite } from '../support/facts.js'

const CORPUS = join(import.meta.dirname ?? '.', '../../../shared/corpus')
const present = existsSync(CORPUS)
if (!present) console.log('corpus absent: the messages of other test suites were not read')

const MOST_MS = 2_000
const SITE = aSite()

describe.skipIf(!present)('every message of the corpus, from the spool through the threads of the reader', () => {
  let directory: string
  let spool: Spooler
  let reader: MessageReader
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'aval-robust-'))
    // So small that nearly every message needs a file.
    spool = createSpooler({ directory, memoryLimit: 1_000, maxBytesInFlight: 100_000_000 })
    reader = createMessageReader({ threads: 1, deadlineMs: 10 * MOST_MS, maxBytes: 50_000_000 })
  })
  afterAll(async () => {
    await reader.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it('is judged in less than two seconds, ends no thread, and leaves no file', async () => {
    const slow: string[] = []
    let judged = 0
    for (const file of filesIn(CORPUS)) {
      const message = await spooled(spool, asSent(readFileSync(file)))
      const started = performance.now()
      const { judgement } = await reader.judge(message, SITE, QUESTION)
      if (performance.now() - started > MOST_MS) slow.push(file)
      expect(judgement.findings.length).toBeGreaterThan(0)
      await message.dispose()
      judged++
    }
    console.log(`${judged} messages of the corpus judged`)
    expect(slow).toEqual([])
    expect(reader.status()).toMatchObject({ reading: 0, waiting: 0, bytesInFlight: 0, replaced: 0 })
    expect(spool.bytesInFlight).toBe(0)
    expect(readdirSync(directory)).toEqual([])
    expect(openFilesIn(directory)).toEqual([])
  }, 120_000)
})

async function spooled(spool: Spooler, bytes: Buffer): Promise<SpooledMessage> {
  const writer = (await spool.open(bytes.length)) ?? expect.fail('no room')
  expect(await writer.write(bytes)).toBe('taken')
  return writer.finish()
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Files without a name as well, where the system tells. */
function openFilesIn(directory: string): string[] {
  if (!existsSync('/proc/self/fd')) return []
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`)
      return target.startsWith(directory) ? [target] : []
    } catch {
      return []
    }
  })
}
