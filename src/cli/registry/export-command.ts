/** `aval consent export` and its like, to standard output as it is read. */
import type { ImportKind } from '../../registry/books/batches.js'
import { EXPORT_COLUMNS, exportedRows, type ExportedRow } from '../../registry/export.js'
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { configurationOf, withRegistry } from '../site.js'
import type { SiteOptions } from './common.js'

/** CSV, or JSON Lines with `--json`. */
export async function exportCommand(
  context: CommandContext,
  kind: ImportKind,
  options: SiteOptions & { readonly advertiser: string | undefined },
): Promise<ExitCode> {
  const { terminal } = context
  const columns = EXPORT_COLUMNS[kind]
  await withRegistry(configurationOf(context, options.config), async (registry) => {
    if (!options.json) terminal.print(columns.join(','))
    for (const page of exportedRows(registry.parts, kind)) {
      for (const row of page) {
        if (options.advertiser !== undefined && row['advertiser_id'] !== options.advertiser) continue
        if (options.json) terminal.printJson(row)
        else terminal.print(columns.map((name) => cell(row[name])).join(','))
      }
      // What was printed has to leave before more is read, or it gathers in memory.
      await terminal.drained()
    }
  })
  return EXIT.done
}

function cell(value: ExportedRow[string]): string {
  const text = value === undefined ? '' : Array.isArray(value) ? value.join('|') : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
