/** `aval journal purge`: destroys the personal parts of decisions older than the journal may keep them. */
import { monthsLater } from '../domain/paris-time.js'
import { countExpired, expirePersonal } from '../journal/expiry.js'
import type { CommandContext } from './command-context.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { withJournal } from './journal-commands.js'
import { configurationOf } from './site.js'

export interface PurgeOptions {
  readonly config: string | undefined
  readonly json: boolean
  readonly dryRun: boolean
}

export function journalPurge(context: CommandContext, options: PurgeOptions): ExitCode {
  const configuration = configurationOf(context, options.config)
  const { terminal } = context
  const at = context.now()
  const years = configuration.runtime.journal.keepYears
  const before = monthsLater(at, -12 * years)
  const moment = new Date(before).toISOString()
  const decisions = withJournal(configuration, (guest, { by }) =>
    options.dryRun
      ? countExpired(guest.path, before)
      : expirePersonal(
          guest,
          before,
          { at, by, facts: { why: 'retention', before: moment, law: 'C. civ. art. 2224' } },
          (done) => terminal.progress(String(done)),
        ),
  )
  if (options.json) terminal.printJson({ before: moment, decisions, dryRun: options.dryRun })
  else
    terminal.print(
      options.dryRun
        ? terminal.say({
            en: `${decisions} decisions before ${moment} would no longer say about whom they are.`,
            fr: `${decisions} décisions d’avant ${moment} ne diraient plus de qui il s’agit.`,
          })
        : terminal.say({
            en: `${decisions} decisions before ${moment} no longer say about whom they are.`,
            fr: `${decisions} décisions d’avant ${moment} ne disent plus de qui il s’agit.`,
          }),
    )
  return EXIT.done
}
