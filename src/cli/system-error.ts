/** What the system said of a file or a port, as a sentence for whoever ran the command. */
import { type Bilingual, said } from '../words/language.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import type { Terminal } from './terminal.js'

const ACTS = {
  read: { en: 'cannot read {path}: {why}', fr: 'impossible de lire {path} : {why}' },
  write: { en: 'cannot write {path}: {why}', fr: 'impossible d’écrire {path} : {why}' },
} as const satisfies Readonly<Record<string, Bilingual>>

const CAUSES: Readonly<Record<string, Bilingual>> = {
  ENOENT: { en: 'there is no such file or directory', fr: 'ce fichier ou ce répertoire n’existe pas' },
  ENOTDIR: { en: 'a part of the path is no directory', fr: 'une partie du chemin n’est pas un répertoire' },
  EISDIR: { en: 'it is a directory', fr: 'c’est un répertoire' },
  EEXIST: { en: 'there is one already', fr: 'il y en a déjà un' },
  EACCES: {
    en: 'this user may not: see its owner and mode, and those of its directory',
    fr: 'cet utilisateur n’en a pas le droit : voir son propriétaire et son mode, et ceux du répertoire',
  },
  EPERM: { en: 'the system does not permit it', fr: 'le système ne le permet pas' },
  EROFS: { en: 'the disk is mounted read-only', fr: 'le disque est monté en lecture seule' },
  ENOSPC: { en: 'the disk is full', fr: 'le disque est plein' },
  EDQUOT: { en: 'the quota of this user is used up', fr: 'le quota de cet utilisateur est épuisé' },
  EMFILE: { en: 'too many files are open', fr: 'trop de fichiers sont ouverts' },
}

/** @param path or what else a person calls it */
export function systemError(
  { language }: Pick<Terminal, 'language'>,
  act: keyof typeof ACTS,
  path: string,
  cause: unknown,
  exitCode: ExitCode = EXIT.io,
): CommandError {
  const code = codeOf(cause)
  const words = code === undefined ? undefined : CAUSES[code]
  const why = words === undefined ? (cause instanceof Error ? cause.message : String(cause)) : said(language, words)
  return new CommandError(exitCode, said(language, ACTS[act], { path, why }), { cause })
}

const PORTS: Readonly<Record<string, Bilingual>> = {
  EADDRINUSE: {
    en: 'cannot listen on {address}: another program does already ("ss -ltnp" says which), perhaps a relay that still runs',
    fr: 'impossible d’écouter sur {address} : un autre programme le fait déjà (« ss -ltnp » dit lequel), peut-être un relais encore en marche',
  },
  EACCES: {
    en: 'cannot listen on {address}: ports below 1024 need the capability CAP_NET_BIND_SERVICE',
    fr: 'impossible d’écouter sur {address} : les ports inférieurs à 1024 demandent la capacité CAP_NET_BIND_SERVICE',
  },
  EADDRNOTAVAIL: {
    en: 'cannot listen on {address}: this machine has no such address',
    fr: 'impossible d’écouter sur {address} : cette machine n’a pas cette adresse',
  },
}

/** @returns undefined for what is no failure to listen */
export function listenError({ language }: Pick<Terminal, 'language'>, cause: unknown): CommandError | undefined {
  if (!(cause instanceof Error) || !('syscall' in cause) || cause.syscall !== 'listen') return undefined
  const words = PORTS[codeOf(cause) ?? '']
  if (words === undefined) return undefined
  const { address, port } = cause as Error & { address?: string; port?: number }
  const host = address?.includes(':') === true ? `[${address}]` : address
  return new CommandError(EXIT.unavailable, said(language, words, { address: `${host}:${port}` }), { cause })
}

/** @returns undefined for what is no failure of a file or directory */
export function placeError(terminal: Pick<Terminal, 'language'>, cause: unknown): CommandError | undefined {
  if (!(cause instanceof Error) || !('path' in cause) || typeof cause.path !== 'string') return undefined
  return systemError(terminal, 'write', cause.path, cause)
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}
