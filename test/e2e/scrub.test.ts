/** `aval scrub` and `aval check` through the real binary: what a person reads, what a program reads, exit codes. */
import { statSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAddress } from '#aval/domain/address.js'
import { AVAL, makeDirectory, removeDirectory, runAval, siteFor, writeConfig } from '../support/aval.js'
import { consentOf, withRegistry } from '../support/consents.js'
import { newsletter } from '../support/newsletter.js'

const GOOD = 'jean.dupont@client.example'
const OBJECTED = 'marie.durand@client.example'
const ELSEWHERE = 'paul.petit@client.example'
const NEVER_SEEN = 'inconnu@client.example'

let directory: string
let config: string

beforeAll(() => {
  directory = makeDirectory()
  const site = siteFor(directory, `capture:${directory}/outbox`)
  const { acme } = site['advertisers'] as { acme: Record<string, unknown> }
  const bravo = { ...structuredClone(acme), legal_name: 'Bravo SA', brands: ['Bravo'], from_domains: ['bravo.example'] }
  config = writeConfig(directory, { ...site, advertisers: { acme, bravo } })
  withRegistry(directory, (registry) => {
    registry.addConsent(consentOf(GOOD), { by: 'test' })
    registry.addConsent(consentOf(ELSEWHERE, { advertiserId: 'bravo' }), { by: 'test' })
    registry.addObjection({
      person: readAddress(OBJECTED)!,
      scope: { kind: 'advertiser', advertiserId: 'acme' },
      channel: 'email',
      reason: 'unsubscribe_link',
      at: Date.now() - 86_400_000,
    })
  })
})

afterAll(() => removeDirectory(directory))

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const scrub = (list: string, ...more: string[]) =>
  runAval([...more, 'scrub', list, '-c', config, '--advertiser', 'acme', '--class', 'prospecting_b2c'])
const lines = (text: string) => text.trim().split('\n')

describe('aval scrub', () => {
  test('a verdict a line, counts by rule; 1 when somebody is refused', () => {
    const list = file('list.csv', `name;Email\nJean;${GOOD}\n"Durand; Marie";${OBJECTED}\nX;${NEVER_SEEN}\n`)
    const { status, stdout, stderr } = scrub(list)
    expect([status, stderr]).toEqual([1, ''])
    expect(lines(stdout).slice(0, 3)).toEqual([
      `permit       ${GOOD}`,
      expect.stringMatching(new RegExp(`^refuse       ${OBJECTED}  OPPOSITION-LISTED`)),
      `refuse       ${NEVER_SEEN}  CONSENT-MISSING`,
    ])
    expect(stdout).toMatch(/^3 {2}lines\n1 {2}permit\n2 {2}refuse$/m)
    expect(stdout).toMatch(/^1 {2}OPPOSITION-LISTED +Objection to prospecting$/m)
  })

  test('in French; one address a line; 0 when all may be written to', () => {
    const { status, stdout } = scrub(file('list.txt', `${GOOD}\r\n`), '--lang', 'fr')
    expect(status).toBe(0)
    expect(stdout).toContain(`permis       ${GOOD}`)
    expect(stdout).toMatch(/^1 {2}ligne$/m)
  })

  test('for programs: one object a line, the summary last', () => {
    const list = file('list.jsonl', `{"address":"${GOOD}","segment":"a"}\n{"address":"${NEVER_SEEN}"}\n`)
    const { status, stdout } = runAval([
      'scrub',
      list,
      '-c',
      config,
      '--advertiser',
      'acme',
      '--class',
      'prospecting_b2c',
      '--json',
    ])
    expect(status).toBe(1)
    expect(lines(stdout).map((line) => JSON.parse(line) as unknown)).toEqual([
      { address: GOOD, verdict: 'permit', would: 'permit', rules: [] },
      { address: NEVER_SEEN, verdict: 'refuse', would: 'refuse', rules: ['CONSENT-MISSING'] },
      {
        summary: { rows: 2, unreadable: 0, permit: 1, refuse: 1, defer: 0, rules: { 'CONSENT-MISSING': 1 } },
      },
    ])
  })

  test('I6: an address of another advertiser is told from none', () => {
    const { stdout } = scrub(file('others.csv', `address\n${ELSEWHERE}\n${NEVER_SEEN}\n`))
    const [elsewhere, neverSeen] = lines(stdout)
    expect(elsewhere?.replace(ELSEWHERE, NEVER_SEEN)).toBe(neverSeen)
    expect(stdout).not.toContain('ROUTER-SCOPE')
  })

  test('lines that cannot be read are named, the others judged; 65', () => {
    const list = file('torn.csv', `address,x\n${GOOD},1\nnot an address,2\n,3\n${NEVER_SEEN}\n`)
    const { status, stdout, stderr } = scrub(list)
    expect(status).toBe(65)
    expect(stdout).toContain(`permit       ${GOOD}`)
    expect(lines(stderr)).toEqual([
      `${list}:3: is not an e-mail address`,
      `${list}:4: has no address`,
      `${list}:5: has 1 field where the header has 2`,
    ])
    expect(stdout).toMatch(/^3 {2}unreadable$/m)
    const one = file('one.csv', 'address\nnot an address\n')
    expect(lines(scrub(one, '--lang', 'fr').stdout).slice(-5)).toEqual([
      '1  ligne',
      '0  permis',
      '0  refusé',
      '0  indécidable',
      '1  illisible',
    ])
  })

  test.each([
    ['no column of addresses', 'name,town\nJean,Lyon\n', [], 65, 'must name a column "address"'],
    ['an unknown class', `address\n${GOOD}\n`, ['--class', 'spam'], 2, 'no class "spam"'],
    [
      'a class nobody may send',
      `address\n${GOOD}\n`,
      ['--class', 'newsletter'],
      2,
      'no credential may send newsletter',
    ],
    ['an unknown advertiser', `address\n${GOOD}\n`, ['--advertiser', 'nobody'], 2, 'no advertiser "nobody"'],
    ['an unknown campaign', `address\n${GOOD}\n`, ['--campaign', 'x'], 2, 'no campaign "x" of acme'],
  ])('%s', (_, content, more, expected, words) => {
    const list = file('bad.csv', content)
    const args = ['scrub', list, '-c', config, '--advertiser', 'acme', '--class', 'prospecting_b2c', ...more]
    const { status, stdout, stderr } = runAval(args)
    expect([status, stdout]).toEqual([expected, ''])
    expect(stderr).toContain(words)
  })

  test.each([
    ['--class', 'spam', 'pas de classe « spam » ; il y a prospecting_b2c'],
    ['--class', 'newsletter', 'aucun identifiant ne peut envoyer newsletter pour acme'],
    ['--advertiser', 'nobody', 'aucun annonceur « nobody » n’est déclaré dans la configuration ; il y a acme, bravo'],
    ['--campaign', 'x', 'aucune campagne « x » de acme n’est déclarée ; il y a'],
    ['--credential', 'x', 'aucun identifiant « x » n’est déclaré dans la configuration ; il y a'],
  ])('in French: %s %s', (option, value, words) => {
    const list = file('french.csv', `address\n${GOOD}\n`)
    const args = ['scrub', list, '-c', config, '--advertiser', 'acme', '--class', 'prospecting_b2c', option, value]
    const { status, stdout, stderr } = runAval([...args, '--lang', 'fr'])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
  })

  test('a line that cannot be read, and a list that is none, in French', () => {
    const torn = file('torn-fr.csv', `address,x\n${GOOD},1\nnot an address,2\n,3\n`)
    expect(lines(scrub(torn, '--lang', 'fr').stderr)).toEqual([
      `${torn}:3: n’est pas une adresse électronique`,
      `${torn}:4: n’a pas d’adresse`,
    ])
    const none = file('none-fr.csv', 'name,town\nJean,Lyon\n')
    expect(scrub(none, '--lang', 'fr')).toEqual({
      status: 65,
      stdout: '',
      stderr: `${none} : la première ligne doit nommer une colonne « address », ou être elle-même une adresse\n`,
    })
  })

  test('a list that is not there: 74', () => {
    const { status, stderr } = scrub(join(directory, 'none.csv'))
    expect(status).toBe(74)
    expect(stderr).toMatch(/^cannot read \S+none\.csv: there is no such file or directory\n$/)
  })

  test('I12: a long list costs no memory, and nothing is written', { timeout: 120_000 }, () => {
    const before = statSync(join(directory, 'aval.db')).size
    // More than the heap may hold.
    const rows = Array.from({ length: 3_000 }, (_, number) => `person${number}@client.example,${'x'.repeat(48_000)}`)
    const list = file('long.csv', `address,notes\n${rows.join('\n')}\n`)
    const args = ['scrub', list, '-c', config, '--advertiser', 'acme', '--class', 'prospecting_b2c']
    const { status, stdout } = spawnSync(process.execPath, ['--max-old-space-size=36', AVAL, ...args], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', LANG: 'en' },
      maxBuffer: 64 * 1024 * 1024,
    })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^3000 {2}refuse$/m)
    expect(statSync(join(directory, 'aval.db')).size).toBe(before)
  })
})

describe('aval check', () => {
  const check = (message: Buffer, ...more: string[]) =>
    runAval([...more, 'check', file('m.eml', message), '-c', config, '--credential', 'loopback', '--to', GOOD])

  test('the verdict first, then every rule by what became of it', async () => {
    const { status, stdout } = check(await newsletter({ to: GOOD }))
    expect(status).toBe(0)
    expect(stdout).toContain('(Paris time) as prospecting of consumers, for Acme SAS, “Nos offres de novembre”')
    expect(lines(stdout)[0]).toBe(`PERMIT  ${GOOD}`)
    expect(stdout).toMatch(/^ {2}pass +UNSUB-MISSING .*\n +“Pour ne plus recevoir nos messages, cliquez ici/m)
    expect(stdout).toMatch(/^ {2}pass +IDENTITY-HIDDEN +Advertiser not identified$/m)
    expect(stdout).toMatch(/^ {2}skipped +GENERIC-ATTENTION .*: not for a message of this kind$/m)
    expect(stdout).not.toContain('What stands against it')
  })

  test('what stands against it: the words of the message, the law, what to do', async () => {
    const { status, stdout } = check(await newsletter({ to: GOOD, subject: 'Re: votre demande', withoutLink: true }))
    expect(status).toBe(1)
    const against = stdout.slice(stdout.indexOf('What stands against it'), stdout.indexOf('Checked, no fault'))
    expect(against).toMatch(/fail +UNSUB-MISSING +No unsubscribe link/)
    expect(against).toMatch(/fail +SUBJECT-DECEPTIVE/)
    expect(against).toContain('“Re: votre demande”')
    expect(against).toContain('Law: CPCE art. L.34-5 al. 5')
    expect(against).toContain('What to do: ')
  })

  test('in French', async () => {
    const { stdout } = check(await newsletter({ to: GOOD, subject: 'Re: votre demande' }), '--lang', 'fr')
    expect(stdout).toMatch(new RegExp(`^REFUSÉ {2}${GOOD}$`, 'm'))
    expect(stdout).toContain('Ce qui s’y oppose')
    expect(stdout).toContain('« Re: votre demande »')
    expect(stdout).toContain('sans objet')
  })

  test('control characters of a message do not reach the terminal', async () => {
    const subject = 'Re: \u001b[2Jvide\u202e'
    const { stdout } = check(await newsletter({ to: GOOD, subject }))
    expect(stdout).toContain('SUBJECT-DECEPTIVE')
    expect(stdout).not.toMatch(/[\u001b\u202e]/)
  })
})
