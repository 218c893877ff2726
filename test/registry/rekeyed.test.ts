/** Keys rotated while others have the registry open: nobody writes past a key it does not know, and nobody is refused for it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { importFile } from '#aval/registry/import/import-file.js'
import { keyFile, type KeySource, subjects } from '#aval/registry/key-source.js'
import { openRegistry } from '#aval/registry/sqlite-registry.js'
import { openRegistryIntake } from '#aval/registry/writer/registry-intake.js'
import { openRegistryWriter, type RegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { addKey, createKeyFile } from '#aval/storage/key-file.js'
import { address, consent, NOW, objection } from './fixture.js'

let directory: string
let path: string
let keysPath: string
const open: { close(): unknown }[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aval-rekeyed-'))
  path = join(directory, 'registry.db')
  keysPath = join(directory, 'aval.key')
  createKeyFile(keysPath)
})

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  rmSync(directory, { recursive: true, force: true })
})

function opened<T extends { close(): unknown }>(one: T): T {
  open.push(one)
  return one
}

const writer = (keys = keyFile(keysPath)): RegistryWriter => opened(openRegistryWriter({ path, keys, now: () => NOW }))

/** As a command does that was started after the rotation. */
function rotated(): RegistryWriter {
  addKey(keysPath)
  return writer()
}

const asked = (keys: KeySource, who: string) => {
  const registry = opened(openRegistry({ path, keys }))
  return () => registry.lookup({ subject: () => subjects(keys).identify(address(who)), advertiserId: 'acme' })
}

const verified = () => writer().verify()

it('a process that knows the old key only writes nothing, and the seal holds', async () => {
  const old = writer()
  old.addObjection(objection('a@example.com'))
  rotated().addObjection(objection('b@example.com'))
  expect(() => old.addObjection(objection('c@example.com'))).toThrow(
    expect.objectContaining({ code: 'rekeyed', message: expect.stringContaining('run the command again') as string }),
  )
  expect(verified().problems).toEqual([])
  const keys = keyFile(keysPath)
  expect((await asked(keys, 'b@example.com')()).objections).toHaveLength(1)
  expect((await asked(keys, 'c@example.com')()).objections).toEqual([])
})

it('a reader that looked at the key file a moment ago looks again before it misses a key', async () => {
  writer().addConsent(consent('a@example.com'), { by: 'test' })
  const ask = asked(keyFile(keysPath), 'a@example.com')
  expect((await ask()).records).toHaveLength(1)
  rotated().addObjection(objection('a@example.com'))
  expect(await ask()).toMatchObject({ records: [{ intact: true }], objections: [{ reason: 'unsubscribe_link' }] })
})

it('a reader whose key file really lacks a key says so, again and again', async () => {
  writer().addConsent(consent('a@example.com'), { by: 'test' })
  const before = keyFile(keysPath)
  before.keys()
  const ask = asked(before, 'a@example.com')
  expect((await ask()).records).toHaveLength(1)
  const other = join(directory, 'other.key')
  createKeyFile(other)
  const elsewhere = asked(keyFile(other), 'a@example.com')
  for (let i = 0; i < 2; i++) await expect(elsewhere()).rejects.toMatchObject({ code: 'key' })
})

it('whoever knows a person by the old key only, as the journal does, is told what is under it', async () => {
  writer().addObjection(objection('a@example.com'))
  const old = subjects(keyFile(keysPath)).identify(address('a@example.com'))
  rotated().addObjection(objection('a@example.com', { reason: 'letter' }))
  const registry = opened(openRegistry({ path, keys: keyFile(keysPath) }))
  const query = { subject: () => old, advertiserId: 'acme' }
  expect((await registry.lookup({ ...query, underTheseKeysOnly: true })).objections).toMatchObject([
    { reason: 'unsubscribe_link' },
  ])
  await expect(registry.lookup(query)).rejects.toMatchObject({ code: 'key' })
})

it('the thread of a relay takes up the new key with the next thing it is asked', async () => {
  const intake = opened(openRegistryIntake({ path, keyFile: keysPath }))
  writer()
  await intake.ask('object', objection('a@example.com'))
  const fresh = rotated()
  fresh.addObjection(objection('b@example.com', { reason: 'letter' }))
  await intake.ask('object', objection('c@example.com'))
  expect(verified().problems).toEqual([])
  rotated().addObjection(objection('d@example.com', { reason: 'letter' }))
  expect(
    (await intake.ask('feedAfter', 0, 10)).map(({ objection: { scope, reason } }) => [scope.kind, reason]),
  ).toEqual([
    ['advertiser', 'unsubscribe_link'],
    ['advertiser', 'letter'],
    ['advertiser', 'unsubscribe_link'],
    ['advertiser', 'letter'],
  ])
})

it('what was asked under the newest key finds the thread knowing it', async () => {
  const intake = opened(openRegistryIntake({ path, keyFile: keysPath }))
  writer()
  await intake.ask('object', objection('a@example.com'))
  addKey(keysPath)
  const named = subjects(keyFile(keysPath)).identify(address('b@example.com'))
  await intake.ask('object', objection('b@example.com', { person: named }))
  expect(verified().problems).toEqual([])
})

it('an import goes on under the new key where it ended, and hears an objection made under it', async () => {
  const file = join(directory, 'list.csv')
  const columns =
    'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,given_at,method,preticked,source_kind'
  const row = (number: number) =>
    `p${number}@example.com,acme,email,own_offers,consent,given,2026-01-10T09:00:00Z,2026-01-10T09:00:00Z,double_opt_in,false,first_party`
  const rows = 12_000
  writeFileSync(file, `${[columns, ...Array.from({ length: rows }, (_, number) => row(number))].join('\n')}\n`)
  const options = { kind: 'consent', path: file, declaredBy: 'test' } as const
  let isRotated = false
  const first = importFile(writer(), {
    ...options,
    onProgress: () => {
      if (isRotated) return
      isRotated = true
      rotated().addObjection(objection(`p${rows - 1}@example.com`))
    },
  })
  await expect(first).rejects.toMatchObject({ code: 'rekeyed' })
  const report = await importFile(writer(), options)
  expect(report.resumedAfter).toBeGreaterThan(0)
  expect(report.counts).toMatchObject({ rows, added: rows - 1, objected: 1, refused: 0 })
  expect(verified().problems).toEqual([])
})
