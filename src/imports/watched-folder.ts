/**
 * A folder whose files are imported as they arrive: `FOLDER/ADVERTISER/*.csv` (or `.jsonl`, `.ndjson`) as objections of that
 * advertiser. What was imported goes to `done/`, where it is kept for a while and then deleted: its addresses are in clear (GDPR
 * art. 5(1)(e)). What cannot be goes to `failed/` with the reason beside it, and stays for somebody to look at. A file that is
 * written to after all, by a program that had paused, is imported again where it lies.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface WatchedFolderOptions {
  readonly directory: string
  readonly everyMs: number
  /** How long what was imported is kept. */
  readonly keepMs: number
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
/** A program that pauses for longer has ended. */
const WATCHED_MS = 3_600_000
const STAMPED = /^(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)\d{3}Z-/
const MOST_WATCHED = 1_000

/** A file that was imported, or refused, and moved away. */
interface Moved {
  readonly path: string
  readonly name: string
  readonly advertiserId: string
  readonly rejectsPath: string
  /** Octets there were when it was imported. */
  readonly size: number
  readonly at: number
}

export function watchFolder(options: WatchedFolderOptions): WatchedFolder {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> = Promise.resolve()
  const moved = new Map<string, Moved>()

  function schedule(delayMs: number): void {
    if (closed) return
    timer = setTimeout(() => {
      running = round(options, moved, () => closed).then(() => schedule(options.everyMs))
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

async function round(options: WatchedFolderOptions, moved: Map<string, Moved>, isClosed: () => boolean): Promise<void> {
  for (const advertiserId of options.advertisers()) {
    const folder = join(options.directory, advertiserId)
    try {
      for (const name of settledFiles(folder, options.now())) {
        if (isClosed()) return
        const one = await importOne(options, folder, name, advertiserId)
        moved.set(one.path, one)
        if (moved.size > MOST_WATCHED) moved.delete(moved.keys().next().value!)
      }
      deleteOld(join(folder, 'done'), options.now() - Math.max(options.keepMs, WATCHED_MS))
    } catch (error) {
      options.events.failed(error)
    }
  }
  for (const one of moved.values()) {
    if (isClosed()) return
    try {
      const still = await importLateRows(options, one)
      if (still === undefined) moved.delete(one.path)
      else moved.set(one.path, still)
    } catch (error) {
      options.events.failed(error)
    }
  }
}

/** @returns what to look at next time; undefined when it need not be any more */
async function importLateRows(options: WatchedFolderOptions, one: Moved): Promise<Moved | undefined> {
  const { events, importFile, isRefusal, now } = options
  const { path, name, advertiserId, rejectsPath } = one
  const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { size: one.size, mtimeMs: 0 }
  if (size === one.size) return now() - one.at < WATCHED_MS ? one : undefined
  if (mtimeMs > now() - SETTLED_MS) return one
  try {
    events.imported(name, advertiserId, await importFile(path, advertiserId, rejectsPath))
  } catch (error) {
    if (!isRefusal(error)) throw error
    events.refused(name, advertiserId, error)
  }
  return { ...one, size, at: now() }
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
  { now, events, importFile, isRefusal }: WatchedFolderOptions,
  folder: string,
  name: string,
  advertiserId: string,
): Promise<Moved> {
  const path = join(folder, name)
  const at = now()
  const { size } = statSync(path)
  const stamped = `${new Date(at).toISOString().replace(/[:.]/g, '')}-${name}`
  const rejectsPath = join(directoryIn(folder, 'done'), `${stamped}.rejects.csv`)
  const movedTo = (to: string): Moved => {
    renameSync(path, to)
    return { path: to, name, advertiserId, rejectsPath, size, at }
  }
  try {
    const counts = await importFile(path, advertiserId, rejectsPath)
    const moved = movedTo(join(folder, 'done', stamped))
    events.imported(name, advertiserId, counts)
    return moved
  } catch (error) {
    if (!isRefusal(error)) throw error
    const failed = directoryIn(folder, 'failed')
    const reason = `${error instanceof Error ? error.message : String(error)}\n`
    writeFileSync(join(failed, `${stamped}.reason.txt`), reason, { mode: 0o600 })
    const moved = movedTo(join(failed, stamped))
    events.refused(name, advertiserId, error)
    return moved
  }
}

/** Files are dated by the moment in their name: that of the file is of whoever wrote it. */
function deleteOld(done: string, before: number): void {
  if (!existsSync(done)) return
  for (const name of readdirSync(done)) {
    const [, day, hours, minutes, seconds] = STAMPED.exec(name) ?? []
    if (day !== undefined && Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`) < before) rmSync(join(done, name))
  }
}

function directoryIn(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}
