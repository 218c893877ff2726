/**
 * The differential probe: does the page behind a link exist? Two requests that name nobody, one for the template of the link
 * with random values, one for a page of the same shape that is not there. What answers them alike with 404 is not there for
 * the recipient either. Nobody can be unsubscribed by it (promise I7).
 */
import type { FetchAnswer, FetchResult } from '../../fetch/fetch-result.js'
import type { Fetcher } from '../../fetch/fetcher.js'
import type { LinkTemplate } from '../template/link-template.js'
import { type StandIn, control, mutated } from '../template/mutation.js'
import { type Obstacle, obstacleOf } from './obstacles.js'
import { distance, likeness, type Page, pageOf, saysNotThere } from './page.js'
import { type Verdict, alive, dead, inconclusive, verdictOnFailure } from './verdict.js'

export interface ProbeContext {
  readonly fetcher: Fetcher
  /** Waits so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>
}

/** A subscription that belongs to nobody, declared by the advertiser; its link may be requested as it stands. */
export type CanaryUrl = URL

const MOST_REDIRECTS = 3
const BETWEEN_TWO_LOOKS_MS = 2_000

const GONE: ReadonlySet<number> = new Set([404, 410])
const NOT_NOW: ReadonlySet<number> = new Set([408, 425, 429, 503])
const NO_SUCH_METHOD: ReadonlySet<number> = new Set([405, 501])

/** How much a word of difference counts, beyond what the page differs from itself. */
const CLEARLY_DIFFERENT = 0.1

/** @param canary of the same template, where there is one */
export async function probe(template: LinkTemplate, canary: CanaryUrl | undefined, at: ProbeContext): Promise<Verdict> {
  if (canary !== undefined) return probeItself(canary, 'GET', at)
  if (!template.hasOpenParts) return probeItself(mutated(template).url, 'HEAD', at)
  const standIn = mutated(template)
  const result = await settled(standIn.url, 'GET', at)
  const early = earlyVerdict(result)
  if (early !== undefined) return early
  const answer = result as FetchAnswer
  const elsewhere = await look(template, at)
  if (elsewhere === undefined) return alreadyClear(answer) ?? inconclusive('no_control')
  return compare(template, standIn, answer, elsewhere, at)
}

/** L1: the host answers, TLS with a valid certificate included. */
export async function probeHost(template: LinkTemplate, { fetcher }: ProbeContext): Promise<Verdict> {
  const failure = await fetcher.reach(mutated(template).url)
  return failure === undefined ? alive({ assurance: 1 }) : verdictOnFailure(failure)
}

/** A URL that names nobody is judged by what it answers. */
async function probeItself(url: URL, method: 'GET' | 'HEAD', at: ProbeContext): Promise<Verdict> {
  const result = await settled(url, method, at)
  const refused = result.kind === 'answer' && method === 'HEAD' && NO_SUCH_METHOD.has(result.status)
  if (refused) return probeItself(url, 'GET', at)
  const early = earlyVerdict(result)
  if (early !== undefined) return early
  const answer = result as FetchAnswer
  if (GONE.has(answer.status)) return dead(`status_${answer.status}`)
  return alive({ obstacle: obstacleOf(answer) })
}

/** A server error is asked again before it counts. */
async function settled(url: URL, method: 'GET' | 'HEAD', { fetcher, pause }: ProbeContext): Promise<FetchResult> {
  const ask = (): Promise<FetchResult> =>
    fetcher.fetch(url, { method, redirects: MOST_REDIRECTS, headers: { accept: 'text/html, */*;q=0.5' } })
  const first = await ask()
  if (first.kind === 'failure' || first.status < 500 || NOT_NOW.has(first.status) || NO_SUCH_METHOD.has(first.status))
    return first
  await pause(BETWEEN_TWO_LOOKS_MS)
  return ask()
}

/** What needs no second page to be told. */
function earlyVerdict(result: FetchResult): Verdict | undefined {
  if (result.kind === 'failure') {
    if (result.fault !== 'too_many_redirects') return verdictOnFailure(result)
    return alive({ obstacle: loginOnTheWay(result) })
  }
  const { status } = result
  if (NOT_NOW.has(status)) return inconclusive(`status_${status}`)
  if (status >= 500 && !NO_SUCH_METHOD.has(status)) return dead(`status_${status}`)
  return undefined
}

function loginOnTheWay({ hops }: FetchResult): Obstacle | undefined {
  return obstacleOf({ kind: 'answer', status: 200, headers: new Map(), body: Buffer.alloc(0), truncated: false, hops })
}

function alreadyClear(answer: FetchAnswer): Verdict | undefined {
  return answer.status < 300 ? alive({ obstacle: obstacleOf(answer) }) : undefined
}

async function look(template: LinkTemplate, { fetcher }: ProbeContext): Promise<Page | undefined> {
  const { url, inserted } = control(template)
  const result = await fetcher.fetch(url, { method: 'GET', redirects: MOST_REDIRECTS })
  return result.kind === 'answer' && !NOT_NOW.has(result.status) ? pageOf(result, inserted) : undefined
}

async function compare(
  template: LinkTemplate,
  standIn: StandIn,
  answer: FetchAnswer,
  elsewhere: Page,
  at: ProbeContext,
): Promise<Verdict> {
  const page = pageOf(answer, standIn.inserted)
  const obstacle = obstacleOf(answer)
  if (!(await isSame(page, elsewhere, template, at))) return alive({ obstacle })
  if (GONE.has(answer.status)) {
    if (await takesPostOnly(template, standIn, at)) return alive()
    // The page may be missing for want of a part that was replaced and belongs to it.
    return template.certain && standIn.sameShape ? dead(`status_${answer.status}`) : inconclusive('template_unlearned')
  }
  if (answer.status < 300) return saysNotThere(page) ? dead('soft_404') : alive({ obstacle, indistinct: true })
  return obstacle === 'login' ? alive({ obstacle }) : inconclusive(`status_${answer.status}`)
}

/**
 * A one-click address need not have a page: some frameworks answer GET with 404 where there is only a route for POST, and say
 * so when asked which methods there are, which changes nothing (RFC 9110 9.3.7).
 */
async function takesPostOnly(template: LinkTemplate, standIn: StandIn, { fetcher }: ProbeContext): Promise<boolean> {
  const allows = async (url: URL): Promise<boolean> => {
    const result = await fetcher.fetch(url, { method: 'OPTIONS' })
    return result.kind === 'answer' && result.status < 300 && /\bPOST\b/i.test(result.headers.get('allow') ?? '')
  }
  return (await allows(standIn.url)) && !(await allows(control(template).url))
}

async function isSame(page: Page, elsewhere: Page, template: LinkTemplate, at: ProbeContext): Promise<boolean> {
  const first = likeness(page, elsewhere)
  if (first !== 'unclear') return first === 'same'
  const again = await look(template, at)
  if (again === undefined) return true
  if (again.digest === elsewhere.digest) return false
  return distance(page, elsewhere) <= distance(elsewhere, again) + CLEARLY_DIFFERENT
}
