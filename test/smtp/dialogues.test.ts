import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { Client, eventually } from './support/client.js'
import { type Dialogue, dialogueFamilies, prepare, serverFor, unescape } from './support/dialogue.js'
import { type Bench, startBench } from './support/listener.js'

const families = dialogueFamilies()

let bench: Bench
afterEach(() => bench.stop())

for (const [family, dialogues] of families) {
  describe(family, () => {
    for (const dialogue of dialogues) {
      it(dialogue.name, () => play(dialogue, (octets) => [octets]))
      if (!dialogue.whole) it(`${dialogue.name}, octet by octet`, () => play(dialogue, singly))
    }
  })
}

it('there are enough of them', async () => {
  bench = await startBench()
  const all = [...families.values()].flat()
  expect(all.length).toBeGreaterThan(200)
  for (const dialogues of families.values())
    expect(new Set(dialogues.map(({ name }) => name)).size).toBe(dialogues.length)
})

async function play(dialogue: Dialogue, cut: (octets: Buffer) => Buffer[]): Promise<void> {
  bench = await startBench(serverFor(dialogue.setup))
  const descriptors = openDescriptors()
  const client = await Client.open(bench.port)
  await prepare(client, dialogue.setup)
  let taken = 0
  let gathered = ''
  for (const step of dialogue.steps) {
    const [, word = '', times = '1', text = ''] = /^([A-Za-z]+)(?:\*(\d+))?:? ?(.*)$/.exec(step) ?? []
    if (word !== 'C' && word !== 'R' && gathered !== '') {
      for (const piece of cut(Buffer.from(gathered, 'latin1'))) client.send(piece)
      gathered = ''
    }
    const last = bench.relay.taken.at(-1)
    switch (word) {
      case 'C':
        gathered += `${unescape(text)}\r\n`
        break
      case 'R':
        gathered += unescape(text)
        break
      case 'S':
        for (let i = 0; i < Number(times); i++) expect((await client.line()) ?? 'closed').toMatch(pattern(text))
        break
      case 'fin':
        client.socket.end()
        break
      case 'reset':
        client.socket.resetAndDestroy()
        break
      case 'tls':
        await client.secure()
        break
      case 'gone':
        await client.closed()
        break
      case 'closed':
        await client.closed()
        expect(client.unread).toBe('')
        break
      case 'taken':
        expect(bench.relay.taken[taken++]?.content.toString('latin1')).toBe(unescape(text))
        break
      case 'recipients':
        expect(last?.recipients.map(({ mailbox }) => Buffer.from(mailbox.spelling).toString('latin1'))).toEqual(
          words(unescape(text)),
        )
        break
      case 'sender':
        expect(Buffer.from(last?.reversePath.mailbox?.spelling ?? '').toString('latin1')).toBe(unescape(text))
        break
      case 'nothing':
        expect(bench.relay.taken).toEqual([])
        break
      default:
        throw new Error(`No such step: ${step}`)
    }
  }
  expect(gathered).toBe('')
  client.destroy()
  await expectNothingLeft(descriptors, dialogue)
}

/** The server takes the next client as if nothing had been, and keeps nothing of this one. */
async function expectNothingLeft(descriptors: number, { setup }: Dialogue): Promise<void> {
  const next = await Client.open(bench.port)
  if (setup.includes('overloaded')) expect(await next.line()).toMatch(/^421 /)
  else {
    expect(await next.line()).toMatch(/^220 /)
    expect(await next.ask('QUIT')).toMatch(/^221 /)
  }
  next.destroy()
  await eventually(() => bench.listener.status().sessions === 0, 'sessions to end')
  expect(bench.listener.status().transactions).toBe(0)
  expect(bench.relay.transactions.filter(({ done, aborted }) => !done && !aborted)).toEqual([])
  await eventually(() => bench.spooler.bytesInFlight === 0, 'the spool to be empty')
  expect(readdirSync(bench.directory)).toEqual([])
  await eventually(() => openDescriptors() <= descriptors, 'descriptors to be closed')
}

function openDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

/** Splits at spaces outside quotes. */
function words(text: string): string[] {
  return text.match(/(?:"[^"]*"|\S)+/g) ?? []
}

function singly(octets: Buffer): Buffer[] {
  return Array.from(octets, (octet) => Buffer.of(octet))
}

function pattern(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
