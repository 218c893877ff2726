/** A genuine pack of a journal with everything in it, unpacked, and what somebody needs who wants to make a false one of it. */
import { spawnSync } from 'node:child_process'
import { createHash, createPrivateKey } from 'node:crypto'
import { cpSync, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect } from 'vitest'
import { canonicalJson } from '#aval/domain/canonical-json.js'
import { jsonLine } from '#aval/domain/json-line.js'
import { commitTo, type CommittedConfiguration } from '#aval/config/commitment.js'
import { loadConfiguration } from '#aval/config/load.js'
import type { DecisionEntry } from '#aval/domain/journal-entry.js'
import type { Advertiser } from '#aval/domain/party.js'
import type { Figures } from '#aval/evidence/figures.js'
import { writePack } from '#aval/evidence/pack.js'
import { appendCertificate, eraseSubject } from '#aval/journal/guest.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { checkpointNow, rotateSigningKey } from '#aval/journal/tree/signing-acts.js'
import { type NoteSigner, signerOf, signNote } from '#aval/journal/tree/note.js'
import { RULE_TEXTS } from '#aval/rules/rule-texts.js'
import { fixedKeys } from '#aval/registry/key-source.js'
import { openEvidenceReader } from '#aval/registry/records/record-evidence.js'
import { decision, KEY, open, outcome } from '../journal/support.js'
import { address, consent, fixture, NOW, objection } from '../registry/fixture.js'
import { siteFor, writeConfig } from '../support/aval.js'

const FROM = NOW - 1_000
const TO = NOW + 60_000
const SECRET = Buffer.alloc(32, 7)
/** With characters at which lines end elsewhere. */
const ODD_PROOF = { ...consent('x@example.com').proof!, formVersion: 'seven\u2028eight\u2029nine\u0085ten' }

export const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) console.log('evidence: the checker in Python left out, python3 is not installed')

interface Checked {
  readonly status: number | null
  readonly stdout: string
}

export interface GenuinePack {
  readonly directory: string
  /** The files of the pack. */
  readonly unpacked: string
  readonly zip: string
  /** As handed to people; and the signer of the journal. */
  readonly key: string
  readonly signer: NoteSigner
  /** Checkpoints of the journal, oldest first: those of the pack are some of them. */
  readonly checkpoints: readonly { readonly size: number; readonly note: string }[]
  readonly figures: Figures
  /** The configuration with a contract of this document. */
  configuration(document: string): CommittedConfiguration
  linesOf(name: string): string[]
  checkOwn(path: string, ...more: string[]): Checked
  checkPython(path: string, key?: string): Checked
  /** @returns what the checker of the pack said */
  bothFind(path: string, key?: string): string
  /** A copy with its files changed and the manifest made to fit and signed, as somebody with the signing key could. */
  resigned(change: (path: string) => void, signer?: NoteSigner): string
  close(): void
}

interface SiteConfig {
  readonly advertisers: Record<string, object>
  readonly routers: Record<string, { readonly contracts: { document_sha256: string }[] }>
}

export async function makeGenuinePack(): Promise<GenuinePack> {
  const registry = fixture()
  const directory = mkdtempSync(join(tmpdir(), 'aval-evidence-'))
  let advertiser!: Advertiser

  function configuration(document = 'ab') {
    const site = siteFor(directory, 'smtp://mta.example') as unknown as SiteConfig
    site.routers['routix']!.contracts[0]!.document_sha256 = document.repeat(32)
    const other = structuredClone({ ...site.advertisers['acme'], legal_name: 'Other SA', brands: ['Other'] })
    const file = writeConfig(directory, {
      ...site,
      advertisers: { ...site.advertisers, other },
      sources: { broker: { legal_name: 'Broker SARL' }, fair: { legal_name: 'Fair SARL' } },
    })
    const loaded = loadConfiguration({ file, now: NOW, environment: {} })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    advertiser = loaded.configuration.site.advertisers.get('acme')!
    return commitTo(loaded.configuration.declaration, SECRET)
  }

  /** A decision on the record the registry holds for this person, or on none. */
  async function decided(number: number, who: string, change: Partial<DecisionEntry> = {}): Promise<DecisionEntry> {
    const { records } = await registry.lookup(who)
    const [found] = records
    return decision(number, {
      at: NOW + number,
      toKey: registry.writer.identify(address(who)).consentKey,
      configSha256: configuration().sha256,
      recordId: found?.record.id ?? '',
      recordVersion: found?.record.version ?? 0,
      recordSha256: found?.sha256 ?? '',
      ...change,
    })
  }

  const path = join(directory, 'journal.db')
  const keyFile = join(directory, 'signing.key')
  const guest = { path, keys: [KEY] as const, node: 'relay-1' } as const
  const seal = { keyFile, by: 'cli:root' }
  const provenance = { by: 'test' }
  for (const who of ['ada@example.com', 'bea@example.com', 'cid@example.com']) {
    registry.writer.addConsent(
      consent(who, who.startsWith('a') ? { sourceKind: 'partner', sourcePartyId: 'broker' } : { proof: ODD_PROOF }),
      provenance,
    )
  }
  registry.writer.addObjection(objection('dan@example.com', { at: NOW - 5_000 }))
  const letter = {
    ...objection('dan@example.com', { at: NOW - 5_000, reason: 'letter' }),
    person: { domain: 'example.com' },
  }
  for (const scope of [letter.scope, { kind: 'global' }, { kind: 'advertiser', advertiserId: 'other' }] as const)
    registry.writer.addObjection({ ...letter, scope })

  const journal = await open(path, { signing: { ...seal, everyEntries: 20, everyMs: 600_000 } })
  const later = configuration('cd')
  journal.keep([RULE_TEXTS, configuration(), later])
  for (let round = 0; round < 30; round++) {
    const n = round * 10
    await journal.append([
      await decided(n, 'ada@example.com', round < 20 ? {} : { configSha256: later.sha256 }),
      await decided(n + 1, 'nobody@example.com', {
        verdict: 'refuse',
        would: 'refuse',
        rule: 'CONSENT-MISSING',
        stage: 'rcpt',
      }),
      await decided(n + 2, 'bea@example.com', { advertiser: 'other' }),
      await decided(n + 3, 'cid@example.com', { would: 'refuse' }),
    ])
    await journal.append([outcome(n), outcome(n + 2), ...(round === 29 ? [] : [outcome(n + 3)])])
    if (round === 10) rotateSigningKey(guest, { ...seal, at: NOW, lost: false })
    if (round === 20) {
      appendCertificate(guest, {
        certifies: 'purge',
        at: NOW,
        advertiser: 'acme',
        by: 'cli:root',
        facts: { records: 2 },
      })
      appendCertificate(guest, {
        certifies: 'purge',
        at: NOW,
        advertiser: 'other',
        by: 'cli:root',
        facts: { records: 9 },
      })
      const cid = registry.writer.identify(address('cid@example.com')).consentKey
      eraseSubject(guest, [cid], { at: NOW, advertiser: '', by: 'cli:root', facts: { law: 'GDPR art. 17' } })
    }
  }
  await journal.close()
  const checkpoint = checkpointNow(guest, seal, NOW + 1_000)
  const { key } = checkpoint
  const signer = signerOf(key.split('+')[0]!, createPrivateKey(readFileSync(keyFile)))
  const reader = openJournalReader(guest.path)
  const evidence = openEvidenceReader(registry.path, fixedKeys(KEY))
  const made = writePack({
    advertiser: advertiser,
    from: FROM,
    to: TO,
    at: NOW + 2_000,
    by: 'cli:root',
    version: '0.1.0',
    checkpoint,
    signer,
    journal: reader,
    registry: evidence,
    verifier: readFileSync('dist/evidence/verify.js', 'utf8'),
    format: readFileSync('docs/journal-format.md', 'utf8'),
  })
  const zip = join(directory, 'pack.zip')
  await pipeline(made.output, createWriteStream(zip))
  const unpacked = join(directory, 'pack')
  const { status, stderr } = spawnSync('python3', ['-m', 'zipfile', '-e', zip, unpacked])
  if (status !== 0) throw new Error(String(stderr))
  const checkpoints = reader.checkpoints()
  reader.close()
  evidence.close()

  function checkOwn(path: string, ...more: string[]): Checked {
    // As a third party runs it: the file of the pack, plain Node, no package anywhere near.
    return spawnSync(process.execPath, [join(unpacked, 'verify.mjs'), path, ...more], {
      encoding: 'utf8',
      cwd: tmpdir(),
    })
  }

  function checkPython(path: string, withKey = key): Checked {
    return spawnSync('python3', ['test/evidence/verify_pack.py', path, withKey], { encoding: 'utf8' })
  }

  function bothFind(path: string, withKey = key): string {
    const own = checkOwn(path, '--key', withKey)
    expect(own.stdout).toMatch(/^NOT VERIFIED/)
    expect(own.status).toBe(1)
    if (hasPython)
      expect(checkPython(path, withKey)).toMatchObject({ status: 1, stdout: expect.stringMatching(/^wrong/) })
    return own.stdout
  }

  function resigned(change: (path: string) => void, by = signer): string {
    const path = mkdtempSync(join(directory, 'changed-'))
    cpSync(unpacked, path, { recursive: true })
    change(path)
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as {
      files: Record<string, { sha256: string; octets: number }>
    }
    for (const name of Object.keys(manifest.files)) {
      const content = readFileSync(join(path, name))
      manifest.files[name] = { sha256: createHash('sha256').update(content).digest('hex'), octets: content.length }
    }
    writeFileSync(join(path, 'manifest.json'), canonicalJson(manifest))
    signManifest(path, by)
    return path
  }

  return {
    directory,
    unpacked,
    zip,
    key,
    signer,
    checkpoints,
    figures: made.figures(),
    configuration,
    linesOf: (name) => readFileSync(join(unpacked, name), 'utf8').split('\n').slice(0, -1),
    checkOwn,
    checkPython,
    bothFind,
    resigned,
    close() {
      registry.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export function edit(path: string, name: string, change: (lines: string[]) => string[]): void {
  const file = join(path, name)
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  writeFileSync(
    file,
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  )
}

export function signManifest(path: string, by: NoteSigner): void {
  const text = readFileSync(join(path, 'manifest.json'))
  const digest = createHash('sha256').update(text).digest('base64')
  writeFileSync(join(path, 'manifest.sig'), signNote(`aval-evidence/1\n${digest}\n`, by))
}

/** As lines of a pack are spelled. */
export function lineOf(value: unknown): string {
  return jsonLine(value).slice(0, -1)
}
