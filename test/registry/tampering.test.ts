/** Somebody edits the database by hand, with all the rights of the file and without the key. */
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { covers } from '#aval/domain/objection.js'
import { editByHand } from './by-hand.js'
import { address, consent, event, type Fixture, fixture, NOW, objection } from './fixture.js'

describe('RECORD-TAMPERED', () => {
  let made: Fixture
  beforeEach(() => {
    made = fixture()
    made.writer.addConsent(consent('jean@example.com'), { by: 'test' })
  })
  afterEach(() => made.close())

  const byHand = (sql: string): void => void editByHand(made.path, (raw) => raw.exec(sql))
  const verdicts = async () =>
    (await made.lookup('jean@example.com')).records.map(({ record, intact }) => [record.version, intact])

  it.each([
    ['the moment of consent', `UPDATE consent_version SET body = replace(body, '"givenAt":17', '"givenAt":16')`],
    ['the status', `UPDATE consent_version SET body = replace(body, '"given"', '"reconfirmed"')`],
    [
      'the form everybody met',
      `UPDATE collection_form SET body = replace(body, '"preticked":false', '"preticked":true')`,
    ],
    ['the author', `UPDATE consent_version SET created_by = 'someone'`],
    ['the moment of writing', `UPDATE consent_version SET created_at = created_at - 1`],
    ['the code', `UPDATE consent_version SET code = zeroblob(16)`],
    ['the person part into no JSON', `UPDATE consent_version SET body = 'x'`],
    ['the form into no JSON', `UPDATE collection_form SET body = 'x'`],
    ['the key id', `UPDATE consent_version SET key_id = 'k9'`],
  ])('a record is not intact after an edit of %s', async (_what, sql) => {
    byHand(sql)
    expect(await verdicts()).toEqual([[1, false]])
  })

  it('a record moved to another person or another advertiser is not intact', async () => {
    byHand(`UPDATE consent_version SET advertiser_id = 'thief'`)
    expect((await made.lookup('jean@example.com', 'thief')).records[0]!.intact).toBe(false)
  })

  it('a version removed from under the newest is noticed', async () => {
    made.writer.addConsent(consent('jean@example.com', { noticeVersion: '4' }), { by: 'test' })
    expect(await verdicts()).toEqual([[2, true]])
    byHand('DELETE FROM consent_version WHERE version = 1')
    expect(await verdicts()).toEqual([[2, false]])
  })

  it('a version whose predecessor was edited in its code is noticed', async () => {
    made.writer.addConsent(consent('jean@example.com', { noticeVersion: '4' }), { by: 'test' })
    byHand('UPDATE consent_version SET code = zeroblob(16) WHERE version = 1')
    expect(await verdicts()).toEqual([[2, false]])
  })

  it('an old version copied in as the newest is noticed', async () => {
    made.writer.withdraw(address('jean@example.com'), 'acme', { by: 'test' })
    byHand(`INSERT INTO consent_version SELECT NULL, subject_key, advertiser_id, record_id, 3, key_id, form, body, batch,
              created_by, created_at, code FROM consent_version WHERE version = 1`)
    expect(await verdicts()).toEqual([[3, false]])
  })

  it('a withdrawal taken away leaves its objection: I5', async () => {
    made.writer.withdraw(address('jean@example.com'), 'acme', { by: 'test' })
    byHand('DELETE FROM consent_version WHERE version = 2')
    const { objections } = await made.lookup('jean@example.com')
    expect(objections.some((found) => covers(found, 'acme', undefined, 'email'))).toBe(true)
  })

  it.each([
    ['scope', `UPDATE objection SET scope = 'advertiser:other'`],
    ['channel', `UPDATE objection SET channel = 'post'`],
    ['moment', `UPDATE objection SET at = 0`],
  ])('I5 an objection edited in its %s holds against everybody', async (_what, sql) => {
    made.writer.addObjection(objection('jean@example.com'))
    byHand(sql)
    const [found] = (await made.lookup('jean@example.com')).objections
    expect(covers(found!, 'acme', undefined, 'email')).toBe(true)
    expect(found!.at).toBeGreaterThan(NOW)
    expect(new Date(found!.at).toISOString()).toMatch(/^\+275760/)
  })

  it('an event edited to look newer counts for nothing', async () => {
    made.writer.addEvent(event('jean@example.com'))
    expect((await made.lookup('jean@example.com')).contacts).toHaveLength(1)
    byHand('UPDATE contact_event SET at = at + 1000')
    expect((await made.lookup('jean@example.com')).contacts).toEqual([])
  })

  it('the tables themselves refuse an update and the removal of an objection', () => {
    made.writer.addObjection(objection('jean@example.com'))
    const raw = new Database(made.path)
    expect(() => raw.exec(`UPDATE consent_version SET created_by = 'x'`)).toThrow(/never changed/)
    expect(() => raw.exec('DELETE FROM objection')).toThrow(/are kept/)
    raw.close()
  })

  it('I8 no address stands in the database, nor any part of it', async () => {
    made.writer.addObjection(objection('jean@example.com'))
    made.writer.addEvent(event('jean@example.com'))
    const raw = new Database(made.path)
    const dump = raw.serialize().toString('latin1')
    raw.close()
    expect(dump).not.toContain('jean')
    expect(dump).not.toContain('example.com')
    expect(await verdicts()).toEqual([[1, true]])
  })
})
