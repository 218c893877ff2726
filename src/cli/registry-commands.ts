/** `aval consent`, `aval event`, `aval objection`: what goes into the registry by hand or by file, and what it holds. */
import { type Stats, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { type CanonicalAddress, readAddress } from '../domain/address.js'
import type { RecordOnFile } from '../domain/registry.js'
import type { ImportKind } from '../registry/batches.js'
import type { Problem } from '../registry/drafts.js'
import { type ImportReport, ImportRefusedError, importFile } from '../registry/import/import-file.js'
import { readConsentDraft, readEventDraft, readObjectionDraft } from '../registry/import/read-draft.js'
import type { Row } from '../registry/import/rows.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { advertiserOf, configurationOf, withRegistry } from './site.js'
import type { Terminal } from './terminal.js'

export interface SiteOptions {
  readonly config: string | undefined
  readonly json: boolean
}

export interface ImportCommandOptions extends SiteOptions {
  readonly advertiser: string | undefined
  readonly dryRun: boolean
  readonly strip: boolean
  readonly source: string | undefined
  readonly rejects: string | undefined
}

/** @returns 0 when every row was taken or known, 65 when some were refused; the others are in the registry all the same */
export async function importCommand(
  context: CommandContext,
  kind: ImportKind,
  file: string,
  options: ImportCommandOptions,
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  if (options.advertiser !== undefined) advertiserOf(configuration, options.advertiser)
  const { terminal } = context
  const size = sizeOf(file)
  const report = await withRegistry(configuration, (registry) =>
    importFile(registry, {
      kind,
      path: file,
      declaredBy: whoAmI(),
      ...(options.source !== undefined && { declaredSource: options.source }),
      ...(options.rejects !== undefined && { rejectsPath: options.rejects }),
      defaults: options.advertiser === undefined ? {} : { advertiser_id: options.advertiser },
      advertisers: new Set(configuration.site.advertisers.keys()),
      strip: options.strip,
      dryRun: options.dryRun,
      onProgress: (bytes, rows) => terminal.progress(progressLine(bytes, size, rows)),
    }),
  ).catch((error: unknown) => {
    if (isSystemError(error))
      throw new CommandError(EXIT.io, `cannot import ${file}: ${error.message}`, { cause: error })
    if (!(error instanceof ImportRefusedError)) throw error
    const reasons = error.problems.length === 0 ? [error.message] : error.problems.map(problemLine)
    throw new CommandError(EXIT.badInput, reasons.map((reason) => `${file}: ${reason}`).join('\n'))
  })
  if (options.json) terminal.printJson({ ...report, stripped: Object.fromEntries(report.stripped) })
  else printReport(terminal, file, report, options.dryRun)
  return report.counts.refused > 0 ? EXIT.badInput : EXIT.done
}

export interface AddOptions extends SiteOptions {
  /** `name=value`, with the column names of import files. */
  readonly set: readonly string[]
}

export async function addCommand(
  context: CommandContext,
  kind: ImportKind,
  address: string,
  options: AddOptions,
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const values = new Map([['address', address], ...options.set.map(pairOf)])
  const advertiser = values.get('advertiser_id')
  if (advertiser !== undefined) advertiserOf(configuration, advertiser)
  const row: Row = { line: 1, values }
  const result = await withRegistry(configuration, (registry) => {
    const reading = { defaults: {}, strip: false, stripped: () => {} }
    switch (kind) {
      case 'consent':
        return written(readConsentDraft(row, reading), (draft) => registry.addConsent(draft, { by: whoAmI() }))
      case 'event':
        return written(readEventDraft(row, reading), (draft) => registry.addEvent(draft))
      case 'objection':
        return written(readObjectionDraft(row, reading), (draft) => registry.addObjection(draft))
    }
  })
  if (result.kind === 'refused') throw new CommandError(EXIT.badInput, result.problems.map(problemLine).join('\n'))
  if (options.json) context.terminal.printJson(result)
  else context.terminal.print(describeResult(context.terminal, result))
  return result.kind === 'objected' || result.kind === 'withdrawn' ? EXIT.no : EXIT.done
}

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
    for (const { id, scope, reason, at } of objections) {
      terminal.print(
        `${terminal.say({ en: 'objection', fr: 'opposition' })} ${id} ${scopeText(scope)} ${reason} ${iso(at)}`,
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
  const person = personOf(address)
  const { terminal } = context
  const objections = await withRegistry(configuration, (registry) => registry.objections(person))
  if (options.json) terminal.printJson({ objections })
  else if (objections.length === 0)
    terminal.print(terminal.say({ en: 'No objection on file.', fr: 'Aucune opposition au registre.' }))
  else
    for (const { scope, channel, reason, at } of objections)
      terminal.print(`${scopeText(scope)} ${channel} ${reason} ${iso(at)}`)
  return objections.length === 0 ? EXIT.done : EXIT.no
}

function written<Draft, Result>(
  read: { readonly ok: true; readonly draft: Draft } | { readonly ok: false; readonly problems: readonly Problem[] },
  write: (draft: Draft) => Result,
): Result | { readonly kind: 'refused'; readonly problems: readonly Problem[] } {
  return read.ok ? write(read.draft) : { kind: 'refused', problems: read.problems }
}

function describeResult(
  terminal: Terminal,
  result: { readonly kind: string; readonly id?: string; readonly recordId?: string },
): string {
  const id = result.recordId ?? result.id ?? ''
  switch (result.kind) {
    case 'added':
      return terminal.say({ en: `added ${id}`, fr: `ajouté ${id}` })
    case 'objected':
      return terminal.say({
        en: 'not added: the person has objected; only a newer double opt-in with the advertiser itself would count',
        fr: "pas ajouté : la personne s'est opposée ; seul un double opt-in plus récent auprès de l'annonceur compterait",
      })
    case 'withdrawn':
      return terminal.say({
        en: `not added: this consent is on file as withdrawn (${id})`,
        fr: `pas ajouté : ce consentement est au registre comme retiré (${id})`,
      })
    default:
      return terminal.say({ en: `nothing changed ${id}`, fr: `rien de changé ${id}` })
  }
}

function printReport(terminal: Terminal, file: string, report: ImportReport, dryRun: boolean): void {
  const { counts, rejects, rejectsPath, stripped } = report
  for (const { line, column, rule, reason } of rejects) terminal.tell(`${file}:${line}: ${rule} ${column} ${reason}`)
  for (const [column, times] of stripped) {
    terminal.tell(
      terminal.say({ en: `column ${column} dropped (${times})`, fr: `colonne ${column} écartée (${times})` }),
    )
  }
  const { rows, added, unchanged, stale, objected, refused } = counts
  terminal.print(
    terminal.say({
      en: `${rows} rows: ${added} added, ${unchanged} unchanged, ${stale} older than on file, ${objected} against an objection, ${refused} refused${dryRun ? ' (dry run: nothing written)' : ''}`,
      fr: `${rows} lignes : ${added} ajoutées, ${unchanged} inchangées, ${stale} plus anciennes, ${objected} contre une opposition, ${refused} refusées${dryRun ? ' (essai : rien écrit)' : ''}`,
    }),
  )
  if (rejectsPath !== undefined)
    terminal.tell(terminal.say({ en: `rejects: ${rejectsPath}`, fr: `rejets : ${rejectsPath}` }))
}

function pairOf(text: string): [string, string] {
  const cut = text.indexOf('=')
  if (cut < 1) throw new CommandError(EXIT.undecided, `"${text}" is not name=value`)
  return [text.slice(0, cut).trim().toLowerCase().replaceAll('.', '_'), text.slice(cut + 1)]
}

function personOf(text: string): CanonicalAddress {
  const address = readAddress(text)
  if (address === undefined) throw new CommandError(EXIT.undecided, `"${text}" is not an e-mail address`)
  return address
}

/** @throws CommandError 74 for what is no file: an import reads it twice, which a pipe does not allow */
function sizeOf(file: string): number {
  let stats: Stats
  try {
    stats = statSync(file)
  } catch (cause) {
    throw new CommandError(EXIT.io, `cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
  if (!stats.isFile()) throw new CommandError(EXIT.io, `cannot read ${file}: it is no regular file`)
  return stats.size
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function progressLine(bytes: number, size: number, rows: number): string {
  const share = size === 0 ? 1 : Math.min(bytes / size, 1)
  const filled = Math.round(share * 30)
  return `[${'#'.repeat(filled)}${'.'.repeat(30 - filled)}] ${Math.floor(share * 100)} %  ${rows}`
}

function problemLine({ column, rule, reason }: Problem): string {
  return `${rule}: ${column} ${reason}`
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

function scopeText(scope: {
  readonly kind: string
  readonly advertiserId?: string
  readonly routerId?: string
}): string {
  return [scope.kind, scope.advertiserId ?? scope.routerId].filter((part) => part !== undefined).join(':')
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function whoAmI(): string {
  return `cli:${userInfo().username}`
}
