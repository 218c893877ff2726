/**
 * The process is killed at any moment under load, again and again, and brought back on the same files. What its clients
 * were told, what the next server holds and what the journal says must agree every time.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openJournalReader } from '#aval/journal/reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { readKeyFile } from '#aval/storage/key-file.js'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { type Attempt, Mailer, refOf } from '../support/mailer.js'
import { idOf, plainNewsletter, refIn, withoutTrace } from '../support/plain-newsletter.js'
import { type Sink, sha256, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

/** Two relays beside each other, because a restart keeps one core busy only. */
const SIEGES = 2
const KILLS_EACH = 28
const SESSIONS = 6
const RECIPIENTS = Array.from({ length: 20 }, (_, i) => `personne${i}@client.example`)

interface Ledger {
  /** Id of each message whose client read 250, with the digest of what it sent and the reference it was given. */
  readonly accepted: Map<string, { readonly digest: string; readonly ref: string }>
  /** How often a message was handed over without a 250 being read: each time the next server may have it. */
  readonly ambiguous: Map<string, number>
  readonly surprises: Attempt[]
}

test(`I1, I2: ${SIEGES * KILLS_EACH} times kill -9 under load, half of them between the final dot and the reply`, async () => {
  const seed = Date.now() % 1_000_000
  process.stderr.write(`kill -9: seed ${seed}\n`)
  await Promise.all(Array.from({ length: SIEGES }, (_, i) => new Siege(seed + i).run()))
}, 150_000)

class Siege {
  readonly #random: () => number
  readonly #directory = makeDirectory()
  readonly #ledger: Ledger = { accepted: new Map(), ambiguous: new Map(), surprises: [] }
  /** References of messages the sink had taken when the relay was killed, before it could say so. */
  readonly #hit: string[] = []
  #sink!: Sink
  #aval!: Aval
  #settled = 0
  #finished = false
  #dotsUntilKill: number | undefined

  constructor(seed: number) {
    this.#random = randomFrom(seed)
  }

  async run(): Promise<void> {
    consentTo(this.#directory, RECIPIENTS)
    this.#sink = await startSink({ beforeReply: ({ raw }) => this.#killAtDot(raw) })
    try {
      await this.#start()
      const senders = Array.from({ length: SESSIONS }, (_, i) => this.#sendOnAndOn(i))
      for (let kill = 1; kill <= KILLS_EACH; kill++) {
        if (kill % 2 === 0) await this.#killBetweenDotAndReply()
        else await this.#killAtAnyMoment(kill % 4 === 1)
        this.#verify()
        if (kill % 14 === 0) this.#verifyByCommand()
        await this.#start()
      }
      this.#finished = true
      await Promise.all(senders)
      expect(await this.#aval.stop()).toBe(0)
      this.#judge()
    } finally {
      this.#finished = true
      this.#aval?.process.kill('SIGKILL')
      await this.#sink.close()
      removeDirectory(this.#directory)
    }
  }

  async #start(): Promise<void> {
    this.#aval = await startAval(`smtp://127.0.0.1:${this.#sink.port}`, { directory: this.#directory })
    const settled = this.#aval.log().find(({ event }) => event === 'journal_settled')
    this.#settled += Number(settled?.['decisions'] ?? 0)
  }

  /** @param cold before the first message too, or only when mail flows */
  async #killAtAnyMoment(cold: boolean): Promise<void> {
    const before = this.#ledger.accepted.size
    if (!cold) await until(() => this.#ledger.accepted.size > before, 'mail to flow')
    await pause(this.#random() * 300)
    await this.#aval.stop('SIGKILL')
  }

  async #killBetweenDotAndReply(): Promise<void> {
    const hits = this.#hit.length
    this.#dotsUntilKill = 1 + Math.floor(this.#random() * 25)
    await until(() => this.#hit.length > hits, 'a message to reach the sink', 30_000)
  }

  /** Runs when the sink has a message and has not said so. */
  async #killAtDot(raw: Buffer): Promise<void> {
    if (this.#dotsUntilKill === undefined || --this.#dotsUntilKill > 0) return
    this.#dotsUntilKill = undefined
    await this.#aval.stop('SIGKILL')
    this.#hit.push(refIn(raw))
  }

  /** Sends one message after the other, each until it is taken, as mailing software with a queue does. */
  async #sendOnAndOn(session: number): Promise<void> {
    let mailer: Mailer | undefined
    for (let number = 0; !this.#finished; number++) {
      const id = `s${session}n${number}`
      const to = RECIPIENTS[number % RECIPIENTS.length]!
      const raw = plainNewsletter(id, 'x'.repeat(Math.floor(this.#random() * 300)))
      while (!this.#ledger.accepted.has(id)) {
        mailer = mailer?.ended === false ? mailer : await this.#connect()
        if (mailer === undefined) continue
        this.#note(id, raw, await mailer.mail({ to, raw }))
      }
    }
    await mailer?.quit()
  }

  async #connect(): Promise<Mailer | undefined> {
    try {
      const mailer = await Mailer.open(this.#aval.port)
      if ((await mailer.greet()) === undefined) return mailer
      mailer.destroy()
    } catch {
      await pause(10)
    }
    return undefined
  }

  #note(id: string, raw: Buffer, attempt: Attempt): void {
    const { accepted, ambiguous, surprises } = this.#ledger
    const { step, reply } = attempt
    if (step === 'dot' && reply?.startsWith('250')) accepted.set(id, { digest: sha256(raw), ref: refOf(reply) })
    else if (step === 'dot') ambiguous.set(id, (ambiguous.get(id) ?? 0) + 1)
    if (reply !== undefined && !reply.startsWith('2') && !reply.startsWith('4')) surprises.push(attempt)
  }

  #verify(): void {
    const { problem, sealed } = verifyJournal(this.#journal, { keys: readKeyFile(join(this.#directory, 'aval.key')) })
    expect(problem).toBeUndefined()
    expect(sealed).toBe(true)
  }

  #verifyByCommand(): void {
    const { status, stdout } = this.#aval.run(['journal verify'])
    expect(stdout).toMatch(/^VERIFIED/)
    expect(status).toBe(0)
  }

  get #journal(): string {
    return join(this.#directory, 'journal.db')
  }

  #judge(): void {
    const { accepted, ambiguous, surprises } = this.#ledger
    const { messages } = this.#sink
    process.stderr.write(
      `kill -9: ${accepted.size} messages accepted, ${messages.length - accepted.size} repeated after ${this.#settled} unknown outcomes\n`,
    )
    expect(surprises).toEqual([])
    expect(this.#hit).toHaveLength(KILLS_EACH / 2)
    expect(accepted.size).toBeGreaterThan(KILLS_EACH * 5)

    const arrived = new Map<string, string[]>()
    for (const { raw } of messages) {
      const id = idOf(raw)
      arrived.set(id, [...(arrived.get(id) ?? []), sha256(withoutTrace(raw))])
    }
    const lost = [...accepted].filter(([id, { digest }]) => !arrived.get(id)?.includes(digest))
    expect(lost, 'messages whose client read 250 and which the next server does not have').toEqual([])
    const changed = [...arrived].filter(([id, digests]) =>
      digests.some((digest) => digest !== accepted.get(id)?.digest),
    )
    expect(changed, 'messages that arrived otherwise than they were sent').toEqual([])
    const repeated = [...arrived].filter(([id, { length }]) => length > 1 + (ambiguous.get(id) ?? 0))
    expect(repeated, 'messages that arrived more often than their client was left in doubt').toEqual([])

    this.#compareWithJournal()
    this.#verify()
    this.#verifyByCommand()
  }

  #compareWithJournal(): void {
    const journal = openJournalReader(this.#journal)
    try {
      for (const { raw } of this.#sink.messages) {
        const entries = journal.byRef(refIn(raw)).map(({ entry }) => entry)
        expect(entries, 'one decision and one outcome for each message that left').toMatchObject([
          { kind: 'decision', stage: 'data', verdict: 'permit', messageSha256: sha256(withoutTrace(raw)) },
          { kind: 'outcome', status: expect.stringMatching(/^(?:relayed|unknown)$/) },
        ])
      }
      const left = new Set(this.#sink.messages.map(({ raw }) => refIn(raw)))
      for (const { ref } of this.#ledger.accepted.values()) expect(left).toContain(ref)
      for (const ref of this.#hit)
        expect(journal.byRef(ref).at(-1)?.entry, 'killed before the reply: nobody knows').toMatchObject({
          kind: 'outcome',
          status: 'unknown',
        })
      const all = [...journal.entries()].map(({ entry }) => entry)
      const unknown = all.filter((entry) => entry.kind === 'outcome' && entry.status === 'unknown')
      expect(unknown.length).toBe(this.#settled)
    } finally {
      journal.close()
    }
    const { openCount } = verifyJournal(this.#journal)
    expect(openCount, 'decisions left without an outcome').toBe(0)
  }
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
