import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadConfiguration } from '#aval/config/load.js'
import { formatProblems } from '#aval/config/problems.js'

const CASES = readdirSync('test/config/bad').sort()

describe('one folder for each mistake: the exact words, every problem at once, with its place', () => {
  it('has them all', () => expect(CASES.length).toBeGreaterThanOrEqual(70))

  it.each(CASES)('%s', (name) => {
    const folder = `test/config/bad/${name}`
    const variables = `${folder}/environment.json`
    const environment = existsSync(variables) ? JSON.parse(readFileSync(variables, 'utf8')) : {}
    const result = loadConfiguration({ file: `${folder}/aval.yaml`, environment, now: Date.UTC(2026, 10, 21) })

    expect(result.ok).toBe(false)
    const said = result.ok ? '' : formatProblems(result.problems).replaceAll(`${folder}/`, '')
    expect(said).toBe(readFileSync(`${folder}/expected.txt`, 'utf8'))
    expect(JSON.stringify(result)).not.toMatch(/hunter2|8675309867|correct-horse/)
  })
})

describe('a file that is not there', () => {
  it('is named as it was asked for', () => {
    const result = loadConfiguration({ file: 'test/config/none.yaml', environment: {}, now: 0 })
    expect(result).toEqual({
      ok: false,
      problems: [
        {
          file: 'test/config/none.yaml',
          path: '',
          words: { en: 'the file does not exist', fr: 'le fichier n’existe pas' },
        },
      ],
    })
  })

  it('is the one of AVAL_CONFIG, then config/aval.yaml', () => {
    const named = loadConfiguration({ environment: { AVAL_CONFIG: 'test/config/none.yaml' }, now: 0 })
    expect(named).toMatchObject({ ok: false, problems: [{ file: 'test/config/none.yaml' }] })
    const given = loadConfiguration({
      file: 'test/config/other.yaml',
      environment: { AVAL_CONFIG: 'test/config/none.yaml' },
      now: 0,
    })
    expect(given).toMatchObject({ ok: false, problems: [{ file: 'test/config/other.yaml' }] })
    expect(loadConfiguration({ environment: {}, now: Date.UTC(2026, 10, 21) })).toMatchObject({
      ok: true,
      configuration: { files: ['config/aval.yaml'] },
    })
  })
})
