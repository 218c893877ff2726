/** Files that are dropped whole, and such as are still being written when they are found. */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type WatchedFolder, type WatchedFolderOptions, watchFolder } from '#aval/imports/watched-folder.js'
import { makeDirectory, removeDirectory } from '../support/aval.js'
import { until } from '../support/until.js'

class Refusal extends Error {}

let directory: string
let folder: WatchedFolder | undefined
let told: string[]
let imported: string[]
/** Added to the clock: files settle at once. */
let ahead: number

beforeEach(() => {
  directory = makeDirectory()
  mkdirSync(join(directory, 'acme'))
  told = []
  imported = []
  ahead = 10_000
})

afterEach(async () => {
  await folder?.close()
  removeDirectory(directory)
})

function watch(over: Partial<WatchedFolderOptions> = {}): void {
  folder = watchFolder({
    directory,
    everyMs: 10,
    keepMs: 30 * 86_400_000,
    advertisers: () => ['acme'],
    now: () => Date.now() + ahead,
    importFile: async (path) => {
      const text = readFileSync(path, 'utf8')
      if (text.startsWith('nonsense')) throw new Refusal('no columns')
      imported.push(text)
      return { rows: text.split('\n').length - 1 }
    },
    isRefusal: (error) => error instanceof Refusal,
    events: {
      imported: (file, _, { rows }) => told.push(`${file} ${rows}`),
      refused: (file) => told.push(`${file} refused`),
      failed: (error) => told.push(`failed ${String(error)}`),
    },
    ...over,
  })
}

const pathOf = (name: string): string => join(directory, 'acme', name)

test('a file that somebody writes to is left until it has rested for two seconds', async () => {
  ahead = 0
  let rounds = 0
  writeFileSync(pathOf('a.csv'), 'address\n')
  watch({
    advertisers: () => {
      rounds++
      return ['acme']
    },
  })
  await until(() => rounds > 10, 'the folder to be looked at')
  expect([told, readdirSync(join(directory, 'acme'))]).toEqual([[], ['a.csv']])
  ahead = 3_000
  await until(() => told.length > 0, 'the import')
  expect(told).toEqual(['a.csv 1'])
})

test('rows that are written after a pause, when the file was moved already, are not lost', async () => {
  const file = openSync(pathOf('slow.csv'), 'w')
  writeSync(file, 'address\none@client.example\ntwo@cli')
  watch()
  await until(() => told.length === 1, 'the first import')
  writeSync(file, 'ent.example\nthree@client.example\n')
  await until(() => told.length === 2, 'the second import')
  expect(imported[1]).toBe('address\none@client.example\ntwo@client.example\nthree@client.example\n')
  writeSync(file, 'four@client.example\n')
  await until(() => told.length === 3, 'the third import')
  closeSync(file)
  expect(imported[2]).toContain('four@')
  expect(readdirSync(pathOf('done'))).toHaveLength(1)
})

test('one that was refused for want of its first line is imported once it has it', async () => {
  const file = openSync(pathOf('late.csv'), 'w')
  writeSync(file, 'nonsense')
  watch()
  await until(() => told.length === 1, 'the refusal')
  expect(told).toEqual(['late.csv refused'])
  writeSync(file, 'address\none@client.example\n', 0)
  await until(() => told.length === 2, 'the import')
  closeSync(file)
  expect(told[1]).toBe('late.csv 2')
})

test('what fails for a reason of ours stays where it is and is tried again', async () => {
  let down = true
  writeFileSync(pathOf('a.jsonl'), '{}\n')
  watch({
    importFile: async () => {
      if (down) throw new Error('registry away')
      return { rows: 1 }
    },
  })
  await until(() => told.length > 1, 'two tries')
  expect(told[0]).toContain('registry away')
  down = false
  await until(() => told.includes('a.jsonl 1'), 'the import')
})

test('what was imported is deleted once it has been kept for long enough; what was refused waits for somebody', async () => {
  writeFileSync(pathOf('a.csv'), 'address\n')
  writeFileSync(pathOf('b.csv'), 'nonsense')
  let rounds = 0
  watch({
    advertisers: () => {
      rounds++
      return ['acme']
    },
  })
  await until(() => told.length === 2, 'both files')
  const left = () => [...readdirSync(pathOf('done')), ...readdirSync(pathOf('failed'))].map((name) => name.slice(22))
  writeFileSync(join(pathOf('done'), 'notes of mine.csv'), 'x')
  expect(left()).toContain('a.csv')
  ahead = 29 * 86_400_000
  rounds = 0
  await until(() => rounds > 2, 'the folder to be looked at')
  expect(left()).toContain('a.csv')
  ahead = 31 * 86_400_000
  await until(() => !left().includes('a.csv'), 'the old file to be deleted')
  expect(readdirSync(pathOf('done'))).toEqual(['notes of mine.csv'])
  expect(left()).toContain('b.csv')
})
