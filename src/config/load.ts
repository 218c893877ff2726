/**
 * From a file and an environment to a configuration, or to everything that is wrong with it. The only way in: nothing else
 * in the program reads configuration files or the environment.
 */
import { type Configuration, type Setting, buildRuntime, declarationOf, printable } from './configuration.js'
import { buildSite } from './site.js'
import { checkSchema } from './check-schema.js'
import { checkObjectionWays } from './objection-checks.js'
import type { CrossChecked } from './cross-checked.js'
import { crossCheck } from './cross-checks.js'
import { type Environment, applyOverrides } from './overrides.js'
import { problemWords } from './problem-words.js'
import { type Problem, Problems } from './problems.js'
import { readYaml } from './read-yaml.js'
import { readSecrets } from './secrets.js'
import { type Origin, type Path, Tree, isMap } from './tree.js'

export const DEFAULT_FILE = 'config/aval.yaml'

export interface LoadOptions {
  /** Stands above `AVAL_CONFIG`; without either it is {@link DEFAULT_FILE}. */
  readonly file?: string | undefined
  /** That of the process by default. */
  readonly environment?: Environment
  /** Milliseconds since the epoch: from then on the configuration is in force. */
  readonly now: number
}

export type LoadResult =
  | { readonly ok: true; readonly configuration: Configuration }
  /** Every problem that could be found, in the order of the files. Never empty. */
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Reads files and certificates, opens no socket and creates nothing. Never throws for what people wrote. */
export function loadConfiguration(options: LoadOptions): LoadResult {
  const environment = options.environment ?? process.env
  const file = configurationFile(options.file, environment)
  const tree = new Tree()
  const problems = new Problems(tree, file)
  const { files, whole } = readYaml(file, tree, problems)
  if (!whole) return { ok: false, problems: problems.list() }
  applyOverrides(environment, tree, problems)
  const fitting = checkSchema(tree, problems)
  if (!fitting) return { ok: false, problems: problems.list() }

  const { declared, written, fits } = fitting
  const checked: CrossChecked = {
    declared,
    names: {
      advertisers: keysAt(tree, 'advertisers'),
      routers: keysAt(tree, 'routers'),
      credentials: keysAt(tree, 'credentials'),
    },
    now: options.now,
    fits,
    report: (path, kind, values, part) => problems.at(written(path), problemWords(kind, values), part),
  }
  crossCheck(checked)
  checkObjectionWays(checked)
  const secrets = readSecrets(checked, options.now)
  if (problems.any) return { ok: false, problems: problems.list() }
  return {
    ok: true,
    configuration: {
      runtime: buildRuntime(declared),
      declaration: declarationOf(declared),
      site: buildSite(declared, secrets, options.now),
      secrets,
      settings: settingsOf(printable(declared), [], tree),
      files,
    },
  }
}

/** The file that is read: the one given, else that of `AVAL_CONFIG`, else {@link DEFAULT_FILE}. */
export function configurationFile(given: string | undefined, environment: Environment = process.env): string {
  return given || environment['AVAL_CONFIG'] || DEFAULT_FILE
}

function keysAt(tree: Tree, section: string): readonly string[] {
  const map = tree.at([section])
  return isMap(map) ? Object.keys(map) : []
}

function settingsOf(value: unknown, path: Path, tree: Tree): Setting[] {
  const inner = Array.isArray(value) ? [...value.entries()] : isMap(value) ? Object.entries(value) : []
  if (inner.length > 0) return inner.flatMap(([step, item]) => settingsOf(item, [...path, step], tree))
  return [{ path, value: value as Setting['value'], origin: describe(tree.origin(path)) }]
}

function describe(origin: Origin | undefined): string {
  if (origin === undefined) return 'default'
  return origin.kind === 'file' ? `${origin.file}:${origin.line}` : `environment ${origin.variable}`
}
