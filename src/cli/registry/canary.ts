/** `aval canary`: addresses that belong to nobody, by which a list that was passed on is recognised. */
import { type Bilingual, said } from '../../words/language.js'
import { momentsIn, PARIS_TIME } from '../../words/moments.js'
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { advertiserOf, configurationOf, withRegistry } from '../site.js'
import { personOf, type SiteOptions } from './common.js'

export async function canaryAdd(
  context: CommandContext,
  address: string,
  options: SiteOptions & { readonly advertiser: string },
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  advertiserOf(configuration, options.advertiser)
  const person = personOf(address)
  const result = await withRegistry(configuration, (registry) => registry.addCanary(person, options.advertiser))
  const { terminal } = context
  if (options.json) terminal.printJson(result)
  else
    terminal.print(
      result.kind === 'added'
        ? terminal.say({ en: 'seeded', fr: 'semée' })
        : terminal.say({ en: 'seeded before', fr: 'déjà semée' }),
    )
  return EXIT.done
}

const SEEDED: Bilingual = {
  en: '{advertiser}, seeded on {at} ({zone})',
  fr: '{advertiser}, semée le {at} ({zone})',
}

export async function canaryList(context: CommandContext, options: SiteOptions): Promise<ExitCode> {
  const { terminal } = context
  const canaries = await withRegistry(configurationOf(context, options.config), (registry) => registry.canaries())
  if (options.json) terminal.printJson({ canaries })
  else {
    const { language } = terminal
    const values = { zone: said(language, PARIS_TIME) }
    for (const { advertiserId, seededAt } of canaries)
      terminal.print(
        said(language, SEEDED, { ...values, advertiser: advertiserId, at: momentsIn(language).moment(seededAt) }),
      )
  }
  return EXIT.done
}
