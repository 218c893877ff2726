/** `aval consent import` and its like: files into the registry. */
import { type Stats, statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import type { Configuration } from '../../config/configuration.js'
import type { ObjectionReason } from '../../domain/objection.js'
import { daysLater } from '../../domain/paris-time.js'
import type { DigestAlgorithm } from '../../domain/subject-key.js'
import type { ImportKind } from '../../registry/books/batches.js'
import { ImportRefusedError, importFile, type ImportReport } from '../../registry/import/import-file.js'
import type { Defaults } from '../../registry/import/read-draft.js'
import { readObjectionMoment } from '../../registry/records/moments.js'
import { type Bilingual, COLON, counted, type Forms, listed, said } from '../../words/language.js'
import { progressBar } from '../progress-bar.js'
import type { CommandContext } from '../command-context.js'
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js'
import { advertiserOf, configurationOf, withRegistryThroughout } from '../site.js'
import { systemError } from '../system-error.js'
import type { Terminal } from '../terminal.js'
import { certify, iso, keptText, momentOf, problemLine, type SiteOptions, whoAmI } from './common.js'

export interface ImportCommandOptions extends SiteOptions {
  readonly advertiser: string | undefined
  readonly dryRun: boolean
  readonly strip: boolean
  readonly source: string | undefined
  readonly rejects: string | undefined
  /** Algorithm of the digests that stand in the column `address`. */
  readonly hashed: DigestAlgorithm | undefined
  /** What rows of objections that do not say it are taken to say. */
  readonly scope: 'advertiser' | 'global' | undefined
  readonly reason: ObjectionReason | undefined
  readonly at: string | undefined
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
  const defaults = defaultsOf(options, context.now())
  const { terminal } = context
  const size = sizeOf(terminal, file)
  // A relay on the same machine goes first; threads inherit it.
  setPriority(constants.priority.PRIORITY_LOW)
  const report = await withRegistryThroughout(configuration, (registry) =>
    importFile(registry, {
      kind,
      path: file,
      declaredBy: whoAmI(),
      ...(options.source !== undefined && { declaredSource: keptText(options.source) }),
      ...(options.rejects !== undefined && { rejectsPath: options.rejects }),
      ...(options.hashed !== undefined && { hashed: options.hashed }),
      defaults,
      advertisers: new Set(configuration.site.advertisers.keys()),
      strip: options.strip,
      dryRun: options.dryRun,
      say: (words) => terminal.say(words),
      onProgress: (bytes, rows) => terminal.progress(progressBar(bytes, size, rows)),
    }),
  ).catch((error: unknown) => {
    if (isSystemError(error)) {
      const path = 'path' in error && typeof error.path === 'string' ? error.path : file
      throw systemError(terminal, path === file ? 'read' : 'write', path, error)
    }
    if (!(error instanceof ImportRefusedError)) throw error
    const { words, problems } = error
    const reasons = problems.length === 0 ? [terminal.say(words)] : problems.map((one) => problemLine(terminal, one))
    const about = terminal.say({ en: `${file}: `, fr: `${file} : ` })
    throw new CommandError(EXIT.badInput, reasons.map((reason) => about + reason).join('\n'))
  })
  if (report.batchId !== undefined) certifyImport(context, configuration, kind, report, options.advertiser)
  if (options.json) terminal.printJson(forPrograms(report))
  else printReport(terminal, file, report, options.dryRun)
  return report.counts.refused > 0 ? EXIT.badInput : EXIT.done
}

function defaultsOf({ advertiser, scope, reason, at }: ImportCommandOptions, now: number): Defaults {
  const moment = at === undefined ? undefined : momentOf(at, readObjectionMoment)
  if (moment !== undefined && moment >= daysLater(now, 1))
    throw new CommandError(EXIT.undecided, { en: `--at ${at} is in the future`, fr: `--at ${at} est dans le futur` })
  return {
    ...(advertiser !== undefined && { advertiser_id: advertiser }),
    ...(scope !== undefined && { scope }),
    ...(reason !== undefined && { reason }),
    ...(moment !== undefined && { at: iso(moment) }),
  }
}

function forPrograms(report: ImportReport) {
  const rejects = report.rejects.map(({ reason, ...where }) => ({ ...where, reason: reason.en }))
  return { ...report, rejects, stripped: Object.fromEntries(report.stripped) }
}

function certifyImport(
  { now }: CommandContext,
  configuration: Configuration,
  kind: ImportKind,
  { batchId, counts }: ImportReport,
  advertiser = '',
): void {
  certify(configuration, 'import', advertiser, now(), { kind, batch: batchId ?? '', ...counts })
}

function printReport(terminal: Terminal, file: string, report: ImportReport, dryRun: boolean): void {
  const { counts, rejects, rejectsPath, stripped, resumedAfter } = report
  const { language } = terminal
  if (resumedAfter > 0) terminal.tell(counted(language, resumedAfter, RESUMED))
  for (const { line, column, rule, reason } of rejects)
    terminal.tell(`${file}:${line}: ${listed([rule, column, terminal.say(reason)], ' ')}`)
  for (const [column, times] of stripped) {
    terminal.tell(
      terminal.say({ en: `column ${column} dropped (${times})`, fr: `colonne ${column} écartée (${times})` }),
    )
  }
  const fates = FATES.map((fate) => counted(language, counts[fate], WORDS[fate]))
  const tried = dryRun ? ` ${said(language, DRY_RUN)}` : ''
  terminal.print(`${counted(language, counts.rows, WORDS.rows)}${COLON[language]}${listed(fates)}${tried}`)
  if (rejectsPath !== undefined)
    terminal.tell(terminal.say({ en: `rejects: ${rejectsPath}`, fr: `rejets : ${rejectsPath}` }))
}

const FATES = ['added', 'unchanged', 'stale', 'objected', 'refused'] as const
const WORDS: Readonly<Record<keyof ImportReport['counts'], Forms>> = {
  rows: [
    { en: '{count} row', fr: '{count} ligne' },
    { en: '{count} rows', fr: '{count} lignes' },
  ],
  added: [
    { en: '{count} added', fr: '{count} ajoutée' },
    { en: '{count} added', fr: '{count} ajoutées' },
  ],
  unchanged: [
    { en: '{count} unchanged', fr: '{count} inchangée' },
    { en: '{count} unchanged', fr: '{count} inchangées' },
  ],
  stale: [
    { en: '{count} older than on file', fr: '{count} plus ancienne' },
    { en: '{count} older than on file', fr: '{count} plus anciennes' },
  ],
  objected: [
    { en: '{count} against an objection', fr: '{count} contre une opposition' },
    { en: '{count} against an objection', fr: '{count} contre une opposition' },
  ],
  refused: [
    { en: '{count} refused', fr: '{count} refusée' },
    { en: '{count} refused', fr: '{count} refusées' },
  ],
}
const DRY_RUN: Bilingual = { en: '(dry run: nothing written)', fr: '(essai : rien écrit)' }
const RESUMED: Forms = [
  { en: 'went on after {count} row of an interrupted run', fr: 'repris après {count} ligne d’un import interrompu' },
  { en: 'went on after {count} rows of an interrupted run', fr: 'repris après {count} lignes d’un import interrompu' },
]

/** @throws CommandError 74 for what is no file: an import reads it twice, which a pipe does not allow */
function sizeOf(terminal: Terminal, file: string): number {
  let stats: Stats
  try {
    stats = statSync(file)
  } catch (cause) {
    throw systemError(terminal, 'read', file, cause)
  }
  if (!stats.isFile())
    throw new CommandError(EXIT.io, {
      en: `cannot read ${file}: it is no regular file`,
      fr: `impossible de lire ${file} : ce n’est pas un fichier ordinaire`,
    })
  return stats.size
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
