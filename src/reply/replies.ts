/**
 * Everything Aval answers after MAIL, RCPT and the final dot: its own fixed replies, verdicts, and the upstream's words. Codes
 * follow RFC 5321 and RFC 3463. A text is ASCII, one line, and carries no personal data of its own.
 *
 * Never 5.1.x or 5.2.x for a legal refusal: mailing software deletes an address for those, and never learns why.
 */
import type { ReplyChoices } from '../domain/client-profile.js'
import type { Reference } from '../domain/reference.js'
import { type Reply, isPositive } from '../domain/reply.js'
import type { UpstreamResult } from '../domain/upstream-result.js'
import type { Verdict } from '../domain/verdict.js'
import { CATALOGUE, type RuleReply, ruleOf } from '../rules/catalogue.js'

/** The fixed replies. */
export const REPLIES = {
  senderAccepted: { code: 250, enhanced: '2.1.0', text: 'Ok' },
  recipientAccepted: { code: 250, enhanced: '2.1.5', text: 'Ok' },
  messageAccepted: { code: 250, enhanced: '2.0.0', text: 'Ok' },
  dropped: { code: 250, enhanced: '2.0.0', text: 'AVAL: dropped, not sent' },
  heldBack: { code: 451, enhanced: '4.3.0', text: 'AVAL: not sent, because another recipient was refused, try later' },
  mailLoop: { code: 554, enhanced: '5.4.6', text: 'AVAL: too many hops, this message is looping' },
  internalTrouble: { code: 451, enhanced: '4.3.0', text: 'AVAL: could not decide, try later' },
  upstreamUnreachable: { code: 451, enhanced: '4.4.1', text: 'AVAL: next server not reachable, try later' },
  upstreamUnresolved: { code: 451, enhanced: '4.4.3', text: 'AVAL: name of the next server not resolved, try later' },
  upstreamLost: { code: 451, enhanced: '4.4.2', text: 'AVAL: connection to the next server lost, try later' },
  upstreamInsecure: { code: 451, enhanced: '4.7.5', text: 'AVAL: no trusted connection to the next server, try later' },
  upstreamMisconfigured: {
    code: 451,
    enhanced: '4.3.5',
    text: 'AVAL: next server does not accept this relay, try later',
  },
  upstreamConfused: { code: 451, enhanced: '4.5.0', text: 'AVAL: next server not understood, try later' },
  upstreamBusy: { code: 451, enhanced: '4.3.2', text: 'AVAL: next server busy, try later' },
  outcomeUnknown: { code: 451, enhanced: '4.4.2', text: 'AVAL: next server gave no answer to the message, try later' },
  addressNotSupported: { code: 550, enhanced: '5.6.7', text: 'AVAL: next server does not take non-ASCII addresses' },
  requireTlsNotSupported: { code: 550, enhanced: '5.7.30', text: 'AVAL: next server does not support REQUIRETLS' },
} as const satisfies Record<string, Reply>

const LONGEST_TEXT = 460 // with code and enhanced code a reply stays within 480 octets

/**
 * `550 5.7.1 AVAL CONSENT-MISSING: no valid prior consent on record for this recipient (CPCE L.34-5); ref=01J...`
 *
 * @param ref undefined where nothing was decided that could be looked up
 */
export function replyToVerdict(
  verdict: Verdict,
  ref: Reference | undefined,
  detail: ReplyChoices['detail'] = 'full',
): Reply {
  if (verdict.kind === 'permit') return REPLIES.recipientAccepted
  const { ground } = verdict
  const row = ruleOf(ground.rule)
  const shown = row.answersAs === undefined ? row : ruleOf(row.answersAs)
  const own = shown.replies?.[ground.detail] ?? shown.reply
  const reply = ground.undecided === true ? undecidedReply(own) : agreeing(verdict.kind, own)
  const text = detail === 'full' ? `AVAL ${shown.id}: ${reply.text}` : `AVAL: ${COARSE[verdict.kind]}`
  return { code: reply.code, enhanced: reply.enhanced, text: signed(text, ref) }
}

/** What the upstream said, with its codes and queue id; or, where it said nothing usable, what that means for the client. */
export function replyToUpstream(result: UpstreamResult, ref: Reference): Reply {
  if (result.kind === 'failure') return signedReply(failureReply(result), ref)
  const { reply } = result
  if (reply.code < 200 || reply.code >= 300) return adverseReply(reply, ref)
  return { code: reply.code, enhanced: reply.enhanced, text: signed(plain(reply.text), ref) }
}

/** Recipients of a message that was sent to some of them. */
export interface Shares {
  readonly accepted: number
  readonly refused: number
}

/** The answer to the final dot. A positive one states that the upstream took the message, and under which queue id. */
export function replyAfterDelivery(final: UpstreamResult, ref: Reference, shares?: Shares): Reply {
  if (final.kind === 'failure' || !isPositive(final.reply)) return replyToUpstream(final, ref)
  const words = plain(final.reply.text).replace(/^ok\b[:,]?\s*/i, '')
  const said = words === '' ? 'Ok' : `Ok: ${words}`
  const counts = shares === undefined ? '' : `; ${sharesText(shares)}`
  const { code, enhanced } = REPLIES.messageAccepted
  return { code, enhanced, text: signed(said, ref, counts) }
}

/** The answer to a message that goes to nobody, in a profile in which nobody is refused: never silent. */
export function replyToDropped(refused: number, ref: Reference): Reply {
  const { code, enhanced, text } = REPLIES.dropped
  return { code, enhanced, text: signed(text, ref, `; ${sharesText({ accepted: 0, refused })}`) }
}

/** `accepted=2 refused=1` */
export function sharesText({ accepted, refused }: Shares): string {
  return `accepted=${accepted} refused=${refused}`
}

/** The rule a sender is told: some are told as another, so that nobody learns the difference. */
export function shownRule(rule: string): string {
  return ruleOf(rule).answersAs ?? rule
}

/** Every rule that a sender is told as this one; none where it is told as another, or is no rule. */
export function rulesShownAs(shown: string): readonly string[] {
  return CATALOGUE.flatMap(({ id }) => (shownRule(id) === shown ? [id] : []))
}

const COARSE = { refuse: 'refused', defer: 'not now, try later' } as const

/** A rule that could not be decided says nothing about the message, only about us. */
function undecidedReply(own: RuleReply): RuleReply {
  const isOurTrouble = own.code === 451 && /^4\.[34]\./.test(own.enhanced)
  return isOurTrouble ? own : { code: 451, enhanced: '4.3.0', text: 'could not be established, try later' }
}

/** The rule's reply in the class of the verdict: the policy may have a rule defer that refuses by itself, or the reverse. */
function agreeing(kind: 'refuse' | 'defer', own: RuleReply): RuleReply {
  const isPermanent = own.code >= 500
  if (kind === 'refuse') return isPermanent ? own : { code: 550, enhanced: '5.7.1', text: own.text }
  return isPermanent ? { code: 451, enhanced: '4.7.1', text: own.text } : own
}

function failureReply(failure: UpstreamResult & { kind: 'failure' }): Reply {
  if (failure.sent === 'dot') return REPLIES.outcomeUnknown
  switch (failure.cause) {
    case 'dns':
      return REPLIES.upstreamUnresolved
    case 'connection':
      return REPLIES.upstreamUnreachable
    case 'timeout':
    case 'closed':
      return failure.stage === 'connect' || failure.stage === 'greeting'
        ? REPLIES.upstreamUnreachable
        : REPLIES.upstreamLost
    case 'tls':
      return REPLIES.upstreamInsecure
    case 'auth':
      return REPLIES.upstreamMisconfigured
    case 'protocol':
      return REPLIES.upstreamConfused
    case 'capability':
      return failure.extension === 'REQUIRETLS' ? REPLIES.requireTlsNotSupported : REPLIES.addressNotSupported
    case 'overload':
      return REPLIES.upstreamBusy
  }
}

/** Said about our session with the upstream, not about the client's message: passed on, they would bounce a whole list. */
const ABOUT_THIS_RELAY: ReadonlySet<number> = new Set([500, 502, 503, 530, 534, 535, 538])

function adverseReply(reply: Reply, ref: Reference): Reply {
  if (reply.code < 400 || reply.code > 599) return signedReply(REPLIES.upstreamConfused, ref)
  if (ABOUT_THIS_RELAY.has(reply.code)) return signedReply(REPLIES.upstreamMisconfigured, ref)
  // 421 would tell the client that its own session ends.
  const code = reply.code === 421 ? 451 : reply.code
  return { code, enhanced: reply.enhanced, text: signed(plain(reply.text), ref) }
}

function signedReply(reply: Reply, ref: Reference): Reply {
  return { ...reply, text: signed(reply.text, ref) }
}

function signed(text: string, ref: Reference | undefined, before = ''): string {
  const tail = ref === undefined ? before : `${before}; ref=${ref}`
  return text.slice(0, LONGEST_TEXT - tail.length) + tail
}

/** One line of printable ASCII, whatever the upstream wrote. */
function plain(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .replace(/[^\x20-\x7e]/gu, '?')
    .trim()
}
