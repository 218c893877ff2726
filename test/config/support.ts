/** Configurations written to a directory of their own and loaded from there. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Configuration } from '#aval/config/configuration.js'
import { type LoadOptions, type LoadResult, loadConfiguration } from '#aval/config/load.js'
import { formatProblem } from '#aval/config/problems.js'

/** 2030-01-01: the certificates beside this file are valid then. */
export const NOW = Date.UTC(2030, 0, 1)

export const SECRET_HASH = 'scrypt$32768$8$1$v5ugYk7PMJS9LngvV9eqcA==$0CWasUYuH5kvFGxbaIsSWquODZkndcyAs1A+I3Sr6iQ='

export const MINIMAL = `
listeners:
  - address: 127.0.0.1:2525
upstream:
  url: capture:var/outbox
`

/** The justification a setting looser than its default needs, as a line of a flow map: `policy: { mode: observe, ${because('mode')} }`. */
export function because(...settings: readonly string[]): string {
  const reasons = settings.map((setting) => `${setting}: { reason: asked by the DPO, by: DPO, on: 2026-01-10 }`)
  return `justifications: { ${reasons.join(', ')} }`
}

export function directory(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'aval-config-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content, { mode: 0o600 })
  }
  return path
}

export function copyTls(to: string, names: readonly string[]): void {
  for (const name of names) copyFileSync(`test/config/tls/${name}`, join(to, name))
}

export function load(yaml: string, options: Partial<LoadOptions> = {}): LoadResult {
  return loadConfiguration({
    file: join(directory({ 'aval.yaml': yaml }), 'aval.yaml'),
    environment: {},
    now: NOW,
    ...options,
  })
}

/** The configuration; fails the test with its problems when there are any. */
export function good(yaml: string, options: Partial<LoadOptions> = {}): Configuration {
  return accepted(load(yaml, options))
}

export function accepted(result: LoadResult): Configuration {
  if (!result.ok) throw new Error(result.problems.map((problem) => formatProblem(problem)).join('\n'))
  return result.configuration
}

/** What is wrong, as `path: message`, without the places. */
export function problemsOf(result: LoadResult): string[] {
  return result.ok ? [] : result.problems.map(({ path, words }) => (path === '' ? words.en : `${path}: ${words.en}`))
}
