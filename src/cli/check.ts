/** `aval check`: one message judged without sending it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { domainOf, readAddress } from '../domain/address.js'
import { type Recipient, parseForwardPath } from '../domain/envelope.js'
import type { MessageFacts } from '../domain/message-facts.js'
import type { MessageBounds } from '../message/bounds.js'
import { asSent } from '../message/mime/line-ends.js'
import { readMessageFully } from '../message/second-reader.js'
import { judgeContent } from '../relay/content.js'
import { rehearse } from '../relay/rehearsal.js'
import type { Stream } from '../relay/stream.js'
import { CLASSES } from '../words/decision-words.js'
import { type Bilingual, said, wordFor } from '../words/language.js'
import { momentsIn, PARIS_TIME } from '../words/moments.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { quoted, reportJudgement } from './judgement-report.js'
import { withRehearsalPorts } from './rehearsal-site.js'
import { configurationOf, credentialOf } from './site.js'
import { systemError } from './system-error.js'
import type { Terminal } from './terminal.js'

export interface CheckOptions {
  readonly config: string | undefined
  readonly credential: string
  readonly to: readonly string[]
  /** Reverse-path; the address in From when left out. */
  readonly from: string | undefined
  readonly json: boolean
}

/** @returns 0 permitted to all, 1 refused to someone, 2 undecidable for someone */
export async function check(context: CommandContext, file: string, options: CheckOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const credential = credentialOf(configuration, options.credential)
  const recipients = options.to.map(recipientOf)
  const facts = await readFacts(context.terminal, file, configuration.runtime.limits.structure)
  const { terminal } = context
  const { stream, judgements } = await withRehearsalPorts(context, configuration, (ports) =>
    rehearse(ports, {
      site: configuration.site,
      credential,
      senderDomain: senderDomain(options.from, facts),
      recipients,
      judgeContent: (question) => judgeContent(configuration.site, question, facts),
    }),
  )
  if (options.json) {
    terminal.printJson(recipients.map((recipient, i) => ({ to: recipient.mailbox.spelling, ...judgements[i] })))
  } else {
    const matter = subjectMatter(terminal, facts, stream, context.now())
    const { loosened } = configuration.site.policy
    recipients.forEach((recipient, i) =>
      reportJudgement(terminal, recipient.mailbox.spelling, judgements[i]!, matter, loosened),
    )
  }
  const kinds = judgements.map(({ verdict }) => verdict.kind)
  return kinds.includes('refuse') ? EXIT.no : kinds.includes('defer') ? EXIT.undecided : EXIT.done
}

const JUDGED: Bilingual = {
  en: 'judged on {at} ({zone}) as {what}',
  fr: 'jugé le {at} ({zone}) comme {what}',
}

/** What was judged, and as what: the class decides which rules apply. */
function subjectMatter(terminal: Terminal, { subject = '' }: MessageFacts, stream: Stream, now: number): string {
  const { advertiser, messageClass, campaign } = stream
  const className = wordFor(terminal.language, CLASSES, messageClass)
  const what = campaign === undefined ? className : `${className} (${campaign.id})`
  const at = momentsIn(terminal.language).moment(now)
  const judged = said(terminal.language, JUDGED, { what, at, zone: said(terminal.language, PARIS_TIME) })
  const sentFor = advertiser && terminal.say({ en: `for ${advertiser.legalName}`, fr: `pour ${advertiser.legalName}` })
  return [judged, sentFor, quoted(terminal, subject)].filter((part) => part !== undefined).join(', ')
}

function recipientOf(text: string): Recipient {
  const path = parseForwardPath(`<${text}>`)
  if (!path.ok)
    throw new CommandError(EXIT.undecided, {
      en: `"${text}" is not an e-mail address`,
      fr: `« ${text} » n’est pas une adresse électronique`,
    })
  return path.value
}

async function readFacts(terminal: Terminal, file: string, bounds: MessageBounds): Promise<MessageFacts> {
  let bytes: Buffer
  try {
    bytes = asSent(readFileSync(file === '-' ? 0 : file))
  } catch (cause) {
    throw systemError(terminal, 'read', file, cause)
  }
  return readMessageFully(bytes, createHash('sha256').update(bytes).digest('hex'), bounds)
}

function senderDomain(from: string | undefined, facts: MessageFacts): string | undefined {
  if (from === undefined) return facts.from[0]?.domain || undefined
  if (from === '' || from === '<>') return undefined
  const address = readAddress(from)
  if (address === undefined)
    throw new CommandError(EXIT.undecided, {
      en: `"${from}" is not an e-mail address`,
      fr: `« ${from} » n’est pas une adresse électronique`,
    })
  return domainOf(address)
}
