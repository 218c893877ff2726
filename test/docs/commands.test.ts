import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { EXIT } from '#aval/cli/exit-codes.js'
import { runProgram } from '#aval/cli/program.js'
import { createTerminal } from '#aval/cli/terminal.js'
import { code, firstColumn, page, pages as allPages } from './pages.js'

/** The page of the format has names of its own, which are no commands and no settings. */
const pages = () => allPages().filter(({ path }) => path !== 'docs/journal-format.md')

interface Usage {
  readonly commands: readonly string[]
  readonly options: readonly string[]
  readonly takesArguments: boolean
}

const known = new Map<string, Promise<Usage>>()

/** What the program itself says about a command. */
function usage(words: readonly string[]): Promise<Usage> {
  const name = words.join(' ')
  const asked = known.get(name) ?? ask(words)
  known.set(name, asked)
  return asked
}

async function ask(words: readonly string[]): Promise<Usage> {
  const stdout = new PassThrough()
  const terminal = createTerminal({ stdout, stderr: new PassThrough(), language: 'en', colour: false })
  await runProgram({ terminal, stdin: new PassThrough(), now: Date.now }, [...words, '--help'])
  const text = String(stdout.read())
  const [, listed = ''] = text.split(/^Commands:$/m)
  return {
    commands: [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, command]) => command!),
    options: [...text.matchAll(/^ {2}(?:(-[a-z]), )?(--[a-z-]+)/gm)].flatMap(([, short, long]) => [short ?? '', long!]),
    takesArguments: /^Usage: .*[<[](?!options|command)[a-z.]+[>\]]/m.test(text),
  }
}

/** What is wrong with a command line as the program would read it; undefined when nothing is. */
async function problemOf(line: string): Promise<string | undefined> {
  const words = line.split(/\s+/)
  const { options: general } = await usage([])
  const path: string[] = []
  let last = await usage(path)
  while (words.length > 0 && last.commands.includes(words[0]!)) {
    path.push(words.shift()!)
    last = await usage(path)
    if (
      words.length > 0 &&
      last.commands.length > 0 &&
      !words[0]!.startsWith('-') &&
      !last.commands.includes(words[0]!)
    )
      return `no command "${words[0]}"`
  }
  if (path.length === 0 && !words[0]?.startsWith('-')) return `no command "${words[0]}"`
  if (path.length === 0) return general.includes(words[0]!) ? undefined : `no option "${words[0]}"`
  for (const option of words.filter((word) => word.startsWith('-') && word !== '-')) {
    if (!last.options.includes(option) && !general.includes(option)) return `no option "${option}"`
  }
  return words.length > 0 && !words[0]!.startsWith('-') && !last.takesArguments ? `takes no "${words[0]}"` : undefined
}

/** Commands of Aval in the blocks and the running text of a page. */
function shown(text: string): string[] {
  const { inline, lines } = code(text)
  return [...lines.flatMap((line) => line.split('|')), ...inline]
    .map((line) => /^(?:\$ |sudo -u aval (?:--preserve-env=AVAL_CONFIG )?)?aval ([a-z-].*)$/.exec(line.trim())?.[1])
    .filter((command) => command !== undefined)
    .map((command) => command.replace(/ (?:&&|>|#).*$/, ''))
}

test('every command that is shown exists as it is shown', async () => {
  const all = pages().flatMap(({ path, text }) => shown(text).map((command) => ({ path, command })))
  expect(all.length).toBeGreaterThan(30)
  for (const { path, command } of all) expect(await problemOf(command), `aval ${command} in ${path}`).toBeUndefined()
})

test('every command is in docs/commands.md, and none there is gone', async () => {
  expect(firstColumn(page('docs/commands.md').text).sort()).toEqual((await leaves([])).sort())
})

async function leaves(path: readonly string[]): Promise<string[]> {
  const { commands } = await usage(path)
  const own = commands.filter((command) => command !== 'help')
  if (own.length === 0) return [['aval', ...path].join(' ')]
  return (await Promise.all(own.map((command) => leaves([...path, command])))).flat()
}

test('every exit code is in docs/operations.md, and the unit does not restart what is misconfigured', () => {
  const [, table = ''] = page('docs/operations.md').text.split('## Exit codes')
  for (const code of Object.values(EXIT)) expect(table).toMatch(new RegExp(`^\\| ${code} `, 'm'))
  expect(readFileSync('config/aval.service', 'utf8')).toContain(`RestartPreventExitStatus=${EXIT.configuration}\n`)
})

test('what does not exist is noticed', async () => {
  expect(await problemOf('consent expire')).toBe('no command "expire"')
  expect(await problemOf('doctor')).toBe('no command "doctor"')
  expect(await problemOf('serve --fast')).toBe('no option "--fast"')
  expect(await problemOf('serve site.yaml')).toBe('takes no "site.yaml"')
  expect(await problemOf('explain 01J -c aval.yaml --lang fr')).toBeUndefined()
})

test('every setting that is named exists', () => {
  const settings = code(page('docs/config.md').text).inline
  const named = pages().flatMap(({ path, text }) =>
    code(text)
      .inline.map(
        (words) =>
          /^((?:node|listeners\[\]|limits|upstream|storage|journal|spool|parser|http|log|policy)\.[a-z_.]+)(?:: .*)?$/.exec(
            words,
          )?.[1],
      )
      .filter((setting) => setting !== undefined)
      .map((setting) => ({ path, setting })),
  )
  expect(named.length).toBeGreaterThan(20)
  for (const { path, setting } of named) {
    const isSection = settings.some((one) => one.startsWith(`${setting}.`) || one.startsWith(`${setting}[]`))
    expect(isSection || settings.includes(setting), `${setting} in ${path}`).toBe(true)
  }
})
