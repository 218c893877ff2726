/** What senders were told of each message, and whether the next server and the journal tell the same (promises I1 to I3). */
import { expect } from 'vitest'
import { openJournalReader } from '#aval/journal/reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { type Attempt, refOf } from './mailer.js'
import { idOf, refIn, withoutTrace } from './plain-newsletter.js'
import { type SunkMessage, sha256 } from './sink.js'

export class Ledger {
  /** Id of each message whose sender read 250, with the digest of what was sent and the reference that was given. */
  readonly accepted = new Map<string, { readonly digest: string; readonly ref: string }>()
  /** How often a message was handed over without a 250 being read: each time the next server may have it. */
  readonly ambiguous = new Map<string, number>()
  /** Replies that are neither positive nor temporary. */
  readonly surprises: Attempt[] = []
  readonly #sent = new Map<string, string>()

  note(id: string, raw: Buffer, attempt: Attempt): void {
    const { step, reply } = attempt
    const digest = sha256(raw)
    this.#sent.set(id, digest)
    if (step === 'dot' && reply?.startsWith('250')) this.accepted.set(id, { digest, ref: refOf(reply) })
    else if (step === 'dot') this.ambiguous.set(id, (this.ambiguous.get(id) ?? 0) + 1)
    if (reply !== undefined && !reply.startsWith('2') && !reply.startsWith('4')) this.surprises.push(attempt)
  }

  /** Every account of what happened agrees; to be called when the relay has stopped in order. */
  expectAgreement(arrivedMessages: readonly SunkMessage[], journalPath: string): void {
    expect([...new Set(this.surprises.map(({ reply }) => reply?.replace(/ref=.*/, '')))]).toEqual([])
    this.#expectNothingLost(arrivedMessages)
    this.#expectJournaled(arrivedMessages, journalPath)
  }

  #expectNothingLost(messages: readonly SunkMessage[]): void {
    const arrived = new Map<string, string[]>()
    for (const { raw } of messages) {
      const id = idOf(raw)
      arrived.set(id, [...(arrived.get(id) ?? []), sha256(withoutTrace(raw))])
    }
    const lost = [...this.accepted].filter(([id, { digest }]) => !arrived.get(id)?.includes(digest))
    expect(lost, 'messages whose sender read 250 and which the next server does not have').toEqual([])
    const changed = [...arrived].filter(([id, digests]) => digests.some((digest) => digest !== this.#sent.get(id)))
    expect(changed, 'messages that arrived otherwise than they were sent').toEqual([])
    const allowed = (id: string) => (this.accepted.has(id) ? 1 : 0) + (this.ambiguous.get(id) ?? 0)
    const repeated = [...arrived].filter(([id, { length }]) => length > allowed(id))
    expect(repeated, 'messages that arrived more often than their sender was left in doubt').toEqual([])
  }

  #expectJournaled(messages: readonly SunkMessage[], path: string): void {
    const { problem, openCount } = verifyJournal(path)
    expect(problem).toBeUndefined()
    expect(openCount, 'decisions left without an outcome').toBe(0)
    const journal = openJournalReader(path)
    try {
      for (const { raw } of messages) {
        const entries = journal.byRef(refIn(raw)).map(({ entry }) => entry)
        expect(entries, 'one decision and one outcome for each message that left').toMatchObject([
          { kind: 'decision', stage: 'data', verdict: 'permit', messageSha256: sha256(withoutTrace(raw)) },
          { kind: 'outcome', status: expect.stringMatching(/^(?:relayed|unknown)$/) },
        ])
      }
    } finally {
      journal.close()
    }
    const left = new Set(messages.map(({ raw }) => refIn(raw)))
    for (const { ref } of this.accepted.values()) expect(left).toContain(ref)
  }
}
