/**
 * What a data protection officer reads in front of an inspector, by the commands themselves, on a site with people in every
 * state: words in the language asked for, moments in Paris and said to be so, no code, no moment of UTC, and the objection of
 * a person before anything else. Programs read the codes with `--json`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { runProgram } from '#aval/cli/program.js'
import { createTerminal } from '#aval/cli/terminal.js'
import { readAddress } from '#aval/domain/address.js'
import { COLLECTION_CONTEXTS, COLLECTION_METHODS, LEGAL_BASES, PROOF_TYPES } from '#aval/domain/consent-record.js'
import { CONTACT_EVENT_TYPES, OPEN_EVENT_TYPES } from '#aval/domain/contact-event.js'
import type { CertificateEntry, DecisionEntry, ErasureEntry } from '#aval/domain/journal-entry.js'
import { OBJECTION_REASONS } from '#aval/domain/objection.js'
import { openJournal } from '#aval/journal/journal.js'
import { openJournalReader } from '#aval/journal/reader.js'
import type { ConsentDraft } from '#aval/registry/records/drafts.js'
import { keyFile, subjects } from '#aval/registry/key-source.js'
import { openRegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { readKeyFile } from '#aval/storage/key-file.js'
import { decision, outcome } from '../journal/support.js'
import { plainSpaces } from '../support/plain-spaces.js'

const NOW = Date.UTC(2026, 5, 15, 10)
const EVERYONE = ['jean', 'marie', 'pro', ...LEGAL_BASES, ...OBJECTION_REASONS].map((name) => `${name}@example.com`)

let site: string
/** Requests are named by the moment they come. */
let calls = 0

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function aval(language: 'en' | 'fr', ...words: string[]): Promise<Ran> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const terminal = createTerminal({ stdout, stderr, language, colour: false })
  const argv = [...words, '-c', join(site, 'aval.yaml')]
  const at = NOW + ++calls
  const code = await runProgram({ terminal, stdin: new PassThrough(), now: () => at }, argv)
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

const keys = () => keyFile(join(site, 'aval.key'))
const personOf = (address: string) => subjects(keys()).identify(readAddress(address)!)

/** One record of each legal basis, and in them each method, context, source and proof there is. */
function fill(): void {
  const advertisers = new Map([['acme', { id: 'acme', legalName: 'Acme SAS' }]])
  const registry = openRegistryWriter({
    path: join(site, 'aval.db'),
    keys: keys(),
    site: { advertisers, routers: new Map() } as never,
    now: () => NOW,
  })
  const at = Date.UTC(2026, 0, 10, 8, 30)
  const consent = (name: string, index: number, over: Partial<ConsentDraft>): void => {
    const added = registry.addConsent(
      {
        person: readAddress(`${name}@example.com`)!,
        advertiserId: 'acme',
        channel: 'email',
        purposes: ['own_offers', 'newsletter:hebdo'],
        legalBasis: 'consent',
        status: 'given',
        subjectKind: 'consumer',
        collectedAt: at,
        givenAt: at,
        method: COLLECTION_METHODS[index % COLLECTION_METHODS.length]!,
        collectionContext: COLLECTION_CONTEXTS[index % COLLECTION_CONTEXTS.length]!,
        sourceKind: 'first_party',
        preticked: false,
        noticeLang: 'fr',
        prospectingAnnounced: true,
        proof: { type: PROOF_TYPES[index % PROOF_TYPES.length]!, ref: `p-${index}` },
        ...over,
      },
      { by: 'cli:dpo' },
    )
    if (added.kind !== 'added') throw new Error(JSON.stringify(added))
  }
  consent('jean', 1, { method: 'double_opt_in' })
  consent('marie', 0, {})
  consent('pro', 2, { legalBasis: 'b2b_legitimate_interest', b2b: { function: 'achats' } })
  for (const [index, legalBasis] of LEGAL_BASES.entries()) consent(legalBasis, index, { legalBasis })
  for (const reason of OBJECTION_REASONS) {
    const person = readAddress(`${reason}@example.com`)!
    registry.addObjection({ person, scope: { kind: 'advertiser', advertiserId: 'acme' }, channel: 'email', reason, at })
  }
  for (const type of CONTACT_EVENT_TYPES.filter((one) => !OPEN_EVENT_TYPES.includes(one)))
    registry.addEvent({
      person: readAddress('jean@example.com')!,
      advertiserId: 'acme',
      type,
      at,
      source: 'crm',
    } as never)
  registry.close()
}

async function decide(entries: readonly DecisionEntry[]): Promise<void> {
  const journal = await openJournal({
    path: join(site, 'journal.db'),
    keys: readKeyFile(join(site, 'aval.key')),
    node: 'relay-1',
  })
  await journal.append([...entries, outcome(1)])
  await journal.close()
}

const JEAN = decision(1).ref
const MARIE = decision(2).ref

beforeAll(async () => {
  site = mkdtempSync(join(tmpdir(), 'aval-words-'))
  writeFileSync(join(site, 'aval.key'), `k1:${'07'.repeat(32)}\n`, { mode: 0o600 })
  writeFileSync(
    join(site, 'aval.yaml'),
    `node: { name: relay-1 }
listeners: [{ address: 127.0.0.1:0, tls: { mode: none } }]
upstream: { url: "capture:${site}/outbox" }
storage: { url: "sqlite:${site}/aval.db", key_file: ${site}/aval.key }
journal: { url: "sqlite:${site}/journal.db" }
advertisers:
  acme: { legal_name: Acme SAS, contact_email: contact@acme.example, from_domains: [acme.example] }
`,
  )
  expect((await aval('en', 'registry', 'create')).code).toBe(0)
  fill()
  const jean = personOf('jean@example.com')
  const marie = personOf('marie@example.com')
  const toMarie = decision(2, {
    toKey: marie.consentKey,
    toKeyId: marie.keyId,
    verdict: 'refuse',
    would: 'refuse',
    rule: 'OPPOSITION-LISTED',
    reply: '550 5.7.1',
    findings: [
      {
        rule: 'OPPOSITION-LISTED',
        outcome: 'fail',
        detail: 'listed',
        evidence: { scope: 'advertiser', reason: 'reply_stop', since: '2026-01-01T11:00:00.000Z' },
      },
    ],
  })
  const { consentKey, objectionKey, keyId } = jean
  await decide([decision(1, { toKey: consentKey, toKeyId: keyId, toObjectionKey: objectionKey }), toMarie])
  await aval('en', 'subject', 'object', 'jean@example.com', '--advertiser', 'acme')
  await aval('en', 'subject', 'restrict', 'pro@example.com')
  await aval('en', 'subject', 'request', 'pro@example.com', '--kind', 'access', '--received', '2026-05-01')
  await aval('en', 'subject', 'request', 'pro@example.com', '--kind', 'portability')
  await aval('en', 'breach', 'open', '--facts', 'export', '--aware', '2026-06-10T08:00:00Z')
  const list = join(site, 'objections.csv')
  writeFileSync(list, 'address,scope,reason,at\nlist@example.com,global,manual,2026-02-01\n')
  await aval('en', 'objection', 'import', list)
  await aval('en', 'subject', 'erase', 'list@example.com')
})
afterAll(() => rmSync(site, { recursive: true, force: true }))

const COMMANDS: readonly (readonly string[])[] = [
  ...EVERYONE.map((address) => ['consent', 'show', address]),
  ...EVERYONE.map((address) => ['objection', 'check', address]),
  ...EVERYONE.map((address) => ['subject', 'export', address]),
  ['explain', JEAN],
  ['explain', MARIE],
  ['subject', 'requests'],
  ['breach', 'list'],
  ['ropa', 'export'],
  ['purge', '--dry-run'],
  ['registry', 'verify'],
  ['journal', 'verify'],
]

/** Of names of people, files, rules and settings nobody expects words. */
function readable(out: string): string {
  return out
    .replaceAll(site, '')
    .replace(/[a-z0-9_]+@example\.com/g, '')
    .replace(/\bpolicy\.[a-z_.]+/g, '')
    .replace(/^aval-registry-head.*$/gm, '')
    .replace(/\b[A-Z]+(?:-[A-Z0-9]+)+\b/g, '')
}

describe.each(['fr', 'en'] as const)('in %s', (language) => {
  test.each(COMMANDS.map((words) => [words.join(' '), words] as const))('%s', async (_name, words) => {
    const text = readable((await aval(language, ...words)).out)
    expect(text).not.toBe('')
    expect(text.match(/\b[a-z]+(?:_[a-z_]+|[A-Z][A-Za-z]+)\b/g)).toBeNull()
    expect(text.match(/\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g)).toBeNull()
    expect(text).not.toMatch(/undefined|NaN|\[object|Invalid/)
    if (/\d{1,2}:\d{2}/.test(text)) expect(plainSpaces(text)).toMatch(/heure de Paris|Paris time/)
    if (language === 'fr') {
      expect(text.match(/[^\u00a0\n][ ][:;!?](?=\s|$)/gm)).toBeNull()
      expect(text.match(/« | »/g)).toBeNull()
      expect(text).not.toMatch(/\b[01] \p{L}+s\b/u)
      expect(text).not.toMatch(/\b(?:que|de|le) [AEIOUÉ]\w+ SAS/)
      expect(text).not.toMatch(/\b(?:the|and|given|since|objection of|record of)\b/)
    }
  })
})

describe('what is read first', () => {
  it('of a message that was permitted, that the person has objected since', async () => {
    const [verdict, first, second] = plainSpaces((await aval('fr', 'explain', JEAN)).out).split('\n')
    expect(verdict).toBe('Le message a été permis.')
    expect(first).toMatch(
      /^ {2}Aujourd’hui, une opposition du 15 juin 2026 à 12:00:00 est au registre \(courrier\) : plus rien/,
    )
    expect(second).toContain('le 5 janvier 2026'.replace('le', 'Le'))
  })

  it('of a message that was refused, that the person had objected, and retention is never permission', async () => {
    const fr = plainSpaces((await aval('fr', 'explain', MARIE)).out)
    expect(fr.split('\n')[1]).toBe(
      '  La personne s’était opposée à la prospection le 1er janvier 2026 à 12:00:00 (réponse STOP) : rien ne peut lui être envoyé à ce titre.',
    )
    expect(fr).toContain('Conservation, qui ne permet aucun message contre la volonté de la personne : jusqu’au')
    const en = (await aval('en', 'explain', MARIE)).out
    expect(en.split('\n')[1]).toContain(
      'The person had objected to prospecting on 1 January 2026 at 12:00:00 (reply STOP)',
    )
    expect(`${fr}${en}`).not.toMatch(/may be used until|peut servir jusqu/)
  })

  it('of what is on record, the objection before any record', async () => {
    const { out } = await aval('fr', 'consent', 'show', 'jean@example.com')
    const text = plainSpaces(out)
    expect(text.indexOf('La personne s’est opposée')).toBeGreaterThan(0)
    expect(text.indexOf('La personne s’est opposée')).toBeLessThan(text.indexOf('Fiche '))
    expect(text).toContain('État : retiré')
    expect(text).toMatch(/Auparavant, là où elle différait :\n {4}Version 1, .*\n {6}État : donné\n/)
  })
})

describe('text and JSON say the same', () => {
  it('consent show: every field of every record is in both', async () => {
    const { records } = JSON.parse((await aval('en', 'consent', 'show', 'pro@example.com', '--json')).out) as {
      records: { versions: { record: Record<string, unknown> }[] }[]
    }
    const { out } = await aval('en', 'consent', 'show', 'pro@example.com')
    const record = records[0]!.versions.at(-1)!.record
    expect(record).toMatchObject({ legalBasis: 'b2b_legitimate_interest', restricted: true })
    for (const line of [
      'Status: given',
      'Processing restricted (GDPR art. 18): yes',
      'Legal basis: legitimate interest, professional',
      'Purposes: offers of the advertiser, newsletter hebdo',
      'Proof: screenshot',
      'Reference of the proof: p-2',
      'Function: achats',
      'Before, where it differed:',
    ])
      expect(out).toContain(line)
  })

  it('subject requests: what was answered too late, what is late and what is open', async () => {
    const { code, out } = await aval('fr', 'subject', 'requests')
    expect(code).toBe(1)
    const text = plainSpaces(out)
    expect(text).toMatch(/accès \(RGPD art\. 15\), tous les annonceurs ; reçue le 1er mai 2026 à 00:00, .* ; EN RETARD/)
    expect(text).toMatch(/portabilité \(RGPD art\. 20\).* ; à traiter/)
    expect(text).toMatch(/opposition \(RGPD art\. 21\), Acme SAS \(acme\).* close le .* : opposition inscrite/)
    const { requests } = JSON.parse((await aval('fr', 'subject', 'requests', '--json')).out) as {
      requests: { kind: string }[]
    }
    expect(new Set(requests.map(({ kind }) => kind))).toEqual(
      new Set(['access', 'erasure', 'objection', 'portability', 'restriction']),
    )
  })

  it('breach list: whether the CNIL was told in time', async () => {
    const { code, out } = await aval('fr', 'breach', 'list')
    expect(code).toBe(1)
    expect(plainSpaces(out)).toContain('EN RETARD : 72 heures dépassées sans notification')
    const [{ id }] = (JSON.parse((await aval('fr', 'breach', 'list', '--json')).out) as { breaches: [{ id: string }] })
      .breaches
    await aval('fr', 'breach', 'update', id, '--notified', '2026-06-14T08:00:00Z', '--told', '2026-06-14', '--close')
    const closed = plainSpaces((await aval('fr', 'breach', 'list')).out)
    expect(closed).toContain(`${id} : notifiée HORS DÉLAI (plus de 72 heures), close`)
    for (const line of [
      'Notifiée à la CNIL le : 14 juin 2026 à 10:00',
      'Personnes informées le : 14 juin 2026 à 00:00',
      'Faits : export',
    ])
      expect(closed).toContain(line)
  })

  it('subject erase: who may still write, for one advertiser and for all', async () => {
    const one = plainSpaces((await aval('fr', 'subject', 'erase', 'contract@example.com', '--advertiser', 'acme')).out)
    expect(one).toContain('1 fiche effacée.\n0 contact effacé.\n')
    expect(one).toContain('Acme SAS (acme) ne peut plus rien envoyer à cette personne.')
    const all = plainSpaces((await aval('fr', 'subject', 'erase', 'contract@example.com')).out)
    expect(all).toContain('rien ne peut plus être envoyé à cette personne.')
    const objected = plainSpaces((await aval('fr', 'subject', 'object', 'contract@example.com')).out)
    expect(objected).toMatch(/^Opposition \w{26} inscrite \(tous les annonceurs\)\.\n0 fiche retirée\.$/m)
  })

  it('explain of an act tells what was done, by whom and when', async () => {
    const journal = openJournalReader(join(site, 'journal.db'))
    const acts = [...journal.entries({ kind: 'certificate' }), ...journal.entries({ kind: 'erasure' })].map(
      ({ entry }) => entry as CertificateEntry | ErasureEntry,
    )
    journal.close()
    for (const { ref } of acts) {
      const text = readable((await aval('fr', 'explain', ref)).out)
      expect(text.match(/\b[a-z]+_[a-z_]+\b|\d{4}-\d{2}-\d{2}T|\b(?:added|rows|GDPR)\b/g)).toBeNull()
    }
    const restriction = acts.find((entry) => entry.kind === 'certificate' && entry.certifies === 'restriction')!
    const told = plainSpaces((await aval('fr', 'explain', restriction.ref)).out)
    expect(told).toMatch(
      /^Limitation \(RGPD art\. 18\), le .* \(heure de Paris\), par cli:\w+ ; fiches : \w+\/2 ; demande : restriction-\d+ ; traitement limité : oui\.\n {2}Référence/,
    )
  })
})
