/** Rights of the person, purge and keys, by the commands themselves, on the files of a real site. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runProgram } from '#aval/cli/program.js'
import { createTerminal } from '#aval/cli/terminal.js'
import { readAddress } from '#aval/domain/address.js'
import { everyKey } from '#aval/domain/subject-key.js'
import { openJournal } from '#aval/journal/journal.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { keyFile, subjects } from '#aval/registry/key-source.js'
import { openRegistry, type SqliteRegistry } from '#aval/registry/sqlite-registry.js'
import { addKey, readKeyFile } from '#aval/storage/key-file.js'
import { decision, outcome, refusal } from '../journal/support.js'
import { plainSpaces } from '../support/plain-spaces.js'

const NOW = Date.UTC(2026, 5, 15, 10)
const HEADER = 'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,preticked,source_kind,method'
const row = (who: string, on = '2026-01-10') =>
  `${who},acme,email,own_offers,consent,given,${on},false,first_party,double_opt_in`

let site: string
let now = NOW

interface Exported {
  readonly decisions: readonly { readonly verdict: string; readonly outcome: string }[]
}

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

const aval = (...words: string[]): Promise<Ran> => avalIn('en', ...words)

async function avalIn(language: 'en' | 'fr', ...words: string[]): Promise<Ran> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const terminal = createTerminal({ stdout, stderr, language, colour: false })
  const argv = [...words, '-c', join(site, 'aval.yaml')]
  const code = await runProgram({ terminal, stdin: new PassThrough(), now: () => now }, argv)
  return { code, out: plainSpaces(String(stdout.read() ?? '')), err: plainSpaces(String(stderr.read() ?? '')) }
}

async function importConsents(...lines: string[]): Promise<Ran> {
  const file = join(site, '..', `${site.split('/').at(-1)}-in.csv`)
  writeFileSync(file, [HEADER, ...lines].join('\n'))
  const ran = await aval('consent', 'import', file)
  rmSync(file)
  return ran
}

function registry(): SqliteRegistry {
  return openRegistry({ path: join(site, 'aval.db'), keys: keyFile(join(site, 'aval.key')) })
}

async function lookup(who: string) {
  const open = registry()
  try {
    const subject = subjects(keyFile(join(site, 'aval.key'))).identify(readAddress(who)!)
    return await open.lookup({ subject: () => subject, advertiserId: 'acme' })
  } finally {
    open.close()
  }
}

beforeEach(async () => {
  now = NOW
  site = mkdtempSync(join(tmpdir(), 'aval-rights-'))
  writeFileSync(join(site, 'aval.key'), `k1:${'07'.repeat(32)}\n`, { mode: 0o600 })
  writeFileSync(
    join(site, 'aval.yaml'),
    `node: { name: relay-1 }
listeners: [{ address: 127.0.0.1:0, tls: { mode: none } }]
upstream: { url: "capture:${site}/outbox" }
storage: { url: "sqlite:${site}/aval.db", key_file: ${site}/aval.key }
journal: { url: "sqlite:${site}/journal.db" }
advertisers:
  acme: { legal_name: Acme SAS, contact_email: contact@acme.example, dpo_contact: dpo@acme.example, privacy_url: "https://www.acme.example/privacy", from_domains: [acme.example] }
  bravo: { legal_name: Bravo SA, from_domains: [bravo.example] }
`,
  )
  expect(await aval('registry', 'create')).toMatchObject({ code: 0 })
})
afterEach(() => rmSync(site, { recursive: true, force: true }))

describe('aval subject', () => {
  it('export tells everything, sources included, and closes a request', async () => {
    expect(await importConsents(row('jean@example.com'))).toMatchObject({ code: 0, err: '' })
    const { code, out } = await aval('subject', 'export', 'jean@example.com', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      address: 'jean@example.com',
      controllers: [{ id: 'acme', legalName: 'Acme SAS', dpo: 'dpo@acme.example' }],
      records: [{ source: { sourceKind: 'first_party' }, keptUntil: '2029-01-09T23:00:00.000Z' }],
    })
    expect((await aval('subject', 'requests')).out).toMatch(
      /^access-\d+: access \(GDPR art\. 15\), every advertiser; .* closed on .*: data given$/m,
    )
    expect((await aval('subject', 'export', 'nobody@example.com')).code).toBe(1)
  })

  it('export answers the person in words, in French and in English, with what was decided about messages', async () => {
    await importConsents(row('jean@example.com'))
    await aval('subject', 'object', 'jean@example.com', '--advertiser', 'bravo')
    const { consentKey: toKey } = subjects(keyFile(join(site, 'aval.key'))).identify(readAddress('jean@example.com')!)
    const journal = await openJournal({
      path: join(site, 'journal.db'),
      keys: readKeyFile(join(site, 'aval.key')),
      node: 'relay-1',
    })
    await journal.append([decision(1, { toKey }), outcome(1), decision(2, { ...refusal(2), toKey }), decision(3)])
    await journal.close()
    const french = await avalIn('fr', 'subject', 'export', 'jean@example.com')
    for (const words of [
      'Données détenues sur jean@example.com',
      'Acme SAS ; contact : contact@acme.example ; délégué à la protection des données : dpo@acme.example ; politique de confidentialité : https://www.acme.example/privacy',
      '  Source : collecte directe',
      '  Finalités : offres de l’annonceur',
      '  Base légale : consentement',
      '  Recueilli par : double confirmation (double opt-in)',
      '  Conservé jusqu’au : 10 janvier 2029 à 00:00',
      '5 janvier 2026 à 10:00, Acme SAS, permis, envoyé, ',
      '5 janvier 2026 à 10:00, Acme SAS, refusé, CONSENT-MISSING (Pas de consentement préalable), ',
      'une réclamation auprès de la CNIL',
    ])
      expect(french.out).toContain(words)
    expect(french.out.match(/, Acme SAS, (permis|refusé),/g)).toHaveLength(2)
    const english = (await aval('subject', 'export', 'jean@example.com')).out
    for (const words of [
      '  Legal basis: consent',
      'Acme SAS, refused, CONSENT-MISSING (No prior consent), ',
      'complaint to the CNIL',
    ])
      expect(english).toContain(words)
    const { decisions } = JSON.parse((await aval('subject', 'export', 'jean@example.com', '--json')).out) as Exported
    expect(decisions.map(({ verdict, outcome: became }) => [verdict, became])).toEqual([
      ['permit', 'relayed'],
      ['refuse', ''],
    ])
    expect((await avalIn('fr', 'subject', 'export', 'nobody@example.com')).out).toContain('Rien n’est détenu')
  })

  it('RIGHTS-ERASED: nothing in any file matches the address or its keys but the objection, and all still verifies', async () => {
    await importConsents(row('jean@example.com'), row('luc@example.com'))
    await aval(
      'event',
      'add',
      'jean@example.com',
      '--set',
      'advertiser_id=acme',
      'type=purchase',
      'at=2026-02-01',
      'source=shop',
    )
    await aval('subject', 'restrict', 'jean@example.com')
    const subject = subjects(keyFile(join(site, 'aval.key'))).identify(readAddress('jean@example.com')!)
    const journal = await openJournal({
      path: join(site, 'journal.db'),
      keys: readKeyFile(join(site, 'aval.key')),
      node: 'relay-1',
    })
    await journal.append([decision(1, { toKey: subject.consentKey, toKeyId: 'k1' })])
    await journal.close()

    const { code, err } = await aval('subject', 'erase', 'jean@example.com')
    expect([code, err]).toEqual([0, ''])
    for (const { consentKey } of everyKey(subject))
      expect(filesWith(Buffer.from(consentKey, 'hex'), consentKey)).toEqual([])
    expect(filesWith('jean', 'example.com')).toEqual([])
    expect(filesWith(Buffer.from(subject.objectionKey, 'hex'))).toEqual(['aval.db'])
    expect((await aval('registry', 'verify')).code).toBe(0)
    expect((await aval('journal', 'verify')).code).toBe(0)

    const answer = await lookup('Jean+news@example.com')
    expect(answer.records).toEqual([])
    expect(answer.objections).toContainEqual(
      expect.objectContaining({ reason: 'erasure', scope: { kind: 'global' }, channel: 'email' }),
    )
    const again = await importConsents(row('jean@example.com'))
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('1 against an objection')])
    expect((await lookup('luc@example.com')).records).toHaveLength(1)
  })

  it('RIGHTS-ERASED: what lies beside, which is not Aval’s to edit, is named for somebody to delete', async () => {
    const folder = join(site, 'imports', 'acme', 'done')
    mkdirSync(folder, { recursive: true })
    appendFileSync(join(site, 'aval.yaml'), `imports: { directory: ${site}/imports }\n`)
    mkdirSync(join(site, 'outbox'))
    writeFileSync(join(folder, 'list.csv'), `address\n${'x@example.com\n'.repeat(100_000)}JEAN@example.com\n`)
    writeFileSync(join(folder, 'other.csv'), 'address\nluc@example.com\n')
    writeFileSync(join(site, 'outbox', '1.eml'), 'To: Jean <jean@example.com>\r\n\r\n')
    await importConsents(row('jean@example.com'))
    const { code, out } = await avalIn('fr', 'subject', 'erase', 'Jean@Example.com')
    expect(code).toBe(1)
    expect(out.match(/À faire encore : (\S+) contient/g)).toEqual([
      `À faire encore : ${join(folder, 'list.csv')} contient`,
      `À faire encore : ${join(site, 'outbox', '1.eml')} contient`,
    ])
    rmSync(join(folder, 'list.csv'))
    rmSync(join(site, 'outbox', '1.eml'))
    expect(await aval('subject', 'erase', 'jean@example.com')).toMatchObject({ code: 0 })
    expect((await lookup('jean@example.com')).records).toEqual([])
  })

  it('erase for one advertiser leaves the others', async () => {
    await importConsents(row('jean@example.com'), row('jean@example.com').replace('acme', 'bravo'))
    await aval('subject', 'erase', 'jean@example.com', '--advertiser', 'acme')
    const { out } = await aval('consent', 'show', 'jean@example.com', '--json')
    const shown = JSON.parse(out) as { records: { advertiserId: string }[]; objections: { scope: unknown }[] }
    expect(shown.records.map(({ advertiserId }) => advertiserId)).toEqual(['bravo'])
    expect(shown.objections[0]!.scope).toEqual({ kind: 'advertiser', advertiserId: 'acme' })
  })

  it('restrict, rectify and object append versions', async () => {
    await importConsents(row('jean@example.com'))
    await aval('subject', 'restrict', 'jean@example.com')
    expect((await lookup('jean@example.com')).records[0]!.record).toMatchObject({ version: 2, restricted: true })
    await aval('subject', 'restrict', 'jean@example.com', '--lift')
    expect((await lookup('jean@example.com')).records[0]!.record).toMatchObject({ version: 3, restricted: false })
    await aval('subject', 'rectify', 'jean@example.com', '--set', 'subject_kind=professional')
    expect((await lookup('jean@example.com')).records[0]!.record).toMatchObject({
      version: 4,
      subjectKind: 'professional',
    })
    expect((await aval('subject', 'rectify', 'jean@example.com', '--set', 'given_at=2026-01-01')).code).toBe(65)
    await aval('subject', 'object', 'jean@example.com')
    const { records, objections } = await lookup('jean@example.com')
    expect(records[0]!.record.status).toBe('withdrawn')
    expect(objections).toHaveLength(1)
    expect((await aval('registry', 'verify')).code).toBe(0)
  })

  it('I5: an objection received on a day outlives consent of the same day', async () => {
    await aval('subject', 'object', 'jean@example.com', '--received', '2026-06-01')
    await aval('subject', 'object', 'luc@example.com', '--received', '2026-06-01T15:00+02:00')
    expect((await lookup('jean@example.com')).objections).toMatchObject([
      { at: Date.parse('2026-06-01T21:59:59.999Z') },
    ])
    expect((await lookup('luc@example.com')).objections).toMatchObject([{ at: Date.parse('2026-06-01T13:00:00Z') }])
  })

  it('a request not answered within a month is late, of a month of the calendar in Paris', async () => {
    const { out } = await aval(
      'subject',
      'request',
      'jean@example.com',
      '--kind',
      'erasure',
      '--received',
      '2026-01-31',
    )
    expect(out).toContain('to be answered before 28 February 2026 at 00:00 (Paris time)')
    const listed = await aval('subject', 'requests', '--open')
    expect([listed.code, listed.out]).toEqual([1, expect.stringContaining('LATE')])
    const id = /erasure-\d+/.exec(out)![0]
    await aval('subject', 'erase', 'jean@example.com', '--request', id)
    expect((await aval('subject', 'requests', '--open')).code).toBe(0)
  })

  it('a receipt names the controller, the purpose, the status and the end', async () => {
    await importConsents(row('jean@example.com'))
    const { out } = await aval('consent', 'receipt', 'jean@example.com')
    expect(JSON.parse(out)).toMatchObject([
      {
        '@type': ['dpv:ConsentReceipt'],
        'dct:title': [
          { '@value': 'Reçu de consentement', '@language': 'fr' },
          { '@value': 'Consent receipt', '@language': 'en' },
        ],
        'dpv:hasConsentRecord': {
          'dpv:hasDataController': { 'dpv:hasName': 'Acme SAS' },
          'dpv:hasProcess': {
            'dpv:hasPurpose': [{ 'dct:identifier': 'own_offers' }],
            'dpv:hasLegalBasis': 'eu-gdpr:A6-1-a',
          },
          'dpv:hasConsentStatus': [{ '@type': 'dpv:ConsentGiven' }],
        },
      },
    ])
  })
})

describe('aval journal purge', () => {
  it('destroys the key of a segment that names nobody any more, and says so under a signed checkpoint', async () => {
    await importConsents(row('jean@example.com'))
    const { consentKey: toKey } = subjects(keyFile(join(site, 'aval.key'))).identify(readAddress('jean@example.com')!)
    const path = join(site, 'journal.db')
    const journal = await openJournal({ path, keys: readKeyFile(join(site, 'aval.key')), node: 'relay-1' })
    await journal.append([decision(1, { toKey }), outcome(1)])
    await journal.close()
    const purge = async (...words: string[]) => JSON.parse((await aval('journal', 'purge', '--json', ...words)).out)
    expect(await purge()).toMatchObject({ decisions: 0, segments: [] })
    await aval('subject', 'erase', 'jean@example.com')
    expect(await purge('--dry-run')).toMatchObject({ segments: [] })
    expect(await purge()).toMatchObject({ segments: [1] })
    expect(readFileSync(`${path}.segment-keys`, 'latin1')).toMatch(/ 00000001 -{64}\n$/)
    const verified = JSON.parse((await aval('journal', 'verify', '--json')).out)
    expect(verified).toMatchObject({ ok: true, unread: 0, segments: { closed: 1, destroyed: 1 } })
    expect(verified.tree.signed).toBe(verified.entries - 1)
    expect((await avalIn('fr', 'journal', 'verify')).out).toContain('segments : 1 clos, dont 1 à clé détruite')
    expect(await purge('--keys-lost')).toEqual({ decisions: 0 })
    expect((await aval('journal', 'purge', '--keys-lost', '--dry-run')).code).toBe(2)
  })
})

describe('aval purge', () => {
  it('deletes what has ended and no more, keeps objections and what is restricted, and certifies it', async () => {
    await importConsents(
      row('old@example.com', '2023-06-15'),
      row('kept@example.com', '2023-06-16'),
      row('held@example.com', '2023-01-01'),
    )
    await aval('objection', 'add', 'old@example.com', '--set', 'scope=global', 'reason=letter', 'at=2026-01-01')
    now = Date.UTC(2026, 0, 1)
    await aval('subject', 'restrict', 'held@example.com')
    now = NOW
    for (const [who, at] of [
      ['unknown@example.com', '2023-06-01'],
      ['unknown2@example.com', '2023-07-01'],
      ['kept@example.com', '2022-01-01'],
    ])
      await aval('event', 'add', who!, '--set', 'advertiser_id=acme', 'type=purchase', `at=${at}`, 'source=shop')
    const dry = await aval('purge', '--dry-run', '--json')
    expect(JSON.parse(dry.out)).toMatchObject({ records: { acme: 1 }, restricted: 1 })
    expect((await lookup('old@example.com')).records).toHaveLength(1)
    const { out } = await aval('purge', '--json')
    expect(JSON.parse(out)).toMatchObject({
      looked: 3,
      records: { acme: 1 },
      restricted: 1,
      events: 1,
      refs: { acme: expect.stringMatching(/^[0-9A-Z]{26}$/) as string },
    })
    const gone = await lookup('old@example.com')
    expect([gone.records, gone.objections.length]).toEqual([[], 1])
    expect((await lookup('kept@example.com')).records).toHaveLength(1)
    expect((await lookup('held@example.com')).records).toHaveLength(1)
    expect((await aval('registry', 'verify')).code).toBe(0)
    expect((await aval('journal', 'verify')).code).toBe(0)
    expect(JSON.parse((await aval('purge', '--json')).out)).toMatchObject({ records: {} })
  })

  it('consent expiring names those whose last months run, with the addresses of a list', async () => {
    await importConsents(
      row('soon@example.com', '2023-07-01'),
      row('later@example.com', '2024-07-01'),
      row('over@example.com', '2023-06-01'),
    )
    const list = join(site, 'list.txt')
    writeFileSync(list, 'soon@example.com\nlater@example.com\n')
    const { out, err } = await aval('consent', 'expiring', '--within', '90d', '--addresses', list)
    expect(out).toMatch(
      /^soon@example\.com: record \w{26}, for .+, may be used until \d+ \w+ 2026 at [\d:]{5}; counted from 1 July 2023 at [\d:]{5} \(collection\)\n$/,
    )
    expect(err).toContain('Paris time')
  })

  it('consent expiring leaves out a customer nobody says ever bought: no message may be sent on that record', async () => {
    await importConsents(
      row('soon@example.com'),
      'never@example.com,acme,email,own_offers,existing_customer,given,2026-01-10,false,first_party,optout_box_left_unticked',
    )
    expect((await lookup('never@example.com')).records).toHaveLength(1)
    const { out } = await aval('consent', 'expiring', '--within', '2000d', '--json')
    const [only, ...others] = out.trim().split('\n')
    expect(JSON.parse(only!)).toMatchObject({ startedBy: 'collected' })
    expect(others).toEqual([])
  })
})

describe('aval key rotate', () => {
  it(
    'finds everybody under the old key and the new, writes under the new, and needs both',
    { timeout: 30_000 },
    async () => {
      await importConsents(row('jean@example.com'), row('luc@example.com'))
      await aval('objection', 'add', 'luc@example.com', '--set', 'scope=global', 'reason=letter', 'at=2026-06-01')
      const running = registry()
      const source = keyFile(join(site, 'aval.key'))
      const people = subjects(source)
      const ask = (who: string) =>
        running.lookup({ subject: () => people.identify(readAddress(who)!), advertiserId: 'acme' })
      await ask('jean@example.com')
      const before = readFileSync(join(site, 'aval.key'), 'utf8')

      const { code } = await aval('key', 'rotate')
      expect(code).toBe(0)
      const keys = readKeyFile(join(site, 'aval.key'))
      expect(keys.map(({ keyId }) => keyId)).toEqual([expect.stringMatching(/^k[0-9a-f]{8}$/), 'k1'])
      expect(statSync(join(site, 'aval.key')).mode & 0o777).toBe(0o600)

      expect((await importConsents(row('jean@example.com'), row('new@example.com'))).out).toContain(
        '1 added, 1 unchanged',
      )
      expect((await ask('jean@example.com')).records[0]!.record.keyId).toBe('k1')
      expect((await ask('new@example.com')).records[0]!.record.keyId).toBe(keys[0].keyId)
      expect((await ask('luc+x@example.com')).objections).toHaveLength(1)
      expect((await importConsents(row('luc@example.com', '2026-01-11'))).out).toContain('1 against an objection')
      await aval('consent', 'withdraw', 'jean@example.com', '--advertiser', 'acme')
      expect((await ask('jean@example.com')).records[0]!).toMatchObject({
        intact: true,
        record: { status: 'withdrawn', version: 2 },
      })
      expect((await aval('registry', 'verify')).code).toBe(0)
      running.close()

      writeFileSync(join(site, 'aval.key'), before)
      expect(await aval('consent', 'show', 'jean@example.com')).toMatchObject({
        code: 78,
        err: expect.stringMatching(/does not hold it/) as string,
      })
    },
  )
})

it('aval key rotate finishes a rotation that was cut short before another is begun', { timeout: 30_000 }, async () => {
  const file = join(site, 'aval.key')
  const ids = () => readKeyFile(file).map(({ keyId }) => keyId)
  const certificates = () => {
    const journal = openJournalReader(join(site, 'journal.db'))
    const found = [...journal.entries({ kind: 'certificate', verdict: 'key_rotation' })]
    journal.close()
    return found.map(({ entry }) => entry.kind === 'certificate' && entry.facts['key'])
  }
  await importConsents(row('jean@example.com'))
  const cutShort = addKey(file)
  const finished = await aval('key', 'rotate')
  expect(finished).toMatchObject({ code: 0, err: expect.stringContaining('has been finished') as string })
  expect(finished.out).toContain(`${cutShort} is in force`)
  expect([ids(), certificates()]).toEqual([[cutShort, 'k1'], [cutShort]])
  const { key } = JSON.parse((await aval('key', 'rotate', '--json')).out) as { key: string }
  expect([ids(), certificates()]).toEqual([
    [key, cutShort, 'k1'],
    [cutShort, key],
  ])
})

describe('lists of digests', () => {
  const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')

  it.each(['md5', 'sha1', 'sha256'] as const)(
    '%s: matched at decision and at import, stored under the key only',
    async (algorithm) => {
      const list = join(site, 'list.txt')
      writeFileSync(
        list,
        [digest(algorithm, 'jean@example.com'), digest(algorithm, 'x@example.com').toUpperCase(), 'zzz'].join('\n'),
      )
      const { code, out } = await aval('objection', 'import', list, '--hashed', algorithm)
      expect([code, out]).toEqual([65, expect.stringContaining('2 added')])
      rmSync(list)
      expect(
        (
          await aval(
            'objection',
            'import',
            writeList(list, digest(algorithm, 'jean@example.com')),
            '--hashed',
            algorithm,
          )
        ).code,
      ).toBe(0)
      expect((await lookup('Jean@example.com')).objections.length).toBeGreaterThan(0)
      expect((await lookup('jean+promo@example.com')).objections.length).toBeGreaterThan(0)
      expect((await lookup('other@example.com')).objections).toEqual([])
      expect((await importConsents(row('x@example.com'))).out).toContain('1 against an objection')
      rmSync(list)
      expect(
        filesWith(digest(algorithm, 'jean@example.com'), Buffer.from(digest(algorithm, 'jean@example.com'), 'hex')),
      ).toEqual([])
    },
  )

  function writeList(path: string, ...lines: string[]): string {
    writeFileSync(path, `hash\n${lines.join('\n')}\n`)
    return path
  }
})

describe('objections of whole domains', () => {
  it('by hand, from a file and by the API; matched at decision and at import; the domain is nowhere in clear', async () => {
    const letter = ['--set', 'scope=advertiser', '--set', 'advertiser_id=acme', '--set', 'reason=letter']
    const at = ['--set', 'at=2026-05-01T10:00:00Z']
    expect((await aval('objection', 'add', '@company.example', ...letter, ...at)).code).toBe(0)
    const list = join(site, 'domains.csv')
    writeFileSync(
      list,
      `address,scope,reason,at\n*@Société.example,global,manual,2026-05-01\n@gmail.com,global,manual,2026-05-01\n@[192.0.2.1],global,manual,2026-05-01\n`,
    )
    const imported = await aval('objection', 'import', list)
    expect([imported.code, imported.out]).toEqual([65, expect.stringContaining('1 added')])
    expect(imported.err).toContain('nobody objects for all customers of a mail provider')
    rmSync(list)
    expect((await lookup('Jean+x@paris.company.example')).objections).toMatchObject([
      { of: 'domain', reason: 'letter' },
    ])
    expect((await lookup('jean@xn--socit-esab.example')).objections).toMatchObject([{ scope: { kind: 'global' } }])
    expect((await lookup('jean@other.example')).objections).toEqual([])
    expect((await importConsents(row('new@company.example'))).out).toContain('1 against an objection')
    expect(await aval('objection', 'check', '@company.example')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/, Acme SAS \(acme\), for the whole domain, by e-mail, reason: letter \(/) as string,
    })
    expect((await aval('objection', 'check', 'jean@company.example')).out).toContain(
      'Acme SAS (acme), for the whole domain',
    )
    expect((await aval('objection', 'check', '@other.example')).code).toBe(0)
    expect((await aval('subject', 'export', 'jean@company.example')).out).toContain('for the whole domain')
    const exported = await aval('objection', 'export')
    expect(exported.out.split('\n')[0]).toBe('objection_key,key_id,of,scope,advertiser_id,router_id,channel,reason,at')
    expect(exported.out).toMatch(/,domain,advertiser,acme,,email,letter,/)
    expect(filesWith('company.example', Buffer.from('xn--socit-esab'))).toEqual([])
    expect((await aval('registry', 'verify')).code).toBe(0)
  })

  it('holds under a key put in force later', async () => {
    const letter = ['--set', 'scope=global', '--set', 'reason=letter', '--set', 'at=2026-05-01T10:00:00Z']
    expect((await aval('objection', 'add', '@company.example', ...letter)).code).toBe(0)
    expect((await aval('key', 'rotate')).code).toBe(0)
    expect((await lookup('jean@company.example')).objections).toMatchObject([{ of: 'domain' }])
    expect((await importConsents(row('new@company.example'))).out).toContain('1 against an objection')
  })
})

it('the certificate of a purge says of each advertiser what was its own, in an entry of its own', async () => {
  const old = '2023-06-14'
  await importConsents(
    row('a@example.com', old),
    ...['b', 'c'].map((who) => row(`${who}@example.com`, old).replace('acme', 'bravo')),
  )
  const { refs } = JSON.parse((await aval('purge', '--json')).out) as { readonly refs: Record<string, string> }
  expect(Object.keys(refs)).toEqual(['acme', 'bravo'])
  const journal = openJournalReader(join(site, 'journal.db'))
  const certificates = [...journal.entries({ kind: 'certificate', verdict: 'purge' })].map(({ entry }) => entry)
  journal.close()
  expect(certificates).toMatchObject([
    { advertiser: 'acme', ref: refs['acme'], facts: { records: 1, events: 0 } },
    { advertiser: 'bravo', ref: refs['bravo'], facts: { records: 2, events: 0 } },
  ])
  expect(JSON.stringify(certificates[0])).not.toContain('bravo')
})

describe('I8 texts of the operator', () => {
  const named = 'as jean@example.com wrote'
  it.each([
    ['breach', 'open', '--facts', named],
    ['breach', 'open', '--facts', 'a list', '--measures', named],
    ['consent', 'withdraw', 'jean@example.com', '--advertiser', 'acme', '--source', named],
    ['registry', 'accept', '--reason', named],
  ])('%s %s: an address in them is refused, and not repeated', async (...words) => {
    const { code, out, err } = await aval(...words)
    expect(code).toBe(65)
    expect(out + err).not.toContain('jean@example.com')
  })

  it('where a file comes from is told without an address, and its name is kept without one', async () => {
    const file = join(site, 'jean@example.com.csv')
    writeFileSync(file, [HEADER, row('p@example.com')].join('\n'))
    expect((await aval('consent', 'import', file, '--source', named)).code).toBe(65)
    expect((await aval('consent', 'import', file)).code).toBe(0)
    rmSync(file)
    for (const part of ['aval.db', 'aval.db-wal'].filter((name) => existsSync(join(site, name))))
      expect(readFileSync(join(site, part)).includes('jean@example.com')).toBe(false)
  })
})

describe('aval breach, canary, ropa, export', () => {
  it('72 hours run from the moment of awareness', async () => {
    const { out } = await aval(
      'breach',
      'open',
      '--aware',
      '2026-06-10T08:00:00Z',
      '--facts',
      'list sent to the wrong router',
    )
    const id = /breach-\d+/.exec(out)![0]
    expect(out).toContain('The CNIL to be told before: 13 June 2026 at 10:00')
    const late = await aval('breach', 'list')
    expect([late.code, late.out]).toEqual([1, expect.stringContaining('LATE')])
    await aval('breach', 'update', id, '--notified', '2026-06-12T08:00:00Z', '--measures', 'list recalled')
    expect((await aval('breach', 'list')).code).toBe(0)
  })

  it('a seed answers for whom it was sown', async () => {
    await aval('canary', 'add', 'seed@example.com', '--advertiser', 'bravo')
    expect((await lookup('seed@example.com')).canaryOf).toEqual(['bravo'])
  })

  it('the record of processing has each controller and the relay', async () => {
    const { out } = await aval('ropa', 'export', '--json')
    const { activities } = JSON.parse(out) as { activities: { article: string; controller: string }[] }
    expect(activities.map(({ article, controller }) => `${article} ${controller}`)).toEqual([
      '30(1) Acme SAS',
      '30(1) Bravo SA',
      '30(2) Acme SAS, Bravo SA',
    ])
    const french = (await avalIn('fr', 'ropa', 'export')).out
    expect(french).toContain('Responsable du traitement : Acme SAS')
    expect(french).toContain('Délégué à la protection des données : dpo@acme.example')
    expect(french).toContain('Délégué à la protection des données : -')
    expect(french).toContain('oppositions sans limite ; décisions 5 ans')
    expect(french).not.toMatch(/keyed hash|customers|retention|undefined/)
  })

  it('exports rows with the names of imports, people by keyed hash', async () => {
    await importConsents(row('jean@example.com'), row('luc@example.com'))
    const csv = (await aval('consent', 'export')).out.trim().split('\n')
    expect(csv[0]).toMatch(/^subject_key,key_id,record_id,version,advertiser_id,channel,purposes/)
    expect(csv).toHaveLength(3)
    const [first] = (await aval('consent', 'export', '--json')).out.trim().split('\n')
    expect(JSON.parse(first!)).toMatchObject({
      legal_basis: 'consent',
      collected_at: '2026-01-09T23:00:00.000Z',
      intact: true,
    })
    await aval(
      'objection',
      'add',
      'jean@example.com',
      '--set',
      'scope=advertiser',
      'advertiser_id=acme',
      'reason=letter',
      'at=2026-01-01',
    )
    expect((await aval('objection', 'export')).out).toMatch(
      /\n[0-9a-f]{64},k1,person,advertiser,acme,,email,letter,2026-01-01T22:59:59.999Z\n/,
    )
  })
})

function filesWith(...needles: (string | Buffer)[]): string[] {
  return readdirSync(site)
    .filter((name) => name !== 'aval.yaml')
    .filter((name) => {
      const content = readFileSync(join(site, name))
      return needles.some((needle) => content.includes(needle))
    })
}
