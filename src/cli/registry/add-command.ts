/** `aval consent add` and its like: one row by hand, with the column names of import files. */
import type { ImportKind } from '../../registry/books/batches.js'
import type { Problem } from '../../registry/records/drafts.js'
import { readConsentDraft, readEventDraft, readObjectionDraft, robotsOf } from '../../registry/import/read-draft.js'
import type { Row } from '../../registry/import/rows.js'
import type { CommandContext } from '../command-context.js'
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js'
import { advertiserOf, configurationOf, withRegistry } from '../site.js'
import type { Terminal } from '../terminal.js'
import { problemLine, type SiteOptions, whoAmI } from './common.js'

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
    const reading = { defaults: {}, strip: false, stripped: () => {}, ...robotsOf(configuration.site) }
    switch (kind) {
      case 'consent':
        return written(readConsentDraft(row, reading), (draft) => registry.addConsent(draft, { by: whoAmI() }))
      case 'event':
        return written(readEventDraft(row, reading), (draft) => registry.addEvent(draft))
      case 'objection':
        return written(readObjectionDraft(row, reading), (draft) => registry.addObjection(draft))
    }
  })
  if (result.kind === 'refused') {
    const lines = result.problems.map((problem) => problemLine(context.terminal, problem))
    throw new CommandError(EXIT.badInput, lines.join('\n'))
  }
  if (options.json) context.terminal.printJson(result)
  else context.terminal.print(describeResult(context.terminal, result))
  return result.kind === 'objected' || result.kind === 'withdrawn' ? EXIT.no : EXIT.done
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
        fr: 'pas ajouté : la personne s’est opposée ; seul un double opt-in plus récent auprès de l’annonceur compterait',
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

export function pairOf(text: string): [string, string] {
  const cut = text.indexOf('=')
  if (cut < 1)
    throw new CommandError(EXIT.undecided, {
      en: `"${text}" is not name=value`,
      fr: `« ${text} » n’est pas nom=valeur`,
    })
  return [text.slice(0, cut).trim().toLowerCase().replaceAll('.', '_'), text.slice(cut + 1)]
}
