/**
 * The process is killed at any moment under load, again and again, and brought back on the same files. What its clients
 * were told, what the next server holds and what the journal says must agree every time.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openJournalReader } from '#aval/journal/reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { readKeyFile } from '#aval/storage/key-file.js'
import { AVAL, type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { effort } from '../support/effort.js'
import { Ledger } from '../support/ledger.js'
import { Mailer } from '../support/mailer.js'
import { plainNewsletter, refIn } from '../support/plain-newsletter.js'
import { randomFrom } from '../support/random.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

/** Two relays beside each other, because a restart keeps one core busy only. */
const SIEGES = 2
const KILLS_EACH = Math.ceil(effort('AVAL_TEST_KILLS', 200) / SIEGES)
const SESSIONS = 6
const RECIPIENTS = Array.from({ length: 20 }, (_, i) => `personne${i}@client.example`)

test(
  `I1, I2, I3: ${SIEGES * KILLS_EACH} times kill -9: between the final dot and the reply, at any moment, while it recovers`,
  async () => {
    const seed = Date.now() % 1_000_000
    process.stderr.write(`kill -9: seed ${seed}\n`)
    await Promise.all(Array.from({ length: SIEGES }, (_, i) => new Siege(seed + i).run()))
  },
  SIEGES * KILLS_EACH * 30_000,
)

class Siege {
  readonly #random: () => number
  readonly #directory = makeDirectory()
  readonly #ledger = new Ledger()
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
      const senders = Array.from({ length: SESSIONS }, (_, i) => this.#sendOnAndOn(i))
      for (let kill = 1; kill <= KILLS_EACH; kill++) {
        await this.#round(kill)
        this.#verify()
        if (kill % 50 === 0) this.#verifyByCommand()
      }
      await this.#start()
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

  /** From a relay that is down to a relay that is down. */
  async #round(number: number): Promise<void> {
    if (number % 4 === 0) return this.#killWhileStarting()
    await this.#start()
    if (number % 2 === 1) await this.#killBetweenDotAndReply()
    else await this.#killAtAnyMoment(number % 8 === 2)
  }

  async #start(): Promise<void> {
    this.#aval = await startAval(`smtp://127.0.0.1:${this.#sink.port}`, {
      directory: this.#directory,
      config: { parser: { threads: 1 } },
    })
    const settled = this.#aval.log().find(({ event }) => event === 'journal_settled')
    this.#settled += Number(settled?.['decisions'] ?? 0)
  }

  /** Dies before it has recovered from the last time, or with that just done. */
  async #killWhileStarting(): Promise<void> {
    const child = spawn(process.execPath, [AVAL, 'serve', '-c', this.#aval.configFile], { stdio: 'ignore' })
    const gone = new Promise((resolve) => child.once('close', resolve))
    await pause(this.#random() * 1_000)
    child.kill('SIGKILL')
    await gone
  }

  /** @param cold before the first message too, or only when mail flows */
  async #killAtAnyMoment(cold: boolean): Promise<void> {
    const before = this.#ledger.accepted.size
    if (!cold) await until(() => this.#ledger.accepted.size > before, 'mail to flow', 120_000)
    await pause(this.#random() * 150)
    await this.#aval.stop('SIGKILL')
  }

  async #killBetweenDotAndReply(): Promise<void> {
    const hits = this.#hit.length
    this.#dotsUntilKill = 1 + Math.floor(this.#random() * 32)
    await until(() => this.#hit.length > hits, 'a message to reach the sink', 120_000)
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
        this.#ledger.note(id, raw, await mailer.mail({ to, raw }))
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
    const { accepted } = this.#ledger
    const { messages } = this.#sink
    process.stderr.write(
      `kill -9: ${accepted.size} messages accepted, ${messages.length - accepted.size} repeated after ${this.#settled} unknown outcomes\n`,
    )
    expect(this.#hit).toHaveLength(Math.ceil(KILLS_EACH / 2))
    expect(accepted.size, 'the relay was under load').toBeGreaterThan(5 * KILLS_EACH)

    this.#ledger.expectAgreement(messages, this.#journal)
    this.#compareWithJournal()
    this.#verify()
    this.#verifyByCommand()
  }

  #compareWithJournal(): void {
    const journal = openJournalReader(this.#journal)
    try {
      for (const ref of this.#hit)
        expect(journal.byRef(ref).at(-1)?.entry, 'killed before the reply: nobody knows').toMatchObject({
          kind: 'outcome',
          status: 'unknown',
        })
      const all = [...journal.entries()].map(({ entry }) => entry)
      const unknown = all.filter((entry) => entry.kind === 'outcome' && entry.status === 'unknown')
      // What a start settled that was killed before it could log it is not in the count.
      expect(unknown.length).toBeGreaterThanOrEqual(this.#settled)
      expect(this.#settled).toBeGreaterThan(0)
    } finally {
      journal.close()
    }
  }
}
