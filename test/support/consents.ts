/** A registry on disk with people who consented, for the program run as a child process. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readAddress } from '#aval/domain/address.js'
import type { ConsentDraft } from '#aval/registry/records/drafts.js'
import { keyFile } from '#aval/registry/key-source.js'
import { type RegistryWriter, openRegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { createKeyFile } from '#aval/storage/key-file.js'

const DAY = 86_400_000

/** A valid consent by double opt-in, with its proof. */
export function consentOf(address: string, over: Partial<ConsentDraft> = {}): ConsentDraft {
  const person = readAddress(address)
  if (person === undefined) throw new Error(`no address: ${address}`)
  const givenAt = Date.now() - 100 * DAY
  return {
    person,
    advertiserId: 'acme',
    channel: 'email',
    purposes: ['own_offers'],
    legalBasis: 'consent',
    status: 'given',
    collectedAt: givenAt,
    givenAt,
    method: 'double_opt_in',
    preticked: false,
    sourceKind: 'first_party',
    noticeId: 'privacy',
    noticeVersion: '3',
    noticeSha256: 'ee'.repeat(32),
    noticeLang: 'fr',
    prospectingAnnounced: true,
    optoutOfferedAtCollection: true,
    wording: 'Je souhaite recevoir les offres d’Acme.',
    proof: { type: 'doi_log', ref: 'signup', sha256: 'ff'.repeat(32), capturedAt: givenAt, formVersion: 'v7' },
    ...over,
  }
}

/** Opens the registry of a test directory, making key and file when they are not there, while `work` runs. */
export function withRegistry<T>(directory: string, work: (registry: RegistryWriter) => T): T {
  const key = join(directory, 'aval.key')
  if (!existsSync(key)) createKeyFile(key)
  const registry = openRegistryWriter({ path: join(directory, 'aval.db'), keys: keyFile(key) })
  try {
    return work(registry)
  } finally {
    registry.close()
  }
}

export function consentTo(directory: string, addresses: readonly string[]): void {
  withRegistry(directory, (registry) =>
    registry.transaction(() => {
      for (const address of addresses) registry.addConsent(consentOf(address), { by: 'test' })
    }),
  )
}
