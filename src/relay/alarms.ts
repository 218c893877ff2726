/**
 * What shows only over many messages, or over none: altered records, a clock that jumped, a list used by another, complaints.
 * Each is told once and stands until an operator has looked, which `incidents.looked_at` or a restart says.
 *
 * Counts are kept in memory: each relay has its own, and begins anew with a restart. Of people only keyed hashes are kept.
 */
import type { Alarm, AlarmKind, Distrust, RaisedHold } from '../domain/alarm.js'
import type { DecisionEntry } from '../domain/journal-entry.js'
import { isProspecting, type MessageClass } from '../domain/message-class.js'
import type { Policy } from '../domain/policy.js'
import type { Reference } from '../domain/reference.js'
import type { RegistryAnswer } from '../domain/registry.js'
import { SENT_AFTER } from '../rules/standing-objections.js'

export interface Alarms {
  /** Undefined while nothing speaks against the registry or the clock. */
  distrust(): Distrust | undefined
  holdOn(credentialId: string | undefined): RaisedHold | undefined
  /** An answer of the registry, before it is judged. */
  looked(answer: RegistryAnswer): void
  /** Decisions that are on disk. */
  decided(entries: readonly DecisionEntry[]): void
  /**
   * A complaint about a message this credential sent; one message counts once, however often it is complained about.
   *
   * @returns whether it counts
   */
  complained(credentialId: string, ref: Reference): boolean
  /** Another policy is in force: what an operator has looked at, or what is within the limits of the policy now, is over. */
  review(): void
}

export interface AlarmOptions {
  readonly policy: () => Policy['incidents']
  readonly now: () => number
  /** Milliseconds that no clock setting moves. */
  readonly monotonic: () => number
  /** When the journal was last written to, milliseconds since the epoch; undefined: never. */
  readonly lastKnown: number | undefined
  readonly raised: (alarm: Alarm) => void
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Within it so many altered records are an incident rather than a mishap. */
const TAMPERING_WINDOW_MS = 600_000
/** A choice: complaints come in for some days after a message. */
const COMPLAINT_WINDOW_HOURS = 7 * 24
/** A choice: under so many messages a few complaints say nothing of a rate. */
const FEWEST_MESSAGES = 1_000

export function createAlarms({ policy, now, monotonic, lastKnown, raised }: AlarmOptions): Alarms {
  const startedAt = { wall: now(), monotonic: monotonic() }
  const state = {
    start: startedAt,
    lastKnown,
    told: new Map<string, Told>(),
    altered: new Map<string, number>(),
    holds: new Map<string, RaisedHold>(),
    reuse: new Map<string, Set<string>>(),
    reuseDay: 0,
    traffic: new Map<string, Traffic>(),
  }

  function raise(
    kind: AlarmKind,
    credential: string | undefined,
    facts: Alarm['facts'],
    advertisers: readonly string[] = [],
  ): void {
    const name = [kind, credential, ...advertisers].join(' ')
    if (state.told.has(name)) return
    state.told.set(name, { kind, credential, at: now() })
    try {
      raised({ kind, at: now(), credential, advertisers, facts })
    } catch {
      // Whoever is told is broken, the message is not.
    }
  }

  /** Positive: the clock runs ahead of what went by. */
  function clockJump(): number {
    const ahead = now() - state.start.wall - (monotonic() - state.start.monotonic)
    const behind = state.lastKnown === undefined ? 0 : Math.min(0, now() - state.lastKnown)
    return Math.abs(ahead) > Math.abs(behind) ? ahead : behind
  }

  function hold(kind: RaisedHold['kind'], credential: string): void {
    if (!state.holds.has(credential)) state.holds.set(credential, { kind, since: now() })
  }

  function sawCanary({ credential, findings }: DecisionEntry): void {
    const hit = findings.find(({ rule, outcome }) => rule === 'CANARY-HIT' && outcome === 'fail')
    if (hit === undefined) return
    const seededFor = hit.evidence['seededFor']
    raise('canary_hit', credential, {}, Array.isArray(seededFor) ? (seededFor as readonly string[]) : [])
    if (policy().canaryHold) hold('canary_hit', credential)
  }

  function sawReuse({ credential, toKey, findings }: DecisionEntry): void {
    if (!findings.some(({ rule, outcome }) => rule === 'ROUTER-SCOPE' && outcome === 'fail')) return
    const day = Math.floor(now() / DAY_MS)
    if (day !== state.reuseDay) state.reuse.clear()
    state.reuseDay = day
    const people = state.reuse.get(credential) ?? new Set()
    state.reuse.set(credential, people)
    const { reusedRecipients } = policy()
    if (people.size <= reusedRecipients) people.add(toKey)
    if (people.size > reusedRecipients) raise('list_reuse', credential, { recipients: people.size })
  }

  /** Let through by a mode or an action: the addresses were shown all the same. */
  function sawDisclosure({ credential, advertiser, verdict, stage, findings }: DecisionEntry): void {
    if (verdict !== 'permit' || stage !== 'data') return
    if (!findings.some(({ rule, outcome }) => rule === 'RECIPIENTS-DISCLOSED' && outcome === 'fail')) return
    raise('recipients_disclosed', credential, {}, [advertiser])
  }

  /** The person was written to for longer than an opt-out may take: a feed that lags, or a list kept apart (GDPR art. 21(3)). */
  function sawLateOptOut({ advertiser, findings }: DecisionEntry): void {
    const late = findings.find(({ outcome, evidence }) => outcome === 'fail' && evidence[SENT_AFTER] !== undefined)
    if (late === undefined) return
    const { since = '', [SENT_AFTER]: sent = '' } = late.evidence
    raise('opt_out_late', undefined, { objected: String(since), sent: String(sent) }, [advertiser])
  }

  function trafficOf(credential: string): Traffic {
    const known = state.traffic.get(credential) ?? new Traffic()
    state.traffic.set(credential, known)
    return known
  }

  function complainedTooMuch(traffic: Traffic): boolean {
    const { sent, complaints } = traffic.lately(now())
    return sent >= FEWEST_MESSAGES && complaints * 1_000 >= policy().complaintsPerThousand * sent
  }

  function lookedUntil(moment: number): void {
    for (const [id, at] of state.altered) if (at <= moment) state.altered.delete(id)
    for (const [credential, { since }] of state.holds) if (since <= moment) state.holds.delete(credential)
    for (const [name, { kind, credential, at }] of state.told) {
      // One told by a clock that has been set back since is of no time to come.
      if (at > moment && at <= now()) continue
      state.told.delete(name)
      if (kind === 'clock_jumped') {
        state.start = { wall: now(), monotonic: monotonic() }
        state.lastKnown = undefined
      }
      if (kind === 'list_reuse') state.reuse.delete(credential!)
      if (kind === 'complaint_rate') state.traffic.delete(credential!)
    }
  }

  return {
    distrust() {
      const jump = clockJump()
      if (Math.abs(jump) > DAY_MS) {
        raise('clock_jumped', undefined, { seconds: Math.round(jump / 1000) })
        return 'clock_jumped'
      }
      return state.altered.size >= policy().alteredRecords ? 'records_tampered' : undefined
    },
    holdOn: (credential) => (credential === undefined ? undefined : state.holds.get(credential)),
    looked({ records }) {
      const limit = policy().alteredRecords
      if (state.altered.size >= limit) return
      const altered = records.filter(({ intact }) => !intact)
      if (altered.length === 0) return
      for (const [id, at] of state.altered) if (at <= now() - TAMPERING_WINDOW_MS) state.altered.delete(id)
      for (const { record } of altered) state.altered.set(record.id, now())
      if (state.altered.size >= limit) raise('records_tampered', undefined, { records: state.altered.size })
    },
    decided(entries) {
      for (const entry of entries) {
        if (entry.credential === '') continue
        sawCanary(entry)
        sawReuse(entry)
        sawDisclosure(entry)
        sawLateOptOut(entry)
        const left = entry.verdict === 'permit' && entry.stage === 'data'
        if (left && isProspecting(entry.messageClass as MessageClass)) trafficOf(entry.credential).sent(now())
      }
    },
    complained(credential, ref) {
      const traffic = trafficOf(credential)
      if (!traffic.complained(ref, now())) return false
      if (complainedTooMuch(traffic)) {
        const { sent, complaints } = traffic.lately(now())
        raise('complaint_rate', credential, { messages: sent, complaints })
        hold('complaint_rate', credential)
      }
      return true
    },
    review() {
      const { lookedAt, canaryHold } = policy()
      if (lookedAt !== undefined) lookedUntil(Math.min(lookedAt, now()))
      for (const [credential, { kind }] of state.holds) {
        const isWithin = kind === 'canary_hit' ? !canaryHold : !complainedTooMuch(trafficOf(credential))
        if (isWithin) state.holds.delete(credential)
      }
    },
  }
}

interface Told {
  readonly kind: AlarmKind
  readonly credential: string | undefined
  readonly at: number
}

interface Hour {
  sent: number
  readonly complainedAbout: Set<Reference>
}

/** Messages and complaints of one credential by the hour. */
class Traffic {
  readonly #hours = new Map<number, Hour>()

  sent(at: number): void {
    this.#hour(at).sent++
  }

  complained(ref: Reference, at: number): boolean {
    const known = [...this.#hours.values()].some(({ complainedAbout }) => complainedAbout.has(ref))
    if (!known) this.#hour(at).complainedAbout.add(ref)
    return !known
  }

  lately(now: number): { readonly sent: number; readonly complaints: number } {
    this.#forget(now)
    let [sent, complaints] = [0, 0]
    for (const hour of this.#hours.values()) {
      sent += hour.sent
      complaints += hour.complainedAbout.size
    }
    return { sent, complaints }
  }

  #hour(at: number): Hour {
    const number = Math.floor(at / HOUR_MS)
    let hour = this.#hours.get(number)
    if (hour === undefined) {
      this.#forget(at)
      hour = { sent: 0, complainedAbout: new Set() }
      this.#hours.set(number, hour)
    }
    return hour
  }

  #forget(now: number): void {
    const oldest = Math.floor(now / HOUR_MS) - COMPLAINT_WINDOW_HOURS
    for (const number of this.#hours.keys()) if (number <= oldest) this.#hours.delete(number)
  }
}
