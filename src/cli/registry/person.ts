/** `aval consent show` and `withdraw`, `aval objection check`: what is on record about one person. */
import { readWholeDomain } from '../../domain/address.js'
import type { RecordOnFile } from '../../domain/registry.js'
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { advertiserOf, configurationOf, withRegistry } from '../site.js'
import type { Terminal } from '../terminal.js'
import { iso, personOf, reachText, type SiteOptions, whoAmI } from './common.js'

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
      ...(options.source !== undefined && { sourceRef: options.source }),
    }),
  )
  if (options.json) terminal.printJson(withdrawal)
  else {
    const count = withdrawal.records.length
    terminal.print(
      terminal.say({
        en: `${count} record(s) withdrawn; an objection is on file, whatever is imported later.`,
        fr: `${count} enregistrement(s) retiré(s) ; une opposition est au registre, quoi qu'on importe ensuite.`,
      }),
    )
  }
  return EXIT.done
}

/** @returns 1 when nothing is on record */
export async function showCommand(context: CommandContext, address: string, options: SiteOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const person = personOf(address)
  const { terminal } = context
  const { histories, objections } = await withRegistry(configuration, (registry) => ({
    histories: registry.records(person),
    objections: registry.objections(person),
  }))
  if (options.json) terminal.printJson({ records: histories, objections })
  else {
    for (const { advertiserId, recordId, versions } of histories) {
      terminal.print(`${recordId}  ${advertiserId}`)
      for (const version of versions) terminal.print(`  ${versionLine(terminal, version)}`)
    }
    for (const { id, reason, at, ...reach } of objections) {
      terminal.print(
        `${terminal.say({ en: 'objection', fr: 'opposition' })} ${id} ${reachText(reach)} ${reason} ${iso(at)}`,
      )
    }
    if (histories.length + objections.length === 0) {
      terminal.print(
        terminal.say({ en: 'Nothing is on record about this address.', fr: 'Rien au registre pour cette adresse.' }),
      )
    }
  }
  return histories.length + objections.length === 0 ? EXIT.no : EXIT.done
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
  else
    for (const { channel, reason, at, ...reach } of objections)
      terminal.print(`${reachText(reach)} ${channel} ${reason} ${iso(at)}`)
  return objections.length === 0 ? EXIT.done : EXIT.no
}

function versionLine(terminal: Terminal, { record, intact }: RecordOnFile): string {
  const { version, status, legalBasis, channel, purposes, collectedAt, givenAt } = record
  const date = (at: number | undefined): string => (at === undefined ? '-' : iso(at))
  const dates = terminal.say({
    en: `collected ${date(collectedAt)}, given ${date(givenAt)}`,
    fr: `recueilli ${date(collectedAt)}, donné ${date(givenAt)}`,
  })
  const words = [`v${version}`, status, legalBasis, channel, purposes.join('|'), dates]
  if (!intact) words.push(terminal.say({ en: 'NOT INTACT', fr: 'ALTÉRÉ' }))
  return words.join(' ')
}
