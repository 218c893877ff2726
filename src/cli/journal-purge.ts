/** `aval journal purge`: destroys what leads to persons in decisions older than the journal may keep it, and its keys. */
import { monthsLater } from '../domain/paris-time.js'
import { countExpired, destroyEndedSegments, expirePersonal, giveUpLostSegments } from '../journal/expiry.js'
import { checkpointNow } from '../journal/tree/signing-acts.js'
import { type Bilingual, counted, type Forms, said } from '../words/language.js'
import { momentsIn, PARIS_TIME } from '../words/moments.js'
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
  const { language } = terminal
  if (options.json) terminal.printJson({ before: moment, decisions, segments, dryRun: options.dryRun })
  else {
    const before = { day: momentsIn(language).day(moment), zone: said(language, PARIS_TIME) }
    const told = counted(language, decisions, options.dryRun ? WOULD_FORGET : FORGOTTEN, before)
    const keys = { segments: segments.join(', ') || said(language, NONE) }
    terminal.print(options.dryRun ? told : `${told} ${said(language, DESTROYED, keys)}`)
  }
  return EXIT.done
}

const FORGOTTEN: Forms = [
  {
    en: '{count} decision before {day} ({zone}) no longer says about whom it is.',
    fr: '{count} décision d’avant le {day} ({zone}) ne dit plus de qui il s’agit.',
  },
  {
    en: '{count} decisions before {day} ({zone}) no longer say about whom they are.',
    fr: '{count} décisions d’avant le {day} ({zone}) ne disent plus de qui il s’agit.',
  },
]
const WOULD_FORGET: Forms = [
  {
    en: '{count} decision before {day} ({zone}) would no longer say about whom it is.',
    fr: '{count} décision d’avant le {day} ({zone}) ne dirait plus de qui il s’agit.',
  },
  {
    en: '{count} decisions before {day} ({zone}) would no longer say about whom they are.',
    fr: '{count} décisions d’avant le {day} ({zone}) ne diraient plus de qui il s’agit.',
  },
]
const KEYS_LOST: Forms = [
  {
    en: '{count} decision no longer says about whom it is: the keys of its segment are lost.',
    fr: '{count} décision ne dit plus de qui il s’agit : les clés de son segment sont perdues.',
  },
  {
    en: '{count} decisions no longer say about whom they are: the keys of their segments are lost.',
    fr: '{count} décisions ne disent plus de qui il s’agit : les clés de leurs segments sont perdues.',
  },
]
const DESTROYED: Bilingual = {
  en: 'Keys of segments destroyed: {segments}.',
  fr: 'Clés de segments détruites : {segments}.',
}
const NONE: Bilingual = { en: 'none', fr: 'aucune' }

function giveUpKeys(context: CommandContext, options: PurgeOptions): ExitCode {
  const { terminal } = context
  if (options.dryRun)
    throw new CommandError(EXIT.undecided, {
      en: '--dry-run and --keys-lost do not go together: "aval journal verify" counts',
      fr: '--dry-run et --keys-lost ne vont pas ensemble : « aval journal verify » compte',
    })
  const decisions = withJournal(configurationOf(context, options.config), (guest, { by }) =>
    giveUpLostSegments(guest, { at: context.now(), by, facts: { why: 'keys of segments lost' } }),
  )
  if (options.json) terminal.printJson({ decisions })
  else terminal.print(counted(terminal.language, decisions, KEYS_LOST))
  return EXIT.done
}
