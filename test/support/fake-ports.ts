/** Ports that remember what they were asked and in which order, and fail where a test tells them to. */
import { createHash } from 'node:crypto'
import type { Recipient } from '#aval/domain/envelope.js'
import type { DecisionEntry, JournalEntry, OutcomeEntry } from '#aval/domain/journal-entry.js'
import type { MessageFacts } from '#aval/domain/message-facts.js'
import type { Site } from '#aval/domain/party.js'
import type { RegistryAnswer, RegistryQuery } from '#aval/domain/registry.js'
import type { Reply } from '#aval/domain/reply.js'
import { createHostedLinks } from '#aval/unsubscribe/hosted/links.js'
import { tokenKeys } from '#aval/unsubscribe/hosted/token.js'
import { createLinkSightings } from '#aval/unsubscribe/link-sightings.js'
import { linkForm } from '#aval/unsubscribe/link-syntax.js'
import { judgeContent } from '#aval/relay/content.js'
import type { Alarms } from '#aval/relay/alarms.js'
import type { OutgoingContent, LinkPort, RelayPorts, SpooledMessage, UpstreamDelivery } from '#aval/relay/ports.js'
import { NO_PROOF } from '#aval/domain/unsubscribe-proof.js'
import type { UpstreamResult } from '#aval/domain/upstream-result.js'

/** One thing the relay did, in order. */
export type Step =
  | { readonly did: 'looked_up' }
  | { readonly did: 'read' }
  | { readonly did: 'journaled'; readonly entries: readonly JournalEntry[] }
  | { readonly did: 'opened' | 'aborted' }
  | { readonly did: 'offered'; readonly to: string }
  | { readonly did: 'sent'; readonly to: readonly string[]; readonly content: Buffer }
  | { readonly did: 'disposed' }
  | { readonly did: 'failed'; readonly where: string }
  | { readonly did: 'looping'; readonly hops: number }
  | { readonly did: 'kept_control'; readonly fields: readonly string[] }
  | { readonly did: 'outcome_lost' }

export interface FakeHouse {
  readonly ports: RelayPorts
  readonly steps: Step[]
  readonly decisions: () => DecisionEntry[]
  readonly outcomes: () => OutcomeEntry[]
  readonly sent: () => Extract<Step, { did: 'sent' }>[]
}

export interface FakeOptions {
  readonly site: Site
  readonly registry: RegistryAnswer | ((query: RegistryQuery) => RegistryAnswer | Promise<RegistryAnswer>)
  readonly facts?: MessageFacts | (() => MessageFacts)
  readonly now?: number
  /** Called before each write of the journal; throws to make it fail. */
  readonly journal?: (entries: readonly JournalEntry[]) => void | Promise<void>
  readonly opening?: UpstreamResult
  readonly rcpt?: (recipient: Recipient) => UpstreamResult
  readonly final?: UpstreamResult
  /** Default: the link of each message is that of its person alone. */
  readonly links?: LinkPort
  readonly alarms?: Alarms
  /** Replaces the whole delivery in one go. */
  readonly deliver?: (recipients: readonly Recipient[]) => UpstreamDelivery
}

function quietAlarms(): Alarms {
  return {
    distrust: () => undefined,
    holdOn: () => undefined,
    looked: () => {},
    decided: () => {},
    complained: () => true,
    review: () => {},
  }
}

export const ok = (text = 'Ok', code = 250): UpstreamResult => ({ kind: 'reply', reply: replyOf(code, text) })

export const replyOf = (code: number, text: string): Reply => ({
  code,
  enhanced: `${Math.floor(code / 100)}.0.0`,
  text,
})

/** What {@link fakeHouse} makes of an address in place of a keyed hash. */
export function keyOf(address: string): string {
  return createHash('sha256').update(address).digest('hex')
}

export function fakeHouse(options: FakeOptions): FakeHouse {
  const steps: Step[] = []
  const final = options.final ?? ok('2.0.0 Ok: queued as TEST01')
  const entries = () => steps.flatMap((step) => (step.did === 'journaled' ? step.entries : []))
  let references = 0

  async function send(to: readonly string[], content: OutgoingContent): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of content.chunks()) chunks.push(chunk)
    steps.push({ did: 'sent', to, content: Buffer.concat(chunks) })
  }

  async function journaled(batch: readonly JournalEntry[]): Promise<void> {
    await options.journal?.(batch)
    steps.push({ did: 'journaled', entries: batch })
  }

  const ports: RelayPorts = {
    site: () => ({ ...options.site, digest: 'cd'.repeat(32) }),
    registry: {
      async lookup(query) {
        steps.push({ did: 'looked_up' })
        return typeof options.registry === 'function' ? options.registry(query) : options.registry
      },
      objectionsSyncedAt: async () => options.now,
    },
    history: { earlierMessages: async () => [] },
    subjects: {
      identify: (address) => ({ keyId: 'k1', consentKey: keyOf(address), objectionKey: keyOf(address) }),
    },
    journal: { append: journaled, appendSoon: journaled },
    content: {
      async judge(_, site, question) {
        steps.push({ did: 'read' })
        const { facts } = options
        if (facts === undefined) throw new Error('no message was expected')
        return judgeContent(site, question, typeof facts === 'function' ? facts() : facts)
      },
    },
    links: options.links ?? { ...offlineLinks(), isSharedWithAnother: () => false },
    hosted: createHostedLinks(tokenKeys([Buffer.alloc(32, 1)])),
    signing: { sign: async () => '' },
    upstream: {
      async open() {
        steps.push({ did: 'opened' })
        const opening = options.opening ?? ok()
        if (opening.kind === 'failure' || opening.reply.code >= 300)
          return { kind: 'closed', upstream: 'mta.test:25', result: opening }
        const to: string[] = []
        return {
          kind: 'open',
          reply: opening.reply,
          transaction: {
            name: 'mta.test:25',
            async rcpt(recipient) {
              steps.push({ did: 'offered', to: recipient.mailbox.spelling })
              to.push(recipient.mailbox.spelling)
              return options.rcpt?.(recipient) ?? ok()
            },
            async data(content) {
              await send(to, content)
              return final
            },
            abort: () => steps.push({ did: 'aborted' }),
          },
        }
      },
      async deliver(_, recipients, content) {
        const delivery = options.deliver?.(recipients) ?? {
          upstream: 'mta.test:25',
          recipients: recipients.map(() => ok()),
          final,
          complete: true,
        }
        if (delivery.complete)
          await send(
            recipients.map((recipient) => recipient.mailbox.spelling),
            content,
          )
        return delivery
      },
    },
    alarms: options.alarms ?? quietAlarms(),
    clock: { now: () => options.now ?? Date.UTC(2026, 10, 21, 12) },
    references: { next: () => `01J${String(references++).padStart(23, '0')}` },
    events: {
      decided: () => {},
      concluded: () => {},
      failed: (_, where) => steps.push({ did: 'failed', where }),
      looping: (hops) => steps.push({ did: 'looping', hops }),
      controlKept: (fields) => steps.push({ did: 'kept_control', fields }),
      outcomeLost: () => steps.push({ did: 'outcome_lost' }),
    },
  }
  return {
    ports,
    steps,
    decisions: () => entries().filter((entry): entry is DecisionEntry => entry.kind === 'decision'),
    outcomes: () => entries().filter((entry): entry is OutcomeEntry => entry.kind === 'outcome'),
    sent: () => steps.filter((step): step is Extract<Step, { did: 'sent' }> => step.did === 'sent'),
  }
}

export function spooled(content: string | Buffer, onDispose: () => void = () => {}): SpooledMessage {
  const bytes = Buffer.from(content)
  return {
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    chunks: () => [bytes],
    bytes: async () => bytes,
    dispose: async () => onDispose(),
  }
}

/** Links by their form alone: what is well formed works. */
export function offlineLinks(): RelayPorts['links'] {
  return {
    ...createLinkSightings(),
    assess: async (links, { advertiser, policy }) =>
      links.map(({ where, uri }) => {
        const form = linkForm(uri, { registered: advertiser.unsubscribeHosts, opened: policy.probe.allowHosts })
        return form.kind === 'sound'
          ? { kind: 'usable', where, origin: form.url.origin, assurance: 2 }
          : { kind: 'unusable', where, origin: form.origin, detail: form.detail }
      }),
    contacts: async () => [],
    proofOf: () => NO_PROOF,
    passed: () => {},
  }
}
