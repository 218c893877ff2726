/** Judges a message as if it had just been received, without sending or journaling anything: for `aval check`. */
import type { Recipient } from '../domain/envelope.js'
import type { MessageFacts } from '../domain/message-facts.js'
import type { Credential, Site } from '../domain/party.js'
import { channelOfAll, subjectOf } from '../domain/sms-gateway.js'
import type { Judgement } from '../domain/verdict.js'
import { judgeContent } from './content.js'
import { type JudgePorts, createJudge } from './judging.js'
import { ownLink, withOwnLink } from './letter.js'
import type { SubjectsPort } from './ports.js'
import { type Stream, streamOf } from './stream.js'
import { createTextSightings } from './text-sightings.js'

export interface Rehearsal {
  readonly site: Site
  readonly credential: Credential
  /** Domain of the reverse-path, canonical. */
  readonly senderDomain: string | undefined
  readonly recipients: readonly Recipient[]
  readonly facts: MessageFacts
}

export interface RehearsedJudgements {
  readonly stream: Stream
  /** One for each recipient, in order. */
  readonly judgements: readonly Judgement[]
}

export async function rehearse(
  ports: Omit<JudgePorts, 'texts'> & { readonly subjects: SubjectsPort },
  rehearsal: Rehearsal,
): Promise<RehearsedJudgements> {
  const { site, credential, senderDomain, recipients, facts } = rehearsal
  const context = {
    site,
    credentialId: credential.id,
    clientAddress: addressWithin(credential),
    transport: 'tls' as const,
    senderDomain,
  }
  const judge = createJudge({ ...ports, texts: createTextSightings() }, context)
  const stream = streamOf(site, credential.id, facts.control)
  const { gateways } = site.policy.sms
  const named = recipients.map((recipient, index) => ({
    number: index + 1,
    recipient,
    subject: ports.subjects.identify(subjectOf(recipient.address, gateways)),
  }))
  const channel = channelOfAll(
    recipients.map(({ address }) => address),
    gateways,
  )
  const question = { ...context, channel, recipientCount: recipients.length, now: ports.clock.now() }
  const judged = judgeContent(site, question, facts)
  const content = withOwnLink(judged, ownLink(ports.hosted, stream, judged, named))
  return { stream, judgements: await judge.all(stream, named, content) }
}

/** An address the credential may be used from, since a rehearsal comes from nowhere. */
function addressWithin({ networks }: Credential): string {
  return networks[0]?.split('/')[0] ?? '127.0.0.1'
}
