import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, readPragma } from '../../src/storage/sqlite.js'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aval-storage-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

describe('an open database', () => {
  it('commits to the disk, and says so itself', () => {
    const database = openDatabase(join(directory, 'a.db'))
    expect(readPragma(database, 'synchronous')).toBe(2)
    expect(readPragma(database, 'journal_mode')).toBe('wal')
    database.close()
  })

  it('prepares a statement once', () => {
    const database = openDatabase(join(directory, 'a.db'))
    expect(database.prepare('SELECT 1')).toBe(database.prepare('SELECT 1'))
    expect(database.prepare('SELECT 2')).not.toBe(database.prepare('SELECT 1'))
    database.close()
  })

  it('outlives collections that come while no JavaScript runs', () => {
    const compiled = new URL('../../dist/storage/sqlite.js', import.meta.url).href
    const program = `
      import { openDatabase } from ${JSON.stringify(compiled)}
      for (let n = 0; n < 50; n++) {
        const database = openDatabase(${JSON.stringify(join(directory, 'a.db'))})
        for (let m = 0; m < 20; m++) database.prepare('SELECT ' + m).get()
        database.close()
      }
      let turns = 0
      const timer = setInterval(() => { gc({ type: 'major', execution: 'async' }); if (++turns === 20) clearInterval(timer) }, 5)`
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '--input-type=module', '--eval', program],
      { encoding: 'utf8', timeout: 30_000 },
    )
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
  })

  it('is used without what makes native objects at every call', () => {
    const source = new URL('../../src/', import.meta.url).pathname
    const offending = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => /\.(?:pragma|iterate)\(/.test(readFileSync(join(source, name), 'utf8')))
    expect(offending).toEqual([])
  })
})
