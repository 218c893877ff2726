/** `aval registry verify` and `accept`: whether the registry is what was written, and what a person makes of it. */
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { counted } from '../../words/language.js'
import type { RegistryProblem } from '../../registry/check.js'
import { configurationOf, withRegistry } from '../site.js'
import { keptText, type SiteOptions, whoAmI } from './common.js'
import { LEDGER_COUNTS } from './register-words.js'

/** @returns 0 when everything verifies, 1 otherwise */
export async function registryVerify(
  context: CommandContext,
  options: SiteOptions & { readonly head: string | undefined },
): Promise<ExitCode> {
  const { terminal } = context
  const { language } = terminal
  const verification = await withRegistry(configurationOf(context, options.config), (registry) =>
    registry.verify(options.head),
  )
  const { problems, rows, headLine } = verification
  if (options.json) terminal.printJson({ ...verification, problems: forPrograms(problems) })
  else {
    for (const { words } of problems) terminal.print(terminal.say(words))
    const counts = (Object.keys(LEDGER_COUNTS) as (keyof typeof rows)[]).map((ledger) =>
      counted(language, rows[ledger], LEDGER_COUNTS[ledger]),
    )
    if (problems.length === 0)
      terminal.print(
        terminal.say({
          en: `The registry is what was written: ${counts.join(', ')}.`,
          fr: `Le registre est ce qui a été écrit : ${counts.join(', ')}.`,
        }),
      )
    if (headLine !== '') terminal.print(headLine)
  }
  return problems.length === 0 ? EXIT.done : EXIT.no
}

/** Takes the registry as it is. @returns 0, also when nothing was wrong */
export async function registryAccept(
  context: CommandContext,
  options: SiteOptions & { readonly reason: string },
): Promise<ExitCode> {
  const { terminal } = context
  const { before, after } = await withRegistry(configurationOf(context, options.config), (registry) => {
    const found = registry.verify().problems
    registry.accept(whoAmI(), keptText(options.reason))
    return { before: found, after: registry.verify().problems }
  })
  if (options.json) terminal.printJson({ accepted: forPrograms(before), left: forPrograms(after) })
  else {
    for (const { words } of before) terminal.print(terminal.say(words))
    if (after.length > 0) terminal.print(terminal.say({ en: 'Still there:', fr: 'Toujours là :' }))
    for (const { words } of after) terminal.print(terminal.say(words))
    terminal.print(
      terminal.say({
        en: 'Accepted and entered in the register. Records that were edited authorise nothing: import them again.',
        fr: 'Accepté et inscrit au registre. Les fiches modifiées n’autorisent rien : les importer de nouveau.',
      }),
    )
  }
  return EXIT.done
}

/** Codes, and one language: a program that reads a sentence reads the same whoever asks. */
function forPrograms(problems: readonly RegistryProblem[]) {
  return problems.map(({ kind, ledger, number, words }) => ({ kind, ledger, number, message: words.en }))
}
