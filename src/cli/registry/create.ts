/** `aval registry create`: the beginning of a registry, which no other command makes beside `aval init`. */
import { existsSync } from 'node:fs'
import { headFile } from '../../registry/ledger/head-file.js'
import { createKeyFile } from '../../storage/key-file.js'
import type { CommandContext } from '../command-context.js'
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js'
import { configurationOf, withNewRegistry } from '../site.js'
import { systemError } from '../system-error.js'
import type { Terminal } from '../terminal.js'

/**
 * Makes an empty registry, and a key file where there is none, and prints the files it made.
 *
 * @throws CommandError 2 when there is a registry already, or the head that was written down beside one
 */
export async function registryCreate(context: CommandContext, file: string | undefined): Promise<ExitCode> {
  const { terminal } = context
  const configuration = configurationOf(context, file)
  const { path, keyFile } = configuration.runtime.storage
  if (existsSync(path))
    throw refused(terminal.say({ en: `there is a registry already: ${path}`, fr: `il y a déjà un registre : ${path}` }))
  const head = headFile(path).path
  if (existsSync(head))
    throw refused(
      terminal.say({
        en: `there was a registry here, whose head is still in ${head}: restore ${path} from its backup; where it is gone for good, move ${head} away`,
        fr: `il y avait ici un registre, dont la tête est encore dans ${head} : restaurer ${path} depuis sa sauvegarde ; s’il est perdu pour de bon, écarter ${head}`,
      }),
    )
  const made = existsSync(keyFile) ? [path] : [createdKey(terminal, keyFile), path]
  await withNewRegistry(configuration, () => undefined)
  for (const each of made) terminal.print(each)
  terminal.tell(
    terminal.say({
      en: `Back up ${keyFile} apart from the database: without it no consent and no objection can be found again.\nNext: import the objections, all of them, then the consents.`,
      fr: `Sauvegarder ${keyFile} à part de la base : sans lui, plus aucun consentement ni aucune opposition n’est retrouvable.\nEnsuite : importer les oppositions, toutes, puis les consentements.`,
    }),
  )
  return EXIT.done
}

function createdKey(terminal: Terminal, path: string): string {
  try {
    createKeyFile(path)
  } catch (cause) {
    throw systemError(terminal, 'write', path, cause)
  }
  return path
}

function refused(message: string): CommandError {
  return new CommandError(EXIT.undecided, message)
}
