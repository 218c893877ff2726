/** Sample entries, and journals in directories of their own. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DecisionEntry, JournalEntry, OutcomeEntry } from '#aval/domain/journal-entry.js'
import { makeReference } from '#aval/domain/reference.js'
import { type Journal, type JournalOptions, openJournal } from '#aval/journal/journal.js'
import type { MasterKey } from '#aval/storage/key-file.js'

export const KEY: MasterKey = { keyId: 'k1', secret: Buffer.alloc(32, 7) }
export const OTHER_KEY: MasterKey = { keyId: 'k2', secret: Buffer.alloc(32, 9) }
export const T0 = Date.UTC(2026, 0, 5, 9)

export function freshPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'aval-journal-')), 'journal.db')
}

export function open(path: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  return openJournal({ path, keys: [KEY], node: 'relay-1', ...options })
}

/** @param number makes the reference; the same number gives the same one */
export function referenceOf(number: number): string {
  const random = new Uint8Array(10)
  new DataView(random.buffer).setUint32(6, number)
  return makeReference(T0 + number, random)
}

export function decision(number: number, changes: Partial<DecisionEntry> = {}): DecisionEntry {
  return {
    kind: 'decision',
    schema: 1,
    ref: referenceOf(number),
    rcpt: 1,
    at: T0 + number,
    stage: 'data',
    node: 'relay-1',
    version: '0.1.0',
    configSha256: 'c0'.repeat(32),
    session: `s${number}`,
    credential: 'routix-acme',
    router: 'routix',
    advertiser: 'acme',
    messageClass: 'prospecting_b2c',
    campaign: 'spring',
    senderDomain: 'news.acme.example',
    toKey: number.toString(16).padStart(64, '0'),
    toKeyId: 'k1',
    verdict: 'permit',
    would: 'permit',
    mode: 'enforce',
    rule: '',
    findings: [
      { rule: 'CONSENT-MISSING', outcome: 'pass', detail: '', evidence: { records: 1, hosts: ['www.acme.example'] } },
      { rule: 'RETENTION-EXPIRED', outcome: 'pass', detail: '', evidence: { stage: 'rcpt', kind: 'é ✓' } },
    ],
    passed: ['OPPOSITION-LISTED'],
    skipped: ['CONTRACT-MISSING:in_house'],
    recordId: 'rec-1',
    recordVersion: 2,
    recordSha256: 'ab'.repeat(32),
    legalBasis: 'consent',
    clockStartedAt: T0 - 1000,
    clockStartedBy: 'link_click',
    dueAt: T0 + 1_000_000,
    messageSha256: 'de'.repeat(32),
    messageSize: 2048,
    messageIdSha256: 'fa'.repeat(32),
    reply: '',
    ...changes,
  }
}

export function refusal(number: number): DecisionEntry {
  return decision(number, {
    verdict: 'refuse',
    would: 'refuse',
    rule: 'CONSENT-MISSING',
    stage: 'rcpt',
    reply: '550 5.7.1',
    messageSha256: '',
  })
}

export function outcome(number: number, changes: Partial<OutcomeEntry> = {}): OutcomeEntry {
  return {
    kind: 'outcome',
    schema: 1,
    ref: referenceOf(number),
    rcpt: 1,
    at: T0 + number,
    status: 'relayed',
    upstream: 'mta.example:25',
    reply: '250 2.0.0 queued',
    ...changes,
  }
}

/** A day's mix: permits with their outcomes, and refusals. The last permit stays open. */
export function sampleEntries(count: number): JournalEntry[] {
  return Array.from({ length: count }, (_, i) => {
    if (i % 3 === 0) return decision(i)
    return i % 3 === 1 ? outcome(i - 1) : refusal(i)
  })
}
