/** `aval registry verify` and `accept`: whether the registry is what was written, and what a person makes of it. */
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { counted, listed, wordFor } from '../../words/language.js'
import type { RegistryProblem } from '../../registry/check.js'
import { configurationOf, withRegistry } from '../site.js'
import type { Terminal } from '../terminal.js'
import { type SiteOptions, whoAmI } from './common.js'
import { LEDGER_COUNTS, LEDGERS, PROBLEMS } from './register-words.js'

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
  if (options.json) terminal.printJson(verification)
  else {
    for (const line of problemLines(terminal, problems)) terminal.print(line)
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
    registry.accept(whoAmI(), options.reason)
    return { before: found, after: registry.verify().problems }
  })
  if (options.json) terminal.printJson({ accepted: before, left: after })
  else {
    for (const line of problemLines(terminal, before)) terminal.print(line)
    if (after.length > 0) terminal.print(terminal.say({ en: 'Still there:', fr: 'Toujours là :' }))
    for (const line of problemLines(terminal, after)) terminal.print(line)
    terminal.print(
      terminal.say({
        en: 'Accepted and entered in the register. Records that were edited authorise nothing: import them again.',
        fr: 'Accepté et inscrit au registre. Les fiches modifiées n’autorisent rien : les importer de nouveau.',
      }),
    )
  }
  return EXIT.done
}

/** What is wrong in words, with the sentence that says it exactly. */
function problemLines({ language }: Terminal, problems: readonly RegistryProblem[]): string[] {
  if (language === 'en') return problems.map(({ message }) => message)
  return problems.map(({ kind, ledger, number, message }) => {
    const row = listed([ledger && wordFor(language, LEDGERS, ledger), number === 0 ? '' : `n°\u00a0${number}`], ' ')
    return `${listed([row, wordFor(language, PROBLEMS, kind)], ' ')} (${message})`
  })
}
