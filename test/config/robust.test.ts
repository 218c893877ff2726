import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatProblems } from '#aval/config/problems.js'
import { showConfiguration } from '#aval/config/show.js'
import { MINIMAL, load } from './support.js'

const SAMPLE = readFileSync('config/aval.yaml', 'utf8')

/** Loads, and answers with a configuration that can be printed or with problems that can. */
function answers(yaml: string, environment = {}): void {
  const result = load(yaml, { environment })
  if (result.ok) expect(showConfiguration(result.configuration)).not.toBe('')
  else expect(formatProblems(result.problems)).toMatch(/^.+: .+\n/)
}

describe('whatever is written, loading answers and never throws', () => {
  it('for the sample with pieces taken out, put in or repeated', () => {
    const place = fc.nat({ max: SAMPLE.length })
    const piece = fc.oneof(
      fc.constantFrom(
        '',
        '\n',
        '  ',
        '\t',
        '- ',
        ': ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '&a ',
        '*a',
        '!!map ',
        '|',
        '? ',
        '---\n',
        'null',
        '~',
        '<<: ',
      ),
      fc.string({ maxLength: 12, unit: 'binary' }),
    )
    fc.assert(
      fc.property(place, fc.nat({ max: 60 }), piece, (at, length, put) => {
        answers(SAMPLE.slice(0, at) + put + SAMPLE.slice(at + length))
      }),
      { numRuns: 80 },
    )
  })

  it('for values of any type at any key', () => {
    const keys = SAMPLE.split('\n').flatMap((line, index) => (/^ *(- )?[a-z_-]+:/.test(line) ? [index] : []))
    const value = fc.constantFrom(
      '1',
      '-0.5',
      '.nan',
      '.inf',
      'true',
      'null',
      '[]',
      '{}',
      '[[]]',
      '{ a: { b: 1 } }',
      '""',
      '0x10',
      '1e400',
      '2026-01-10',
      '"\\0"',
      '[1, a, null, {}]',
    )
    fc.assert(
      fc.property(fc.constantFrom(...keys), value, (index, written) => {
        const lines = SAMPLE.split('\n')
        lines[index] = lines[index]!.replace(/:.*/, `: ${written}`)
        answers(lines.join('\n'))
      }),
      { numRuns: 80 },
    )
  })

  it('for variables of any name and value', () => {
    const step = fc.oneof(
      fc.constantFrom(
        'LISTENERS',
        '0',
        '1',
        '999',
        'ADVERTISERS',
        'ACME',
        'TLS',
        'AUTH',
        'POLICY',
        'RULES',
        'UPSTREAM',
        'URL',
        '__proto__',
        'constructor',
        '',
        'LENGTH',
      ),
      fc.string({ maxLength: 6 }),
    )
    const name = fc.array(step, { maxLength: 5 }).map((steps) => `AVAL__${steps.join('__')}`)
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(fc.string(), fc.constantFrom('[]', '{}', '[1]', '{ a: 1 }', '"', '&a [*a]'))),
        (environment) => {
          answers(SAMPLE, environment)
        },
      ),
      { numRuns: 80 },
    )
  })

  it('for a file that is nested deep, and for one that is no text', () => {
    answers(`${MINIMAL}log: ${'['.repeat(500)}${']'.repeat(500)}`)
    answers('\0\u{1}\ufffd')
  })
})
