import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const HIGHEST = 56

/** What makes a test bear a number: its name, that of the group it is in, or that of a row of a rule's table. */
const NAMED = [
  /\b(?:test|it|describe)(?:\.each\([^]*?\))?\(\s*['"`]((?:(?!['"`]).)*\bvector \d+\b(?:(?!['"`]).)*)['"`]/g,
  /\bname: ['"`](vector \d+\b(?:(?!['"`]).)*)['"`]/g,
]
/** A test that is there and never runs. */
const NOT_RUN = /\b(?:test|it|describe)\.(?:skip|todo|fails|only)\b/

interface Numbered {
  readonly file: string
  readonly name: string
}

const FILES = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((file) => ({ file, text: withoutComments(readFileSync(join('test', file), 'utf8')) }))

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function testsOf(number: number): readonly Numbered[] {
  return FILES.flatMap(({ file, text }) =>
    NAMED.flatMap((named) => [...text.matchAll(named)])
      .map(([, name = '']) => ({ file, name }))
      .filter(({ name }) => new RegExp(`\\bvector ${number}\\b`).test(name)),
  )
}

/** Each vector of the catalogue of law is a test that bears its number; where it is depends on what it takes to run it. */
describe('acceptance vectors', () => {
  test.each(Array.from({ length: HIGHEST }, (_, index) => index + 1))('%i has a test of its name', (number) => {
    expect(testsOf(number)).not.toEqual([])
  })

  test('none is left out, and no file that has one runs others only', () => {
    const numbered = Array.from({ length: HIGHEST }, (_, index) => testsOf(index + 1)).flat()
    const files = new Set(numbered.map(({ file }) => file))
    const own = 'acceptance/numbers.test.ts'
    expect(FILES.filter(({ file, text }) => file !== own && files.has(file) && NOT_RUN.test(text))).toEqual([])
  })
})
