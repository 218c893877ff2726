/** `aval journal verify`: recomputes the whole journal and names the first entry that cannot be trusted. */
import { existsSync, readFileSync } from 'node:fs'
import type { SigningKeyUse } from '../journal/tree/tree-check.js'
import { verifyJournal } from '../journal/verify.js'
import { KeyFileError, type MasterKey, readKeyFile } from '../storage/key-file.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { configurationOf } from './site.js'
import { type Bilingual, styled } from './terminal.js'

export async function journalVerify(
  context: CommandContext,
  options: { readonly config: string | undefined; readonly json: boolean; readonly against: readonly string[] },
): Promise<ExitCode> {
  const { runtime } = configurationOf(context, options.config)
  const { terminal } = context
  const { keyFile } = runtime.journal.segments
  if (!existsSync(runtime.journal.path))
    throw new CommandError(EXIT.io, `there is no journal ${runtime.journal.path}: check journal.url`)
  const result = verifyJournal(runtime.journal.path, {
    checkpoints: options.against.map(readNote),
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
    terminal.print(`  ${terminal.say({ en: 'first bad entry', fr: 'première entrée fautive' })}: ${seq} (${kind})`)
    terminal.print(`  ${message}`)
    return EXIT.no
  }
  terminal.print(
    `${styled(terminal, 'good', terminal.say({ en: 'VERIFIED', fr: 'VÉRIFIÉ' }))}  ${runtime.journal.path}`,
  )
  terminal.print(`  ${terminal.say({ en: 'entries', fr: 'entrées' })}: ${result.entries}`)
  terminal.print(
    `  ${terminal.say({ en: 'head', fr: 'tête' })}: ${result.head === undefined ? '-' : `${result.head.seq} ${result.head.hash}`}`,
  )
  const { checkpoints, signed, keys } = result.tree
  terminal.print(
    `  ${terminal.say({ en: 'signed checkpoints', fr: 'points de contrôle signés' })}: ${checkpoints}${checkpoints === 0 ? '' : terminal.say({ en: `, over the first ${signed} entries`, fr: `, sur les ${signed} premières entrées` })}`,
  )
  for (const { seq, reason, key } of keys) {
    terminal.print(
      `  ${terminal.say({ en: 'signing key', fr: 'clé de signature' })}: ${key} (${seq}, ${terminal.say(REASONS[reason])})`,
    )
  }
  const { segments, unread } = result
  if (segments.closed > 0) {
    terminal.print(
      `  ${terminal.say({ en: 'segments', fr: 'segments' })}: ${terminal.say({
        en: `${segments.closed} closed, of ${segments.destroyed} the key was destroyed`,
        fr: `${segments.closed} clos, dont ${segments.destroyed} à clé détruite`,
      })}`,
    )
  }
  if (unread > 0) {
    terminal.print(
      `  ${terminal.say({
        en: `${unread} personal parts were not checked: the keys of their segments are not in ${keyFile}`,
        fr: `${unread} parties personnelles n’ont pas été vérifiées : les clés de leurs segments ne sont pas dans ${keyFile}`,
      })}`,
    )
  }
  if (!result.sealed) {
    terminal.print(
      `  ${terminal.say({
        en: 'the seal of the head was not checked (no key): a cut end would not be seen',
        fr: "le sceau de la tête n'a pas été vérifié (pas de clé) : une fin coupée ne se verrait pas",
      })}`,
    )
  }
  if (result.openCount > 0) {
    terminal.print(
      `  ${terminal.say({ en: 'decisions without outcome', fr: 'décisions sans issue' })}: ${result.openCount}`,
    )
  }
  return EXIT.done
}

const REASONS: Readonly<Record<SigningKeyUse['reason'], Bilingual>> = {
  first: { en: 'the first', fr: 'la première' },
  rotation: { en: 'handed over by the one before', fr: 'transmise par la précédente' },
  loss: { en: 'WITHOUT the signature of the one before', fr: 'SANS la signature de la précédente' },
}

function readNote(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CommandError(EXIT.badInput, `cannot read the checkpoint ${file}: ${(cause as Error).message}`, { cause })
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
