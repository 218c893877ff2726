/** Objections taken back where they were made, the order they are told in, and rows of the API written once. */
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAddress } from '#aval/domain/address.js'
import type { ObjectionScope } from '#aval/domain/objection.js'
import { answerApiRequest } from '#aval/registry/writer/api-rows.js'
import { keyFile, subjects } from '#aval/registry/key-source.js'
import { addKey } from '#aval/storage/key-file.js'
import { openDatabase } from '#aval/storage/sqlite.js'
import { makeDirectory, removeDirectory } from '../support/aval.js'
import { withRegistry } from '../support/consents.js'

const JEAN = readAddress('jean@client.example')!
const ACME: ObjectionScope = { kind: 'advertiser', advertiserId: 'acme' }
const BOOKS: ObjectionScope = { kind: 'list', advertiserId: 'acme', list: 'livres' }
const HOUR = 3_600_000

let directory: string

beforeEach(() => {
  directory = makeDirectory()
  withRegistry(directory, () => undefined)
})

afterEach(() => removeDirectory(directory))

function object(reason: 'one_click' | 'letter', scope = ACME, at = Date.now()): string {
  return withRegistry(directory, (registry) => {
    const written = registry.addObjection({ person: JEAN, scope, channel: 'email', reason, at })
    if (written.kind === 'refused') throw new Error('refused')
    return written.id
  })
}

function standing(): string[] {
  return withRegistry(directory, (registry) => registry.objections(JEAN).map(({ id }) => id))
}

function person() {
  const { keyId, objectionKey } = subjects(keyFile(join(directory, 'aval.key'))).identify(JEAN)
  return { keyId, objectionKey }
}

function retract(scopes: readonly ObjectionScope[] = [ACME]): number {
  const which = { scopes, reasons: ['one_click', 'unsubscribe_link'] as const, since: Date.now() - 24 * HOUR }
  return withRegistry(directory, (registry) => registry.retractObjections(person(), which))
}

test('only what was objected to by the same link, lately and in the same scope is taken back', () => {
  const kept = [object('letter'), object('one_click', BOOKS), object('one_click', ACME, Date.now() - 25 * HOUR)]
  object('one_click')
  expect(standing()).toHaveLength(4)
  expect(retract()).toBe(1)
  expect(standing().sort()).toEqual(kept.sort())
  expect(retract()).toBe(0)
})

test('whoever objects again after that has objected', () => {
  object('one_click', ACME, Date.now() - 1_000)
  retract()
  withRegistry(directory, (registry) => {
    const draft = { person: person(), scope: ACME, channel: 'email', reason: 'one_click', at: Date.now() } as const
    expect(registry.addObjection(draft, { unlessRepeated: true }).kind).toBe('added')
    expect(registry.addObjection(draft, { unlessRepeated: true }).kind).toBe('unchanged')
  })
  expect(standing()).toHaveLength(1)
})

test('I5: a retraction slipped into the file without the key takes nothing back', () => {
  const id = object('letter')
  const database = openDatabase(join(directory, 'aval.db'))
  const { keyId, objectionKey } = person()
  const [octets] = database.prepare<[], Buffer>('SELECT id FROM objection').pluck().all()
  database
    .prepare('INSERT INTO objection_retraction (objection_key, objection_id, key_id, at, code) VALUES (?, ?, ?, ?, ?)')
    .run(Buffer.from(objectionKey, 'hex'), octets, keyId, Date.now(), Buffer.alloc(16))
  const rows = database
    .prepare('SELECT count(*) AS n FROM objection JOIN objection_retraction ON id = objection_id')
    .get()
  database.close()
  expect(rows).toEqual({ n: 1 })
  expect(standing()).toEqual([id])
})

test('every objection has its place in the feed, retractions too, and each receiver its own position', () => {
  const first = object('letter')
  const second = object('one_click')
  retract()
  withRegistry(directory, ({ feed }) => {
    const entries = feed.after(0, 10)
    expect(entries.map(({ kind, objection }) => [kind, objection.id])).toEqual([
      ['recorded', first],
      ['recorded', second],
      ['retracted', second],
    ])
    expect(entries[0]).toMatchObject(person())
    expect(feed.after(entries[1]!.seq, 10)).toHaveLength(1)
    feed.move('shop', { seq: 2, attempts: 1, notBefore: 5 })
    expect(feed.position('shop')).toEqual({ seq: 2, attempts: 1, notBefore: 5 })
    expect(feed.position('other')).toEqual({ seq: 0, attempts: 0, notBefore: 0 })
  })
})

test('I8 what is remembered of a request says nothing of whom it was about', () => {
  const sent = { key: 'stop-jean@client.example', digest: 'ab'.repeat(32) }
  const ask = (key: string) =>
    withRegistry(directory, (registry) => {
      const response = answerApiRequest(registry, {
        kind: 'objection',
        rows: [{ address: 'jean@client.example', advertiser_id: 'acme' }],
        advertisers: ['acme'],
        by: 'api:shop',
        idempotency: { ...sent, key },
        now: Date.now(),
      })
      const kept = registry.parts.database.prepare('SELECT key, digest, response FROM api_request').all()
      return { response, kept: JSON.stringify(kept) }
    })
  const { response, kept } = ask(sent.key)
  expect(response.results).toHaveLength(1)
  for (const said of [sent.key, 'client.example', sent.digest]) expect(kept).not.toContain(said)
  addKey(join(directory, 'aval.key'))
  expect(ask(sent.key).response).toEqual(response)
})

test('rows of a request are written all or none, and once for each idempotency key of a token', () => {
  const good = { address: 'jean@client.example', advertiser_id: 'acme' }
  const ask = (rows: readonly Record<string, string>[], key: string, digest: string, by = 'api:shop') =>
    withRegistry(directory, (registry) =>
      answerApiRequest(registry, {
        kind: 'objection',
        rows,
        advertisers: ['acme'],
        by,
        idempotency: { key, digest },
        now: Date.now(),
      }),
    )
  expect(ask([good, { ...good, address: 'x' }], 'k', 'd').problems).toHaveLength(1)
  expect(standing()).toEqual([])
  const first = ask([good], 'k', 'd')
  expect(first.results).toMatchObject([{ result: 'added' }])
  expect(ask([good], 'k', 'd')).toEqual(first)
  expect(ask([good], 'k', 'another')).toMatchObject({ conflict: true, results: [] })
  expect(ask([good], 'k', 'another', 'api:other').conflict).toBe(false)
  expect(standing()).toHaveLength(1)
  expect(ask([{ ...good, address: '@client.example' }], 'k2', 'd').results).toMatchObject([{ result: 'added' }])
  expect(standing()).toHaveLength(2)
  expect(ask([{ ...good, address: '@client.example', scope: 'global' }], 'k3', 'd').problems).toHaveLength(1)
})
