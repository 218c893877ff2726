/**
 * A folder whose files are imported as they arrive: `FOLDER/ADVERTISER/*.csv` (or `.jsonl`, `.ndjson`) as objections of that
 * advertiser. What was imported goes to `done/`, what cannot be to `failed/` with the reason beside it; nothing is deleted.
 */
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface WatchedFolderOptions {
  readonly directory: string
  readonly everyMs: number
  /** Ids. */
  readonly advertisers: () => Iterable<string>
  readonly now: () => number
  /** Resolves with what was counted; rejects when the file as a whole cannot be imported. */
  readonly importFile: (
    path: string,
    advertiserId: string,
    rejectsPath: string,
  ) => Promise<Readonly<Record<string, number>>>
  /** Whether an error is the file's; everything else is tried again. */
  readonly isRefusal: (error: unknown) => boolean
  readonly events: {
    imported(file: string, advertiserId: string, counts: Readonly<Record<string, number>>): void
    refused(file: string, advertiserId: string, error: unknown): void
    failed(error: unknown): void
  }
}

export interface WatchedFolder {
  close(): Promise<void>
}

/** A file is whole once nobody has written to it for so long. */
const SETTLED_MS = 2_000
const IMPORTED = /\.(?:csv|jsonl|ndjson)$/i

export function watchFolder(options: WatchedFolderOptions): WatchedFolder {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> = Promise.resolve()

  function schedule(delayMs: number): void {
    if (closed) return
    timer = setTimeout(() => {
      running = round(options, () => closed).then(() => schedule(options.everyMs))
    }, delayMs)
    timer.unref()
  }

  schedule(0)
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

async function round(options: WatchedFolderOptions, isClosed: () => boolean): Promise<void> {
  for (const advertiserId of options.advertisers()) {
    const folder = join(options.directory, advertiserId)
    try {
      for (const name of settledFiles(folder, options.now())) {
        if (isClosed()) return
        await importOne(options, folder, name, advertiserId)
      }
    } catch (error) {
      options.events.failed(error)
    }
  }
}

/** The oldest first, because the later one is the later word. */
function settledFiles(folder: string, now: number): string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && IMPORTED.test(entry.name))
    .map(({ name }) => ({ name, at: statSync(join(folder, name)).mtimeMs }))
    .filter(({ at }) => at <= now - SETTLED_MS)
    .sort((one, other) => one.at - other.at || (one.name < other.name ? -1 : 1))
    .map(({ name }) => name)
}

async function importOne(
  options: WatchedFolderOptions,
  folder: string,
  name: string,
  advertiserId: string,
): Promise<void> {
  const { now, events, importFile, isRefusal } = options
  const path = join(folder, name)
  const stamped = `${new Date(now()).toISOString().replace(/[:.]/g, '')}-${name}`
  const done = join(folder, 'done')
  mkdirSync(done, { recursive: true, mode: 0o700 })
  try {
    const counts = await importFile(path, advertiserId, join(done, `${stamped}.rejects.csv`))
    renameSync(path, join(done, stamped))
    events.imported(name, advertiserId, counts)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const failed = join(folder, 'failed')
    mkdirSync(failed, { recursive: true, mode: 0o700 })
    writeFileSync(
      join(failed, `${stamped}.reason.txt`),
      `${error instanceof Error ? error.message : String(error)}\n`,
      {
        mode: 0o600,
      },
    )
    renameSync(path, join(failed, stamped))
    events.refused(name, advertiserId, error)
  }
}
