/** `aval credential hash`: what goes into the configuration in place of a password. */
import { hashSecret } from '../smtp/login/secret-hash.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'

const LONGEST = 1_024

/** Reads the password from standard input, not from an argument: arguments are seen by every user of the machine. */
export async function credentialHash({ terminal, stdin }: CommandContext): Promise<ExitCode> {
  if ('isTTY' in stdin && stdin.isTTY === true) {
    terminal.tell(
      terminal.say({
        en: 'Type the password, then Enter and Ctrl-D:',
        fr: 'Tapez le mot de passe, puis Entrée et Ctrl-D :',
      }),
    )
  }
  let text = ''
  for await (const chunk of stdin.setEncoding('utf8')) text += String(chunk)
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '')
    throw new CommandError(EXIT.undecided, {
      en: 'no password on standard input',
      fr: 'pas de mot de passe sur l’entrée standard',
    })
  if (secret.length > LONGEST)
    throw new CommandError(EXIT.undecided, {
      en: `a password has at most ${LONGEST} characters`,
      fr: `un mot de passe a ${LONGEST} caractères au plus`,
    })
  terminal.print(await hashSecret(secret))
  return EXIT.done
}
