/** The real program as a child process: its own directory, configuration, registry and journal, ports chosen by the system. */
import { CONTRACT_CLAUSES } from '#aval/domain/party.js'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { plainSpaces } from './plain-spaces.js'
import { until } from './until.js'

export const AVAL = resolve('dist/main.js')

export interface AvalOptions {
  /** Merged over {@link siteFor}'s configuration, key by key at the top level. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Reuses the directory of an earlier run. */
  readonly directory?: string
  /** Takes this configuration as it stands; all else is left aside. */
  readonly configFile?: string
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>
}

export interface LogLine {
  readonly event?: string
  readonly [field: string]: unknown
}

export interface Aval {
  readonly directory: string
  readonly configFile: string
  readonly process: ChildProcess
  readonly port: number
  readonly httpPort: number
  /** Every line logged so far. */
  log(): LogLine[]
  stderr(): string
  /** Sends a signal and resolves with the exit code or the signal that ended the process. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>
  /** Runs another command of the program on the same site. */
  run(args: readonly string[], input?: string): CommandResult
}

export interface CommandResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export function makeDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'aval-test-'))
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
}

/** A site with one advertiser, one router under contract and a credential recognised by loopback. */
export function siteFor(directory: string, upstream: string): Record<string, unknown> {
  return {
    node: { name: 'relay-1.example' },
    listeners: [{ address: '127.0.0.1:0' }],
    upstream: { url: upstream, tls: 'none' },
    storage: { url: `sqlite:${directory}/aval.db`, key_file: `${directory}/aval.key` },
    journal: { url: `sqlite:${directory}/journal.db` },
    spool: { directory: `${directory}/spool` },
    http: { address: '127.0.0.1:0' },
    advertisers: {
      acme: {
        legal_name: 'Acme SAS',
        brands: ['Acme'],
        siren: '732829320',
        seat: 'Lyon',
        privacy_url: 'https://www.acme.example/privacy',
        contact_email: 'contact@acme.example',
        from_domains: ['news.acme.example'],
        unsubscribe: { hosts: ['www.acme.example'] },
        register: ['prospecting'],
      },
    },
    routers: {
      routix: {
        legal_name: 'Routix SARL',
        contracts: [
          {
            advertiser: 'acme',
            signed: '2024-01-10',
            until: '2099-01-10',
            document_sha256: 'ab'.repeat(32),
            clauses: Object.fromEntries(CONTRACT_CLAUSES.map((clause) => [clause, true])),
          },
        ],
      },
    },
    policy: {
      // The names of the tests do not exist.
      unsub: { min_assurance: 0 },
      justifications: {
        'unsub.min_assurance': { reason: 'names under .example do not exist', by: 'the tests', on: '2026-01-10' },
      },
    },
    credentials: {
      loopback: { router: 'routix', advertisers: ['acme'], classes: ['prospecting_b2c'], networks: ['127.0.0.0/8'] },
    },
  }
}

type Tree = Readonly<Record<string, unknown>>

/** Key by key at the top level. A policy that says how links are judged stands alone; to another one that of the site is added. */
function merged(site: Tree, over: Tree = {}): Tree {
  const [policy, changes] = [site['policy'], over['policy'] ?? {}] as [Tree, Tree]
  if ('unsub' in changes) return { ...site, ...over }
  const justifications = { ...(policy['justifications'] as Tree), ...(changes['justifications'] as Tree | undefined) }
  return { ...site, ...over, policy: { ...policy, ...changes, justifications } }
}

export function writeConfig(directory: string, config: unknown): string {
  const file = join(directory, 'aval.yaml')
  mkdirSync(directory, { recursive: true })
  // Written out each time: aliases are no part of the configuration.
  writeFileSync(file, stringify(config, { aliasDuplicateObjects: false }))
  return file
}

/** What it prints comes with plain spaces for those that do not break: test/words and test/registry/words.test.ts ask for these. */
export function runAval(
  args: readonly string[],
  options: { cwd?: string; input?: string; env?: NodeJS.ProcessEnv } = {},
): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [AVAL, ...args], {
    encoding: 'utf8',
    cwd: options.cwd,
    input: options.input,
    env: { ...process.env, NO_COLOR: '1', LANG: 'en', ...options.env },
    maxBuffer: 64 * 1024 * 1024,
  })
  return { status, stdout: plainSpaces(stdout), stderr: plainSpaces(stderr) }
}

/** Starts the relay and waits until it takes connections. */
export async function startAval(upstream: string, options: AvalOptions = {}): Promise<Aval> {
  const directory = options.directory ?? makeDirectory()
  const configFile = options.configFile ?? writeConfig(directory, merged(siteFor(directory, upstream), options.config))
  const child = spawn(process.execPath, [AVAL, 'serve', '-c', configFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LANG: 'en', ...options.env },
  })
  const out: string[] = []
  const err: string[] = []
  let partial = ''
  let exit: number | NodeJS.Signals | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (partial + text).split('\n')
    partial = lines.pop() ?? ''
    out.push(...lines)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text))
  child.once('exit', (code, signal) => (exit = code ?? signal ?? -1))
  const log = () => out.flatMap(parseLine)
  const listening = (what: string) => log().find((line) => line.event === 'listening' && line['listener'] === what)
  await until(
    () => {
      if (exit !== undefined)
        throw new Error(`aval ended with ${exit} before listening:\n${err.join('')}${out.join('\n')}`)
      return listening('smtp') !== undefined && listening('http') !== undefined
    },
    'aval to listen',
    60_000,
  ).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  return {
    directory,
    configFile,
    process: child,
    port: Number(listening('smtp')!['port']),
    httpPort: Number(listening('http')!['port']),
    log,
    stderr: () => err.join(''),
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      await until(() => exit !== undefined, `aval to end on ${signal}`, 60_000)
      return exit!
    },
    run: ([command = '', ...args], input) =>
      runAval([...command.split(' '), ...args, '-c', configFile], input === undefined ? {} : { input }),
  }
}

function parseLine(line: string): LogLine[] {
  try {
    return [JSON.parse(line) as LogLine]
  } catch {
    return []
  }
}
