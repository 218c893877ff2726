/**
 * I4: the same messages go to one real Postfix twice, directly and through Aval. What Postfix hands on is the same octets
 * both times but for trace fields, and the same envelope. Mode observe and a transactional class let every content
 * through, so that fidelity is tested and not the law.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asSent } from '#aval/message/mime/line-ends.js'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { effort } from '../support/effort.js'
import { type Mail, Mailer } from '../support/mailer.js'
import { dkimHolds, newsletter } from '../support/newsletter.js'
import { describeWith } from '../support/peers.js'
import { POSTFIX_PRESENT, type Postfix, startPostfix } from '../support/postfix.js'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.js'
import { sha256 } from '../support/sink.js'
import { until } from '../support/until.js'

const TO = 'jean.dupont@client.example'
const SESSIONS = 8
const MESSAGES = effort('AVAL_TEST_FIDELITY', 5_000)
const SIGNED = 50
const CORPUS = join(import.meta.dirname, '../../../shared/corpus')
const EXTENSIONS = ['PIPELINING', 'SIZE 60000000', '8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES']
/** Trace fields of this run: of Aval and of the Postfix behind it. */
const TRACE =
  /^Received: [^\r]*\r\n\tby (?:relay-1\.example \(Aval\)|mta\.example \(Postfix\))[^\r]*\r\n(?:[\t ][^\r]*\r\n)*/

describeWith({ postfix: POSTFIX_PRESENT }, 'directly and through Aval to the same Postfix', () => {
  let directory: string
  let behind: ScriptedUpstream
  let postfix: Postfix
  let aval: Aval

  beforeAll(async () => {
    directory = makeDirectory()
    consentTo(directory, [TO])
    behind = await startScriptedUpstream({ extensions: EXTENSIONS })
    postfix = await startPostfix({
      relayTo: behind.port,
      main: [
        'local_header_rewrite_clients =',
        'message_size_limit = 50000000',
        'hopcount_limit = 200',
        'smtpd_client_connection_count_limit = 0',
        'qmgr_message_active_limit = 2000',
        // No pause for a queue that fills faster than it is emptied.
        'in_flow_delay = 0',
      ],
    })
    aval = await startAval(`smtp://127.0.0.1:${postfix.port}`, {
      directory,
      config: {
        policy: {
          mode: 'observe',
          justifications: { mode: { reason: 'content is not judged here', by: 'test', on: '2026-01-10' } },
        },
        credentials: { loopback: { advertisers: ['acme'], classes: ['transactional'], networks: ['127.0.0.0/8'] } },
      },
    })
  })

  afterAll(async () => {
    await aval?.stop()
    postfix?.stop()
    await behind?.close()
    removeDirectory(directory)
  })

  /** Number `n` is marked `direct.n` or `through.n`, by which both copies are found again. */
  async function sendBothWays(mails: readonly Mail[]): Promise<void> {
    behind.forget()
    await Promise.all([sendAll(postfix.port, 'direct', mails), sendAll(aval.port, 'through', mails)])
    await until(() => behind.taken.length >= 2 * mails.length, 'Postfix to hand everything on', 300_000)
    expect(behind.taken).toHaveLength(2 * mails.length)
  }

  interface Copy {
    readonly mail: string
    readonly rcpt: readonly string[]
    readonly sha256: string
    readonly content: Buffer
  }

  function copies(way: 'direct' | 'through'): Copy[] {
    const found: Copy[] = []
    for (const { mail, rcpt, content } of behind.taken) {
      const mark = new RegExp(`(?:<|X-Copy: )${way}\\.(\\d+)`)
      const number = mark.exec(mail)?.[1] ?? mark.exec(content.toString('latin1', 0, 2_000))?.[1]
      if (number === undefined) continue
      const own = withoutMark(withoutTrace(content, way === 'direct' ? 1 : 2))
      // SIZE counts the trace fields too.
      const envelope = mail.replace(`${way}.`, '').replace(/ SIZE=\d+/i, '')
      found[Number(number)] = { mail: envelope, rcpt: rcpt.toSorted(), sha256: sha256(own), content: own }
    }
    return found
  }

  function expectSame(mails: readonly Mail[]): void {
    const [direct, through] = [copies('direct'), copies('through')]
    const different = mails.flatMap((_, number) =>
      direct[number]?.sha256 === through[number]?.sha256 ? [] : [firstDifference(direct[number], through[number])],
    )
    expect(different).toEqual([])
    const envelopes = (found: readonly Copy[]) => found.map(({ mail, rcpt }) => ({ mail, rcpt }))
    expect(envelopes(through)).toEqual(envelopes(direct))
  }

  test(`I4: ${MESSAGES} real and generated messages arrive with the same octets`, async () => {
    const real = realMessages().filter(beginsAsMessage).slice(0, MESSAGES)
    const signed = await Promise.all(
      Array.from({ length: SIGNED }, (_, i) => newsletter({ to: TO, subject: `N° ${i}`, filler: 'é'.repeat(i * 20) })),
    )
    const odd = [Buffer.alloc(0), Buffer.from('Subject: x\r\n'), Buffer.from('\r\n'), large(25_000_000)]
    const count = Math.max(0, MESSAGES - real.length - signed.length - odd.length)
    const generated = fc.sample(message.filter(beginsAsMessage), { numRuns: count, seed: 20_261_125 })
    const mails = [...real, ...signed, ...odd, ...generated].map((raw) => ({ to: TO, raw }))
    process.stderr.write(`fidelity: ${real.length} real messages, ${mails.length - real.length} made here\n`)
    await sendBothWays(mails)
    expectSame(mails)
    const through = copies('through').slice(real.length, real.length + SIGNED)
    expect(await Promise.all(through.map(({ content }) => dkimHolds(content)))).toEqual(signed.map(() => true))
  }, 600_000)

  test('I4: envelopes with every ESMTP parameter', async () => {
    const raw = Buffer.from('From: Acme <bonjour@news.acme.example>\r\nSubject: x\r\n\r\ntext\r\n')
    const mails = fc.sample(parameters, { numRuns: 300, seed: 20_261_125 }).map((chosen): Mail => ({ ...chosen, raw }))
    await sendBothWays(mails)
    expectSame(mails)
    const lines = copies('through').map(({ mail, rcpt }) => `${mail} ${rcpt.join(' ')}`)
    const nullSender = lines.filter((line) => line.startsWith('FROM:<>'))
    expect(nullSender).toHaveLength(mails.filter(({ from }) => from === '').length)
    for (const word of ['RET=HDRS', 'ENVID=', 'NOTIFY=SUCCESS', 'ORCPT='])
      expect(
        nullSender.some((line) => line.includes(word)),
        `null sender with ${word}`,
      ).toBe(true)
    for (const word of ['BODY=8BITMIME', 'SMTPUTF8', 'RET=HDRS', 'ENVID=', 'NOTIFY=NEVER', 'ORCPT=', 'jürgen@', 'luc@'])
      expect(
        lines.some((line) => line.includes(word)),
        word,
      ).toBe(true)
  }, 120_000)
})

/**
 * With an empty line, or with a header field. What begins otherwise has no header that a trace field could stand in front of:
 * every MTA reads its first line differently once it has put one there. Aval refuses it as PARSE-FAILED
 * (test/acceptance/house.test.ts).
 */
function beginsAsMessage(raw: Buffer): boolean {
  return raw.length === 0 || /^(?:\r\n|[!-9;-~]+[ \t]*:)/.test(raw.toString('latin1', 0, 200))
}

async function sendAll(port: number, way: string, mails: readonly Mail[]): Promise<void> {
  const left = mails.entries()
  await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const mailer = await Mailer.open(port, 120_000)
      expect(await mailer.greet()).toBeUndefined()
      for (const [number, mail] of left) {
        const { step, reply } = await mailer.mail(marked(mail, `${way}.${number}`))
        expect({ way, number, step, reply }).toMatchObject({ step: 'dot', reply: expect.stringMatching(/^250/) })
      }
      await mailer.quit()
    }),
  )
}

/** In the sender, or in a field of its own where that is the null one. */
function marked(mail: Mail, mark: string): Mail {
  if (mail.from === undefined) return { ...mail, from: `${mark}@news.acme.example` }
  return { ...mail, raw: Buffer.concat([Buffer.from(`X-Copy: ${mark}\r\n`), mail.raw]) }
}

function withoutMark(content: Buffer): Buffer {
  const field = /^X-Copy: .*\r\n/.exec(content.toString('latin1', 0, 100))
  return content.subarray(field?.[0].length ?? 0)
}

function withoutTrace(content: Buffer, fields: number): Buffer {
  let rest = content
  for (let i = 0; i < fields; i++) {
    const head = TRACE.exec(rest.toString('latin1', 0, 2_000))
    if (head === null) throw new Error(`no trace field in front of ${JSON.stringify(rest.toString('latin1', 0, 200))}`)
    rest = rest.subarray(head[0].length)
  }
  return rest
}

function firstDifference(direct: { content: Buffer } | undefined, through: { content: Buffer } | undefined): string {
  if (direct === undefined || through === undefined) return 'one of them did not arrive'
  const at = direct.content.findIndex((octet, i) => octet !== through.content[i])
  const around = ({ content }: { content: Buffer }) => content.toString('latin1', Math.max(0, at - 40), at + 40)
  return `at ${at}: ${JSON.stringify(around(direct))} and ${JSON.stringify(around(through))}`
}

/** Real mail, where it is at hand, with the line ends that SMTP has. */
function realMessages(): Buffer[] {
  if (!existsSync(CORPUS)) {
    process.stderr.write('no corpus of real messages beside the project: left out\n')
    return []
  }
  return ['eml', 'robustness']
    .flatMap((part) => readdirSync(join(CORPUS, part), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => withoutStrayEnds(asSent(readFileSync(join(entry.parentPath, entry.name)))))
    .filter(({ length }) => length < 5_000_000)
}

function withoutStrayEnds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n'), 'latin1')
}

function large(octets: number): Buffer {
  const line = Buffer.from(`.${'é'.repeat(30)}\r\n`)
  const body = Buffer.alloc(octets, line).subarray(0, octets - (octets % line.length))
  return Buffer.concat([Buffer.from('Subject: large\r\n\r\n'), body])
}

const octets = fc.uint8Array({ maxLength: 120 }).map((some) => Buffer.from(some).toString('latin1'))
const line = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom('', '.', '..', '...', '. ', '.x', ' .', 'From me', '>From', '--b', '\t') },
    { weight: 3, arbitrary: fc.string({ maxLength: 80 }) },
    { weight: 2, arbitrary: octets },
    { weight: 1, arbitrary: fc.integer({ min: 900, max: 5_000 }).map((length) => 'x'.repeat(length)) },
  )
  // Postfix gives a NUL at the wrong place a meaning of its own, with Aval and without.
  .map((text) => text.replace(/[\r\n\0]/g, ''))

const message = fc
  .record({ lines: fc.array(line, { maxLength: 25 }), header: fc.boolean() })
  .map(({ lines, header }) =>
    Buffer.from(`${header ? 'From: Acme <bonjour@news.acme.example>\r\n\r\n' : ''}${lines.join('\r\n')}\r\n`, 'latin1'),
  )

const xtext = fc.constantFrom('QQ314159', 'a+2Bb', 'x+3Dy')
const words = (...some: readonly string[]) => some.filter((word) => word !== '').join(' ')
const dsn = fc
  .record({
    notify: fc.constantFrom(
      '',
      'NOTIFY=NEVER',
      'NOTIFY=SUCCESS',
      'NOTIFY=FAILURE,DELAY',
      'NOTIFY=SUCCESS,FAILURE,DELAY',
    ),
    orcpt: fc.option(xtext),
  })
  .map(({ notify, orcpt }) => words(notify, orcpt === null ? '' : `ORCPT=rfc822;${orcpt}@client.example`))
const parameters = fc
  .record({
    nullSender: fc.boolean(),
    body: fc.constantFrom('', 'BODY=7BIT', 'BODY=8BITMIME'),
    size: fc.constantFrom('', 'SIZE=0', 'SIZE=4000'),
    ret: fc.constantFrom('', 'RET=FULL', 'RET=HDRS'),
    envid: fc.option(xtext),
    smtpUtf8: fc.boolean(),
    several: fc.boolean(),
    forEach: fc.tuple(dsn, dsn),
  })
  .map(({ nullSender, body, size, ret, envid, smtpUtf8, several, forEach }) => {
    const first = smtpUtf8 ? 'jürgen@client.example' : TO
    return {
      ...(nullSender && { from: '' }),
      to: several ? [first, 'luc@client.example'] : first,
      mailParameters: words(size, body, ret, envid === null ? '' : `ENVID=${envid}`, smtpUtf8 ? 'SMTPUTF8' : ''),
      rcptParameters: forEach,
    }
  })
