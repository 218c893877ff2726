/** `aval key rotate` and `list`: the keys people are called by in the registry. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Configuration } from '../../config/configuration.js'
import { KEY_FILE_STALE_MS, type MasterKeys } from '../../registry/key-source.js'
import { addKey, KeyFileError, readKeyFile } from '../../storage/key-file.js'
import type { CommandContext } from '../command-context.js'
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js'
import { readJournal, ROTATION_FINISHED } from '../journal-commands.js'
import { configurationOf, withRegistry } from '../site.js'
import { systemError } from '../system-error.js'
import type { Terminal } from '../terminal.js'
import { certify, type SiteOptions } from './common.js'

/**
 * Puts a new key in front of the key file and begins to use it once running relays have read it. What is on file stays under
 * the key it was written with: without the addresses nobody can be called anew. A rotation that was cut short is finished
 * instead of another begun.
 */
export async function keyRotate(context: CommandContext, options: SiteOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const { terminal } = context
  const { keyFile } = configuration.runtime.storage
  // Before the key file is touched: a registry that cannot be opened would be left with a key it does not know.
  await withRegistry(configuration, () => undefined)
  const unfinished = rotationCutShort(
    configuration,
    withKeyFile(terminal, keyFile, () => readKeyFile(keyFile)),
  )
  const keyId = unfinished ?? withKeyFile(terminal, keyFile, () => addKey(keyFile))
  await pause(2 * KEY_FILE_STALE_MS)
  await withRegistry(configuration, () => undefined)
  const ref = certify(configuration, 'key_rotation', '', context.now(), { key: keyId })
  const finished = unfinished !== undefined
  if (options.json) terminal.printJson({ key: keyId, ref, finished })
  else {
    terminal.print(
      terminal.say({
        en: `${keyId} is in force. Copy ${keyFile} off the machine now: the older keys in it are needed as long as the registry.`,
        fr: `${keyId} est en vigueur. Copiez ${keyFile} hors de la machine : les clés précédentes servent aussi longtemps que le registre.`,
      }),
    )
    if (finished) terminal.tell(terminal.say(ROTATION_FINISHED))
  }
  return EXIT.done
}

/** @returns the key in force, where it was put in front of others and the journal has no certificate of it */
function rotationCutShort({ runtime }: Configuration, [inForce, ...earlier]: MasterKeys): string | undefined {
  if (earlier.length === 0) return undefined
  const isCertified = readJournal(runtime.journal, (journal) => {
    for (const { entry } of journal.entries({ kind: 'certificate', verdict: 'key_rotation' }))
      if (entry.kind === 'certificate' && entry.facts['key'] === inForce.keyId) return true
    return false
  })
  return isCertified ? undefined : inForce.keyId
}

export function keyList(context: CommandContext, options: SiteOptions): ExitCode {
  const { keyFile } = configurationOf(context, options.config).runtime.storage
  const { terminal } = context
  const onFile = withKeyFile(terminal, keyFile, () => readKeyFile(keyFile))
  const keys = onFile.map(({ keyId }, index) => ({ key: keyId, inForce: index === 0 }))
  if (options.json) terminal.printJson({ keys })
  else
    for (const { key, inForce } of keys)
      terminal.print(inForce ? `${key}  ${terminal.say({ en: 'in force', fr: 'en vigueur' })}` : key)
  return EXIT.done
}

function withKeyFile<T>(terminal: Terminal, path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof KeyFileError) throw new CommandError(EXIT.configuration, cause.told, { cause })
    if (cause instanceof Error && 'syscall' in cause)
      throw systemError(terminal, 'write', 'path' in cause ? String(cause.path) : path, cause)
    throw cause
  }
}
