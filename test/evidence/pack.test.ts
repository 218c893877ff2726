/**
 * I11: a pack can be checked without Aval, by the checker that is in it and by one written from the document alone in
 * another language. Both find whatever is changed; neither finds fault with what is not.
 */
import { spawnSync } from 'node:child_process'
import { createHash, createPrivateKey } from 'node:crypto'
import { cpSync, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commitTo } from '#aval/config/commitment.js'
import { loadConfiguration } from '#aval/config/load.js'
import type { DecisionEntry } from '#aval/domain/journal-entry.js'
import { reveal } from '#aval/domain/selective-disclosure.js'
import type { Figures } from '#aval/evidence/figures.js'
import type { ContractInForce } from '#aval/evidence/in-force.js'
import { writePack } from '#aval/evidence/pack.js'
import { appendCertificate, eraseSubject } from '#aval/journal/guest.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { checkpointNow, rotateSigningKey } from '#aval/journal/tree/signing-acts.js'
import { signerOf, signNote } from '#aval/journal/tree/note.js'
import { RULE_TEXTS } from '#aval/rules/rule-texts.js'
import { fixedKeys } from '#aval/registry/key-source.js'
import { openEvidenceReader } from '#aval/registry/records/record-evidence.js'
import { decision, KEY, open, outcome } from '../journal/support.js'
import { address, consent, type Fixture, fixture, NOW, objection } from '../registry/fixture.js'
import { siteFor, writeConfig } from '../support/aval.js'

const FROM = NOW - 1_000
const TO = NOW + 60_000
const SECRET = Buffer.alloc(32, 7)
const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) console.log('evidence: the checker in Python left out, python3 is not installed')

let registry: Fixture
let directory: string
let unpacked: string
let key: string
let keyFile: string
let figures: Figures

interface SiteConfig {
  readonly advertisers: Record<string, object>
  readonly routers: Record<string, { readonly contracts: { document_sha256: string }[] }>
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
  return { ...commitTo(loaded.configuration.declaration, SECRET), site: loaded.configuration.site }
}

beforeAll(async () => {
  registry = fixture()
  directory = mkdtempSync(join(tmpdir(), 'aval-evidence-'))
  const path = join(directory, 'journal.db')
  keyFile = join(directory, 'signing.key')
  const guest = { path, keys: [KEY] as const, node: 'relay-1' } as const
  const seal = { keyFile, by: 'cli:root' }
  const provenance = { by: 'test' }
  for (const who of ['ada@example.com', 'bea@example.com', 'cid@example.com']) {
    registry.writer.addConsent(
      consent(who, who.startsWith('a') ? { sourceKind: 'partner', sourcePartyId: 'broker' } : {}),
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
  await pack(guest, seal)
}, 60_000)

async function pack(
  guest: Parameters<typeof checkpointNow>[0],
  seal: Parameters<typeof checkpointNow>[1],
): Promise<void> {
  const checkpoint = checkpointNow(guest, seal, NOW + 1_000)
  key = checkpoint.key
  const reader = openJournalReader(guest.path)
  const evidence = openEvidenceReader(registry.path, fixedKeys(KEY))
  const { site } = configuration()
  const made = writePack({
    advertiser: site.advertisers.get('acme')!,
    from: FROM,
    to: TO,
    at: NOW + 2_000,
    by: 'cli:root',
    version: '0.1.0',
    checkpoint,
    signer: signerOf(key.split('+')[0]!, createPrivateKey(readFileSync(keyFile))),
    journal: reader,
    registry: evidence,
    verifier: readFileSync('dist/evidence/verify.js', 'utf8'),
    format: readFileSync('docs/journal-format.md', 'utf8'),
  })
  const zip = join(directory, 'pack.zip')
  await pipeline(made.output, createWriteStream(zip))
  figures = made.figures()
  unpacked = join(directory, 'pack')
  const { status, stderr } = spawnSync('python3', ['-m', 'zipfile', '-e', zip, unpacked])
  if (status !== 0) throw new Error(String(stderr))
  reader.close()
  evidence.close()
}

afterAll(() => {
  registry.close()
  rmSync(directory, { recursive: true, force: true })
})

function checkOwn(path: string, ...more: string[]): { status: number | null; stdout: string } {
  // As a third party runs it: the file of the pack, plain Node, no package anywhere near.
  return spawnSync(process.execPath, [join(unpacked, 'verify.mjs'), path, ...more], { encoding: 'utf8', cwd: tmpdir() })
}

function checkPython(path: string, withKey = key): { status: number | null; stdout: string } {
  return spawnSync('python3', ['test/evidence/verify_pack.py', path, withKey], { encoding: 'utf8' })
}

function bothFind(path: string): string[] {
  const own = checkOwn(path, '--key', key)
  expect(own.stdout).toMatch(/^NOT VERIFIED/)
  expect(own.status).toBe(1)
  if (hasPython) expect(checkPython(path)).toMatchObject({ status: 1, stdout: expect.stringMatching(/^wrong/) })
  return [own.stdout]
}

/** Changes the unpacked files, then makes the manifest fit again and signs it, as somebody with the signing key could. */
function resigned(change: (path: string) => void): string {
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
  const text = JSON.stringify(manifest)
  writeFileSync(join(path, 'manifest.json'), text)
  const signer = signerOf(key.split('+')[0]!, createPrivateKey(readFileSync(keyFile)))
  const digest = createHash('sha256').update(text).digest('base64')
  writeFileSync(join(path, 'manifest.sig'), signNote(`aval-evidence/1\n${digest}\n`, signer))
  return path
}

function edit(path: string, name: string, change: (lines: string[]) => string[]): void {
  const file = join(path, name)
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  writeFileSync(
    file,
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  )
}

const decoded = (text: string) => Buffer.from(text, 'base64url').toString()
const encoded = (text: string) => Buffer.from(text).toString('base64url')
const inMetz = (text: string) => encoded(decoded(text).replace('Lyon', 'Metz'))

function withDisclosures(line: string, change: (texts: string[]) => string[]): string {
  const shown = JSON.parse(line) as { disclosures: string[] }
  return JSON.stringify({ ...shown, disclosures: change(shown.disclosures) })
}

const linesOf = (name: string) => readFileSync(join(unpacked, name), 'utf8').split('\n').slice(0, -1)

describe('a pack', () => {
  it('holds when nothing was changed, says both checkers, with the key and without', () => {
    expect(checkOwn(unpacked, '--key', key)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^VERIFIED {2}acme/),
    })
    expect(checkOwn(unpacked).stdout).toContain(`no --key was given: compare this one with what was published: ${key}`)
    if (hasPython) {
      expect(checkPython(unpacked)).toMatchObject({ status: 0, stdout: 'ok\n' })
      expect(checkPython(join(directory, 'pack.zip'))).toMatchObject({ status: 0, stdout: 'ok\n' })
    }
  })

  it('holds what concerns the advertiser and nothing else', () => {
    const entries = linesOf('journal/entries.jsonl').map((line) => JSON.parse(JSON.parse(line).body).entry)
    const ofKind = (kind: string) => entries.filter((entry) => entry.kind === kind)
    expect(ofKind('decision')).toHaveLength(90)
    expect(ofKind('decision').every(({ advertiser }) => advertiser === 'acme')).toBe(true)
    expect(ofKind('outcome')).toHaveLength(59)
    expect(ofKind('certificate')).toMatchObject([{ certifies: 'purge', advertiser: 'acme' }])
    expect(ofKind('key')).toHaveLength(2)
    expect(ofKind('erasure')).toHaveLength(1)
    expect(entries).toHaveLength(90 + 59 + 1 + 2 + 1)
    const all = linesOf('journal/entries.jsonl').join() + linesOf('records.jsonl').join()
    expect(all).not.toContain('"other"')
    expect(all).not.toContain('example.com')
  })

  it('holds each record version a decision rests on, while it is there, and the objections', () => {
    const records = linesOf('records.jsonl').map((line) => JSON.parse(line))
    expect(records.map(({ form }) => JSON.parse(form).sourceKind)).toEqual(['partner', 'first_party'])
    expect(JSON.parse(records[0].person)).toMatchObject({ proof: { ref: 'log-1', sha256: 'a'.repeat(64) } })
    const objections = linesOf('objections.jsonl').map((line) => JSON.parse(line) as { scope: string })
    expect(objections.map(({ scope }) => scope).sort()).toEqual([
      'advertiser:acme',
      'domain/advertiser:acme',
      'domain/global',
    ])
    expect(JSON.parse(readFileSync(join(unpacked, 'contracts.json'), 'utf8'))).toMatchObject([
      { router: { id: 'routix' }, documentSha256: expect.any(String), configurations: [expect.any(String)] },
      { router: { id: 'routix' }, documentSha256: expect.any(String), configurations: [expect.any(String)] },
    ])
  })

  it('holds what was in force when decisions were made, and nothing of today', () => {
    const contracts = JSON.parse(readFileSync(join(unpacked, 'contracts.json'), 'utf8')) as ContractInForce[]
    expect(new Map(contracts.map(({ documentSha256, configurations }) => [documentSha256, configurations]))).toEqual(
      new Map(['ab', 'cd'].map((document) => [document.repeat(32), [configuration(document).sha256]])),
    )
    const configurations = linesOf('configurations.jsonl').map((line) => JSON.parse(line))
    expect(configurations).toHaveLength(2)
    for (const { body, disclosures } of configurations) {
      const shown = reveal(body, disclosures) as Record<string, object>
      expect(shown).toMatchObject({ advertisers: { acme: { legal_name: 'Acme SAS' } }, policy: { mode: 'enforce' } })
      expect(shown['sources']).toEqual({ broker: expect.objectContaining({ legal_name: 'Broker SARL' }) })
      expect((body + disclosures.map(decoded).join()).replaceAll(/"[\w-]{43}"/g, '')).not.toMatch(
        /"other"|Other SA|Fair SARL/,
      )
    }
    const [rules] = linesOf('rules.jsonl').map((line) => JSON.parse(line) as { body: string })
    expect(JSON.parse(rules!.body)).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'CONSENT-MISSING', fr: expect.any(Object) })]),
    )
    for (const language of ['fr', 'en'])
      expect(readFileSync(join(unpacked, `summary.${language}.html`), 'utf8')).toContain('cd'.repeat(32))
  })

  it('counts once what was decided, by rule, router and source', () => {
    expect(figures.verdicts).toEqual({ permit: 60, refuse: 30, defer: 0 })
    expect(figures.wouldRefuse).toBe(30)
    expect(Object.fromEntries(figures.byRule)).toEqual({ 'CONSENT-MISSING': { permit: 0, refuse: 30, defer: 0 } })
    expect(Object.fromEntries(figures.byRouter)).toEqual({ routix: { permit: 60, refuse: 30, defer: 0 } })
    expect([...figures.bySource.keys()].sort()).toEqual(['', 'first_party', 'gone', 'partner broker'])
    expect(Object.fromEntries(figures.outcomes)).toEqual({ relayed: 59, none: 1 })
    expect(figures.erased).toBe(21)
  })

  it.each(['fr', 'en'])('is summed up for people: %s', (language) => {
    const page = readFileSync(join(unpacked, `summary.${language}.html`), 'utf8')
    expect(page).toContain(`<html lang="${language}">`)
    expect(page).toContain('CONSENT-MISSING')
    expect(page).toContain('Routix SARL (routix)')
    expect(page).not.toMatch(/<script|src=|href=|undefined|\{[a-z]+\}(?![^<]*<\/style>)/)
  })
})

describe('I11: both checkers find', () => {
  it('a changed octet in whichever file', () => {
    const names = [
      'manifest.json',
      ...Object.keys(JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8')).files),
    ]
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 0, max: 7 }), (name, place, bit) => {
        const path = mkdtempSync(join(directory, 'flipped-'))
        cpSync(unpacked, path, { recursive: true })
        const octets = readFileSync(join(path, name))
        fc.pre(octets.length > 0)
        octets[place % octets.length]! ^= 1 << bit
        writeFileSync(join(path, name), octets)
        bothFind(path)
        rmSync(path, { recursive: true })
      }),
      { numRuns: 12 },
    )
  })

  const EDITS: Record<string, [file: string, change: (lines: string[]) => string[]]> = {
    'an entry left out': ['journal/entries.jsonl', (lines) => lines.filter((_, i) => i !== 40)],
    'the last entries left out': ['journal/entries.jsonl', (lines) => lines.slice(0, -3)],
    'two entries in each other’s place': ['journal/entries.jsonl', ([a, b, ...rest]) => [b!, a!, ...rest]],
    'a verdict changed': [
      'journal/entries.jsonl',
      (lines) => lines.map((line, i) => (i === 7 ? line.replace('acme', 'acmf') : line)),
    ],
    'a personal part of another': [
      'journal/entries.jsonl',
      (lines) => {
        const i = lines.findIndex((line) => line.includes('"personal":{'))
        const changed = JSON.parse(lines[i]!)
        changed.personal.toKey = 'ff'.repeat(32)
        return lines.with(i, JSON.stringify(changed))
      },
    ],
    'a personal part taken away without an erasure': [
      'journal/entries.jsonl',
      (lines) => {
        const i = lines.findIndex((line) => line.includes('"personal":{'))
        const { personal: _personal, ...rest } = JSON.parse(lines[i]!)
        return lines.with(i, JSON.stringify(rest))
      },
    ],
    'a hash of the tree changed': ['journal/tree.txt', ([first, ...rest]) => [`A${first!.slice(1, -2)}A=`, ...rest]],
    'a hash of the tree too many': ['journal/tree.txt', (lines) => [...lines, lines[0]!]],
    'an earlier checkpoint that does not lead here': [
      'journal/checkpoints.jsonl',
      (lines) =>
        lines.map((line) => {
          const { note, consistency } = JSON.parse(line)
          return JSON.stringify({ note, consistency: [...consistency, 'A'.repeat(43) + '='] })
        }),
    ],
    'a record that says something else': [
      'records.jsonl',
      (lines) => lines.map((line) => line.replace('first_party', 'partner')),
    ],
    'other rules': ['rules.jsonl', (lines) => lines.map((line) => line.replace('CONSENT-MISSING', 'CONSENT-MISSED'))],
    'another configuration': [
      'configurations.jsonl',
      (lines) => lines.map((line) => line.replace('enforce', 'observe')),
    ],
    'a part of a configuration that says something else': [
      'configurations.jsonl',
      (lines) => lines.map((line) => withDisclosures(line, (texts) => texts.map(inMetz))),
    ],
    'a part of a configuration shown twice': [
      'configurations.jsonl',
      (lines) => lines.map((line) => withDisclosures(line, (texts) => [...texts, texts[0]!])),
    ],
    'a part of no configuration': [
      'configurations.jsonl',
      (lines) => lines.map((line) => withDisclosures(line, (texts) => [...texts, encoded('["salt","colour","blue"]')])),
    ],
    'a part without the part it is within': [
      'configurations.jsonl',
      (lines) =>
        lines.map((line) =>
          withDisclosures(line, (texts) => texts.filter((text) => !decoded(text).includes('Routix'))),
        ),
    ],
  }

  it.each(Object.entries(EDITS))('%s, although the manifest was made to fit and signed', (_what, [file, change]) => {
    bothFind(resigned((path) => edit(path, file, change)))
  })

  it('nothing where the manifest was only written anew', () => {
    const path = resigned(() => undefined)
    expect(checkOwn(path, '--key', key).status).toBe(0)
    if (hasPython) expect(checkPython(path).status).toBe(0)
  })

  it('a key the journal does not name', () => {
    const other = key.replace(
      /\+[A-Za-z0-9+/]{44}$/,
      `+${Buffer.concat([Buffer.of(1), Buffer.alloc(32)]).toString('base64')}`,
    )
    expect(checkOwn(unpacked, '--key', other).status).toBe(1)
    expect(checkOwn(unpacked, '--key', 'x').status).toBe(1)
    if (hasPython) expect(checkPython(unpacked, other).status).toBe(1)
  })

  it('that there is no pack at all, and does not call that a forgery', () => {
    expect(checkOwn(tmpdir(), '--key', key)).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(/^CANNOT BE CHECKED/),
    })
  })
})
