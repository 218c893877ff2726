/**
 * What `aval config check` calls in order, `aval serve` starts with: files, directories, keys and addresses a configuration names,
 * each in the states they are found in. Run by a user who is not root, to whom modes mean something.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AVAL, type CommandResult, makeDirectory, removeDirectory } from '../support/aval.js'
import { SmallDisk, canHaveSmallDisk } from '../support/small-disk.js'

const NOBODY = 65_534
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

let home: string
let made: string
let sites = 0

beforeAll(() => {
  home = makeDirectory()
  chmodSync(home, 0o755)
  made = join(home, 'made')
  mkdirSync(made)
  own(made)
  expect(run({}, 'init', made)).toMatchObject({ status: 0 })
}, 60_000)

afterAll(() => removeDirectory(home))

/** Given to the user the program runs as, with everything below. */
function own(path: string): void {
  if (user.uid === undefined) return
  lchownSync(path, NOBODY, NOBODY)
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) own(join(path, name))
}

function run(variables: Readonly<Record<string, string>>, ...words: string[]): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [AVAL, ...words], {
    ...user,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'], HOME: home, LANG: 'C', ...variables },
  })
  return { status, stdout, stderr }
}

type Prepare = (place: string) => void
const aFile =
  (content: string, mode = 0o600): Prepare =>
  (place) =>
    writeFileSync(place, content, { mode })
const aDirectory =
  (mode = 0o700): Prepare =>
  (place) =>
    mkdirSync(place, { mode })
const aPipe: Prepare = (place) => {
  expect(spawnSync('mkfifo', ['-m', '600', place]).status).toBe(0)
}
const aLink =
  (to: string): Prepare =>
  (place) =>
    symlinkSync(to, place)
const nothing: Prepare = () => {}
const TEXT = 'no database, no key: a text of some length. '.repeat(200)

interface Site {
  readonly config: string
  readonly variables: Readonly<Record<string, string>>
  readonly place: string
}

/** A new site of its own, one setting of which is `value` with the place that was prepared for it. */
function siteWith(variable: string, value: string, prepare: Prepare): Site {
  const directory = join(home, `site${sites++}`)
  cpSync(made, directory, { recursive: true })
  const config = join(directory, 'aval.yaml')
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll(made, directory))
  const place = join(directory, 'place')
  prepare(place)
  own(directory)
  const variables = {
    AVAL__LISTENERS__0__ADDRESS: '127.0.0.1:0',
    AVAL__HTTP__ADDRESS: '127.0.0.1:0',
    AVAL__UPSTREAM__URL: `capture:${directory}/outbox`,
    [variable]: value.replace('PLACE', place),
  }
  return { config, variables, place }
}

const check = ({ config, variables }: Site): CommandResult => run(variables, 'config', 'check', '-c', config)

const JOURNAL = ['AVAL__JOURNAL__URL', 'sqlite:PLACE'] as const
const BELOW_JOURNAL = ['AVAL__JOURNAL__URL', 'sqlite:PLACE/below/journal.db'] as const
const SEGMENT_KEYS = ['AVAL__JOURNAL__SEGMENT_KEY_FILE', 'PLACE'] as const
const SIGNING_KEY = ['AVAL__JOURNAL__SIGNING_KEY_FILE', 'PLACE'] as const
const SPOOL = ['AVAL__SPOOL__DIRECTORY', 'PLACE'] as const
const IMPORTS = ['AVAL__IMPORTS__DIRECTORY', 'PLACE'] as const
const ANCHOR = ['AVAL__JOURNAL__ANCHORS__OUT__DIRECTORY', 'PLACE'] as const
const CAPTURE = ['AVAL__UPSTREAM__URL', 'capture:PLACE'] as const
const KEY_FILE = ['AVAL__STORAGE__KEY_FILE', 'PLACE'] as const
const REGISTRY = ['AVAL__STORAGE__URL', 'sqlite:PLACE'] as const

test.each<[string, readonly [string, string], Prepare, number, RegExp]>([
  ['a journal that is a directory', JOURNAL, aDirectory(), 74, /the journal \S+place cannot be used/],
  ['a journal that is no database', JOURNAL, aFile(TEXT), 74, /its content is not what was written/],
  ['a journal nobody may read', JOURNAL, aFile(TEXT, 0), 74, /the file cannot be opened/],
  ['a journal that is a pipe', JOURNAL, aPipe, 74, /the file cannot be opened/],
  ['a journal that is a link to nowhere', JOURNAL, aLink('gone/journal.db'), 74, /the file cannot be opened/],
  ['a journal that is the registry', JOURNAL, aLink('data/aval.db'), 74, /a database of something else/],
  ['a journal below a file', BELOW_JOURNAL, aFile(''), 74, /the file cannot be opened/],
  ['a journal where nothing may be written', BELOW_JOURNAL, aDirectory(0o500), 74, /the file cannot be opened/],
  ['short foreign segment keys', SEGMENT_KEYS, aFile('my notes\n'), 74, /line 1 is not a key of a segment/],
  ['long foreign segment keys', SEGMENT_KEYS, aFile(TEXT), 74, /line 1 is not a key of a segment/],
  ['a few digits for segment keys', SEGMENT_KEYS, aFile('deadbeef'), 74, /line 1 is not a key of a segment/],
  ['segment keys that are a pipe', SEGMENT_KEYS, aPipe, 74, /segments \S+place cannot be read/],
  ['segment keys nobody may read', SEGMENT_KEYS, aFile('', 0), 74, /segments \S+place cannot be written/],
  ['segment keys that are a directory', SEGMENT_KEYS, aDirectory(), 74, /EISDIR/],
  ['a signing key that is none', SIGNING_KEY, aFile(TEXT), 78, /place is no Ed25519 private key/],
  ['a signing key that is a pipe', SIGNING_KEY, aPipe, 78, /signing key \S+place cannot be read/],
  ['an empty signing key', SIGNING_KEY, aFile(''), 78, /place is no Ed25519 private key/],
  ['a signing key nobody may read', SIGNING_KEY, aFile('', 0), 78, /signing key \S+place cannot be used/],
  ['a spool that is a file', SPOOL, aFile(''), 74, /cannot write \S+place/],
  ['a spool that is a link to nowhere', SPOOL, aLink('gone/spool'), 74, /cannot write \S+place/],
  ['a spool where nothing may be written', SPOOL, aDirectory(0o500), 74, /cannot write \S+place: this user may not/],
  ['an import folder that is a file', IMPORTS, aFile(''), 74, /cannot write \S+place/],
  ['an import folder nobody may read', IMPORTS, aDirectory(0o300), 74, /cannot write \S+place: this user may not/],
  ['an anchor where nothing may be written', ANCHOR, aDirectory(0o500), 74, /cannot write \S+place: this user may not/],
  ['a capture that is a file', CAPTURE, aFile(''), 74, /cannot write \S+place/],
  ['a registry that is a directory', REGISTRY, aDirectory(), 74, /the registry \S+place cannot be read/],
  ['a registry that is a pipe', REGISTRY, aPipe, 74, /the registry \S+place cannot be read/],
  ['a key file that is a pipe', KEY_FILE, aPipe, 78, /key file \S+place cannot be read/],
  ['a key file that is a link to itself', KEY_FILE, aLink('place'), 78, /key file \S+place cannot be read/],
  ['a registry that is no database', REGISTRY, aFile(TEXT), 74, /damaged or no SQLite database/],
  ['a registry nobody may read', REGISTRY, aFile(TEXT, 0), 74, /the registry \S+place cannot be read/],
  ['a registry that is not there', REGISTRY, nothing, 74, /the registry \S+place is missing/],
  [
    'an address of no machine',
    ['AVAL__HTTP__ADDRESS', '203.0.113.7:9999'],
    nothing,
    69,
    /203\.0\.113\.7:9999: this machine has no such/,
  ],
])(
  'finds %s, as the relay does where it needs it to start',
  async (_what, [variable, value], prepare, status, words) => {
    const site = siteWith(variable, value, prepare)
    const before = contentOf(site.place)
    const checked = check(site)
    expect(checked.stderr).toMatch(words)
    expect(checked.status).toBe(status)
    expect(contentOf(site.place)).toBe(before)
    expect(checked.stderr).toContain(`environment ${variable} ${keyOf(variable)}: `)
    if (!NEEDED_LATER.includes(variable)) expect(await ready(site)).not.toBe(200)
  },
  30_000,
)

/** The relay starts without, and what cannot be done is put off. */
const NEEDED_LATER: readonly string[] = [IMPORTS[0], ANCHOR[0], CAPTURE[0]]

/** `AVAL__HTTP__ADDRESS` is `http.address`. */
function keyOf(variable: string): string {
  const steps = variable.split('__').slice(1)
  return steps.map((step) => step.toLowerCase()).join('.')
}

test.each<[string, readonly [string, string], Prepare]>([
  ['a site as it is made', ['AVAL__LOG__LEVEL', 'info'], nothing],
  ['no journal yet', JOURNAL, nothing],
  ['an empty journal', JOURNAL, aFile('')],
  ['a journal below directories that are not there', BELOW_JOURNAL, nothing],
  ['no segment keys yet', SEGMENT_KEYS, nothing],
  ['a line of segment keys that a loss of power cut', SEGMENT_KEYS, aFile(`${'a'.repeat(32)} 00000001 12\0\0\0`)],
  ['a journal that is a link to where one can be made', JOURNAL, aLink('data/elsewhere.db')],
  ['no signing key yet', SIGNING_KEY, nothing],
  ['no spool yet', SPOOL, nothing],
  ['an empty registry', REGISTRY, aFile('')],
])(
  'is content with %s, and the relay starts and is ready',
  async (_what, [variable, value], prepare) => {
    const site = siteWith(variable, value, prepare)
    const { status, stdout } = check(site)
    expect(stdout).toContain('in order')
    expect(status).toBe(0)
    expect(await ready(site)).toBe(200)
    expect(check(site)).toMatchObject({ status: 0, stderr: '' })
  },
  30_000,
)

test('what would be overwritten stays: foreign segment keys of a new journal end the relay instead', () => {
  const site = siteWith(...SEGMENT_KEYS, aFile('my notes\n'))
  const served = run(site.variables, 'serve', '-c', site.config)
  expect(served.status).toBe(74)
  expect(served.stderr).toContain('is not a key of a segment')
  expect(readFileSync(site.place, 'utf8')).toBe('my notes\n')
})

test.each<[string, Prepare]>([
  ['is a file', aFile('')],
  ['is a link to nowhere', aLink('gone/spool')],
  ['cannot be written', aDirectory(0o500)],
])('a spool that %s ends the relay when it starts, in words', (_what, prepare) => {
  const site = siteWith(...SPOOL, prepare)
  expect(run(site.variables, 'serve', '-c', site.config, '--lang', 'fr')).toMatchObject({
    status: 74,
    stderr: expect.stringMatching(/impossible d’écrire \S+place/),
  })
})

test('a signing key that is none ends the relay when it starts, and makes no journal', () => {
  const site = siteWith(...SIGNING_KEY, aFile(TEXT))
  const served = run(site.variables, 'serve', '-c', site.config)
  expect(served.status).toBe(78)
  expect(served.stderr).toMatch(/place is no Ed25519 private key in PEM: restore it from its backup/)
  expect(contentOf(join(site.config, '../data/journal.db'))).toBeUndefined()
})

test.skipIf(!canHaveSmallDisk())('a disk without room is found, and the relay does not start on it', () => {
  const parent = join(home, 'small')
  mkdirSync(parent)
  const disk = new SmallDisk(parent)
  try {
    own(disk.path)
    disk.fill()
    const site = siteWith('AVAL__JOURNAL__URL', `sqlite:${disk.path}/journal.db`, nothing)
    expect(check(site)).toMatchObject({ status: 74, stderr: expect.stringContaining('the disk is full') })
    expect(run(site.variables, 'serve', '-c', site.config).status).toBe(74)
  } finally {
    disk.remove()
  }
})

test.each<[string, readonly [string, string], Prepare, string]>([
  [
    'a journal',
    JOURNAL,
    aFile(TEXT, 0),
    'le journal PLACE est inutilisable : le fichier ne s’ouvre pas : vérifier le chemin',
  ],
  ['segment keys', SEGMENT_KEYS, aFile('my notes\n'), 'PLACE : la ligne 1 n’est pas une clé de segment'],
  ['a signing key', SIGNING_KEY, aFile(TEXT), 'PLACE n’est pas une clé privée Ed25519 en PEM : la restaurer'],
  ['a registry', REGISTRY, nothing, 'le registre PLACE est absent : le restaurer depuis sa sauvegarde'],
  ['a key file', KEY_FILE, aFile(''), 'PLACE : aucune clé ; restaurer le fichier'],
])('says in French, with the key and the file, what is wrong with %s', (_what, [variable, value], prepare, words) => {
  const site = siteWith(variable, value, prepare)
  const { stderr } = run(site.variables, 'config', 'check', '-c', site.config, '--lang', 'fr')
  const plain = stderr.replaceAll(/[\u00a0\u202f]/g, ' ')
  expect(plain).toContain(`environment ${variable} ${keyOf(variable)} : `)
  expect(plain).toContain(words.replace('PLACE', site.place))
})

test('the line of the file is said where the key stands in it', () => {
  const site = siteWith('AVAL__LOG__LEVEL', 'info', nothing)
  const key = join(site.config, '../data/keys/journal-segments.keys')
  mkdirSync(join(key, '..'), { recursive: true })
  writeFileSync(key, 'my notes\n')
  own(join(key, '..'))
  const line =
    readFileSync(site.config, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('segment_key_file:')) + 1
  expect(check(site)).toMatchObject({
    status: 74,
    stderr: expect.stringContaining(`${site.config}:${line} journal.segment_key_file: `),
  })
})

function contentOf(place: string): string | undefined {
  const found = lstatSync(place, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  return found.isFile() ? readFileSync(place, 'latin1') : 'no file'
}

/** Starts the relay, and ends it. @returns the status of `/readyz` */
async function ready({ config, variables }: Site, log: string[] = []): Promise<number | undefined> {
  const relay = spawn(process.execPath, [AVAL, 'serve', '-c', config], {
    ...user,
    env: { PATH: process.env['PATH'], HOME: home, ...variables },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(relay, 'exit')
  try {
    for await (const chunk of relay.stdout.setEncoding('utf8')) {
      log.push(chunk as string)
      const port = /"listener":"http","address":"127\.0\.0\.1","port":(\d+)/.exec(log.join(''))?.[1]
      if (port !== undefined) return (await fetch(`http://127.0.0.1:${port}/readyz`)).status
    }
    return undefined
  } finally {
    relay.kill()
    await ended
  }
}
