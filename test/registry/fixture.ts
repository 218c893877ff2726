/** A registry of its own for each test: real files in a temporary directory, a clock the test can move. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAddress, type CanonicalAddress } from '#aval/domain/address.js'
import type { ConsentDraft, EventDraft, ObjectionDraft } from '#aval/registry/records/drafts.js'
import { fixedKeys, subjects } from '#aval/registry/key-source.js'
import { openRegistryWriter, type RegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { openRegistry, type SqliteRegistry } from '#aval/registry/sqlite-registry.js'
import type { RegistryAnswer } from '#aval/domain/registry.js'
import type { MasterKey } from '#aval/storage/key-file.js'
import { aSite } from '../support/facts.js'

export const NOW = Date.UTC(2026, 5, 15, 10)
export const DAY = 86_400_000
export const KEY: MasterKey = { keyId: 'k1', secret: Buffer.alloc(32, 7) }

export interface Fixture {
  readonly directory: string
  readonly path: string
  readonly writer: RegistryWriter
  readonly registry: SqliteRegistry
  clock: number
  lookup(address: string, advertiserId?: string): Promise<RegistryAnswer>
  close(): void
}

export function fixture(): Fixture {
  const directory = mkdtempSync(join(tmpdir(), 'aval-registry-'))
  const path = join(directory, 'registry.db')
  const keys = fixedKeys(KEY)
  const writer = openRegistryWriter({ path, keys, now: () => made.clock, site: aSite() })
  const registry = openRegistry({ path, keys, now: () => made.clock })
  const made: Fixture = {
    directory,
    path,
    writer,
    registry,
    clock: NOW,
    lookup: (who, advertiserId = 'acme') =>
      registry.lookup({ subject: () => subjects(KEY).identify(address(who)), advertiserId }),
    close() {
      registry.close()
      writer.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  return made
}

export function address(text: string): CanonicalAddress {
  const canonical = readAddress(text)
  if (canonical === undefined) throw new TypeError(`no address: ${text}`)
  return canonical
}

export function consent(who: string, change: Partial<ConsentDraft> = {}): ConsentDraft {
  return {
    person: address(who),
    advertiserId: 'acme',
    channel: 'email',
    purposes: ['own_offers'],
    legalBasis: 'consent',
    status: 'given',
    collectedAt: NOW - 100 * DAY,
    givenAt: NOW - 100 * DAY + 60_000,
    method: 'double_opt_in',
    preticked: false,
    bundledTerms: false,
    conditional: false,
    refusalEqual: true,
    sourceKind: 'first_party',
    noticeId: 'privacy',
    noticeVersion: '3',
    noticeLang: 'fr',
    wording: 'Je souhaite recevoir les offres d’Acme.',
    prospectingAnnounced: true,
    proof: { type: 'doi_log', ref: 'log-1', sha256: 'a'.repeat(64), capturedAt: NOW - 100 * DAY, formVersion: '7' },
    ...change,
  }
}

export function event(who: string, change: Partial<EventDraft> = {}): EventDraft {
  return {
    person: address(who),
    advertiserId: 'acme',
    type: 'link_click',
    linkKind: 'offer',
    at: NOW - 10 * DAY,
    source: 'web-log',
    botSuspected: false,
    ...change,
  }
}

export function objection(who: string, change: Partial<ObjectionDraft> = {}): ObjectionDraft {
  return {
    person: address(who),
    scope: { kind: 'advertiser', advertiserId: 'acme' },
    channel: 'email',
    reason: 'unsubscribe_link',
    at: NOW - 5 * DAY,
    ...change,
  }
}
