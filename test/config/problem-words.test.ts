/** Every problem of a configuration is said in both languages, with the same values in both. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { loadConfiguration } from '#aval/config/load.js'
import { PROBLEMS } from '#aval/config/problem-words.js'
import { formatProblems } from '#aval/config/problems.js'
import { REQUIRED } from '#aval/config/required-words.js'
import { type Shape, shape } from '#aval/config/shape.js'

const placeholders = (text: string): string[] => (text.match(/\{[a-z]+\}/g) ?? []).toSorted()

test.each(Object.entries(PROBLEMS))('%s', (_kind, { en, fr }) => {
  expect(en).not.toBe('')
  expect(fr).not.toBe('')
  expect(fr).not.toBe(en)
  expect(fr).not.toMatch(/\p{L}'\p{L}|^expected|, got/u)
  expect([...new Set(placeholders(fr))]).toEqual([...new Set(placeholders(en))])
})

test('a kind nobody reports is not kept', () => {
  const sources = readdirSync('src/config')
    .filter((name) => name !== 'problem-words.ts')
    .map((name) => readFileSync(`src/config/${name}`, 'utf8'))
    .join('\n')
  const unused = Object.keys(PROBLEMS).filter(
    (kind) => !sources.includes(`'${kind}'`) && !kind.startsWith('undeclared_'),
  )
  expect(unused).toEqual([])
})

test('what must be written is described in French, and nothing else is', () => {
  expect([...REQUIRED.keys()].toSorted()).toEqual(requiredIn(shape, []).toSorted())
})

function requiredIn(here: Shape, place: readonly string[]): string[] {
  const inside: [string, Shape][] = Object.entries(here.properties ?? {})
  if (here.additionalProperties) inside.push(['*', here.additionalProperties])
  if (here.items) inside.push(['[]', here.items])
  return [
    ...(here.required ?? []).map((name) => [...place, name].join('.')),
    ...inside.flatMap(([name, shape]) => requiredIn(shape, [...place, name])),
  ]
}

describe('in French', () => {
  it.each(readdirSync('test/config/bad'))('%s: as many problems, and no English', (name) => {
    const folder = `test/config/bad/${name}`
    const variables = `${folder}/environment.json`
    const environment = existsSync(variables) ? JSON.parse(readFileSync(variables, 'utf8')) : {}
    const result = loadConfiguration({ file: `${folder}/aval.yaml`, environment, now: Date.UTC(2026, 10, 21) })
    const problems = result.ok ? [] : result.problems
    const lines = formatProblems(problems, 'fr').trim().split('\n')
    expect(lines).toHaveLength(problems.length + 1)
    expect(lines.at(-1)).toBe(
      `${problems.length} ${problems.length < 2 ? 'problème' : 'problèmes'} dans la configuration`,
    )
    // What the parser of YAML says stands in its own words.
    const words = problems.map((problem) => problem.words.fr).filter((text) => !text.startsWith('YAML non valide'))
    expect(words.join('\n').replaceAll(folder, '')).not.toMatch(
      /\b(?:the|is|not|with|expected|got|unknown|missing|needs|declared|did you)\b/,
    )
  })
})
