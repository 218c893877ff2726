/**
 * The closed loop: a subscription that belongs to nobody is unsubscribed as a mail program would, and it is watched what comes
 * of it. For a canary the objection must arrive in the registry in time. For a seed no further mail may come after that time;
 * when a message to one passes, that message's own link is used.
 */
import type { CanonicalAddress } from '../../domain/address.js'
import { covers } from '../../domain/objection.js'
import type { Advertiser, Site } from '../../domain/party.js'
import type { SubjectKeys } from '../../domain/subject-key.js'
import { NO_PROOF, type UnsubscribeProof } from '../../domain/unsubscribe-proof.js'
import type { Fetcher } from '../../fetch/fetcher.js'
import type { PassedMessage, RegistryPort, SubjectsPort } from '../../relay/ports.js'
import { linkForm } from '../link-syntax.js'
import { linkParts } from '../template/link-parts.js'
import type { LoopRun, LoopStore, RunKind } from './loop-store.js'
import { ONE_CLICK_FORMS, type OneClickAnswer, unsubscribeOneClick } from './one-click.js'

export interface LoopEvents {
  started(run: LoopRun): void
  ended(run: LoopRun): void
  /** The watch itself failed. */
  failed(error: unknown): void
}

export interface ClosedLoopOptions {
  readonly site: () => Site
  readonly fetcher: Fetcher
  /** Opened when it is first needed: most sites have nothing to keep in it. */
  readonly store: () => LoopStore
  readonly registry: Pick<RegistryPort, 'lookup'>
  readonly subjects: SubjectsPort
  readonly events: LoopEvents
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly nextId: () => string
}

export interface ClosedLoop {
  /** Takes note of a message that passed; where it went to a seed, unsubscribes it. Resolves once that is done. */
  passed(message: PassedMessage): Promise<void>
  /**
   * Unsubscribes the canary of an advertiser.
   *
   * @returns the run, and what the endpoint answered to each form of the request; undefined where no canary is declared
   */
  probeCanary(advertiser: Advertiser): Promise<{ run: LoopRun; answers: readonly OneClickAnswer[] } | undefined>
  /** Looks at every run that waits. */
  watch(): Promise<void>
  proofOf(advertiserId: string): UnsubscribeProof
}

/** How long a seed must hear nothing, beyond the time an opt-out may take, for its silence to be a proof. */
const SILENCE_MS = 7 * 86_400_000

/** Proofs are asked for with every message, and change once in days. */
const PROOF_KEPT_MS = 60_000

export function createClosedLoop(options: ClosedLoopOptions): ClosedLoop {
  const { site, fetcher, store, registry, subjects, events, now, nextId } = options
  const proofs = new Map<string, { readonly proof: UnsubscribeProof; readonly until: number }>()

  const honourMs = (): number => site().policy.unsubscribe.honourMaxMs

  function isSeed({ seeds }: Advertiser, { objectionKey }: SubjectKeys): boolean {
    return seeds.some((seed) => subjects.identify(seed).objectionKey === objectionKey)
  }

  async function unsubscribe(url: URL, forms: readonly (typeof ONE_CLICK_FORMS)[number][]): Promise<OneClickAnswer[]> {
    const answers: OneClickAnswer[] = []
    for (const form of forms) answers.push(await unsubscribeOneClick(fetcher, url, form))
    return answers
  }

  function begin(
    kind: RunKind,
    advertiser: Advertiser,
    subject: SubjectKeys,
    origin: string,
    answers: readonly OneClickAnswer[],
  ): LoopRun {
    const refused = answers.find(({ taken }) => !taken)
    const at = now()
    const run: LoopRun = {
      id: nextId(),
      advertiserId: advertiser.id,
      kind,
      objectionKey: subject.objectionKey,
      origin,
      startedAt: at,
      state: refused === undefined ? 'waiting' : 'not_taken',
      detail: (refused ?? answers[0])?.detail ?? '',
      endedAt: refused === undefined ? undefined : at,
    }
    store().add(run)
    events.started(run)
    if (run.state !== 'waiting') events.ended(run)
    return run
  }

  function end(run: LoopRun, state: 'proven' | 'not_honoured' | 'undetermined', detail: string): void {
    const endedAt = now()
    store().end(run.id, state, detail, endedAt)
    proofs.delete(run.advertiserId)
    events.ended({ ...run, state, detail, endedAt })
  }

  /** When the last objection was made that ends mail to this address; undefined: none was. */
  async function lastObjection({ advertiserId }: LoopRun, address: CanonicalAddress): Promise<number | undefined> {
    const { objections } = await registry.lookup({ subject: () => subjects.identify(address), advertiserId })
    const effective = objections.filter((objection) => covers(objection, advertiserId, undefined, 'email'))
    return effective.length === 0 ? undefined : Math.max(...effective.map(({ at }) => at))
  }

  async function look(run: LoopRun): Promise<void> {
    const advertiser = site().advertisers.get(run.advertiserId)
    const address = advertiser && addressOf(advertiser, run, subjects)
    if (address === undefined) return
    const objectedAt = await lastObjection(run, address)
    if (objectedAt !== undefined && objectedAt >= run.startedAt - CLOCK_SKEW_MS)
      return end(run, 'proven', 'objection_arrived')
    const waited = now() - run.startedAt
    if (run.kind === 'seed' && waited > honourMs() + SILENCE_MS) return end(run, 'proven', 'no_further_mail')
    if (run.kind === 'seed' || waited <= honourMs()) return
    // A registry need not write down a second time what is in force.
    if (objectedAt === undefined) end(run, 'not_honoured', 'no_objection')
    else end(run, 'undetermined', 'objection_from_before')
  }

  async function onPassed({ advertiser, recipients, named, oneClickUri }: PassedMessage): Promise<void> {
    const seed = recipients.find((subject) => isSeed(advertiser, subject))
    if (seed === undefined) return
    const newest = store().newestOf(advertiser.id, seed.objectionKey)
    if (newest?.state === 'waiting') {
      if (now() - newest.startedAt > honourMs()) end(newest, 'not_honoured', 'mailed_again')
      return
    }
    // The link in a message to several people may be that of any of them.
    if (named > 1) return
    const { allowHosts } = site().policy.unsubscribe.probe
    const form = linkForm(oneClickUri ?? '', { registered: hostsOf(advertiser), opened: allowHosts })
    if (form.kind === 'unsound') return
    const masked = linkParts(form.url, form.base).labels.length > 0 ? '{}.' : ''
    begin('seed', advertiser, seed, `https://${masked}${form.base}`, await unsubscribe(form.url, ['urlencoded']))
  }

  return {
    passed: (message) => onPassed(message).catch((error: unknown) => events.failed(error)),
    async probeCanary(advertiser) {
      const { canaryUrl, canaryAddress } = advertiser
      if (canaryUrl === undefined || canaryAddress === undefined) return undefined
      const url = new URL(canaryUrl)
      const answers = await unsubscribe(url, ONE_CLICK_FORMS)
      return { run: begin('canary', advertiser, subjects.identify(canaryAddress), url.origin, answers), answers }
    },
    async watch() {
      if (![...site().advertisers.values()].some(hasLoop)) return
      for (const run of store().waiting()) {
        try {
          await look(run)
        } catch (error) {
          events.failed(error)
        }
      }
    },
    proofOf(advertiserId) {
      const advertiser = site().advertisers.get(advertiserId)
      if (advertiser === undefined || !hasLoop(advertiser)) return NO_PROOF
      const kept = proofs.get(advertiserId)
      if (kept !== undefined && now() < kept.until) return kept.proof
      const verifiedAt = store().newestIn(advertiserId, 'proven')?.endedAt
      const notHonoured = store().newestIn(advertiserId, 'not_honoured')?.endedAt
      const proof: UnsubscribeProof = {
        verifiedAt,
        notHonouredSince: notHonoured !== undefined && (verifiedAt ?? 0) < notHonoured ? notHonoured : undefined,
      }
      proofs.set(advertiserId, { proof, until: now() + PROOF_KEPT_MS })
      return proof
    },
  }
}

function hasLoop({ canaryAddress, seeds }: Advertiser): boolean {
  return canaryAddress !== undefined || seeds.length > 0
}

/** Those registered, and that of Aval's own pages, which may be the relay's and not the advertiser's. */
function hostsOf({ unsubscribeHosts, hosted }: Advertiser): readonly string[] {
  return hosted === undefined ? unsubscribeHosts : [...unsubscribeHosts, new URL(hosted.url).hostname]
}

/** Between the clock of whoever collects opt-outs and ours. */
const CLOCK_SKEW_MS = 5 * 60_000

/** The address a run is about, found among those declared: the run itself only has its key. */
function addressOf(
  { canaryAddress, seeds }: Advertiser,
  run: LoopRun,
  subjects: SubjectsPort,
): CanonicalAddress | undefined {
  const declared = canaryAddress === undefined ? seeds : [canaryAddress, ...seeds]
  return declared.find((address) => subjects.identify(address).objectionKey === run.objectionKey)
}
