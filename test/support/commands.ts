/** The command line within this process: what it can be asked, as its own help says, and what it answers. */
import { PassThrough, Readable } from 'node:stream'
import { runProgram } from '#aval/cli/program.js'
import { createTerminal } from '#aval/cli/terminal.js'

export interface Answer {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Starts no process: some fifty commands one after the other would take minutes on a busy machine. */
export async function command(argv: readonly string[], input = ''): Promise<Answer> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const terminal = createTerminal({ stdout, stderr, language: 'en', colour: false })
  const status = await runProgram({ terminal, stdin: Readable.from([Buffer.from(input)]), now: Date.now }, argv)
  return { status, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') }
}

/** Words of every command that does something, e.g. `journal verify`. */
export async function everyCommand(words: readonly string[] = []): Promise<string[]> {
  const { stdout } = await command([...words, '--help'])
  const [, listed = ''] = stdout.split(/^Commands:$/m)
  const names = [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name!).filter((name) => name !== 'help')
  if (names.length === 0) return [words.join(' ')]
  return (await Promise.all(names.map((name) => everyCommand([...words, name])))).flat()
}
