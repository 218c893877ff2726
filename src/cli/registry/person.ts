/** `aval consent show` and `withdraw`, `aval objection check`: what is on record about one person. */
import { readWholeDomain } from '../../domain/address.js'
import type { Objection } from '../../domain/objection.js'
import { type Bilingual, counted, type Forms, type Language, said } from '../../words/language.js'
import { momentsIn, PARIS_TIME } from '../../words/moments.js'
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { advertiserOf, configurationOf, withRegistry } from '../site.js'
import type { Terminal } from '../terminal.js'
import { keptText, personOf, type SiteOptions, whoAmI } from './common.js'
import { type Names, namesOf, objectionIn, part, recordLines } from './record-report.js'

export async function withdrawCommand(
  context: CommandContext,
  address: string,
  options: SiteOptions & { readonly advertiser: string; readonly source: string | undefined },
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  advertiserOf(configuration, options.advertiser)
  const person = personOf(address)
  const { terminal } = context
  const withdrawal = await withRegistry(configuration, (registry) =>
    registry.withdraw(person, options.advertiser, {
      by: whoAmI(),
      ...(options.source !== undefined && { sourceRef: keptText(options.source) }),
    }),
  )
  if (options.json) terminal.printJson(withdrawal)
  else {
    terminal.print(counted(terminal.language, withdrawal.records.length, WITHDRAWN))
  }
  return EXIT.done
}

const WITHDRAWN: Forms = [
  {
    en: '{count} record withdrawn; an objection is on file, whatever is imported later.',
    fr: '{count} fiche retirée ; une opposition est au registre, quoi qu’on importe ensuite.',
  },
  {
    en: '{count} records withdrawn; an objection is on file, whatever is imported later.',
    fr: '{count} fiches retirées ; une opposition est au registre, quoi qu’on importe ensuite.',
  },
]

/** @returns 1 when nothing is on record */
export async function showCommand(context: CommandContext, address: string, options: SiteOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const person = personOf(address)
  const { terminal } = context
  const { histories, objections } = await withRegistry(configuration, (registry) => ({
    histories: registry.records(person),
    objections: registry.objections(person),
  }))
  const held = histories.length + objections.length > 0
  if (options.json) terminal.printJson({ records: histories, objections })
  else if (held) {
    const { language } = terminal
    const names = namesOf(configuration.site)
    terminal.print(heading(terminal, SHOWN, { address: person, at: momentsIn(language).moment(context.now()) }))
    const lines = [
      ...part(language, objections.length > 1 ? OBJECTIONS : OBJECTION, objectionLines(language, objections, names)),
      ...histories.flatMap(({ advertiserId, recordId, versions }) => [
        '',
        said(language, RECORD, { id: recordId, advertiser: names(advertiserId) }),
        ...recordLines(language, versions, names).map((line) => `  ${line}`),
      ]),
    ]
    for (const line of lines) terminal.print(line)
  } else
    terminal.print(
      terminal.say({ en: 'Nothing is on record about this address.', fr: 'Rien au registre pour cette adresse.' }),
    )
  return held ? EXIT.done : EXIT.no
}

/** @returns 0 when nothing on file stands against writing to the person, 1 when an objection does */
export async function objectionCheckCommand(
  context: CommandContext,
  address: string,
  options: SiteOptions,
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const domain = readWholeDomain(address)
  const person = domain === undefined ? personOf(address) : undefined
  const { terminal } = context
  const objections = await withRegistry(configuration, (registry) =>
    person === undefined ? registry.objectionsOfDomain(domain!) : registry.objections(person),
  )
  if (options.json) terminal.printJson({ objections })
  else if (objections.length === 0)
    terminal.print(terminal.say({ en: 'No objection on file.', fr: 'Aucune opposition au registre.' }))
  else {
    const { language } = terminal
    terminal.print(
      heading(terminal, CHECKED, { address: person ?? address, at: momentsIn(language).moment(context.now()) }),
    )
    for (const line of objectionLines(language, objections, namesOf(configuration.site))) terminal.print(`  ${line}`)
  }
  return objections.length === 0 ? EXIT.done : EXIT.no
}

const SHOWN: Bilingual = {
  en: '{address}: what is on record on {at} ({zone}, as are all moments below)',
  fr: '{address} : ce que dit le registre le {at} ({zone}, comme toutes les dates qui suivent)',
}
const CHECKED: Bilingual = {
  en: '{address}: objections on file on {at} ({zone}, as are all moments below)',
  fr: '{address} : oppositions au registre le {at} ({zone}, comme toutes les dates qui suivent)',
}
const OBJECTION: Bilingual = {
  en: 'The person has objected: no prospecting may be sent where the objection holds.',
  fr: 'La personne s’est opposée : aucune prospection là où l’opposition s’applique.',
}
const OBJECTIONS: Bilingual = {
  en: 'The person has objected: no prospecting may be sent where one of the objections holds.',
  fr: 'La personne s’est opposée : aucune prospection là où l’une des oppositions s’applique.',
}
const RECORD: Bilingual = { en: 'Record {id}, for {advertiser}', fr: 'Fiche {id}, pour {advertiser}' }

function heading({ language }: Terminal, words: Bilingual, values: Readonly<Record<string, string>>): string {
  return said(language, words, { ...values, zone: said(language, PARIS_TIME) })
}

function objectionLines(language: Language, objections: readonly Objection[], names: Names): string[] {
  return objections.map((objection) => `${objectionIn(language, objection, names)} (${objection.id})`)
}
