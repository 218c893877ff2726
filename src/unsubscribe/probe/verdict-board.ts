/**
 * Verdicts by template, so that a campaign of a million messages costs a handful of requests: each is asked for once however
 * many wait for it, kept for a time, and asked for again in the background before it lapses.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { inconclusive, type Verdict } from './verdict.js'

export interface BoardLimits {
  /** Milliseconds for which a verdict is used. */
  readonly aliveMs: number
  readonly deadMs: number
  readonly inconclusiveMs: number
  /** Milliseconds a message waits for a verdict that is not there yet. */
  readonly waitMs: number
  /** Templates; the one asked for longest ago is forgotten first. */
  readonly templates: number
  /** Tries without a conclusion, and milliseconds since the first of them, after which waiting is no answer either. */
  readonly tries: number
  readonly patienceMs: number
}

const MINUTE = 60_000

export const DEFAULT_BOARD: BoardLimits = {
  aliveMs: 15 * MINUTE,
  deadMs: 2 * MINUTE,
  inconclusiveMs: 30_000,
  waitMs: 10_000,
  templates: 1_000,
  tries: 3,
  patienceMs: 30 * MINUTE,
}

/** Share of its time after which a verdict in use is asked for again. */
const REFRESHED_AFTER = 0.8

export interface Posted {
  readonly verdict: Verdict
  /** Whether it stayed inconclusive for so many tries and so long. */
  readonly exhausted: boolean
}

export interface VerdictBoard {
  /** @param ask finds the verdict out; never rejects */
  verdict(template: string, ask: () => Promise<Verdict>): Promise<Posted>
}

interface Entry {
  verdict: Verdict | undefined
  /** Milliseconds since the epoch. */
  askedAt: number
  usedUntil: number
  asking: Promise<void> | undefined
  tries: number
  unsettledSince: number
}

export function createVerdictBoard(now: () => number, limits: BoardLimits = DEFAULT_BOARD): VerdictBoard {
  const entries = new Map<string, Entry>()

  function entryOf(template: string): Entry {
    const entry = entries.get(template) ?? {
      verdict: undefined,
      askedAt: 0,
      usedUntil: 0,
      asking: undefined,
      tries: 0,
      unsettledSince: 0,
    }
    entries.delete(template)
    if (entries.size >= limits.templates) entries.delete(entries.keys().next().value!)
    entries.set(template, entry)
    return entry
  }

  function lifetimeOf({ kind }: Verdict): number {
    return { alive: limits.aliveMs, dead: limits.deadMs, inconclusive: limits.inconclusiveMs }[kind]
  }

  function post(entry: Entry, verdict: Verdict): void {
    const at = now()
    entry.askedAt = at
    if (verdict.kind === 'inconclusive') {
      if (entry.tries === 0) entry.unsettledSince = at
      entry.tries++
      // What was found out holds for its time; not to be told anew is no news.
      if (entry.verdict !== undefined && entry.verdict.kind !== 'inconclusive' && at < entry.usedUntil) return
    } else {
      entry.tries = 0
    }
    entry.verdict = verdict
    entry.usedUntil = at + lifetimeOf(verdict)
  }

  async function findOut(entry: Entry, ask: () => Promise<Verdict>): Promise<void> {
    const verdict = await ask().catch(() => inconclusive('failed'))
    entry.asking = undefined
    post(entry, verdict)
  }

  function start(entry: Entry, ask: () => Promise<Verdict>): Promise<void> {
    entry.asking ??= findOut(entry, ask)
    return entry.asking
  }

  function posted(entry: Entry): Posted {
    const verdict = entry.verdict ?? inconclusive('pending')
    const exhausted = entry.tries >= limits.tries && now() - entry.unsettledSince >= limits.patienceMs
    return { verdict, exhausted: verdict.kind === 'inconclusive' && exhausted }
  }

  return {
    async verdict(template, ask) {
      const entry = entryOf(template)
      if (entry.verdict !== undefined && now() < entry.usedUntil) {
        const lifetime = lifetimeOf(entry.verdict)
        const isDue = entry.usedUntil - now() < lifetime * (1 - REFRESHED_AFTER)
        const isRested = now() - entry.askedAt >= limits.inconclusiveMs
        if (isDue && isRested && entry.verdict.kind !== 'inconclusive') void start(entry, ask)
        return posted(entry)
      }
      const isDone = await doneWithin(start(entry, ask), limits.waitMs)
      return isDone ? posted(entry) : { verdict: inconclusive('pending'), exhausted: false }
    },
  }
}

async function doneWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const clock = new AbortController()
  const late = pause(ms, false, { signal: clock.signal }).catch(() => false)
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clock.abort()
  }
}
