/** The part of the API that asks: whether a message may be sent, and what was decided about those that were. */
import { json, problem } from './problem.js'
import type { WebAnswer } from './web-server.js'

/** Who asks, and what that lets them ask. */
export interface Asker {
  readonly name: string
  readonly advertisers: readonly string[]
  /** Whom the token sends as. */
  readonly credential: string | undefined
}

/** A message before it is sent. */
export interface MessageAsked {
  /** Addresses, one message to all where `message` is given, else a message to each. */
  readonly to: readonly string[]
  /** Reverse-path; empty for the null one. */
  readonly from: string
  /** As it will be sent. */
  readonly message: Buffer | undefined
  /** What a message will declare itself to be, where none is given. */
  readonly declared: Readonly<Record<'advertiser' | 'messageClass' | 'campaign', string | undefined>>
}

export interface Advice {
  readonly to: string
  readonly verdict: 'permit' | 'refuse' | 'defer'
  /** What the relay would answer: nothing more is told. */
  readonly reply: string
}

/** A request that cannot be answered, and why. */
export interface Unanswerable {
  readonly kind: 'unanswerable'
  readonly status: 403 | 422 | 503
  readonly title: string
}

export interface DecisionQuery {
  readonly advertiser: string | undefined
  readonly ref: string | undefined
  readonly address: string | undefined
  readonly from: number | undefined
  readonly to: number | undefined
  readonly verdict: string | undefined
  readonly rule: string | undefined
  readonly after: string | undefined
  readonly limit: number
}

export interface DecisionsTold {
  readonly kind: 'decisions'
  readonly decisions: readonly Readonly<Record<string, unknown>>[]
  /** To be given as `after`; undefined at the end. */
  readonly next: string | undefined
}

export interface DecisionPorts {
  /** Judges as the relay would; nothing is sent, journaled or learnt. */
  decide(
    asked: MessageAsked,
    by: Asker,
  ): Promise<{ readonly kind: 'advice'; readonly results: readonly Advice[] } | Unanswerable>
  decisions(query: DecisionQuery, by: Asker): Promise<DecisionsTold | Unanswerable>
}

const MOST_RECIPIENTS = 100
const MOST_DECISIONS = 100
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const DECLARED = ['advertiser_id', 'class', 'campaign'] as const

export async function giveAdvice(body: unknown, by: Asker, ports: DecisionPorts): Promise<WebAnswer> {
  const asked = messageAsked(fieldsOf(body))
  if (typeof asked === 'string') return problem(400, asked)
  const answer = await ports.decide(asked, by)
  return answer.kind === 'advice' ? json(200, { results: answer.results }) : problem(answer.status, answer.title)
}

export async function giveDecisions(body: unknown, by: Asker, ports: DecisionPorts): Promise<WebAnswer> {
  const query = decisionQuery(fieldsOf(body))
  if (typeof query === 'string') return problem(400, query)
  const answer = await ports.decisions(query, by)
  if (answer.kind === 'unanswerable') return problem(answer.status, answer.title)
  return json(200, { decisions: answer.decisions, next: answer.next ?? null })
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null ? (body as Fields) : {}
}

/** @returns a sentence where it is none */
function messageAsked(fields: Fields): MessageAsked | string {
  const { to, from, message } = fields
  const addresses = typeof to === 'string' ? [to] : to
  if (!isListOfText(addresses) || addresses.length === 0 || addresses.length > MOST_RECIPIENTS)
    return `Expected "to": an address, or a list of at most ${MOST_RECIPIENTS}`
  if (typeof from !== 'string') return 'Expected "from": the address MAIL FROM will have, or ""'
  const odd = oddField(fields, ['to', 'from', 'message', ...DECLARED])
  if (odd !== undefined) return odd
  const [advertiser, messageClass, campaign] = DECLARED.map((name) => textOf(fields[name]))
  const declared = { advertiser, messageClass, campaign }
  if (message === undefined) return { to: addresses, from, message, declared }
  if (typeof message !== 'string' || !BASE64.test(message)) return 'Expected "message": the octets in base64'
  if (DECLARED.some((name) => fields[name] !== undefined))
    return `A message says itself what it is: in X-Aval fields, not in ${DECLARED.join(', ')}`
  return { to: addresses, from, message: Buffer.from(message, 'base64'), declared }
}

/** @returns a sentence where it is none */
function decisionQuery(fields: Fields): DecisionQuery | string {
  const odd = oddField(fields, ['advertiser_id', 'ref', 'address', 'from', 'to', 'verdict', 'rule', 'after', 'limit'])
  if (odd !== undefined) return odd
  const { limit = MOST_DECISIONS, ref, address } = fields
  if (ref !== undefined && address !== undefined) return 'Expected "ref" or "address", not both'
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MOST_DECISIONS)
    return `Expected "limit": 1 to ${MOST_DECISIONS}`
  const [from, to] = [momentOf(fields['from']), momentOf(fields['to'])]
  if (Number.isNaN(from) || Number.isNaN(to)) return 'Expected "from" and "to": moments as 2026-11-20T10:00:00Z'
  return {
    advertiser: textOf(fields['advertiser_id']),
    ref: textOf(fields['ref']),
    address: textOf(fields['address']),
    from,
    to,
    verdict: textOf(fields['verdict']),
    rule: textOf(fields['rule']),
    after: textOf(fields['after']),
    limit,
  }
}

/** A field nobody knows is a mistake, and one that is no text too: neither may pass for a question without it. */
function oddField(fields: Fields, known: readonly string[]): string | undefined {
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined) return `Unknown field "${unknown.slice(0, 40)}": expected ${known.join(', ')}`
  const wrong = Object.entries(fields).find(
    ([name, value]) => name !== 'to' && name !== 'limit' && typeof value !== 'string',
  )
  return wrong && `Expected text in "${wrong[0]}"`
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** NaN for what is none. */
function momentOf(value: unknown): number | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? Date.parse(value) : Number.NaN
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
