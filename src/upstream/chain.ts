/**
 * Several upstreams in the order they are declared. The first that is well takes the message; the next is asked only where
 * nothing of the message was said to the one before: a message is never given to two (promise I1).
 *
 * One that cannot be reached is left alone for a while that doubles each time, then looked at apart from any message, so
 * that no client waits for it. Only when all are in that state are they tried with a message in hand.
 */
import type { Recipient, ReversePath } from '../domain/envelope.js'
import type { Origin } from '../domain/origin.js'
import type {
  OutgoingContent,
  UpstreamCapabilities,
  UpstreamDelivery,
  UpstreamOpening,
  UpstreamResult,
  UpstreamStage,
} from '../relay/ports.js'
import {
  NO_CAPABILITIES,
  type Upstream,
  type UpstreamEvents,
  type UpstreamProbe,
  type UpstreamStatus,
} from './upstream.js'

export interface BackOff {
  /** After the first failure, milliseconds; doubled with each that follows. */
  readonly firstMs: number
  readonly mostMs: number
  /** No further upstream is tried for a message that has waited so long, milliseconds: the client is still there to hear it. */
  readonly patienceMs: number
}

const DEFAULT_BACK_OFF: BackOff = { firstMs: 1_000, mostMs: 60_000, patienceMs: 120_000 }

/** @param upstreams at least one */
export function createUpstreamChain(
  upstreams: readonly Upstream[],
  events?: Pick<UpstreamEvents, 'turned'>,
  backOff: Partial<BackOff> = {},
): Upstream {
  const [only, ...others] = upstreams
  if (only !== undefined && others.length === 0) return only
  return new UpstreamChain(upstreams, events, { ...DEFAULT_BACK_OFF, ...backOff })
}

/** One upstream and whether it is worth asking. */
class Member {
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(
    readonly upstream: Upstream,
    private readonly backOff: BackOff,
    private readonly turned: (upstream: string, up: boolean, retryMs: number) => void,
  ) {}

  get isWell(): boolean {
    return this.#failures === 0
  }

  succeeded(): void {
    if (this.#failures > 0) this.turned(this.upstream.name, true, 0)
    this.#failures = 0
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  failed(): void {
    if (this.#closed || this.#timer !== undefined) return
    const retryMs = Math.min(this.backOff.mostMs, this.backOff.firstMs * 2 ** Math.min(this.#failures, 20))
    if (this.#failures === 0) this.turned(this.upstream.name, false, retryMs)
    this.#failures++
    this.#timer = setTimeout(() => void this.#look(), retryMs)
    this.#timer.unref()
  }

  async probe(): Promise<UpstreamProbe> {
    const probe = await this.upstream.probe()
    if (probe.ok) this.succeeded()
    else this.failed()
    return probe
  }

  close(drainMs: number | undefined): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    return this.upstream.close(drainMs)
  }

  async #look(): Promise<void> {
    this.#timer = undefined
    if (!this.#closed) await this.probe()
  }
}

class UpstreamChain implements Upstream {
  readonly name: string
  readonly #members: readonly Member[]
  readonly #patienceMs: number

  constructor(upstreams: readonly Upstream[], events: Pick<UpstreamEvents, 'turned'> | undefined, backOff: BackOff) {
    this.name = upstreams.map(({ name }) => name).join(', ')
    this.#patienceMs = backOff.patienceMs
    this.#members = upstreams.map(
      (upstream) =>
        new Member(upstream, backOff, (name, up, retryMs) => events?.turned({ upstream: name, up, retryMs })),
    )
  }

  open(reversePath: ReversePath, origin?: Origin): Promise<UpstreamOpening> {
    return this.#inTurn(
      (upstream) => upstream.open(reversePath, origin),
      (opening) => (opening.kind === 'closed' ? opening.result : undefined),
    )
  }

  deliver(
    reversePath: ReversePath,
    recipients: readonly Recipient[],
    content: OutgoingContent,
    origin?: Origin,
  ): Promise<UpstreamDelivery> {
    return this.#inTurn(
      (upstream) => upstream.deliver(reversePath, recipients, content, origin),
      ({ final, complete, recipients: answers }) => (complete || answers.length > 0 ? undefined : final),
    )
  }

  /** What any of those that may take the next message offers, all of them do. */
  capabilities(): UpstreamCapabilities {
    const known = this.#candidates().filter(({ upstream }) => upstream.status().reachable === true)
    const [first, ...rest] = known.map(({ upstream }) => upstream.capabilities())
    return rest.reduce(common, first ?? NO_CAPABILITIES)
  }

  /** Well when one of them is. */
  async probe(): Promise<UpstreamProbe> {
    const probes = await Promise.all(this.#members.map((member) => member.probe()))
    return probes.find(({ ok }) => ok) ?? probes[0]!
  }

  status(): UpstreamStatus {
    const all = this.#members.map(({ upstream }) => upstream.status())
    const sum = (of: (status: UpstreamStatus) => number): number => all.reduce((total, one) => total + of(one), 0)
    const reachable = all.some((one) => one.reachable === true)
    return {
      name: this.name,
      busy: sum(({ busy }) => busy),
      idle: sum(({ idle }) => idle),
      waiting: sum(({ waiting }) => waiting),
      reachable: reachable || (all.every((one) => one.reachable === undefined) ? undefined : false),
      lastFailure: all.find(({ lastFailure }) => lastFailure !== undefined)?.lastFailure,
    }
  }

  async close(drainMs?: number): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close(drainMs)))
  }

  /** Those that are well, in order; all of them where none is. */
  #candidates(): readonly Member[] {
    const well = this.#members.filter(({ isWell }) => isWell)
    return well.length > 0 ? well : this.#members
  }

  async #inTurn<T>(
    ask: (upstream: Upstream) => Promise<T>,
    adverse: (answer: T) => UpstreamResult | undefined,
  ): Promise<T> {
    const until = performance.now() + this.#patienceMs
    const candidates = this.#candidates()
    for (const [index, member] of candidates.entries()) {
      const answer = await ask(member.upstream)
      const result = adverse(answer)
      if (result === undefined || !isUnheard(result)) {
        member.succeeded()
        return answer
      }
      // A full pool is no illness: the next may have room, and this one will have again.
      if (!isBusy(result)) member.failed()
      if (index === candidates.length - 1 || performance.now() > until) return answer
    }
    throw new TypeError('a chain without upstreams')
  }
}

/** Stages in which nothing of a message has been said. */
const BEFORE_MAIL: ReadonlySet<UpstreamStage> = new Set(['connect', 'greeting', 'ehlo', 'starttls', 'auth'])

/** Whether the upstream cannot have heard anything of the message, so that another may be given it. */
function isUnheard(result: UpstreamResult): boolean {
  if (result.kind === 'reply') return result.reply.code === 421
  if (result.sent !== 'none') return false
  return BEFORE_MAIL.has(result.stage) || (result.stage === 'mail' && result.cause !== 'capability')
}

function isBusy(result: UpstreamResult): boolean {
  return result.kind === 'failure' && result.cause === 'overload'
}

function common(one: UpstreamCapabilities, other: UpstreamCapabilities): UpstreamCapabilities {
  return {
    eightBitMime: one.eightBitMime && other.eightBitMime,
    smtpUtf8: one.smtpUtf8 && other.smtpUtf8,
    dsn: one.dsn && other.dsn,
    requireTls: one.requireTls && other.requireTls,
    size: one.size === undefined ? other.size : Math.min(one.size, other.size ?? one.size),
  }
}
