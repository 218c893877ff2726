/** Commands through the real binary: those about a relay that has worked. Exit codes, what goes to which stream, both languages. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type Aval, makeDirectory, removeDirectory, runAval, siteFor, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { mailOnce, refOf } from '../support/mailer.js'
import { freePort } from '../support/ports.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'
import { file } from '../support/scratch.js'

const GOOD = 'jean.dupont@client.example'
const STRANGER = 'inconnu@client.example'

describe('a relay that has worked', () => {
  let home: string
  let sink: Sink
  let aval: Aval
  let relayed: string
  let refused: string

  beforeAll(async () => {
    home = makeDirectory()
    consentTo(home, [GOOD])
    sink = await startSink()
    aval = await startAval(`smtp://127.0.0.1:${sink.port}`, { directory: home })
    relayed = refOf((await mailOnce(aval.port, { to: GOOD, raw: plainNewsletter('relayed') })).reply)
    refused = refOf((await mailOnce(aval.port, { to: STRANGER, raw: plainNewsletter('refused') })).reply)
  })

  afterAll(async () => {
    await aval.stop()
    await sink.close()
    removeDirectory(home)
  })

  test('I10: explain a message that was relayed', () => {
    const { status, stdout, stderr } = aval.run(['explain', relayed])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^The message was permitted\.\n/)
    expect(stdout).toMatch(
      /^ {2}On .* 20\d\d at .*, Routix SARL \(routix\), logged in as loopback, presented it for Acme SAS/m,
    )
    expect(stdout).toMatch(
      /^ {2}It rests on record \S+, version 1 \(consent\), digest [0-9a-f]{64}\. It says: collected on /m,
    )
    expect(stdout).toMatch(/^ {2}Retention: until .*20\d\d .*, counted from .*20\d\d/m)
    expect(stdout).toMatch(/^ {2}The upstream 127\.0\.0\.1:\d+ took it on .*\. Its answer: 250 /m)
    expect(stdout).not.toMatch(/[{}]|undefined/)
    expect(stdout).not.toContain(GOOD)
  })

  test('I10: explain a message that was refused, with the law and what to do', () => {
    const { stdout } = aval.run(['explain', refused])
    expect(stdout).toMatch(/^The message was refused \(CONSENT-MISSING, .*\)\.\n/)
    expect(stdout).toMatch(/^ +Law: CPCE art\. L\.34-5/m)
    expect(stdout).toMatch(/^ +What to do: /m)
    expect(stdout).toMatch(/^ {2}The sender was answered 550 5\.7\.1\.$/m)
    expect(aval.run(['explain', refused, '--lang', 'fr']).stdout).toMatch(
      /^Le message a été refusé \(CONSENT-MISSING, .*\)\.\n/,
    )
    const entries = aval
      .run(['explain', relayed, '--json'])
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(entries).toMatchObject([{ entry: { kind: 'decision' } }, { entry: { kind: 'outcome', status: 'relayed' } }])
  })

  test('explain what the journal does not have: exit 1; what is no reference: exit 2', () => {
    expect(aval.run(['explain', '01ARZ3NDEKTSV4RRFFQ69G5FAV'])).toMatchObject({ status: 1, stderr: '' })
    expect(aval.run(['explain', 'X'])).toMatchObject({ status: 2, stdout: '' })
  })

  test('healthcheck of a relay that is ready, and of none', async () => {
    const [ready, none] = [`127.0.0.1:${aval.httpPort}`, `127.0.0.1:${await freePort()}`].map((address, index) => {
      const config = { ...siteFor(home, 'smtp://mta.example'), http: { address } }
      const path = join(home, `health${index}.yaml`)
      writeFileSync(path, stringify(config))
      return runAval(['healthcheck', '-c', path])
    })
    expect(ready).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\{"status":"ready"/), stderr: '' })
    expect(none).toMatchObject({ status: 69, stdout: '', stderr: expect.stringMatching(/is the relay running\?/) })
  })

  test('log tail: the text form, of a file or of standard input, by reference', async () => {
    await until(() => aval.log().some(({ event, ref }) => event === 'decision' && ref === refused), 'the whole log')
    const log = file(
      'aval.log',
      `${aval
        .log()
        .map((line) => JSON.stringify(line))
        .join('\n')}\nnot json\n`,
    )
    const { status, stdout, stderr } = runAval(['log', 'tail', log])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(
      new RegExp(
        `^20\\S+ aval/policy\\[\\d+\\]: ${relayed}: decision rcpt=1, to=<j…@c….example>, .*verdict=permit`,
        'm',
      ),
    )
    expect(stdout).toMatch(
      new RegExp(`^20\\S+ aval/relay\\[\\d+\\]: ${relayed}: outcome .*status=relayed.*\\(250 `, 'm'),
    )
    expect(stdout).toMatch(/^not json$/m)
    const only = runAval(['log', 'tail', '--ref', refused], { input: readFileSync(log, 'utf8') })
    expect(only.stdout.trim().split('\n')).toEqual([expect.stringMatching(/warn: .*decision .*verdict=refuse/)])
    expect(runAval(['log', 'tail', file('none.log')])).toMatchObject({ status: 74, stdout: '' })
  })

  test('I11: journal verify of a journal in order, and of one that was tampered with', () => {
    expect(aval.run(['journal verify'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^VERIFIED .*\n {2}entries: 3\n/),
    })
    const copy = join(home, 'copy.db')
    const database = new Database(join(home, 'journal.db'))
    database.exec(`VACUUM INTO '${copy}'`)
    database.close()
    tamper(copy)
    const config = join(home, 'tampered.yaml')
    writeFileSync(config, stringify({ ...siteFor(home, 'smtp://mta.example'), journal: { url: `sqlite:${copy}` } }))
    const { status, stdout } = runAval(['journal', 'verify', '-c', config])
    expect(stdout).toMatch(/^NOT VERIFIED .*\n {2}first bad entry: 1 \(/)
    expect(status).toBe(1)
    expect(runAval(['journal', 'verify', '--lang', 'fr', '-c', config]).stdout).toMatch(
      /^NON VÉRIFIÉ .*\n {2}première entrée fautive : 1/,
    )
    expect(JSON.parse(runAval(['journal', 'verify', '--json', '-c', config]).stdout)).toMatchObject({
      ok: false,
      problem: { seq: 1 },
    })
  })

  test('journal verify where there is none: exit 74', () => {
    const config = join(home, 'none.yaml')
    writeFileSync(
      config,
      stringify({ ...siteFor(home, 'smtp://mta.example'), journal: { url: `sqlite:${home}/no.db` } }),
    )
    expect(runAval(['journal', 'verify', '-c', config])).toMatchObject({ status: 74, stdout: '' })
  })

  function tamper(journal: string): void {
    const database = new Database(journal)
    database.exec('DROP TRIGGER entry_is_never_changed')
    database.exec(`UPDATE entry SET body = replace(body, '"permit"', '"refuse"') WHERE seq = 1`)
    database.close()
  }
})
