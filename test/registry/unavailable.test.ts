/** I3: what the registry cannot establish it says in a sentence, and it comes back by itself. */
import { cpSync, mkdirSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixedKeys, keyFile, subjects } from '#aval/registry/key-source.js'
import { openRegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { openRegistry, type SqliteRegistry } from '#aval/registry/sqlite-registry.js'
import { address, consent, type Fixture, fixture, KEY, objection } from './fixture.js'

const QUERY = { subject: () => subjects(KEY).identify(address('jean@example.com')), advertiserId: 'acme' }
const OTHER_KEY = { keyId: 'k1', secret: Buffer.alloc(32, 8) }

describe('a registry that cannot be read', () => {
  let made: Fixture
  beforeEach(() => {
    made = fixture()
    made.writer.addConsent(consent('jean@example.com'), { by: 'test' })
  })
  afterEach(() => made.close())

  const answers = async (registry: SqliteRegistry = made.registry): Promise<number> =>
    (await registry.lookup(QUERY)).records.length
  const comesBack = (registry?: SqliteRegistry) =>
    vi.waitFor(async () => expect(await answers(registry)).toBe(1), { timeout: 5_000, interval: 20 })
  const expectTrouble = async (code: string, words: RegExp, registry = made.registry): Promise<void> => {
    const error: unknown = await registry.lookup(QUERY).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ name: 'RegistryUnavailableError', code })
    expect((error as Error).message).toMatch(words)
    expect((error as Error).message).not.toContain('jean')
    expect(() => registry.check()).toThrow(words)
  }

  it('I3 locked by another process: throws at once, and answers again when the lock is gone', async () => {
    expect(await answers()).toBe(1)
    made.registry.close()
    made.writer.close()
    const other = new Database(made.path)
    other.pragma('locking_mode = EXCLUSIVE')
    other.exec('BEGIN EXCLUSIVE; DELETE FROM contact_event')
    const registry = openRegistry({ path: made.path, keys: fixedKeys(KEY) })
    const started = performance.now()
    await expectTrouble('locked', /registry\.db is locked by another process/, registry)
    expect(performance.now() - started).toBeLessThan(2_000)
    other.close()
    await comesBack(registry)
    registry.close()
  })

  it('I3 locked while open (rollback journal of a foreign tool): throws, then answers again', async () => {
    made.writer.close()
    made.registry.close()
    const other = new Database(made.path)
    other.pragma('journal_mode = DELETE')
    const registry = openRegistry({ path: made.path, keys: fixedKeys(KEY) })
    expect(await answers(registry)).toBe(1)
    other.exec('BEGIN EXCLUSIVE')
    await expectTrouble('locked', /locked/, registry)
    other.exec('ROLLBACK')
    await comesBack(registry)
    registry.close()
    other.close()
  })

  it('I3 a writer at work is no obstacle', async () => {
    made.writer.transaction(() => {
      made.writer.addObjection(objection('jean@example.com'))
      return undefined
    })
    const other = new Database(made.path)
    other.exec('BEGIN IMMEDIATE; DELETE FROM contact_event')
    expect(await answers()).toBe(1)
    other.close()
  })

  it('I3 deleted under the open connection, then put back', async () => {
    expect(await answers()).toBe(1)
    made.writer.close()
    cpSync(made.path, `${made.path}.copy`)
    unlinkSync(made.path)
    await expectTrouble('missing', /registry\.db is missing: restore it/)
    renameSync(`${made.path}.copy`, made.path)
    await comesBack()
  })

  it('I5 replaced by another file: the answer comes from the new one', async () => {
    expect((await made.registry.lookup(QUERY)).objections).toEqual([])
    made.writer.addObjection(objection('jean@example.com'))
    const raw = new Database(made.path)
    raw.exec(`VACUUM INTO '${made.path}.new'`)
    raw.close()
    made.writer.close()
    for (const suffix of ['-wal', '-shm']) rmSync(made.path + suffix, { force: true })
    renameSync(`${made.path}.new`, made.path)
    await vi.waitFor(async () => expect((await made.registry.lookup(QUERY)).objections).toHaveLength(1))
  })

  it('not there yet when the relay starts', async () => {
    const path = join(made.directory, 'later', 'registry.db')
    const registry = openRegistry({ path, keys: fixedKeys(KEY) })
    await expectTrouble('missing', /missing/, registry)
    const writer = openRegistryWriter({ path, keys: fixedKeys(KEY), now: () => made.clock })
    writer.addConsent(consent('jean@example.com'), { by: 'test' })
    await comesBack(registry)
    registry.close()
    writer.close()
  })

  it('I3 a directory where the file should be', async () => {
    const path = join(made.directory, 'directory.db')
    mkdirSync(path)
    const registry = openRegistry({ path, keys: fixedKeys(KEY) })
    await expectTrouble('unreadable', /cannot be read.*check the path/, registry)
    registry.close()
  })

  it('I3 no database at all, or one cut short', async () => {
    const path = join(made.directory, 'text.db')
    writeFileSync(path, 'no database, but long enough to be asked '.repeat(60))
    const registry = openRegistry({ path, keys: fixedKeys(KEY) })
    await expectTrouble('damaged', /damaged or no SQLite database/, registry)
    registry.close()
    const raw = new Database(made.path)
    raw.pragma('wal_checkpoint(TRUNCATE)')
    raw.close()
    made.registry.close()
    made.writer.close()
    truncateSync(made.path, 8_192)
    const cut = openRegistry({ path: made.path, keys: fixedKeys(KEY) })
    await expectTrouble('damaged', /damaged/, cut)
    cut.close()
  })

  it('I3 an empty database, and one of a newer Aval', async () => {
    const path = join(made.directory, 'empty.db')
    new Database(path).exec('CREATE TABLE x (y)').close()
    const registry = openRegistry({ path, keys: fixedKeys(KEY) })
    await expectTrouble('schema', /older schema/, registry)
    registry.close()
    const raw = new Database(made.path)
    raw.pragma('user_version = 999')
    raw.close()
    const newer = openRegistry({ path: made.path, keys: fixedKeys(KEY) })
    await expectTrouble('schema', /newer version of Aval/, newer)
    newer.close()
  })

  it('I3 another secret, or another key id: nobody is looked up under it, and nothing is written', async () => {
    for (const key of [OTHER_KEY, { ...KEY, keyId: 'k2' }]) {
      const registry = openRegistry({ path: made.path, keys: fixedKeys(key) })
      await expectTrouble('key', /made with the key k1.*put back the key file/, registry)
      registry.close()
      expect(() => openRegistryWriter({ path: made.path, keys: fixedKeys(key) })).toThrow(/put back the key file/)
    }
  })

  it('I3 a key file that is missing, then restored', async () => {
    const path = join(made.directory, 'keys')
    const registry = openRegistry({ path: made.path, keys: keyFile(path) })
    await expectTrouble('key', /key file .*keys is missing: restore it/, registry)
    expect(() => subjects(keyFile(path)).identify(address('jean@example.com'))).toThrow(/key file/)
    writeFileSync(path, `k1:${KEY.secret.toString('hex')}\n`)
    await comesBack(registry)
    registry.close()
  })

  it('a query made under a key nobody knows is refused', async () => {
    const query = { ...QUERY, subject: () => ({ ...QUERY.subject(), keyId: 'k9' }) }
    await expect(made.registry.lookup(query)).rejects.toMatchObject({ code: 'key' })
  })
})
