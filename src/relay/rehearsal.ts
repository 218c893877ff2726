/** Judges a message as if it had just been received, without sending or journaling anything: for who asks before sending. */
import type { Recipient } from '../domain/envelope.js'
import type { ControlFields } from '../domain/message-facts.js'
import type { Credential, Site } from '../domain/party.js'
import { channelOfAll } from '../domain/sms-gateway.js'
import type { Judgement } from '../domain/verdict.js'
import type { ContentAnswer, ContentQuestion } from './content.js'
import { nameRecipient } from './entries.js'
import { type JudgePorts, createJudge } from './judging.js'
import { ownLink, withOwnLink } from './letter.js'
import type { SubjectsPort } from './ports.js'
import { type SenderContext } from './sender-facts.js'
import { type Stream, streamOf } from './stream.js'
import { createTextSightings } from './text-sightings.js'

export interface Rehearsal {
  readonly site: Site
  readonly credential: Credential
  /** Domain of the reverse-path, canonical. */
  readonly senderDomain: string | undefined
  readonly recipients: readonly Recipient[]
  /** Reads the message and judges its content. */
  readonly judgeContent: (question: ContentQuestion) => ContentAnswer | Promise<ContentAnswer>
}

export interface RehearsedJudgements {
  readonly stream: Stream
  /** One for each recipient, in order. */
  readonly judgements: readonly Judgement[]
}

/** What a rehearsal reads. */
export type RehearsalPorts = Omit<JudgePorts, 'texts' | 'alarms'> & {
  readonly subjects: SubjectsPort
  /** Of the relay that runs; a command has none. */
  readonly alarms?: JudgePorts['alarms']
}

/** What running relays have met is in their memories alone. */
const NO_ALARMS: JudgePorts['alarms'] = { distrust: () => undefined, holdOn: () => undefined, looked: () => {} }

export async function rehearse(ports: RehearsalPorts, rehearsal: Rehearsal): Promise<RehearsedJudgements> {
  const { site, credential, senderDomain, recipients } = rehearsal
  const context = contextOf(site, credential, senderDomain)
  const judge = createJudge({ alarms: NO_ALARMS, ...ports, texts: createTextSightings() }, context)
  const { gateways } = site.policy.sms
  const named = recipients.map((recipient, index) => nameRecipient(ports.subjects, site, recipient, index + 1))
  const channel = channelOfAll(
    recipients.map(({ address }) => address),
    gateways,
  )
  const { site: _, ...sender } = context
  const judged = await rehearsal.judgeContent({
    ...sender,
    channel,
    recipientCount: recipients.length,
    now: ports.clock.now(),
  })
  const stream = streamOf(site, credential.id, judged.control)
  const content = withOwnLink(judged, ownLink(ports.hosted, stream, judged, named))
  return { stream, judgements: await judge.all(stream, named, content) }
}

export interface RecipientsRehearsal extends Pick<Rehearsal, 'site' | 'credential' | 'senderDomain'> {
  /** What each message will declare itself to be. */
  readonly declared: ControlFields
}

/** As at RCPT, for one recipient after the other, each of a message of its own. */
export interface RecipientRehearsal {
  readonly stream: Stream
  /** Who sends, for whom, under which contract: the same for all. */
  sender(): Promise<Judgement>
  recipient(recipient: Recipient): Promise<Judgement>
}

export function rehearseRecipients(
  ports: RehearsalPorts,
  { site, credential, senderDomain, declared }: RecipientsRehearsal,
): RecipientRehearsal {
  const judge = createJudge(
    { alarms: NO_ALARMS, ...ports, texts: createTextSightings() },
    contextOf(site, credential, senderDomain),
  )
  const stream = streamOf(site, credential.id, declared)
  return {
    stream,
    sender: () => judge.sender(stream, 'mail'),
    recipient: (recipient) => judge.recipient(stream, 'rcpt', nameRecipient(ports.subjects, site, recipient, 1), 1),
  }
}

function contextOf(site: Site, credential: Credential, senderDomain: string | undefined): SenderContext {
  return {
    site,
    credentialId: credential.id,
    clientAddress: addressWithin(credential),
    transport: 'tls',
    senderDomain,
  }
}

/** An address the credential may be used from, since a rehearsal comes from nowhere. */
function addressWithin({ networks }: Credential): string {
  return networks[0]?.split('/')[0] ?? '127.0.0.1'
}
