/**
 * Mutated dialogues over sockets: whatever is sent, in whatever pieces, every reply is well formed, no message with a bare
 * CR or LF is taken, and the server keeps nothing of its client and greets the next. What breaks it becomes a dialogue
 * in `dialogues/`.
 *
 * AVAL_TEST_FUZZ says how many, AVAL_TEST_SEED from where.
 */
import { readdirSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { effort } from '../support/effort.js'
import { randomFrom } from '../support/random.js'
import { Client, eventually } from './support/client.js'
import { clientOctets, dialogueFamilies } from './support/dialogue.js'
import { startBench } from './support/listener.js'

const CASES = effort('AVAL_TEST_FUZZ', 3_000)
const SEED = effort('AVAL_TEST_SEED', (Date.now() % 1_000_000) + 1)
const SIDE_BY_SIDE = 10
const REPLY = /^(?:[2-5]\d\d[ -][\x20-\x7e]*\r\n)*$/
/** Spliced in where they hurt. */
const TOKENS = [
  '\r\n',
  '\n',
  '\r',
  '\r\n.\r\n',
  '\n.\n',
  '\r\n.\n',
  '.',
  '\0',
  '\xff',
  ' ',
  '<',
  '>',
  'A'.repeat(5_000),
  'DATA\r\n',
  'MAIL FROM:<evil@example.com>\r\n',
  'RCPT TO:<victim@example.com>\r\n',
  'STARTTLS\r\n',
  'AUTH PLAIN\r\n',
  'RSET\r\n',
  'QUIT\r\n',
]

it(
  `${CASES} mutated dialogues`,
  async () => {
    process.stderr.write(`fuzz: seed ${SEED}\n`)
    const random = randomFrom(SEED)
    const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)]!
    const originals = [...dialogueFamilies().values()].flat().map(clientOctets)
    const bench = await startBench({
      limits: {
        maxConnectionsPerClient: 1_000,
        maxConnections: 1_000,
        idleMs: 3_000,
        greetingMs: 1_000,
        maxMessageBytes: 2_000_000,
      },
    })
    try {
      for (let done = 0; done < CASES; done += SIDE_BY_SIDE) {
        await Promise.all(
          Array.from({ length: Math.min(SIDE_BY_SIDE, CASES - done) }, () =>
            play(mutate(pick(originals), pick(originals))),
          ),
        )
        await eventually(() => bench.listener.status().sessions === 0, 'sessions to end')
      }
      await eventually(() => bench.spooler.bytesInFlight === 0, 'the spool to be empty')
      expect(readdirSync(bench.directory)).toEqual([])
      expect(bench.listener.status().transactions).toBe(0)
      const split = bench.relay.taken.filter(({ content }) => /\r(?!\n)|(?<!\r)\n/.test(content.toString('latin1')))
      expect(split).toEqual([])
      expect(bench.relay.taken.length).toBeGreaterThan(0)
      const faults = bench.events.filter(({ event, details }) => event === 'failed' && details[1] === 'session')
      expect(faults).toEqual([])
    } finally {
      await bench.stop()
    }

    function mutate(octets: string, other: string): string {
      let text = octets
      for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
        const at = Math.floor(random() * (text.length + 1))
        const to = Math.min(text.length, at + Math.floor(random() * 40))
        const change = Math.floor(random() * 5)
        const middle = [
          '',
          text.slice(at, to).repeat(2),
          pick(TOKENS) + text.slice(at, to),
          other.slice(0, Math.floor(random() * other.length)),
          String.fromCharCode(Math.floor(random() * 256)) + text.slice(Math.min(at + 1, to), to),
        ][change]
        text = text.slice(0, at) + middle + text.slice(to)
      }
      return text
    }

    async function play(text: string): Promise<void> {
      const client = await Client.open(bench.port)
      // What is sent behind EHLO before its answer would end nearly every session at once.
      if (random() < 0.9) {
        await client.line()
        await client.ask('EHLO client.example')
      }
      const octets = Buffer.from(text, 'latin1')
      for (let at = 0; at < octets.length && !client.gone;) {
        const size = random() < 0.1 ? 1 : 1 + Math.floor(random() * octets.length)
        client.send(octets.subarray(at, at + size))
        at += size
        if (random() < 0.5) await nextTurn()
      }
      if (random() < 0.1) client.socket.resetAndDestroy()
      else {
        client.socket.end()
        await client.closed()
        // After STARTTLS what the server says may be the beginning of TLS.
        const said = client.unread.replace(/(220 2\.0\.0 [^\r]*\r\n)[^]*$/, '$1')
        expect(said, JSON.stringify(text)).toMatch(REPLY)
      }
      client.destroy()
    }
  },
  60_000 + CASES * 50,
)
