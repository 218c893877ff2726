/** What the program leaves on the machine and in its log, and how far its unit locks it in (docs/security.md). */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { Mailer, mailOnce } from '../support/mailer.js'
import { describeWith, hasCommand } from '../support/peers.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const TO = 'jean.dupont@client.example'
const PASSWORD = 'hunter2-must-not-be-shown'

let directory: string

beforeEach(() => (directory = makeDirectory()))
afterEach(() => removeDirectory(directory))

test('files made while it works are for their owner only, whatever the umask; passwords that are tried appear nowhere', async () => {
  consentTo(directory, [TO])
  const sink = await startSink()
  const umask = process.umask(0)
  const aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
    directory,
    config: { spool: { directory: `${directory}/spool`, memory: '1KiB' }, log: { level: 'trace' } },
  }).finally(() => process.umask(umask))
  try {
    expect((await mailOnce(aval.port, { to: TO, raw: plainNewsletter('x', 'y'.repeat(5_000)) })).reply).toMatch(/^250/)
    const mailer = await Mailer.open(aval.port)
    await mailer.greet()
    await mailer.ask(`AUTH PLAIN ${Buffer.from(`\0nobody\0${PASSWORD}`).toString('base64')}`)
    await mailer.ask(`AUTH PLAIN ${PASSWORD}`)
    await mailer.ask(PASSWORD)
    await mailer.quit()
    const open = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name !== 'aval.yaml')
      .filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0)
    expect(open).toEqual([])
  } finally {
    await aval.stop()
    await sink.close()
  }
  const said =
    aval
      .log()
      .map((line) => JSON.stringify(line))
      .join('\n') + aval.stderr()
  expect(said).toContain('"event":"')
  for (const form of [PASSWORD, Buffer.from(`\0nobody\0${PASSWORD}`).toString('base64')])
    expect(said).not.toContain(form)
}, 60_000)

test('so are captured mail and the folder of imports, directories included', async () => {
  consentTo(directory, [TO])
  const umask = process.umask(0)
  const aval = await startAval(`capture:${directory}/outbox`, {
    directory,
    config: {
      upstream: { url: `capture:${directory}/outbox` },
      imports: { directory: `${directory}/in`, every: '50ms' },
    },
  }).finally(() => process.umask(umask))
  try {
    expect((await mailOnce(aval.port, { to: TO, raw: plainNewsletter('x') })).reply).toMatch(/^250/)
    const file = join(directory, 'in/acme/list.csv')
    await until(() => existsSync(dirname(file)), 'the folder to be made')
    writeFileSync(file, 'no,columns\n', { mode: 0o600 })
    utimesSync(file, new Date(0), new Date(0))
    await until(() => existsSync(join(directory, 'in/acme/failed')) && !existsSync(file), 'the file to be refused')
    const made = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'aval.yaml')
    expect(made.filter((name) => /outbox\/.*\.eml$|reason\.txt$/.test(name))).toHaveLength(2)
    expect(made.filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0)).toEqual([])
  } finally {
    await aval.stop()
  }
}, 60_000)

describeWith({ 'systemd-analyze': hasCommand('systemd-analyze') }, 'systemd unit', () => {
  test('its exposure is at most 2.5 of 10, as systemd itself counts', () => {
    const { status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=25', '--no-pager', 'config/aval.service'],
      { encoding: 'utf8' },
    )
    expect(status, stdout + stderr).toBe(0)
    expect(stdout).toMatch(/Overall exposure level for aval\.service: [0-2]\.\d/)
  })
})
