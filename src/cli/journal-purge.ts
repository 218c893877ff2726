/** `aval journal purge`: destroys what leads to persons in decisions older than the journal may keep it, and its keys. */
import { monthsLater } from '../domain/paris-time.js'
import { countExpired, destroyEndedSegments, expirePersonal, giveUpLostSegments } from '../journal/expiry.js'
import { checkpointNow } from '../journal/tree/signing-acts.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { withJournal } from './journal-commands.js'
import { configurationOf } from './site.js'

export interface PurgeOptions {
  readonly config: string | undefined
  readonly json: boolean
  readonly dryRun: boolean
  readonly keysLost: boolean
}

export function journalPurge(context: CommandContext, options: PurgeOptions): ExitCode {
  if (options.keysLost) return giveUpKeys(context, options)
  const configuration = configurationOf(context, options.config)
  const { terminal } = context
  const at = context.now()
  const years = configuration.runtime.journal.keepYears
  const before = monthsLater(at, -12 * years)
  const moment = new Date(before).toISOString()
  const facts = { why: 'retention', before: moment, law: 'C. civ. art. 2224' }
  const { decisions, segments } = withJournal(configuration, (guest, seal) => {
    const { by } = seal
    if (options.dryRun) return { decisions: countExpired(guest.path, before), segments: [] }
    const expired = expirePersonal(guest, before, { at, by, facts }, (done) => terminal.progress(String(done)))
    const destroyed = destroyEndedSegments(guest, { at, by })
    // What was destroyed is stated under a signature, whether a relay runs or not.
    if (destroyed.length > 0) checkpointNow(guest, seal, at)
    return { decisions: expired, segments: destroyed }
  })
  if (options.json) terminal.printJson({ before: moment, decisions, segments, dryRun: options.dryRun })
  else if (options.dryRun)
    terminal.print(
      terminal.say({
        en: `${decisions} decisions before ${moment} would no longer say about whom they are.`,
        fr: `${decisions} décisions d’avant ${moment} ne diraient plus de qui il s’agit.`,
      }),
    )
  else
    terminal.print(
      terminal.say({
        en: `${decisions} decisions before ${moment} no longer say about whom they are. Keys of segments destroyed: ${segments.join(', ') || 'none'}.`,
        fr: `${decisions} décisions d’avant ${moment} ne disent plus de qui il s’agit. Clés de segments détruites : ${segments.join(', ') || 'aucune'}.`,
      }),
    )
  return EXIT.done
}

function giveUpKeys(context: CommandContext, options: PurgeOptions): ExitCode {
  const { terminal } = context
  if (options.dryRun)
    throw new CommandError(EXIT.undecided, '--dry-run and --keys-lost do not go together: "aval journal verify" counts')
  const decisions = withJournal(configurationOf(context, options.config), (guest, { by }) =>
    giveUpLostSegments(guest, { at: context.now(), by, facts: { why: 'keys of segments lost' } }),
  )
  if (options.json) terminal.printJson({ decisions })
  else
    terminal.print(
      terminal.say({
        en: `${decisions} decisions no longer say about whom they are: the keys of their segments are lost.`,
        fr: `${decisions} décisions ne disent plus de qui il s’agit : les clés de leurs segments sont perdues.`,
      }),
    )
  return EXIT.done
}
