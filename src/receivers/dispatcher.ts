/**
 * Tells a receiver of objections, in the order they came, each batch until it is taken. How far it has been told is kept in the
 * registry: nothing is lost by a restart, and a receiver that is away for a week is told everything when it is back.
 */
import { createHash } from 'node:crypto'
import type { ObjectionScope } from '../domain/objection.js'
import { type Receiver, ReceiverError, type ToldObjection } from './receiver.js'

export interface FeedEntry extends ToldObjection {
  readonly seq: number
}

export interface Position {
  readonly seq: number
  readonly attempts: number
  readonly notBefore: number
}

/** The order of objections, and how far each receiver is. */
export interface Feed {
  position(receiver: string): Promise<Position>
  after(seq: number, limit: number): Promise<readonly FeedEntry[]>
  move(receiver: string, position: Position): Promise<unknown>
}

export interface DispatcherOptions {
  readonly name: string
  readonly feed: Feed
  readonly receiver: Receiver
  readonly concerns: (scope: ObjectionScope) => boolean
  readonly everyMs: number
  readonly now: () => number
  readonly events: {
    told(receiver: string, objections: number): void
    failed(receiver: string, error: unknown, attempts: number, retryAt: number): void
  }
}

export interface Dispatcher {
  /** Resolves once nothing is on its way any more. */
  close(): Promise<void>
}

const BATCH = 500
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 3_600_000

export function startDispatcher(options: DispatcherOptions): Dispatcher {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> = Promise.resolve()

  function schedule(delayMs: number): void {
    if (closed) return
    timer = setTimeout(() => {
      running = round(options, () => closed).then((next) => schedule(next ?? options.everyMs))
    }, delayMs)
    timer.unref()
  }

  schedule(0)
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

/** Everything there is to tell, as long as it is taken. @returns when to come back, milliseconds; undefined: as usual */
async function round(options: DispatcherOptions, isClosed: () => boolean): Promise<number | undefined> {
  const { name, feed, everyMs, now, events } = options
  let attempts = 0
  try {
    for (;;) {
      const position = await feed.position(name)
      attempts = position.attempts
      if (position.notBefore > now()) return Math.min(position.notBefore - now(), everyMs)
      const entries = await feed.after(position.seq, BATCH)
      const last = entries.at(-1)
      if (last === undefined || isClosed()) return undefined
      const told = await tell(options, entries)
      await feed.move(name, { seq: last.seq, attempts: 0, notBefore: 0 })
      if (told > 0) events.told(name, told)
    }
  } catch (error) {
    const wait = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts, 20), LONGEST_RETRY_MS)
    const retryAt = now() + wait
    events.failed(name, error, attempts + 1, retryAt)
    const comeBack = Math.min(wait, everyMs)
    if (!(error instanceof ReceiverError)) return comeBack
    const { seq } = await feed.position(name).catch(() => ({ seq: undefined }))
    if (seq !== undefined)
      await feed.move(name, { seq, attempts: attempts + 1, notBefore: retryAt }).catch(() => undefined)
    return comeBack
  }
}

async function tell({ name, receiver, concerns }: DispatcherOptions, entries: readonly FeedEntry[]): Promise<number> {
  const objections = entries.filter(({ objection }) => objection.channel === 'email' && concerns(objection.scope))
  if (objections.length > 0) await receiver({ id: `${name}_${digestOf(objections)}`, objections })
  return objections.length
}

/** Of what is told alone: places in the feed would tell how many objections there are against others (promise I6). */
function digestOf(objections: readonly ToldObjection[]): string {
  const names = objections.map(({ kind, objection }) => `${kind} ${objection.id}\n`)
  return createHash('sha256').update(names.join('')).digest('hex').slice(0, 32)
}
