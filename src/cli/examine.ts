/**
 * What a relay needs beside its configuration, looked at without changing anything: registry, journal with its keys, and the
 * directories it writes to, and addresses it listens on.
 */
import { once } from 'node:events'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import type { Configuration, Runtime } from '../config/configuration.js'
import { readAddress } from '../domain/address.js'
import { examineJournal } from '../journal/first-look.js'
import { keyFile, subjects } from '../registry/key-source.js'
import { missingRegistry, RegistryUnavailableError } from '../registry/registry-unavailable.js'
import { openRegistry } from '../registry/sqlite-registry.js'
import { readKeyFile } from '../storage/key-file.js'
import { StorageError } from '../storage/sqlite.js'
import { journalCommandError } from './journal-commands.js'
import { asCommandError } from './site.js'
import { listenError, systemError } from './system-error.js'
import type { Terminal } from './terminal.js'

/** @throws CommandError 74 for what cannot be read or written, 78 for a key that cannot be used */
export async function examine(terminal: Terminal, { runtime }: Configuration): Promise<void> {
  const { storage, journal } = runtime
  await examineRegistry(storage)
  try {
    examineJournal({
      path: journal.path,
      keys: readKeyFile(storage.keyFile),
      segmentKeyFile: journal.segments.keyFile,
      signingKeyFile: journal.signingKeyFile,
    })
  } catch (cause) {
    throw journalCommandError(cause)
  }
  for (const directory of directoriesOf(runtime)) assertDirectory(terminal, directory)
  for (const endpoint of endpointsOf(runtime)) await assertMayListen(terminal, endpoint)
}

const NOBODY = readAddress('nobody@aval.invalid')!

async function examineRegistry({ path, keyFile: keys }: Runtime['storage']): Promise<void> {
  if (!existsSync(path)) throw asCommandError(missingRegistry(path))
  const source = keyFile(keys)
  const registry = openRegistry({ path, keys: source, busyTimeoutMs: 5_000 })
  try {
    await registry.lookup({ subject: subjects(source).identify(NOBODY), advertiserId: '' })
  } catch (cause) {
    // The relay brings the tables of an earlier version up to date when it starts.
    if (!isOfEarlierVersion(cause)) throw asCommandError(cause)
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

function directoriesOf({ spool, upstream, imports, journal }: Runtime): string[] {
  const anchors = journal.anchors.flatMap(({ directory }) => directory ?? [])
  const capture = upstream.kind === 'capture' ? [upstream.directory] : []
  return [spool.directory, ...capture, ...(imports ? [imports.directory] : []), ...anchors]
}

/** Those that are not there are made when they are needed. */
function assertDirectory(terminal: Terminal, directory: string): void {
  let place = directory
  try {
    while (!existsSync(place)) place = dirname(place)
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

function endpointsOf({ listeners, http, unsubscribe, api }: Runtime): Place[] {
  return [...listeners, http, unsubscribe.web, unsubscribe.mail, api].filter((place) => place !== undefined)
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
