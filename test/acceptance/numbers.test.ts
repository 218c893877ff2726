import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const HIGHEST = 56

/** Each vector of the catalogue of law is a test that bears its number; where it is depends on what it takes to run it. */
test('every acceptance vector has its test', () => {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'))
  const text = files.map((name) => readFileSync(join('test', name), 'utf8')).join('\n')
  const numbers = new Set([...text.matchAll(/vector (\d+)\b/g)].map(([, number]) => Number(number)))
  const missing = Array.from({ length: HIGHEST }, (_, index) => index + 1).filter((number) => !numbers.has(number))
  expect(missing).toEqual([])
})
