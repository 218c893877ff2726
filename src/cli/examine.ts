/**
 * What a relay needs beside its configuration, looked at without changing anything: registry, journal with its keys, and the
 * directories it writes to, and addresses it listens on.
 */
import { once } from 'node:events'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Configuration, Runtime } from '../config/configuration.js'
import { readAddress } from '../domain/address.js'
import { type Path, formatPath } from '../config/tree.js'
import { examineJournal } from '../journal/first-look.js'
import { JournalUnavailableError } from '../journal/journal-error.js'
import { SegmentKeyError } from '../journal/segments/key-file.js'
import { SigningKeyError } from '../journal/tree/signing-key.js'
import { keyFile, subjects } from '../registry/key-source.js'
import { missingRegistry, RegistryUnavailableError } from '../registry/registry-unavailable.js'
import { openRegistry } from '../registry/sqlite-registry.js'
import { nearestThere } from '../storage/places.js'
import { KeyFileError, readKeyFile } from '../storage/key-file.js'
import { StorageError } from '../storage/sqlite.js'
import { CommandError } from './exit-codes.js'
import { journalCommandError } from './journal-commands.js'
import { asCommandError } from './site.js'
import { listenError, systemError } from './system-error.js'
import type { Terminal } from './terminal.js'

/**
 * @throws CommandError 74 for what cannot be read or written, 78 for a key that cannot be used, 69 for an address; the key of the
 * configuration is named in front, with the line it stands in
 */
export async function examine(terminal: Terminal, configuration: Configuration): Promise<void> {
  const { runtime } = configuration
  const { storage, journal } = runtime
  await blaming(configuration, keyOfRegistry, () => examineRegistry(storage))
  await blaming(configuration, keyOfJournal, () =>
    examineJournal({
      path: journal.path,
      keys: readKeyFile(storage.keyFile),
      segmentKeyFile: journal.segments.keyFile,
      signingKeyFile: journal.signingKeyFile,
    }),
  )
  for (const { key, directory } of directoriesOf(runtime))
    await blaming(
      configuration,
      () => key,
      () => assertDirectory(terminal, directory),
    )
  for (const { key, host, port } of endpointsOf(runtime))
    await blaming(
      configuration,
      () => key,
      () => assertMayListen(terminal, { host, port }),
    )
}

/** Puts in front of what is wrong which key of the configuration names it. */
async function blaming(
  { settings }: Configuration,
  keyOf: (cause: unknown) => Path,
  look: () => void | Promise<void>,
): Promise<void> {
  try {
    await look()
  } catch (cause) {
    const error = journalCommandError(asCommandError(cause))
    if (!(error instanceof CommandError)) throw error
    const key = formatPath(keyOf(cause))
    const origin = settings.find(({ path }) => formatPath(path) === key)?.origin ?? 'default'
    const place = origin === 'default' ? key : `${origin} ${key}`
    const { words: told } = error
    const words = told ? { en: `${place}: ${told.en}`, fr: `${place} : ${told.fr}` } : `${place}: ${error.message}`
    throw new CommandError(error.exitCode, words, { cause: error })
  }
}

function keyOfRegistry(cause: unknown): Path {
  return cause instanceof RegistryUnavailableError && cause.code === 'key'
    ? ['storage', 'key_file']
    : ['storage', 'url']
}

function keyOfJournal(cause: unknown): Path {
  if (cause instanceof KeyFileError) return ['storage', 'key_file']
  if (cause instanceof SigningKeyError) return ['journal', 'signing_key_file']
  const ofSegments =
    cause instanceof JournalUnavailableError &&
    (cause.code === 'segment_keys' || cause.cause instanceof SegmentKeyError)
  return ['journal', ofSegments ? 'segment_key_file' : 'url']
}

const NOBODY = readAddress('nobody@aval.invalid')!

async function examineRegistry({ path, keyFile: keys }: Runtime['storage']): Promise<void> {
  if (!existsSync(path)) throw missingRegistry(path)
  const source = keyFile(keys)
  const registry = openRegistry({ path, keys: source, busyTimeoutMs: 5_000 })
  try {
    await registry.lookup({ subject: () => subjects(source).identify(NOBODY), advertiserId: '' })
  } catch (cause) {
    // The relay brings the tables of an earlier version up to date when it starts.
    if (!isOfEarlierVersion(cause)) throw cause
  } finally {
    registry.close()
  }
}

function isOfEarlierVersion(cause: unknown): boolean {
  return (
    cause instanceof RegistryUnavailableError &&
    cause.cause instanceof StorageError &&
    cause.cause.code === 'schema_missing'
  )
}

interface NamedDirectory {
  readonly key: Path
  readonly directory: string
}

function directoriesOf({ spool, upstream, imports, journal }: Runtime): NamedDirectory[] {
  const found: NamedDirectory[] = [{ key: ['spool', 'directory'], directory: spool.directory }]
  if (upstream.kind === 'capture') found.push({ key: ['upstream', 'url'], directory: upstream.directory })
  if (imports) found.push({ key: ['imports', 'directory'], directory: imports.directory })
  for (const { name, directory } of journal.anchors)
    if (directory !== undefined) found.push({ key: ['journal', 'anchors', name, 'directory'], directory })
  return found
}

/** Those that are not there are made when they are needed. */
function assertDirectory(terminal: Terminal, directory: string): void {
  try {
    const place = nearestThere(directory)
    readdirSync(place)
    accessSync(place, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw systemError(terminal, 'write', directory, cause)
  }
}

interface Place {
  readonly host: string
  readonly port: number
}

function endpointsOf({ listeners, http, unsubscribe, api }: Runtime): (Place & { readonly key: Path })[] {
  const others: readonly [Path, Place | undefined][] = [
    [['http', 'address'], http],
    [['unsubscribe', 'address'], unsubscribe.web],
    [['unsubscribe', 'mail', 'address'], unsubscribe.mail],
    [['api', 'address'], api],
  ]
  return [
    ...listeners.map(({ host, port }, index) => ({ key: ['listeners', index, 'address'], host, port })),
    ...others.flatMap(([key, place]) => (place === undefined ? [] : [{ key, host: place.host, port: place.port }])),
  ]
}

const PRIVILEGED_PORTS = 1024

/** Whether this machine has the address, and this user may have the port. That another program has it is as a running relay has it. */
async function assertMayListen(terminal: Terminal, { host, port }: Place): Promise<void> {
  const server = createServer().listen({ host, port: port < PRIVILEGED_PORTS ? port : 0 })
  try {
    await once(server, 'listening')
  } catch (cause) {
    const error = listenError(terminal, Object.assign(cause as Error, { port }))
    if (error !== undefined && !isTaken(cause)) throw error
  } finally {
    server.close()
  }
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
}
