/**
 * A message handed over in one go. The content is sent only if every recipient was accepted, so DATA is pipelined with
 * the envelope only where that cannot go wrong half-way: with a single recipient.
 */
import { isTaken } from '../domain/upstream-result.js'
import type { Recipient, ReversePath } from '../domain/envelope.js'
import type { Origin } from '../domain/origin.js'
import type { OutgoingContent, UpstreamDelivery, UpstreamResult } from '../relay/ports.js'
import { type GoAhead, type UpstreamConnection } from './connection.js'
import { needsUtf8 } from './commands.js'
import { missing } from './failure.js'
import type { UpstreamFailure } from './upstream.js'

/** @throws what reading the content throws; the connection is then broken off */
export async function deliverOver(
  connection: UpstreamConnection,
  reversePath: ReversePath,
  recipients: readonly Recipient[],
  content: OutgoingContent,
  origin?: Origin,
): Promise<UpstreamDelivery> {
  const unannounced = await connection.announce(origin)
  if (unannounced) return { upstream: connection.name, recipients: [], final: unannounced, complete: false }
  const lines = envelopeLines(connection, reversePath, recipients, content.size)
  if ('kind' in lines) return { upstream: connection.name, recipients: [], final: lines, complete: false }
  const envelope = connection.pipelining ? await pipelined(connection, lines) : await stepByStep(connection, lines)
  const { mail, rcpts } = envelope
  const refused = isTaken(mail) ? rcpts.find((result) => !isTaken(result)) : mail
  const end = refused ?? (await transmit(connection, envelope.data, content))
  // A go-ahead that will not be used leaves the server waiting for content: no octet may follow it.
  if (refused && envelope.data?.kind === 'go-ahead') connection.destroy('refused envelope, DATA accepted')
  return {
    upstream: connection.name,
    recipients: isTaken(mail) ? rcpts : [],
    final: end,
    complete: refused === undefined && end.kind === 'reply' && connection.dotSent,
  }
}

interface EnvelopeAnswers {
  readonly mail: UpstreamResult
  readonly rcpts: readonly UpstreamResult[]
  /** The answer to DATA where it was sent with the envelope. */
  readonly data: UpstreamResult | GoAhead | undefined
}

function envelopeLines(
  connection: UpstreamConnection,
  reversePath: ReversePath,
  recipients: readonly Recipient[],
  size: number,
): readonly string[] | UpstreamFailure {
  const utf8 = recipients.some((recipient) => needsUtf8(recipient.mailbox))
  const mail = connection.mailLine(reversePath, size, utf8)
  if (!mail.ok) return missing('mail', mail.missing)
  const lines = [mail.line]
  for (const recipient of recipients) {
    const rcpt = connection.rcptLine(recipient)
    if (!rcpt.ok) return missing('mail', rcpt.missing)
    lines.push(rcpt.line)
  }
  return lines
}

async function pipelined(connection: UpstreamConnection, lines: readonly string[]): Promise<EnvelopeAnswers> {
  const withData = lines.length === 2
  connection.send(withData ? [...lines, 'DATA'] : lines)
  const answers = lines.map((_, index) => connection.answerTo(index === 0 ? 'mail' : 'rcpt'))
  const data = withData ? connection.answerToData() : undefined
  const [mail, ...rcpts] = await Promise.all(answers)
  return { mail: mail!, rcpts, data: await data }
}

async function stepByStep(connection: UpstreamConnection, lines: readonly string[]): Promise<EnvelopeAnswers> {
  const [mailLine = '', ...rcptLines] = lines
  connection.send([mailLine])
  const mail = await connection.answerTo('mail')
  const rcpts: UpstreamResult[] = []
  if (!isTaken(mail)) return { mail, rcpts, data: undefined }
  for (const line of rcptLines) {
    connection.send([line])
    rcpts.push(await connection.answerTo('rcpt'))
  }
  return { mail, rcpts, data: undefined }
}

async function transmit(
  connection: UpstreamConnection,
  pipelinedData: UpstreamResult | GoAhead | undefined,
  content: OutgoingContent,
): Promise<UpstreamResult> {
  const data = pipelinedData ?? (await connection.data())
  return data.kind === 'go-ahead' ? connection.body(content) : data
}
