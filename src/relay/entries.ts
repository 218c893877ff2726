/** Judgements and upstream answers written down as journal entries. */
import { createHash } from 'node:crypto'
import type { Recipient } from '../domain/envelope.js'
import { type DecisionEntry, ENTRY_SCHEMA, type JournaledFinding, type OutcomeEntry } from '../domain/journal-entry.js'
import type { Site, SiteInForce } from '../domain/party.js'
import type { Reference } from '../domain/reference.js'
import { type Reply, formatReply, isPositive } from '../domain/reply.js'
import { subjectOf } from '../domain/sms-gateway.js'
import type { SubjectKeys } from '../domain/subject-key.js'
import { type Judgement, NOT_APPLICABLE, type RuleFinding } from '../domain/verdict.js'
import { blankAddresses } from '../domain/written-address.js'
import { type Shares, replyToUpstream, sharesText } from '../reply/replies.js'
import type { ContentAnswer } from './content.js'
import type { Peer, SubjectsPort, UpstreamResult } from './ports.js'
import type { Stream } from './stream.js'

/** What every entry of one transaction has in common. */
export interface TransactionContext {
  readonly ref: Reference
  readonly node: string
  readonly version: string
  readonly peer: Peer
  readonly site: SiteInForce
  readonly senderDomain: string | undefined
}

/** A recipient the client named, with its number in the transaction and its keyed hashes. */
export interface NamedRecipient {
  readonly number: number
  readonly recipient: Recipient
  readonly subject: SubjectKeys
  /** The same under the keys as they are now. */
  readonly identify: () => SubjectKeys
}

export function nameRecipient(
  subjects: SubjectsPort,
  { policy }: Site,
  recipient: Recipient,
  number: number,
): NamedRecipient {
  const whom = subjectOf(recipient.address, policy.sms.gateways)
  const identify = () => subjects.identify(whom)
  return { number, recipient, subject: identify(), identify }
}

export interface DecisionFacts {
  readonly stage: DecisionEntry['stage']
  readonly at: number
  readonly judgement: Judgement
  /** The reply given on the strength of the verdict; absent for a permit. */
  readonly reply?: Reply | undefined
  /** Absent where the sender was refused before naming anyone. */
  readonly named?: NamedRecipient
  readonly message?: Pick<ContentAnswer, 'size' | 'sha256' | 'messageId'>
  /** See `Transaction.data`. */
  readonly receivedSha256?: string | undefined
}

export function decisionEntry(context: TransactionContext, stream: Stream, facts: DecisionFacts): DecisionEntry {
  const { stage, at, judgement, reply, named, message, receivedSha256 } = facts
  const { verdict, basis } = judgement
  return {
    kind: 'decision',
    schema: ENTRY_SCHEMA,
    ref: context.ref,
    rcpt: named?.number ?? 0,
    at,
    stage,
    node: context.node,
    version: context.version,
    configSha256: context.site.digest,
    session: context.peer.session,
    credential: stream.credential?.id ?? '',
    router: stream.router?.id ?? '',
    advertiser: stream.advertiser?.id ?? '',
    messageClass: stream.messageClass,
    campaign: stream.campaign?.id ?? '',
    senderDomain: context.senderDomain ?? '',
    toKey: named?.subject.consentKey ?? '',
    toKeyId: named?.subject.keyId ?? '',
    toObjectionKey: stage === 'data' && verdict.kind === 'permit' ? named?.subject.objectionKey : undefined,
    verdict: verdict.kind,
    would: judgement.would,
    mode: context.site.policy.mode,
    rule: verdict.kind === 'permit' ? '' : verdict.ground.rule,
    ...journaled(judgement.findings),
    recordId: basis?.recordId ?? '',
    recordVersion: basis?.recordVersion ?? 0,
    recordSha256: basis?.recordSha256 ?? '',
    legalBasis: basis?.legalBasis ?? '',
    clockStartedAt: basis?.clock?.startedAt ?? 0,
    clockStartedBy: basis?.clock?.startedBy ?? '',
    dueAt: basis?.clock?.dueAt ?? 0,
    messageSha256: message?.sha256 ?? '',
    ...(receivedSha256 !== undefined && { receivedSha256 }),
    messageSize: message?.size ?? 0,
    messageIdSha256: message?.messageId === undefined ? '' : sha256(message.messageId),
    reply: reply === undefined ? '' : `${reply.code} ${reply.enhanced ?? ''}`.trim(),
  }
}

export function outcomeEntry(
  context: TransactionContext,
  number: number,
  at: number,
  upstream: string,
  result: UpstreamResult,
): OutcomeEntry {
  return {
    kind: 'outcome',
    schema: ENTRY_SCHEMA,
    ref: context.ref,
    rcpt: number,
    at,
    status: outcomeStatus(result, context.ref),
    upstream,
    // Many MTAs quote the recipient in their reply.
    reply: result.kind === 'reply' ? blankAddresses(formatReply(result.reply)) : `${result.stage} ${result.cause}`,
  }
}

/** A permitted recipient to whom nothing was sent, because the message was not sent at all. */
export function abortedEntry(context: TransactionContext, number: number, at: number): OutcomeEntry {
  return unsentEntry(context, number, at, 'aborted', '')
}

/** A refused recipient whose client reads 2xx. */
export function droppedEntry(context: TransactionContext, number: number, at: number, shares: Shares): OutcomeEntry {
  return unsentEntry(context, number, at, 'dropped', sharesText(shares))
}

function unsentEntry(
  { ref }: TransactionContext,
  rcpt: number,
  at: number,
  status: OutcomeEntry['status'],
  reply: string,
): OutcomeEntry {
  return { kind: 'outcome', schema: ENTRY_SCHEMA, ref, rcpt, at, status, upstream: '', reply }
}

/** As the client is told: what the upstream says about this relay, even with a 5xx, refuses no message. */
function outcomeStatus(result: UpstreamResult, ref: Reference): OutcomeEntry['status'] {
  if (result.kind === 'failure' && result.sent === 'dot') return 'unknown'
  if (result.kind === 'reply' && isPositive(result.reply)) return 'relayed'
  return replyToUpstream(result, ref).code >= 500 ? 'refused' : 'deferred'
}

/** Whatever carries evidence is a finding; of the other rules the name is enough. */
function journaled(all: readonly RuleFinding[]): Pick<DecisionEntry, 'findings' | 'passed' | 'skipped'> {
  const findings: JournaledFinding[] = []
  const passed: string[] = []
  const skipped: string[] = []
  for (const { rule, finding } of all) {
    switch (finding.outcome) {
      case 'skip':
        if (finding.evidence === undefined)
          skipped.push(finding.why === NOT_APPLICABLE ? rule : `${rule}:${finding.why}`)
        else findings.push({ rule, outcome: 'skip', detail: finding.why, evidence: finding.evidence })
        break
      case 'pass':
        if (finding.evidence === undefined) passed.push(rule)
        else findings.push({ rule, outcome: 'pass', detail: '', evidence: finding.evidence })
        break
      case 'fail':
        findings.push({ rule, outcome: 'fail', detail: finding.detail, evidence: finding.evidence ?? {} })
        break
      case 'unknown':
        findings.push({ rule, outcome: 'unknown', detail: finding.cause, evidence: {} })
    }
  }
  return { findings, passed, skipped }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
