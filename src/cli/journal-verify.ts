/** `aval journal verify`: recomputes the whole journal and names the first entry that cannot be trusted. */
import { existsSync, readFileSync } from 'node:fs'
import type { SigningKeyUse } from '../journal/tree/tree-check.js'
import { verifyJournal } from '../journal/verify.js'
import { KeyFileError, type MasterKey, readKeyFile } from '../storage/key-file.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { configurationOf } from './site.js'
import { systemError } from './system-error.js'
import { COLON, counted, type Forms, numberIn, said, type WordTable, wordFor } from '../words/language.js'
import type { JournalProblem } from '../journal/chain-check.js'
import { type Bilingual, type Terminal, styled } from './terminal.js'

export async function journalVerify(
  context: CommandContext,
  options: { readonly config: string | undefined; readonly json: boolean; readonly against: readonly string[] },
): Promise<ExitCode> {
  const { runtime } = configurationOf(context, options.config)
  const { terminal } = context
  const { language } = terminal
  const colon = COLON[language]
  const { keyFile } = runtime.journal.segments
  if (!existsSync(runtime.journal.path))
    throw new CommandError(EXIT.io, {
      en: `there is no journal ${runtime.journal.path}: check journal.url`,
      fr: `il n’y a pas de journal ${runtime.journal.path} : vérifier journal.url`,
    })
  const result = verifyJournal(runtime.journal.path, {
    checkpoints: options.against.map((file) => readNote(terminal, file)),
    segmentKeyFile: keyFile,
    keys: keysOrNone(context, runtime.storage.keyFile),
    onProgress: (checked, total) => terminal.progress(`${checked} / ${total}`),
  })
  if (options.json) {
    terminal.printJson(result)
    return result.ok ? EXIT.done : EXIT.no
  }
  if (result.problem !== undefined) {
    const { seq, kind, message } = result.problem
    terminal.print(
      `${styled(terminal, 'bad', terminal.say({ en: 'NOT VERIFIED', fr: 'NON VÉRIFIÉ' }))}  ${runtime.journal.path}`,
    )
    terminal.print(
      `  ${terminal.say({ en: 'first bad entry', fr: 'première entrée fautive' })}${colon}${seq} (${wordFor(language, PROBLEMS, kind)})`,
    )
    terminal.print(`  ${message}`)
    return EXIT.no
  }
  terminal.print(
    `${styled(terminal, 'good', terminal.say({ en: 'VERIFIED', fr: 'VÉRIFIÉ' }))}  ${runtime.journal.path}`,
  )
  terminal.print(`  ${terminal.say({ en: 'entries', fr: 'entrées' })}${colon}${numberIn(language, result.entries)}`)
  terminal.print(
    `  ${terminal.say({ en: 'head', fr: 'tête' })}${colon}${result.head === undefined ? '-' : `${result.head.seq} ${result.head.hash}`}`,
  )
  const { checkpoints, signed, keys } = result.tree
  terminal.print(
    `  ${terminal.say({ en: 'signed checkpoints', fr: 'points de contrôle signés' })}${colon}${numberIn(language, checkpoints)}${checkpoints === 0 ? '' : `, ${counted(language, signed, OVER)}`}`,
  )
  for (const { seq, reason, key } of keys) {
    terminal.print(
      `  ${terminal.say({ en: 'signing key', fr: 'clé de signature' })}${colon}${key} (${seq}, ${terminal.say(REASONS[reason])})`,
    )
  }
  const { segments, unread } = result
  if (segments.closed > 0) {
    terminal.print(
      `  ${terminal.say({ en: 'segments', fr: 'segments' })}${colon}${said(language, SEGMENTS, { closed: numberIn(language, segments.closed), destroyed: numberIn(language, segments.destroyed) })}`,
    )
  }
  if (unread > 0) terminal.print(`  ${counted(language, unread, UNREAD, { keyFile })}`)
  if (!result.sealed) {
    terminal.print(
      `  ${terminal.say({
        en: 'the seal of the head was not checked (no key): a cut end would not be seen',
        fr: 'le sceau de la tête n’a pas été vérifié (pas de clé) : une fin coupée ne se verrait pas',
      })}`,
    )
  }
  if (result.openCount > 0) {
    terminal.print(
      `  ${terminal.say({ en: 'decisions without outcome', fr: 'décisions sans issue' })}${colon}${numberIn(language, result.openCount)}`,
    )
  }
  return EXIT.done
}

const OVER: Forms = [
  { en: 'over the first entry', fr: 'sur la première entrée' },
  { en: 'over the first {count} entries', fr: 'sur les {count} premières entrées' },
]
const SEGMENTS: Bilingual = {
  en: '{closed} closed, of {destroyed} the key was destroyed',
  fr: '{closed} clos, dont {destroyed} à clé détruite',
}
const UNREAD: Forms = [
  {
    en: '{count} personal part was not checked: the key of its segment is not in {keyFile}',
    fr: '{count} partie personnelle n’a pas été vérifiée : la clé de son segment n’est pas dans {keyFile}',
  },
  {
    en: '{count} personal parts were not checked: the keys of their segments are not in {keyFile}',
    fr: '{count} parties personnelles n’ont pas été vérifiées : les clés de leurs segments ne sont pas dans {keyFile}',
  },
]

/** What the first bad entry suffered. */
const PROBLEMS: WordTable<JournalProblem['kind']> = {
  storage: { en: 'file cannot be read', fr: 'fichier illisible' },
  header: { en: 'header changed or missing', fr: 'en-tête changé ou manquant' },
  changed: { en: 'changed', fr: 'modifiée' },
  removed: { en: 'removed', fr: 'retirée' },
  inserted: { en: 'inserted', fr: 'ajoutée' },
  reordered: { en: 'moved', fr: 'déplacée' },
  column: { en: 'a column does not fit the entry', fr: 'une colonne ne correspond pas à l’entrée' },
  personal: { en: 'personal part changed', fr: 'partie personnelle modifiée' },
  key: { en: 'key statement does not verify', fr: 'annonce de clé fausse' },
  checkpoint: { en: 'checkpoint does not verify', fr: 'point de contrôle faux' },
  schema: { en: 'kind unknown to this version', fr: 'genre inconnu de cette version' },
  truncated: { en: 'the end was cut off', fr: 'la fin a été coupée' },
  head: { en: 'the head does not fit', fr: 'la tête ne correspond pas' },
  awaiting: {
    en: 'the list of decisions without outcome is wrong',
    fr: 'la liste des décisions sans issue est fausse',
  },
  segment: { en: 'segment changed', fr: 'segment modifié' },
}

const REASONS: Readonly<Record<SigningKeyUse['reason'], Bilingual>> = {
  first: { en: 'the first', fr: 'la première' },
  rotation: { en: 'handed over by the one before', fr: 'transmise par la précédente' },
  loss: { en: 'WITHOUT the signature of the one before', fr: 'SANS la signature de la précédente' },
}

/** @throws CommandError for a file that cannot be read */
export function readNote(terminal: Terminal, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw systemError(terminal, 'read', file, cause, EXIT.badInput)
  }
}

function keysOrNone({ terminal }: CommandContext, path: string): readonly MasterKey[] {
  try {
    return readKeyFile(path)
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error
    terminal.tell(error.message)
    return []
  }
}
