/**
 * `aval scrub`: a whole list judged before a campaign. Streams a list of any size in constant memory; reads the registry
 * only, writes and sends nothing. What is said of an address is what the relay would answer, so that a list tells no more
 * about other advertisers than sending it would (promise I6).
 */
import { statSync } from 'node:fs'
import { MESSAGE_CLASSES, type MessageClass } from '../domain/message-class.js'
import { parseForwardPath } from '../domain/envelope.js'
import type { Credential } from '../domain/party.js'
import type { Judgement, Verdict } from '../domain/verdict.js'
import { ImportRefusedError } from '../registry/import/import-refused.js'
import { listedAddresses } from '../registry/import/listed-addresses.js'
import { type RecipientRehearsal, rehearseRecipients } from '../relay/rehearsal.js'
import { ruleOf } from '../rules/catalogue.js'
import type { Configuration } from '../config/configuration.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { progressBar } from './progress-bar.js'
import { withRehearsalPorts } from './rehearsal-site.js'
import { advertiserOf, configurationOf, credentialOf } from './site.js'
import { systemError } from './system-error.js'
import { type Terminal, styled } from './terminal.js'
import { type Bilingual, counted, type Forms } from '../words/language.js'

export interface ScrubOptions {
  readonly config: string | undefined
  readonly advertiser: string
  readonly messageClass: string
  readonly campaign: string | undefined
  /** As if sent with this one; needed only where several would do and differ in who routes. */
  readonly credential: string | undefined
  readonly json: boolean
}

const VERDICTS: Readonly<Record<Verdict['kind'], Bilingual>> = {
  permit: { en: 'permit', fr: 'permis' },
  refuse: { en: 'refuse', fr: 'refusé' },
  defer: { en: 'cannot tell', fr: 'indécidable' },
}
/** The same, beside the number of lines it is said of. */
const OF_SEVERAL: Readonly<Record<Verdict['kind'], Bilingual>> = {
  permit: { en: 'permit', fr: 'permis' },
  refuse: { en: 'refuse', fr: 'refusés' },
  defer: { en: 'cannot tell', fr: 'indécidables' },
}
const LINES: Forms = [
  { en: 'line', fr: 'ligne' },
  { en: 'lines', fr: 'lignes' },
]
const UNREADABLE: Forms = [
  { en: 'unreadable', fr: 'illisible' },
  { en: 'unreadable', fr: 'illisibles' },
]

const NO_ADDRESS: Bilingual = { en: 'is not an e-mail address', fr: 'n’est pas une adresse électronique' }
const ENFORCED: Bilingual = { en: 'enforced:', fr: 'appliqué :' }

/** Rows between two looks at the clock of the progress bar, and at whether the output keeps up. */
const ROWS_A_TURN = 256

interface Tally {
  rows: number
  unreadable: number
  readonly verdicts: Record<Verdict['kind'], number>
  /** Addresses each rule was a ground for. */
  readonly rules: Map<string, number>
}

/** @returns 0 all permitted, 1 some refused, 2 some undecidable, 65 some lines unreadable; the others are judged all the same */
export async function scrub(context: CommandContext, file: string, options: ScrubOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const messageClass = classOf(options.messageClass)
  const advertiser = advertiserOf(configuration, options.advertiser)
  const campaign = campaignOf(configuration, options.campaign, advertiser.id)
  const credential = senderOf(configuration, options, advertiser.id, messageClass)
  const { terminal } = context
  try {
    const { size } = statSync(file)
    const tally = await withRehearsalPorts(context, configuration, async (ports) => {
      const rehearsal = rehearseRecipients(ports, {
        site: configuration.site,
        credential,
        senderDomain: advertiser.fromDomains[0],
        declared: { advertiser: advertiser.id, messageClass, campaign },
      })
      tellSender(terminal, await rehearsal.sender())
      return judgeList(terminal, file, size, rehearsal, options.json)
    })
    reportTally(terminal, tally, options.json)
    return exitCodeOf(tally)
  } catch (cause) {
    if (cause instanceof ImportRefusedError) {
      const { en, fr } = cause.words
      throw new CommandError(EXIT.badInput, terminal.say({ en: `${file}: ${en}`, fr: `${file} : ${fr}` }), { cause })
    }
    if (cause instanceof Error && 'syscall' in cause) throw systemError(terminal, 'read', file, cause)
    throw cause
  }
}

async function judgeList(
  terminal: Terminal,
  file: string,
  size: number,
  rehearsal: RecipientRehearsal,
  json: boolean,
): Promise<Tally> {
  const tally: Tally = { rows: 0, unreadable: 0, verdicts: { permit: 0, refuse: 0, defer: 0 }, rules: new Map() }
  for await (const listed of listedAddresses(file)) {
    tally.rows++
    if (tally.rows % ROWS_A_TURN === 0) {
      terminal.progress(progressBar(listed.bytes, size, tally.rows))
      await terminal.drained()
    }
    const recipient = listed.ok ? parseForwardPath(`<${listed.address}>`) : undefined
    if (recipient?.ok !== true) {
      tally.unreadable++
      const reason = listed.ok ? NO_ADDRESS : listed.reason
      terminal.tell(`${file}:${listed.line}: ${terminal.say(reason)}`)
      continue
    }
    const judgement = await rehearsal.recipient(recipient.value)
    const rules = shownRules(judgement)
    tally.verdicts[judgement.verdict.kind]++
    for (const rule of rules) tally.rules.set(rule, (tally.rules.get(rule) ?? 0) + 1)
    printVerdict(terminal, recipient.value.mailbox.spelling, judgement, rules, json)
  }
  terminal.progress(progressBar(size, size, tally.rows))
  return tally
}

/** The rules a sender is told of: one that answers as another is that other. */
function shownRules({ verdict }: Judgement): readonly string[] {
  if (verdict.kind === 'permit') return []
  return [...new Set(verdict.grounds.map(({ rule }) => ruleOf(rule).answersAs ?? rule))]
}

function printVerdict(
  terminal: Terminal,
  address: string,
  { verdict: { kind: verdict }, would }: Judgement,
  rules: readonly string[],
  json: boolean,
): void {
  if (json) return terminal.printJson({ address, verdict, would, rules })
  const style = verdict === 'permit' ? 'good' : verdict === 'refuse' ? 'bad' : 'doubt'
  const word = styled(terminal, style, terminal.say(VERDICTS[verdict]).padEnd(12))
  // A mode that only observes lets pass what it would refuse.
  const enforced = would === verdict ? '' : `  (${terminal.say(ENFORCED)} ${terminal.say(VERDICTS[would])})`
  terminal.print(`${word} ${address}${rules.length === 0 ? '' : `  ${rules.join(', ')}`}${enforced}`)
}

/** The sender's own trouble would be told at MAIL, before anyone is named. */
function tellSender(terminal: Terminal, { verdict }: Judgement): void {
  if (verdict.kind === 'permit') return
  const rules = verdict.grounds.map(({ rule }) => `${rule} (${ruleOf(rule)[terminal.language].title})`)
  terminal.tell(
    terminal.say({
      en: `Nothing could be sent now, whoever the recipient is: ${rules.join(', ')}`,
      fr: `Rien ne pourrait partir à présent, quel que soit le destinataire : ${rules.join(', ')}`,
    }),
  )
}

function reportTally(terminal: Terminal, { rows, unreadable, verdicts, rules }: Tally, json: boolean): void {
  const byCount = [...rules].sort(([one, a], [other, b]) => b - a || one.localeCompare(other))
  if (json) {
    terminal.printJson({ summary: { rows, unreadable, ...verdicts, rules: Object.fromEntries(byCount) } })
    return
  }
  const width = Math.max(...[rows, ...rules.values()].map((count) => String(count).length))
  const line = (count: number, words: string) => terminal.print(`${String(count).padStart(width)}  ${words}`)
  terminal.print('')
  const { language } = terminal
  line(rows, counted(language, rows, LINES))
  for (const kind of ['permit', 'refuse', 'defer'] as const)
    line(verdicts[kind], counted(language, verdicts[kind], [VERDICTS[kind], OF_SEVERAL[kind]]))
  if (unreadable > 0) line(unreadable, counted(language, unreadable, UNREADABLE))
  if (byCount.length === 0) return
  terminal.print('')
  for (const [rule, count] of byCount) line(count, `${rule.padEnd(24)} ${ruleOf(rule)[terminal.language].title}`)
}

function exitCodeOf({ unreadable, verdicts }: Tally): ExitCode {
  if (unreadable > 0) return EXIT.badInput
  return verdicts.refuse > 0 ? EXIT.no : verdicts.defer > 0 ? EXIT.undecided : EXIT.done
}

function classOf(name: string): MessageClass {
  const messageClass = MESSAGE_CLASSES.find((known) => known === name)
  if (messageClass === undefined)
    throw new CommandError(EXIT.undecided, {
      en: `no class "${name}"; there is ${MESSAGE_CLASSES.join(', ')}`,
      fr: `pas de classe « ${name} » ; il y a ${MESSAGE_CLASSES.join(', ')}`,
    })
  return messageClass
}

function campaignOf({ site }: Configuration, id: string | undefined, advertiserId: string): string | undefined {
  if (id === undefined || site.campaigns.get(id)?.advertiserId === advertiserId) return id
  const known = [...site.campaigns.values()].filter((campaign) => campaign.advertiserId === advertiserId)
  const list = known.map((campaign) => campaign.id).join(', ')
  throw new CommandError(EXIT.undecided, {
    en: `no campaign "${id}" of ${advertiserId} is declared; there is ${list || 'none'}`,
    fr: `aucune campagne « ${id} » de ${advertiserId} n’est déclarée ; il y a ${list || 'rien'}`,
  })
}

/** A complaint may hold against every advertiser of a router, so it matters who sends. */
function senderOf(
  configuration: Configuration,
  options: ScrubOptions,
  advertiserId: string,
  messageClass: MessageClass,
): Credential {
  const may = (one: Credential) => one.advertiserIds.includes(advertiserId) && one.classes.includes(messageClass)
  if (options.credential !== undefined) {
    const named = credentialOf(configuration, options.credential)
    if (may(named)) return named
    throw new CommandError(EXIT.undecided, {
      en: `credential ${named.id} may not send ${messageClass} for ${advertiserId}`,
      fr: `l’identifiant ${named.id} ne peut pas envoyer ${messageClass} pour ${advertiserId}`,
    })
  }
  const able = [...configuration.site.credentials.values()].filter(may)
  const [first] = able
  if (first === undefined)
    throw new CommandError(EXIT.undecided, {
      en: `no credential may send ${messageClass} for ${advertiserId}`,
      fr: `aucun identifiant ne peut envoyer ${messageClass} pour ${advertiserId}`,
    })
  if (able.some(({ routerId }) => routerId !== first.routerId)) {
    const ids = able.map(({ id }) => id).join(', ')
    throw new CommandError(EXIT.undecided, {
      en: `several routers send for ${advertiserId}: say --credential, one of ${ids}`,
      fr: `plusieurs routeurs envoient pour ${advertiserId} : préciser --credential, parmi ${ids}`,
    })
  }
  return first
}
