/** A new key while the relay and an import run, with the real program: nobody waits, and people are found under both keys. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AVAL, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { Mailer, mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { sha256, startSink } from '../support/sink.js'

const GOOD = 'jean.dupont@client.example'
const ROWS = 30_000
const COLUMNS =
  'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,given_at,method,preticked,source_kind'

function consents(): string {
  const row = (number: number) =>
    `p${number}@client.example,acme,email,own_offers,consent,given,2026-01-10T09:00:00Z,2026-01-10T09:00:00Z,double_opt_in,false,first_party`
  return `${[COLUMNS, ...Array.from({ length: ROWS }, (_, number) => row(number))].join('\n')}\n`
}

/** The reference in one of the replies. */
const refOf = ([reply]: Set<string>) => /[0-9A-Z]{26}/.exec(reply ?? '')![0]

test('key rotate keeps no message from the journal of a running relay, and no row from a running import', async () => {
  const directory = makeDirectory()
  consentTo(directory, [GOOD])
  const sink = await startSink()
  const aval = await startAval(`smtp://127.0.0.1:${sink.port}`, { directory })
  try {
    const command = async (...args: string[]) => {
      const child = spawn(process.execPath, [AVAL, ...args, '-c', aval.configFile], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
      const [status] = (await once(child, 'close')) as [number]
      return { status, said }
    }
    const list = join(directory, 'list.csv')
    writeFileSync(list, consents())
    const waiting = await Mailer.open(aval.port)
    await waiting.greet()
    for (const command of ['MAIL FROM:<bonjour@news.acme.example>', `RCPT TO:<${GOOD}>`])
      expect(await waiting.ask(command)).toMatch(/^250 /)
    const ended = new AbortController()
    const commands = Promise.all([command('consent', 'import', list, '--json'), command('key', 'rotate')])
    const done = commands.finally(() => ended.abort())
    const answers = new Set<string>()
    let mails = 0
    const send = async () => {
      const { step, reply } = await mailOnce(aval.port, { to: GOOD, raw: plainNewsletter(sha256(`mail ${mails++}`)) })
      answers.add(`${step} ${reply}`)
    }
    while (!ended.signal.aborted) await send()
    const [imported, rotated] = await done
    await send()
    expect(rotated).toMatchObject({ status: 0 })
    expect({ status: imported.status, said: imported.said }).toMatchObject({
      status: 0,
      said: expect.stringContaining(`"added":${ROWS}`),
    })
    for (const answer of answers) expect(answer).toMatch(/^dot 250 /)
    expect(await waiting.ask('DATA')).toMatch(/^354 /)
    waiting.send(plainNewsletter(sha256('named before, sent after')))
    expect(await waiting.ask('.')).toMatch(/^250 /)
    await waiting.quit()
    expect(aval.log().filter(({ event }) => event?.startsWith('journal_'))).toEqual([])
    expect(aval.run(['explain', refOf(answers)]).stdout).toContain('cannot be told in full from the journal')
    for (const person of ['p0@client.example', `p${ROWS - 1}@client.example`])
      expect(aval.run(['consent show', person]).status).toBe(0)
    expect(aval.run(['registry verify']).status).toBe(0)
    expect(aval.run(['journal verify']).status).toBe(0)
  } finally {
    await aval.stop()
    await sink.close()
    removeDirectory(directory)
  }
})
