/**
 * What programs ask about decisions: whether a message may be sent, judged as the relay would and told as the relay would, and
 * what was decided about those that were. Asking is no sending: it writes nothing, and teaches the relay nothing.
 */
import { canonicalDomain, readAddress } from '../domain/address.js'
import { type Recipient, parseForwardPath, parseReversePath } from '../domain/envelope.js'
import { outOfForce } from '../domain/credential-use.js'
import type { Credential, Site } from '../domain/party.js'
import { everyKey } from '../domain/subject-key.js'
import type { Judgement } from '../domain/verdict.js'
import { formatReply } from '../domain/reply.js'
import type { Asker, DecisionPorts, DecisionQuery, MessageAsked, Unanswerable } from '../http/api-decisions.js'
import type { Cursor, DecisionSearcher, FoundDecision } from '../journal/decision-search.js'
import { asSent } from '../message/mime/line-ends.js'
import type { Spooler } from '../message/spool.js'
import { type RehearsalPorts, rehearse, rehearseRecipients } from '../relay/rehearsal.js'
import type { ContentPort, SpooledMessage } from '../relay/ports.js'
import { replyChoices } from '../reply/profile.js'
import { replyToVerdict, rulesShownAs, shownRule } from '../reply/replies.js'
import { combine } from '../rules/evaluate.js'

export interface DecisionAnswersOptions {
  readonly site: () => Site
  readonly rehearsal: RehearsalPorts
  readonly content: ContentPort
  readonly spooler: Spooler
  readonly journal: DecisionSearcher
  /** Called with every answer given; must not throw. */
  asked(token: string, credential: string, judgements: readonly Judgement[]): void
}

const NOT_ITS_OWN: Unanswerable = {
  kind: 'unanswerable',
  status: 403,
  title: 'The token is not for this advertiser',
}

const NOT_IN_FORCE: Unanswerable = {
  kind: 'unanswerable',
  status: 403,
  title: 'The credential of the token is not in force',
}

export function createDecisionAnswers(options: DecisionAnswersOptions): DecisionPorts {
  const { site, rehearsal, content, spooler, journal } = options

  async function judged(
    asked: MessageAsked,
    envelope: Envelope,
    credential: Credential,
    by: Asker,
  ): Promise<readonly Judgement[] | Unanswerable> {
    const { message } = asked
    const inForce = site()
    const common = { site: inForce, credential, senderDomain: envelope.senderDomain }
    if (message === undefined) {
      const each = rehearseRecipients(rehearsal, { ...common, declared: asked.declared })
      if (isOfAnother(each.stream.advertiser?.id, by)) return NOT_ITS_OWN
      const first = await each.sender()
      const judgements: Judgement[] = []
      for (const one of envelope.recipients) judgements.push(combine([first, await each.recipient(one)]))
      return judgements
    }
    const spooled = await spool(spooler, asSent(message))
    if (spooled === undefined) return { kind: 'unanswerable', status: 503, title: 'No room for the message now' }
    try {
      const { stream, judgements } = await rehearse(rehearsal, {
        ...common,
        recipients: envelope.recipients,
        judgeContent: (question) => content.judge(spooled, inForce, question),
      })
      return isOfAnother(stream.advertiser?.id, by) ? NOT_ITS_OWN : judgements
    } finally {
      await spooled.dispose()
    }
  }

  return {
    async decide(asked, by) {
      const credential = by.credential === undefined ? undefined : site().credentials.get(by.credential)
      if (credential === undefined || outOfForce(credential, rehearsal.clock.now()) !== undefined) return NOT_IN_FORCE
      const envelope = readEnvelope(asked)
      if (typeof envelope === 'string') return { kind: 'unanswerable', status: 422, title: envelope }
      const judgements = await judged(asked, envelope, credential, by)
      if ('kind' in judgements) return judgements
      options.asked(by.name, credential.id, judgements)
      const { detail } = replyChoices(credential)
      const results = judgements.map(({ verdict }, index) => ({
        to: asked.to[index]!,
        verdict: verdict.kind,
        reply: formatReply(replyToVerdict(verdict, undefined, detail)),
      }))
      return { kind: 'advice', results }
    },

    async decisions(query, by) {
      const { advertiser, address: text, after } = query
      if (isOfAnother(advertiser, by)) return NOT_ITS_OWN
      const address = text === undefined ? undefined : readAddress(text)
      if (text !== undefined && address === undefined) return unfit('"address" is no e-mail address')
      const cursor = after === undefined ? undefined : readCursor(after)
      if (after !== undefined && cursor === undefined) return unfit('"after" is no place in the journal')
      const credential = by.credential === undefined ? undefined : site().credentials.get(by.credential)
      if (by.credential !== undefined && credential === undefined) return NOT_IN_FORCE
      const tellsRule = replyChoices(credential).detail === 'full'
      const rules = query.rule === undefined ? undefined : tellsRule ? rulesShownAs(query.rule) : []
      if (rules?.length === 0) return unfit('"rule" is no rule this token is told of')
      const { found, next } = await journal.search({
        ...narrowing(query),
        rules,
        advertisers: advertiser === undefined ? by.advertisers : [advertiser],
        // Whose token sends as nobody is shown those of every router.
        router: credential && (credential.routerId ?? ''),
        toKeys: address && everyKey(rehearsal.subjects.identify(address)).map(({ consentKey }) => consentKey),
        after: cursor,
      })
      return { kind: 'decisions', decisions: found.map((one) => told(one, tellsRule)), next: next && writeCursor(next) }
    },
  }
}

interface Envelope {
  readonly senderDomain: string | undefined
  readonly recipients: readonly Recipient[]
}

/** @returns a sentence where it is none */
function readEnvelope({ from, to }: MessageAsked): Envelope | string {
  const path = parseReversePath(`<${from}>`)
  if (!path.ok || path.value.parameters.length > 0) return '"from" is no e-mail address'
  const domain = path.value.mailbox?.domain
  const recipients: Recipient[] = []
  for (const [index, text] of to.entries()) {
    const parsed = parseForwardPath(`<${text}>`)
    if (!parsed.ok || parsed.value.parameters.length > 0) return `"to" has no e-mail address at ${index}`
    recipients.push(parsed.value)
  }
  return { senderDomain: domain && (canonicalDomain(domain) ?? domain), recipients }
}

function isOfAnother(advertiserId: string | undefined, { advertisers }: Asker): boolean {
  return advertiserId !== undefined && !advertisers.includes(advertiserId)
}

function unfit(title: string): Unanswerable {
  return { kind: 'unanswerable', status: 422, title }
}

async function spool(spooler: Spooler, octets: Buffer): Promise<SpooledMessage | undefined> {
  const writer = spooler.hasRoom(octets.length) ? await spooler.open(octets.length) : undefined
  if (writer === undefined) return undefined
  try {
    if ((await writer.write(octets)) === 'taken') return await writer.finish()
  } catch (error) {
    await writer.discard()
    throw error
  }
  await writer.discard()
  return undefined
}

function narrowing({ ref, from, to, verdict, limit }: DecisionQuery) {
  return { ref, from, to, verdict, limit }
}

/** Nothing of it names the person, or says more than the sender was told. */
function told({ decision, outcome }: FoundDecision, tellsRule: boolean): Readonly<Record<string, unknown>> {
  const { ref, rcpt, at, stage, router, credential, advertiser, messageClass, campaign, verdict, mode, rule } = decision
  const { reply, recordId, recordVersion, legalBasis, messageSha256 } = decision
  return {
    ref,
    rcpt,
    at: new Date(at).toISOString(),
    stage,
    router,
    credential,
    advertiser_id: advertiser,
    class: messageClass,
    campaign,
    verdict,
    mode,
    rule: rule === '' || !tellsRule ? '' : shownRule(rule),
    reply,
    message_sha256: messageSha256,
    record: recordId === '' ? null : { id: recordId, version: recordVersion, legal_basis: legalBasis },
    outcome:
      outcome === undefined
        ? null
        : { status: outcome.status, at: new Date(outcome.at).toISOString(), reply: outcome.reply },
  }
}

function writeCursor({ at, seq }: Cursor): string {
  return `${at}.${seq}`
}

function readCursor(text: string): Cursor | undefined {
  const [, at, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? []
  return at === undefined || seq === undefined ? undefined : { at: Number(at), seq: Number(seq) }
}
