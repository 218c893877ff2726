/** The written pages of the repository, for tests that hold them to the code. */
import { readFileSync, readdirSync } from 'node:fs'

const LEFT_OUT = /(^|\/)(node_modules|dist|var|fixtures|\.git)(\/|$)/

export interface Page {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

export function pages(): Page[] {
  return readdirSync('.', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !LEFT_OUT.test(path))
    .map(page)
}

export function page(path: string): Page {
  return { path, text: readFileSync(path, 'utf8') }
}

/** Every source file, one behind the other. */
export function sources(): string {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(`src/${path}`, 'utf8'))
    .join('\n')
}

/** What stands in the first column of the tables of a page, where it is code. */
export function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, code]) => code!)
}

/** What stands between backticks within a line, and the lines of fenced blocks. */
export function code(text: string): { readonly inline: readonly string[]; readonly lines: readonly string[] } {
  const lines: string[] = []
  const prose = text.replace(/^ *```[^\n]*\n(.*?)^ *```/gms, (_, block: string) => {
    lines.push(...block.split('\n'))
    return ''
  })
  return { inline: [...prose.matchAll(/`([^`]+)`/g)].map(([, words]) => words!), lines }
}
