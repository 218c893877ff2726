/** The configuration and the files of a site, opened for a command; every failure a sentence and an exit code. */
import { existsSync } from 'node:fs'
import type { Configuration } from '../config/configuration.js'
import { loadConfiguration } from '../config/load.js'
import { formatProblems } from '../config/problems.js'
import type { Advertiser, Credential } from '../domain/party.js'
import { keyFile } from '../registry/key-source.js'
import { missingRegistry, RegistryUnavailableError } from '../registry/registry-unavailable.js'
import { type RegistryWriter, openRegistryWriter } from '../registry/writer/registry-writer.js'
import type { Bilingual } from '../words/language.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'

/** @throws CommandError 78 with every problem, each on a line of its own */
export function configurationOf({ now, terminal }: CommandContext, file: string | undefined): Configuration {
  const result = loadConfiguration({ file, now: now() })
  if (!result.ok) throw new CommandError(EXIT.configuration, formatProblems(result.problems, terminal.language))
  return result.configuration
}

export function advertiserOf({ site }: Configuration, id: string): Advertiser {
  const advertiser = site.advertisers.get(id)
  if (advertiser === undefined)
    throw new CommandError(EXIT.undecided, unknown('advertiser', id, site.advertisers.keys()))
  return advertiser
}

export function credentialOf({ site }: Configuration, id: string): Credential {
  const credential = site.credentials.get(id)
  if (credential === undefined)
    throw new CommandError(EXIT.undecided, unknown('credential', id, site.credentials.keys()))
  return credential
}

/**
 * Opens the registry for writing while `work` runs, and says in exit codes what went wrong with it. One that is not there is
 * not made: empty, it would know of no objection, and a relay would refuse everybody for good.
 */
export async function withRegistry<T>(
  configuration: Configuration,
  work: (registry: RegistryWriter) => T | Promise<T>,
): Promise<T> {
  const { path } = configuration.runtime.storage
  if (!existsSync(path)) throw asCommandError(missingRegistry(path))
  return withNewRegistry(configuration, work)
}

/** The same, making an empty registry where there is none. */
export async function withNewRegistry<T>(
  { runtime, site }: Configuration,
  work: (registry: RegistryWriter) => T | Promise<T>,
): Promise<T> {
  try {
    const registry = openRegistryWriter({
      path: runtime.storage.path,
      keys: keyFile(runtime.storage.keyFile),
      site,
    })
    try {
      return await work(registry)
    } finally {
      registry.close()
    }
  } catch (cause) {
    throw asCommandError(cause)
  }
}

/** As {@link withRegistry}, for work that goes on where it ended: begun again whenever keys are rotated meanwhile. */
export async function withRegistryThroughout<T>(
  configuration: Configuration,
  work: (registry: RegistryWriter) => T | Promise<T>,
): Promise<T> {
  try {
    return await withRegistry(configuration, work)
  } catch (error) {
    const isRekeyed =
      error instanceof CommandError && error.cause instanceof RegistryUnavailableError && error.cause.code === 'rekeyed'
    if (!isRekeyed) throw error
    return withRegistryThroughout(configuration, work)
  }
}

/** What is wrong with the registry or its key as a sentence and an exit code; everything else as it is. */
export function asCommandError(cause: unknown): unknown {
  return cause instanceof RegistryUnavailableError ? new CommandError(exitCodeOf(cause), cause.told, { cause }) : cause
}

function exitCodeOf({ code }: RegistryUnavailableError): ExitCode {
  if (code === 'locked' || code === 'rekeyed') return EXIT.tryAgain
  return code === 'key' ? EXIT.configuration : EXIT.io
}

const IN_FRENCH = { advertiser: 'annonceur', credential: 'identifiant' } as const

function unknown(kind: keyof typeof IN_FRENCH, id: string, known: Iterable<string>): Bilingual {
  const list = [...known].join(', ')
  return {
    en: `no ${kind} "${id}" is declared in the configuration; there is ${list || 'none'}`,
    fr: `aucun ${IN_FRENCH[kind]} « ${id} » n’est déclaré dans la configuration ; il y a ${list || 'rien'}`,
  }
}
