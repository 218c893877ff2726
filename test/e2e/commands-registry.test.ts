/** Commands through the real binary: those of the registry. Exit codes, what goes to which stream, both languages. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { makeDirectory, removeDirectory, runAval, siteFor, writeConfig } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { file, scratch } from '../support/scratch.js'

const GOOD = 'jean.dupont@client.example'

describe('registry', () => {
  let config: string

  beforeEach(() => {
    const home = makeDirectory()
    config = writeConfig(home, siteFor(home, 'smtp://mta.example'))
    consentTo(home, [])
    return () => removeDirectory(home)
  })

  const aval = (...args: string[]) => runAval([...args, '-c', config])
  const json = (...args: string[]): unknown => JSON.parse(aval(...args, '--json').stdout)

  const COLUMNS =
    'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,given_at,method,preticked,source_kind'
  const consentRow = (address: string, method = 'double_opt_in') =>
    `${address},acme,email,own_offers,consent,given,2026-01-10T09:00:00Z,2026-01-10T09:00:00Z,${method},false,first_party`

  test('consent import: bad rows by line, the rest imported, exit 65; a second run changes nothing', () => {
    const rows = [
      COLUMNS,
      consentRow('a@client.example'),
      consentRow('not an address'),
      consentRow('b@client.example'),
      consentRow('c@client.example', 'preticked_box'),
      'd@client.example,acme,email',
      consentRow('e@client.example'),
    ]
    const list = file('list.csv', rows.join('\r\n'))
    const { status, stdout, stderr } = aval('consent', 'import', list)
    expect(status).toBe(65)
    expect(stdout).toBe('6 rows: 3 added, 0 unchanged, 0 older than on file, 0 against an objection, 3 refused\n')
    expect(stderr).toMatch(new RegExp(`^${list}:3: FORMAT address is not an e-mail address$`, 'm'))
    expect(stderr).toMatch(new RegExp(`^${list}:5: CONSENT-NOT-POSITIVE `, 'm'))
    expect(stderr).toMatch(new RegExp(`^${list}:6: FORMAT `, 'm'))
    expect(stderr).toMatch(/^rejects: .*list\.csv\.rejects\.csv$/m)
    const rejects = readFileSync(`${list}.rejects.csv`, 'utf8').trim().split(/\r?\n/)
    expect(rejects[0]).toBe('line,column,rule,reason')
    expect(new Set(rejects.slice(1).map((line) => line.split(',')[0]))).toEqual(new Set(['3', '5', '6']))
    expect(rejects.join('\n')).not.toMatch(/client\.example|not an address/)

    expect(json('consent', 'import', list)).toMatchObject({ counts: { rows: 6, added: 0, unchanged: 3, refused: 3 } })
    for (const name of ['a', 'b', 'e']) expect(aval('consent', 'show', `${name}@client.example`).status).toBe(0)
    for (const name of ['c', 'd'])
      expect(aval('consent', 'show', `${name}@client.example`)).toMatchObject({
        status: 1,
        stdout: 'Nothing is on record about this address.\n',
      })
  })

  test('consent import: a header that does not fit refuses the file before anything is written', () => {
    const list = file('header.csv', `${COLUMNS},phone\n${consentRow('a@client.example')},+33 1\n`)
    const { status, stdout, stderr } = aval('consent', 'import', list)
    expect({ status, stdout }).toEqual({ status: 65, stdout: '' })
    expect(stderr).toBe(`${list}: DATA-MINIMISATION: phone is a column the registry has no use for\n`)
    expect(aval('consent', 'show', 'a@client.example').status).toBe(1)
    const stripped = aval('consent', 'import', list, '--strip', '--dry-run')
    expect(stripped.stdout).toMatch(/^1 row: 1 added, .*dry run: nothing written/)
    expect(stripped.stderr).toMatch(/column phone dropped/)
    expect(aval('consent', 'show', 'a@client.example').status).toBe(1)
  })

  test('in French, why a file or a row is refused is said in French, in the list of rejects too', () => {
    const list = file('refus.csv', `address;scope;reason;at\nx;global;manual;2026-02-01\n"a;global;manual;2026-02-01\n`)
    const { status, stdout, stderr } = aval('objection', 'import', list, '--lang', 'fr')
    expect(stdout).toBe('2 lignes : 0 ajoutée, 0 inchangée, 0 plus ancienne, 0 contre une opposition, 2 refusées\n')
    expect(status).toBe(65)
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      `${list}:2: FORMAT address n’est pas une adresse électronique`,
      `${list}:3: FORMAT a un guillemet qui n’est pas fermé dans les 20 lignes, ou pas doublé à l’intérieur d’un champ`,
    ])
    expect(readFileSync(`${list}.rejects.csv`, 'utf8')).toContain(
      '2,address,FORMAT,n’est pas une adresse électronique\r\n',
    )
    const plain = file('refus.txt', 'personnes\nx\n')
    expect(aval('objection', 'import', plain, '--lang', 'fr').stderr).toBe(
      `${plain} : DATA-MINIMISATION : personnes est une colonne dont le registre n’a pas besoin\n` +
        `${plain} : FORMAT : address manque dans l’en-tête\n`,
    )
    const pdf = file('refus.pdf', '%PDF-1.7')
    const said = `${pdf} : le fichier est un PDF : exporter en CSV UTF-8 la liste dont il vient\n`
    expect(aval('objection', 'import', pdf, '--lang', 'fr').stderr).toBe(said)
    const scrub = ['scrub', pdf, '--advertiser', 'acme', '--class', 'prospecting_b2c']
    expect(aval(...scrub, '--lang', 'fr')).toEqual({ status: 65, stdout: '', stderr: said })
    expect(JSON.parse(aval('objection', 'import', list, '--lang', 'fr', '--json').stdout)).toMatchObject({
      rejects: [{ reason: 'is not an e-mail address' }, {}],
    })
    const late = ['scope=global', 'reason=letter', 'at=2999-01-01']
    expect(aval('objection', 'add', 'x@example.com', '--set', ...late, '--lang', 'fr').stderr).toBe(
      'FORMAT : at est dans le futur\n',
    )
  })

  test('a row that is refused as a whole is told without a gap where a column would stand', () => {
    const list = file('octets.csv', Buffer.from('address,source_ref\na@client.example,r\xe9ponse\n', 'latin1'))
    const { stderr } = aval('objection', 'import', list)
    expect(stderr).toMatch(new RegExp(`^${list}:2: FORMAT is not UTF-8: save the file as UTF-8$`, 'm'))
  })

  test('consent import: no such file, no such advertiser', () => {
    const none = file('none.csv')
    expect(aval('consent', 'import', none)).toEqual({
      status: 74,
      stdout: '',
      stderr: `cannot read ${none}: there is no such file or directory\n`,
    })
    expect(aval('consent', 'import', none, '--lang', 'fr').stderr).toBe(
      `impossible de lire ${none} : ce fichier ou ce répertoire n’existe pas\n`,
    )
    expect(aval('consent', 'import', scratch)).toEqual({
      status: 74,
      stdout: '',
      stderr: `cannot read ${scratch}: it is no regular file\n`,
    })
    const list = file('one.csv', `${COLUMNS}\n${consentRow('a@client.example')}\n`)
    const { status, stderr } = aval('consent', 'import', list, '--advertiser', 'ghost')
    expect(stderr).toBe('no advertiser "ghost" is declared in the configuration; there is acme\n')
    expect(status).toBe(2)
  })

  test('consent import: a list of rejects that cannot be written is a sentence too', () => {
    const list = file('rejected.csv', `${COLUMNS}\n${consentRow('no address')}\n`)
    const rejects = join(scratch, 'no', 'rejects.csv')
    const { status, stdout, stderr } = aval('consent', 'import', list, '--rejects', rejects)
    expect(stderr).toBe(`cannot write ${rejects}: there is no such file or directory\n`)
    expect(stdout).toBe('')
    expect(status).toBe(74)
  })

  test('consent add, show, withdraw; what is withdrawn does not come back by import', () => {
    const set = [
      'advertiser_id=acme',
      'channel=email',
      'purposes=own_offers',
      'legal_basis=consent',
      'status=given',
      'collected_at=2026-01-10T09:00:00Z',
      'given_at=2026-01-10T09:00:00Z',
      'method=double_opt_in',
      'preticked=false',
      'source_kind=first_party',
    ]
    const added = aval('consent', 'add', GOOD, '--set', ...set)
    expect(added).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^added \S+\n$/) })
    expect(aval('consent', 'show', GOOD).stdout).toMatch(
      /^ {2}Status: given\n {2}Legal basis: consent\n {2}Purposes: offers of the advertiser\n[^]*Consent given on: 10 January 2026 at 10:00$/m,
    )
    expect(aval('--lang', 'fr', 'consent', 'show', GOOD).stdout).toMatch(
      /^ {2}État : donné\n[^]*Consentement donné le : 10 janvier 2026 à 10:00$/m,
    )
    const withdrawn = aval('consent', 'withdraw', GOOD, '--advertiser', 'acme', '--source', 'letter 2026-114')
    expect(withdrawn).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^1 record withdrawn; an objection/),
    })
    expect(json('consent', 'show', GOOD)).toMatchObject({
      records: [{ versions: [{ intact: true }, { intact: true, record: { status: 'withdrawn' } }] }],
      objections: [{ scope: { kind: 'advertiser', advertiserId: 'acme' } }],
    })
    const list = file('again.csv', `${COLUMNS}\n${consentRow(GOOD)}\n`)
    expect(json('consent', 'import', list)).toMatchObject({ counts: { added: 0 } })
    expect(aval('consent', 'add', GOOD).status).toBe(65)
    expect(aval('consent', 'show', 'nobody').status).toBe(2)
    expect(aval('consent', 'add', GOOD, '--set', 'nothing')).toMatchObject({
      status: 2,
      stderr: '"nothing" is not name=value\n',
    })
  })

  test('event import and add: opens are refused by name', () => {
    const head = 'address,advertiser_id,type,at,source'
    const kinds = ['open', 'link_click', 'pixel_load']
    const list = file(
      'events.csv',
      [head, ...kinds.map((kind) => `${GOOD},acme,${kind},2026-03-01T10:00:00Z,web-log`)].join('\n'),
    )
    const { status, stdout, stderr } = aval('event', 'import', list)
    expect(status).toBe(65)
    expect(stdout).toMatch(/^3 rows: 1 added, .*2 refused$/m)
    expect(stderr).toMatch(/events\.csv:2: RETENTION-OPEN-ONLY type an open is not a contact/)
    expect(stderr).toMatch(/events\.csv:4: RETENTION-OPEN-ONLY /)
    const set = (type: string) => ['--set', 'advertiser_id=acme', `type=${type}`, 'at=2026-03-02', 'source=shop']
    expect(aval('event', 'add', GOOD, ...set('purchase')).status).toBe(0)
    expect(aval('event', 'add', GOOD, ...set('open'))).toMatchObject({
      status: 65,
      stdout: '',
      stderr: expect.stringMatching(/^RETENTION-OPEN-ONLY: type /),
    })
  })

  test('I5: objection add, check and import; in French too', () => {
    expect(aval('objection', 'check', GOOD)).toEqual({ status: 0, stdout: 'No objection on file.\n', stderr: '' })
    expect(aval('objection', 'check', GOOD, '--lang', 'fr').stdout).toBe('Aucune opposition au registre.\n')
    const bare = aval('objection', 'add', GOOD)
    expect(bare.status).toBe(65)
    expect(bare.stderr).toMatch(/^FORMAT: scope is missing: one of advertiser, router, global$/m)
    expect(bare.stderr).toMatch(/^FORMAT: reason is missing: one of unsubscribe_link, .*letter, /m)
    expect(aval('objection', 'add', GOOD, '--lang', 'fr').stderr).toMatch(
      /^FORMAT : scope manque : un parmi advertiser, router, global$/m,
    )
    const set = ['scope=advertiser', 'advertiser_id=acme', 'reason=letter', 'at=2026-02-01T10:00:00Z']
    expect(aval('objection', 'add', GOOD, '--set', ...set).status).toBe(0)
    expect(aval('objection', 'check', GOOD)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(
        /^ {2}1 February 2026 at 11:00, Acme SAS \(acme\), by e-mail, reason: letter \(\w{26}\)$/m,
      ),
    })
    expect(aval('objection', 'check', GOOD.replace('@', '+promo@')).status).toBe(1)
    const list = file(
      'objections.csv',
      `address,scope,reason,at\nz@client.example,global,manual,2026-02-01\nx,global,manual,2026-02-01\n`,
    )
    expect(aval('objection', 'import', list)).toMatchObject({
      status: 65,
      stderr: expect.stringMatching(/objections\.csv:3: /),
    })
    expect(json('objection', 'check', 'z@client.example')).toMatchObject({
      objections: [{ scope: { kind: 'global' } }],
    })
    const consents = file('objected.csv', `${COLUMNS}\n${consentRow('z@client.example', 'unticked_box')}\n`)
    expect(json('consent', 'import', consents)).toMatchObject({ counts: { added: 0, objected: 1 } })
  })
})
