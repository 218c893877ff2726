/** `aval check`: one message judged without sending it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { domainOf, readAddress } from '../domain/address.js'
import { type Recipient, parseForwardPath } from '../domain/envelope.js'
import type { MessageFacts } from '../domain/message-facts.js'
import { asSent } from '../message/line-ends.js'
import { readMessageFully } from '../message/second-reader.js'
import { openHistory } from '../journal/history.js'
import { keyFile, subjects } from '../registry/key-source.js'
import { openRegistry } from '../registry/sqlite-registry.js'
import { rehearse } from '../relay/rehearsal.js'
import { unsubscribeSecrets } from '../storage/key-file.js'
import { createHostedLinks, withHostedLinks } from '../unsubscribe/hosted/links.js'
import { tokenKeys } from '../unsubscribe/hosted/token.js'
import { createLinks } from '../unsubscribe/links.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { reportJudgement } from './judgement-report.js'
import { asCommandError, configurationOf, credentialOf } from './site.js'

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
  const facts = await readFacts(file)
  const { path, keyFile: keyPath } = configuration.runtime.storage
  const keys = keyFile(keyPath)
  const registry = openRegistry({ path, keys })
  const history = openHistory(configuration.runtime.journal.path)
  const { terminal } = context
  const tokens = tokenKeys(unsubscribeSecrets(keys.keys()))
  try {
    const { judgements } = await rehearse(
      {
        registry,
        history,
        subjects: subjects(keys),
        links: withHostedLinks(createLinks(), tokens),
        hosted: createHostedLinks(tokens),
        clock: context,
        lookupFailed: (error) => terminal.tell(error instanceof Error ? error.message : String(error)),
      },
      { site: configuration.site, credential, senderDomain: senderDomain(options.from, facts), recipients, facts },
    )
    if (options.json) {
      terminal.printJson(recipients.map((recipient, i) => ({ to: recipient.mailbox.spelling, ...judgements[i] })))
    } else {
      recipients.forEach((recipient, i) => reportJudgement(terminal, recipient.mailbox.spelling, judgements[i]!))
    }
    const kinds = judgements.map(({ verdict }) => verdict.kind)
    return kinds.includes('refuse') ? EXIT.no : kinds.includes('defer') ? EXIT.undecided : EXIT.done
  } catch (cause) {
    throw asCommandError(cause)
  } finally {
    history.close()
    registry.close()
  }
}

function recipientOf(text: string): Recipient {
  const path = parseForwardPath(`<${text}>`)
  if (!path.ok) throw new CommandError(EXIT.undecided, `"${text}" is not an e-mail address`)
  return path.value
}

async function readFacts(file: string): Promise<MessageFacts> {
  let bytes: Buffer
  try {
    bytes = asSent(readFileSync(file === '-' ? 0 : file))
  } catch (cause) {
    throw new CommandError(EXIT.io, `cannot read the message ${file}: ${(cause as Error).message}`, { cause })
  }
  return readMessageFully(bytes, createHash('sha256').update(bytes).digest('hex'))
}

function senderDomain(from: string | undefined, facts: MessageFacts): string | undefined {
  if (from === undefined) return facts.from[0]?.domain || undefined
  if (from === '' || from === '<>') return undefined
  const address = readAddress(from)
  if (address === undefined) throw new CommandError(EXIT.undecided, `"${from}" is not an e-mail address`)
  return domainOf(address)
}
