/** `aval journal checkpoint | rotate-key | prove | export`: the journal given to others. */
import { userInfo } from 'node:os'
import type { Configuration } from '../config/configuration.js'
import { startOfParisDay } from '../domain/paris-time.js'
import { isReference } from '../domain/reference.js'
import { exportedHeader } from '../journal/export.js'
import type { GuestOptions } from '../journal/guest.js'
import { JournalUnavailableError } from '../journal/journal-error.js'
import { type JournalReader, openJournalReader } from '../journal/reader.js'
import { proofsOf } from '../journal/tree/proof.js'
import { checkpointNow, rotateSigningKey } from '../journal/tree/signing-acts.js'
import { SigningKeyError } from '../journal/tree/signing-key.js'
import { KeyFileError, readKeyFile } from '../storage/key-file.js'
import type { Bilingual } from '../words/language.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { advertiserOf, configurationOf } from './site.js'

interface Common {
  readonly config: string | undefined
  readonly json: boolean
}

/** Prints the signed note: what to keep outside, so that nobody can put an older journal back unseen. */
export function journalCheckpoint(context: CommandContext, options: Common): ExitCode {
  const { terminal } = context
  const sealed = withJournal(configurationOf(context, options.config), (guest, seal) =>
    checkpointNow(guest, seal, context.now()),
  )
  if (options.json) terminal.printJson(sealed)
  else {
    terminal.print(sealed.note.trimEnd())
    terminal.tell(`${terminal.say({ en: 'signed with', fr: 'signé avec' })} ${sealed.key}`)
  }
  return EXIT.done
}

export const ROTATION_FINISHED: Bilingual = {
  en: 'a rotation that was cut short has been finished; for another one, ask again',
  fr: 'une rotation interrompue a été achevée ; pour une autre, redemandez',
}

export function journalRotateKey(context: CommandContext, options: Common & { readonly lost: boolean }): ExitCode {
  const { terminal } = context
  const { key, finished } = withJournal(configurationOf(context, options.config), (guest, seal) =>
    rotateSigningKey(guest, { ...seal, at: context.now(), lost: options.lost }),
  )
  if (options.json) terminal.printJson({ key, finished })
  else {
    terminal.print(key)
    if (finished) {
      terminal.tell(terminal.say(ROTATION_FINISHED))
    }
  }
  return EXIT.done
}

/** Prints, for each entry of a reference, the entry and the proof that it is under a signed checkpoint. */
export function journalProve(context: CommandContext, ref: string, options: Omit<Common, 'json'>): ExitCode {
  if (!isReference(ref))
    throw new CommandError(EXIT.undecided, {
      en: `"${ref}" is not a reference: it has 26 characters, as in "ref=01J..."`,
      fr: `« ${ref} » n’est pas une référence : elle a 26 caractères, comme dans « ref=01J... »`,
    })
  const { terminal } = context
  const proofs = withJournal(configurationOf(context, options.config), (guest, seal) =>
    proofsOf(guest, seal, ref, context.now()),
  )
  for (const proof of proofs) terminal.printJson(proof)
  if (proofs.length > 0) return EXIT.done
  terminal.tell(terminal.say({ en: `The journal has no ${ref}.`, fr: `Le journal n’a pas de ${ref}.` }))
  return EXIT.no
}

export interface ExportOptions {
  readonly config: string | undefined
  readonly advertiser: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
}

/** Prints the journal as JSON Lines: the header, then each entry as it was hashed. */
export function journalExport(context: CommandContext, options: ExportOptions): ExitCode {
  const configuration = configurationOf(context, options.config)
  const { advertiser } = options
  if (advertiser !== undefined) advertiserOf(configuration, advertiser)
  const { terminal } = context
  const filter = {
    ...(advertiser === undefined ? {} : { advertiser }),
    ...momentOf('from', options.from),
    ...momentOf('to', options.to),
  }
  readJournal(configuration.runtime.journal, (reader) => {
    terminal.printJson(exportedHeader(reader.headerText()))
    for (const row of reader.rows(filter)) terminal.printJson(reader.exported(row))
  })
  return EXIT.done
}

/** @param text a day, which begins at midnight in Paris, or a moment, in ISO 8601 */
export function momentOf<Name extends 'from' | 'to'>(
  name: Name,
  text: string | undefined,
  option = `--${name}`,
): Partial<Record<Name, number>> {
  if (text === undefined) return {}
  const at = readDay(text) ?? readMoment(text)
  if (at !== undefined) return { [name]: at } as Record<Name, number>
  throw new CommandError(EXIT.undecided, {
    en: `${option}: expected a day or a moment such as 2026-01-05 or 2026-01-05T09:00:00Z, not "${text}"`,
    fr: `${option} : il faut un jour ou un moment tel que 2026-01-05 ou 2026-01-05T09:00:00Z, pas « ${text} »`,
  })
}

function readDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match || new Date(`${text}T00:00Z`).toJSON()?.slice(0, 10) !== text) return undefined
  return startOfParisDay({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) })
}

function readMoment(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** What commands write to the journal with: its file, its keys, whoever runs them. */
export function withJournal<T>(
  { runtime }: Configuration,
  work: (guest: GuestOptions, seal: { readonly keyFile: string; readonly by: string }) => T,
): T {
  try {
    const keys = readKeyFile(runtime.storage.keyFile)
    const by = `cli:${userInfo().username}`
    return work(
      { path: runtime.journal.path, keys, node: runtime.node, segmentKeyFile: runtime.journal.segments.keyFile },
      { keyFile: runtime.journal.signingKeyFile, by },
    )
  } catch (cause) {
    throw journalCommandError(cause)
  }
}

/** @throws CommandError when the journal cannot be read */
export function readJournal<T>(
  { path, segments }: Configuration['runtime']['journal'],
  read: (journal: JournalReader) => T,
): T {
  try {
    const journal = openJournalReader(path, segments.keyFile)
    try {
      return read(journal)
    } finally {
      journal.close()
    }
  } catch (cause) {
    throw journalCommandError(cause)
  }
}

export function journalCommandError(cause: unknown): unknown {
  if (cause instanceof KeyFileError || cause instanceof SigningKeyError)
    return new CommandError(EXIT.configuration, cause.told, { cause })
  if (!(cause instanceof JournalUnavailableError)) return cause
  return new CommandError(cause.code === 'locked' ? EXIT.tryAgain : EXIT.io, cause.told, { cause })
}
