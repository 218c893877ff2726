/**
 * `aval config check`: whether the configuration is in order, and whether anything could be sent under it now. Each
 * credential is judged for each of its advertisers and classes as a client that logs in is at MAIL, before any recipient.
 */
import type { Configuration, Setting } from '../config/configuration.js'
import { configurationFile } from '../config/load.js'
import { formatPath } from '../config/tree.js'
import type { Judgement, RuleFinding, Verdict } from '../domain/verdict.js'
import { type RehearsalPorts, rehearseRecipients } from '../relay/rehearsal.js'
import { CLASSES } from '../words/decision-words.js'
import { type Bilingual, COLON, wordFor } from '../words/language.js'
import type { CommandContext } from './command-context.js'
import { examine } from './examine.js'
import { examplesLeft } from './examples-left.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { reportFaults, verdictStyle } from './judgement-report.js'
import { withRehearsalPorts } from './rehearsal-site.js'
import { configurationOf } from './site.js'
import { type Terminal, styled } from './terminal.js'

/** Streams that are judged alike. */
interface Outlook {
  readonly judgement: Judgement
  readonly streams: string[]
  /** Whether the advertiser is still that of an example. */
  readonly ofExamples: boolean
}

const OUTLOOKS: Readonly<Record<Verdict['kind'], Bilingual>> = {
  permit: { en: 'can be sent', fr: 'peut partir' },
  refuse: { en: 'would be refused', fr: 'serait refusé' },
  defer: { en: 'would be put off (451)', fr: 'serait différé (451)' },
}

const WORST_FIRST: readonly Verdict['kind'][] = ['refuse', 'defer', 'permit']

/**
 * @returns 0 when something could be sent with every credential, for every advertiser and class of it; 1 when not
 * @throws CommandError 78 with all that is wrong with the configuration or a key file, 74 for registry, journal or a directory
 */
export async function configCheck(context: CommandContext, file: string | undefined): Promise<ExitCode> {
  const configuration = configurationOf(context, file)
  const { terminal } = context
  await examine(terminal, configuration)
  const examples = examplesLeft(configuration)
  const outlooks = await withRehearsalPorts(context, configuration, (ports) =>
    outlooksOf(terminal, configuration, examples, ports),
  )
  const unsendable = outlooks.some(({ judgement }) => judgement.verdict.kind !== 'permit')
  terminal.print(`${configurationFile(file)}: ${terminal.say(headline(unsendable, examples.length > 0))}`)
  for (const { path, value, origin } of examples)
    terminal.print(`${origin} ${formatPath(path)}${COLON[terminal.language]}${value} ${terminal.say(IS_AN_EXAMPLE)}`)
  for (const outlook of outlooks) report(terminal, outlook)
  return unsendable ? EXIT.no : EXIT.done
}

const IS_AN_EXAMPLE: Bilingual = {
  en: "is an example: put the advertiser's own",
  fr: 'est un exemple : mettez ce qui est à l’annonceur',
}

function headline(unsendable: boolean, hasExamples: boolean): Bilingual {
  if (unsendable)
    return {
      en: 'in order, but some of what it declares could not be sent now',
      fr: 'en règle, mais une partie de ce qui y est déclaré ne pourrait pas partir à présent',
    }
  if (hasExamples)
    return {
      en: 'in order, but examples are to be replaced before real mail can be sent',
      fr: 'en règle, mais des exemples sont à remplacer avant qu’un vrai message puisse partir',
    }
  return { en: 'in order', fr: 'en règle' }
}

const ONCE_REPLACED: Bilingual = {
  en: 'can be sent once the examples are replaced',
  fr: 'peut partir une fois les exemples remplacés',
}

function report(terminal: Terminal, { judgement, streams, ofExamples }: Outlook): void {
  const { verdict, would } = judgement
  const words = verdict.kind === 'permit' && ofExamples ? ONCE_REPLACED : OUTLOOKS[verdict.kind]
  const heading = [styled(terminal, verdictStyle(verdict.kind), terminal.say(words))]
  if (would !== verdict.kind)
    heading.push(`(${terminal.say({ en: 'enforced, it', fr: 'appliqué, ce' })} ${terminal.say(OUTLOOKS[would])})`)
  terminal.print(`\n${streams.join('; ')}${COLON[terminal.language]}${heading.join(' ')}`)
  reportFaults(terminal, judgement)
}

/** Those with something to say, the worst first; streams of which the same is to be said together. */
async function outlooksOf(
  terminal: Terminal,
  { site }: Configuration,
  examples: readonly Setting[],
  ports: RehearsalPorts,
): Promise<readonly Outlook[]> {
  const outlooks = new Map<string, Outlook>()
  for (const credential of site.credentials.values()) {
    for (const advertiserId of credential.advertiserIds) {
      const advertiser = site.advertisers.get(advertiserId)
      const ofExamples = examples.some(({ path }) => path[1] === advertiserId)
      for (const messageClass of credential.classes) {
        const declared = { advertiser: advertiserId, messageClass, campaign: undefined }
        const senderDomain = advertiser?.fromDomains[0]
        const judgement = await rehearseRecipients(ports, { site, credential, senderDomain, declared }).sender()
        const faults = judgement.findings.filter(isFault)
        if (faults.length === 0) continue
        const alike = JSON.stringify([ofExamples, faults])
        const outlook = outlooks.get(alike) ?? { judgement, streams: [], ofExamples }
        outlook.streams.push(`${credential.id}, ${advertiserId}, ${wordFor(terminal.language, CLASSES, messageClass)}`)
        outlooks.set(alike, outlook)
      }
    }
  }
  return [...outlooks.values()].sort(
    (one, other) => WORST_FIRST.indexOf(one.judgement.verdict.kind) - WORST_FIRST.indexOf(other.judgement.verdict.kind),
  )
}

function isFault({ finding }: RuleFinding): boolean {
  return finding.outcome === 'fail' || finding.outcome === 'unknown'
}
