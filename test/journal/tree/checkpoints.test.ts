/** Checkpoints: made with the batches, signed by the key in force, handed over in rotations, and what tampering they find. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Journal } from '#aval/journal/journal.js'
import { appendCertificate, asGuest } from '#aval/journal/guest.js'
import { headSeal } from '#aval/journal/entry-format.js'
import { announceKey } from '#aval/journal/tree/key-statement.js'
import { deriveKey } from '#aval/storage/key-file.js'
import {
  checkpointText,
  openNote,
  readCheckpoint,
  readVerifierKey,
  signerOf,
  signNote,
} from '#aval/journal/tree/note.js'
import { checkpointNow, rotateSigningKey } from '#aval/journal/tree/signing-acts.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { freshPath, KEY, open, refusal, T0 } from '../support.js'

const keyFileOf = (path: string) => join(dirname(path), 'keys', 'signing.key')
const guestOf = (path: string) => ({ path, keys: [KEY] as const, node: 'relay-1' }) as const
const sealOf = (path: string) => ({ keyFile: keyFileOf(path), by: 'cli:root' })

function openSigned(path: string, everyEntries = 10, everyMs = 600_000, events = {}): Promise<Journal> {
  return open(path, { events, signing: { keyFile: keyFileOf(path), by: 'relay-1', everyEntries, everyMs } })
}

/** In batches of at most five. */
async function fill(journal: Journal, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 5) {
    await journal.append(Array.from({ length: Math.min(5, to - number) }, (_, i) => refusal(number + i)))
  }
}

function verify(path: string, checkpoints: readonly string[] = []) {
  return verifyJournal(path, { keys: [KEY], checkpoints })
}

describe('checkpoints', () => {
  it('are made with the batch that fills them, and at the end of a run', async () => {
    const path = freshPath()
    const journal = await openSigned(path)
    await fill(journal, 0, 9)
    expect(verify(path).tree).toEqual({ checkpoints: 0, signed: 0, keys: [] })
    await fill(journal, 9, 12)
    expect(verify(path).tree).toMatchObject({ checkpoints: 1, signed: 13, keys: [{ seq: 13, reason: 'first' }] })
    await fill(journal, 12, 25)
    await journal.close()
    expect(verify(path)).toMatchObject({ ok: true, entries: 29, tree: { checkpoints: 3, signed: 28 } })
    expect(statSync(keyFileOf(path)).mode & 0o777).toBe(0o600)
  })

  it('are made after a while where few entries come, and not again when none do', async () => {
    const path = freshPath()
    const sealed: number[] = []
    const journal = await openSigned(path, 1_000, 20, { sealed: (entries: number) => sealed.push(entries) })
    await journal.append([refusal(1)])
    await expect.poll(() => sealed).toEqual([3])
    expect(journal.status().head?.seq).toBe(3)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(sealed).toEqual([3])
    await journal.append([refusal(2)])
    await journal.close()
    expect(verify(path)).toMatchObject({ ok: true, entries: 5, tree: { checkpoints: 2 } })
  })

  it('go on over runs, and over what commands append', async () => {
    const path = freshPath()
    for (let run = 0; run < 3; run++) {
      const journal = await openSigned(path)
      await fill(journal, run * 300, run * 300 + 290)
      appendCertificate(guestOf(path), { certifies: 'purge', at: T0, advertiser: '', by: 'cli:root', facts: {} })
      await fill(journal, run * 300 + 290, run * 300 + 300)
      checkpointNow(guestOf(path), sealOf(path), T0)
      await journal.close()
    }
    const result = verify(path)
    expect(result).toMatchObject({ ok: true, problem: undefined })
    expect(result.tree.checkpoints).toBeGreaterThan(80)
    const raw = new Database(path, { readonly: true })
    const levels = raw.prepare('SELECT level, count(*) AS kept FROM subtree GROUP BY level').all()
    expect(levels).toEqual([{ level: 8, kept: Math.floor((result.entries - 1) / 256) }])
    raw.close()
  })

  it('on demand are signed notes anybody can check with the key', () => {
    const path = freshPath()
    const { note, key, size } = checkpointNow(guestOf(path), sealOf(path), T0)
    const { name, publicKey } = readVerifierKey(key)!
    expect(openNote(note, name, publicKey)).toBe(note.slice(0, note.indexOf('\n\n') + 1))
    expect(readCheckpoint(note)).toMatchObject({ origin: name, size, at: T0 })
    expect(size).toBe(1)
    expect(checkpointNow(guestOf(path), sealOf(path), T0 + 1).note).toBe(note)
    expect(openNote(note.replace('time', 'tame'), name, publicKey)).toBeUndefined()
    expect(openNote(note, `${name}x`, publicKey)).toBeUndefined()
    expect(readVerifierKey(key.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toBeUndefined()
  })

  it('are done without while the key is missing or another, and entries are written all the same', async () => {
    const path = freshPath()
    await (await openSigned(path)).close()
    checkpointNow(guestOf(path), sealOf(path), T0)
    renameSync(keyFileOf(path), `${keyFileOf(path)}.kept`)
    const told: string[] = []
    const journal = await openSigned(path, 5, 30, { unsealed: (message: string) => told.push(message) })
    await fill(journal, 0, 20)
    expect(told).toEqual([expect.stringContaining('is missing: restore it from its backup')])
    renameSync(`${keyFileOf(path)}.kept`, keyFileOf(path))
    await expect.poll(() => verify(path).tree.checkpoints).toBe(2)
    await journal.close()
    expect(verify(path)).toMatchObject({ ok: true, tree: { checkpoints: 2 } })
  })
})

describe('a rotation of the signing key', () => {
  it('is announced in the chain, signed by both keys, and the relay goes on with the new one', async () => {
    const path = freshPath()
    const journal = await openSigned(path)
    await fill(journal, 0, 25)
    const { previous, key, finished } = rotateSigningKey(guestOf(path), { ...sealOf(path), at: T0, lost: false })
    expect(finished).toBe(false)
    expect(readVerifierKey(key)!.publicKey).not.toEqual(previous)
    await fill(journal, 25, 50)
    await journal.close()
    const { ok, problem, tree } = verify(path)
    expect({ ok, problem }).toEqual({ ok: true, problem: undefined })
    expect(tree.keys.map(({ reason }) => reason)).toEqual(['first', 'rotation'])
    expect(tree.keys[1]!.key).toBe(key)
    expect(existsSync(`${keyFileOf(path)}.next`)).toBe(false)
  })

  it('after a loss says so, and cannot pretend to be handed over', () => {
    const path = freshPath()
    checkpointNow(guestOf(path), sealOf(path), T0)
    rmSync(keyFileOf(path))
    const rotate = (lost: boolean) => rotateSigningKey(guestOf(path), { ...sealOf(path), at: T0, lost })
    expect(() => rotate(false)).toThrow('rotate-key --lost')
    rotate(true)
    checkpointNow(guestOf(path), sealOf(path), T0)
    expect(verify(path)).toMatchObject({ ok: true, tree: { checkpoints: 2, keys: [{}, { reason: 'loss' }] } })
  })

  it('that was cut short between the journal and the file is finished by whoever comes next', () => {
    const path = freshPath()
    checkpointNow(guestOf(path), sealOf(path), T0)
    const before = readFileSync(keyFileOf(path))
    const { key } = rotateSigningKey(guestOf(path), { ...sealOf(path), at: T0, lost: false })
    // As a kill between the commit and the renaming leaves it.
    renameSync(keyFileOf(path), `${keyFileOf(path)}.next`)
    copyFileSync(`${keyFileOf(path)}.next`, `${keyFileOf(path)}.check`)
    chmodSync(`${keyFileOf(path)}.next`, 0o600)
    expect(readFileSync(`${keyFileOf(path)}.check`)).not.toEqual(before)
    const again = rotateSigningKey(guestOf(path), { ...sealOf(path), at: T0, lost: false })
    expect(again).toMatchObject({ finished: true, key })
    expect(readFileSync(keyFileOf(path))).toEqual(readFileSync(`${keyFileOf(path)}.check`))
    expect(verify(path)).toMatchObject({ ok: true, tree: { keys: [{}, {}] } })
  })
})

describe('I11: against checkpoints', () => {
  async function signedJournal(entries = 40) {
    const path = freshPath()
    const journal = await openSigned(path)
    await fill(journal, 0, entries)
    await journal.close()
    const raw = new Database(path)
    raw.exec('DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_removed')
    return { path, raw }
  }

  it('a file put back as it was earlier, head and checkpoints included, is found by a checkpoint kept elsewhere', async () => {
    const path = freshPath()
    const journal = await openSigned(path)
    await fill(journal, 0, 25)
    await journal.close()
    const backup = `${path}.backup`
    copyFileSync(path, backup)
    const later = await openSigned(path)
    await fill(later, 25, 40)
    await later.close()
    const { note, size } = checkpointNow(guestOf(path), sealOf(path), T0)
    expect(verify(path, [note])).toMatchObject({ ok: true, problem: undefined })
    expect(verify(backup)).toMatchObject({ ok: true })
    expect(verify(backup, [note])).toMatchObject({
      ok: false,
      problem: { kind: 'truncated', seq: verify(backup).entries + 1 },
    })
    expect(size).toBeGreaterThan(verify(backup).entries)
  })

  it('two checkpoints of one size that differ are a split view', async () => {
    const { path, raw } = await signedJournal()
    raw.close()
    const name = `aval-journal/${verify(path).header!.journal}`
    const key = signerOf(name, createPrivateKey(readFileSync(keyFileOf(path))))
    const forged = signNote(checkpointText({ origin: name, size: 20, root: Buffer.alloc(32), at: T0 }), key)
    expect(verify(path, [forged]).problem).toMatchObject({ kind: 'checkpoint', seq: 20 })
    const other = signerOf(name, generateKeyPairSync('ed25519').privateKey)
    const size = verify(path).tree.signed
    const note = signNote(checkpointText({ origin: name, size, root: Buffer.alloc(32), at: T0 }), other)
    expect(verify(path, [note]).ok).toBe(false)
    expect(verify(path, ['nonsense']).problem).toMatchObject({
      kind: 'checkpoint',
      message: expect.stringContaining('none'),
    })
  })

  it('whoever holds the key of the seal but not the signing key can cut the end, and not sign again', async () => {
    const { path, raw } = await signedJournal()
    const { note } = checkpointNow(guestOf(path), sealOf(path), T0)
    const { journal } = verify(path).header!
    raw.exec('DELETE FROM entry WHERE seq > 15; DELETE FROM personal WHERE seq > 15')
    const hash = raw.prepare('SELECT hash FROM entry WHERE seq = 15').pluck().get() as string
    const seal = headSeal(deriveKey(KEY, 'journal'), journal, 'k1', { seq: 15, hash })
    raw.prepare('UPDATE head SET seq = 15, hash = ?, seal = ?').run(hash, seal)
    raw.close()
    const told: string[] = []
    const forged = await open(path, {
      events: { unsealed: (message) => told.push(message) },
      signing: { keyFile: `${keyFileOf(path)}.forged`, by: 'relay-1', everyEntries: 1, everyMs: 60_000 },
    })
    await fill(forged, 100, 130)
    await forged.close()
    expect(told).toHaveLength(1)
    expect(verify(path)).toMatchObject({ ok: true, entries: 45, tree: { checkpoints: 1 } })
    expect(verify(path, [note]).problem).toMatchObject({ kind: expect.stringMatching(/checkpoint|truncated/) })
  })

  it('a kept subtree changed by hand is found, and nothing is signed over it', async () => {
    const { path, raw } = await signedJournal(600)
    const entries = verify(path).entries
    raw.prepare('UPDATE subtree SET hash = ? WHERE number = 1').run(Buffer.alloc(32))
    raw.close()
    expect(verify(path).problem).toMatchObject({ kind: 'checkpoint', seq: 512 })
    appendCertificate(guestOf(path), { certifies: 'purge', at: T0, advertiser: '', by: 'cli:root', facts: {} })
    expect(() => checkpointNow(guestOf(path), sealOf(path), T0)).toThrow('were changed after it was signed')
    expect(verify(path).entries).toBe(entries + 1)
  })

  it.each([
    ['taken by a thief', true],
    ['without a word', false],
  ])('a signing key %s is named where it is announced', async (_how, pretends) => {
    const { path, raw } = await signedJournal()
    raw.close()
    const { entries, tree } = verify(path)
    const inForce = readVerifierKey(tree.keys[0]!.key)!
    const thief = signerOf(inForce.name, generateKeyPairSync('ed25519').privateKey)
    asGuest(guestOf(path), (chain) => {
      const own = { journal: chain.journal, at: T0, by: 'cli:root', next: thief }
      const entry = announceKey({ ...own, reason: 'rotation', previous: thief })
      const previousKey = inForce.publicKey.toString('base64')
      chain.append([pretends ? { ...entry, previousKey } : announceKey({ ...own, reason: 'first' })])
    })
    expect(verify(path).problem).toMatchObject({ kind: 'key', seq: entries + 1 })
  })

  it.each([
    ['over fewer entries than there are', (size: number) => size - 1, T0],
    ['over more', (size: number) => size + 1, T0],
    ['with a root of its own', (size: number) => size, T0],
  ])('a checkpoint %s is named', async (_how, sizeOf, at) => {
    const { path, raw } = await signedJournal()
    raw.close()
    const { entries } = verify(path)
    asGuest(guestOf(path), (chain) => {
      const origin = `aval-journal/${chain.journal}`
      const signer = signerOf(origin, createPrivateKey(readFileSync(keyFileOf(path))))
      const size = sizeOf(chain.head.seq)
      const note = signNote(checkpointText({ origin, size, root: Buffer.alloc(32), at }), signer)
      chain.append([{ kind: 'checkpoint', schema: 1, ref: '', rcpt: 0, at, size, note }])
    })
    expect(verify(path).problem).toMatchObject({ kind: 'checkpoint', seq: entries + 1 })
  })
})
