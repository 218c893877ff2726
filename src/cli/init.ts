/** `aval init`: a commented configuration, a key, a credential and an empty registry for a real site. Never overwrites anything. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EXAMPLE_ANSWERS, siteTemplate } from '../config/templates.js'
import { hashSecret } from '../smtp/login/secret-hash.js'
import { createKeyFile } from '../storage/key-file.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { configurationOf, withNewRegistry } from './site.js'
import { systemError } from './system-error.js'

export async function init(context: CommandContext, directory: string): Promise<ExitCode> {
  const { terminal } = context
  const home = resolve(directory)
  const secret = randomBytes(24).toString('base64url')
  const credential = { id: 'mailer', secretHash: await hashSecret(secret) }
  const { files, keyFile } = siteTemplate({ ...EXAMPLE_ANSWERS, directory: home, credential })
  const present = [...files.map(({ path }) => path), keyFile].filter((path) => existsSync(path))
  if (present.length > 0) {
    throw new CommandError(EXIT.undecided, {
      en: `nothing was written, because there is already ${present.join(', ')}`,
      fr: `rien n’a été écrit, parce qu’il y a déjà ${present.join(', ')}`,
    })
  }
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
    }
    createKeyFile(keyFile)
  } catch (cause) {
    throw systemError(terminal, 'write', home, cause)
  }
  const configuration = configurationOf(context, files[0]!.path)
  await withNewRegistry(configuration, () => undefined)
  for (const path of [...files.map((file) => file.path), keyFile, configuration.runtime.storage.path])
    terminal.print(path)
  terminal.tell(
    terminal.say({
      en: [
        `Password of the credential "${credential.id}", shown this once: ${secret}`,
        `Back up ${keyFile} apart from the database: without it no consent can be found again.`,
        `Next: put your own advertiser in ${files[0]!.path}, then "aval config check -c ${files[0]!.path}".`,
      ].join('\n'),
      fr: [
        `Mot de passe de l'identifiant « ${credential.id} », montré cette seule fois : ${secret}`,
        `Sauvegardez ${keyFile} à part de la base : sans lui, plus aucun consentement n'est retrouvable.`,
        `Ensuite : mettez votre annonceur dans ${files[0]!.path}, puis « aval config check -c ${files[0]!.path} ».`,
      ].join('\n'),
    }),
  )
  return EXIT.done
}
