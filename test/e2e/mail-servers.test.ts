/**
 * Aval between real mail servers: Postfix, Exim and OpenSMTPD, each as upstream and as client. What arrives is what was
 * sent, with its envelope; who is refused is told; and what Aval saw as one message is one message behind each of them.
 */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openJournalReader } from '#aval/journal/reader.js'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { EXIM_PRESENT, startExim } from '../support/exim.js'
import { newsletter } from '../support/newsletter.js'
import { OPENSMTPD_PRESENT, startOpenSmtpd } from '../support/opensmtpd.js'
import { describeWith } from '../support/peers.js'
import { POSTFIX_PRESENT, startPostfix } from '../support/postfix.js'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.js'
import { sha256 } from '../support/sink.js'
import { until } from '../support/until.js'
import { Client } from '../smtp/support/client.js'

const GOOD = 'jean.dupont@client.example'
const STRANGER = 'inconnu@client.example'
const FROM = 'bonjour@news.acme.example'
/** An internationalised domain as mailing software writes it, and a local part that needs SMTPUTF8. */
const IDN = 'Jean.Dupont@XN--mnchen-3ya.example'
const UTF8 = 'jérôme@client.example'

interface MailServer {
  readonly port: number
  log(): string
  stop(): void
}

const SERVERS = [
  { name: 'Postfix', present: POSTFIX_PRESENT, start: startPostfix, smtpUtf8: true },
  { name: 'Exim', present: EXIM_PRESENT, start: startExim, smtpUtf8: true },
  { name: 'OpenSMTPD', present: OPENSMTPD_PRESENT, start: startOpenSmtpd, smtpUtf8: false },
]

/** Behind a CRLF, or in its place, what some server once took for the end of a message. */
const SMUGGLED = [
  '\n.\n',
  '\n.\r',
  '\n.\r\n',
  '\r.\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\n',
  '\r\n.\rX',
  '\r\n\0.\r\n',
  '\r\n.\r\r\n',
  '\r\r\n.\r\r\n',
  '\n\n.\n\n',
]

for (const { name, present, start, smtpUtf8 } of SERVERS) {
  describeWith({ [name]: present }, name, () => {
    let end: ScriptedUpstream
    let server: MailServer | undefined
    let aval: Aval | undefined
    let directory: string

    afterEach(async () => {
      await aval?.stop()
      server?.stop()
      await end.close()
      removeDirectory(directory)
    })

    async function begin(): Promise<void> {
      directory = makeDirectory()
      consentTo(directory, [GOOD, IDN, UTF8])
      end = await startScriptedUpstream({ extensions: ['PIPELINING', 'SIZE', '8BITMIME', 'DSN', 'SMTPUTF8'] })
    }

    async function opened(port: number): Promise<Client> {
      const client = await Client.open(port)
      await client.reply()
      await client.ask('EHLO mailer.example')
      return client
    }

    /** @param wire with dots stuffed, without the final dot */
    async function send(
      client: Client,
      wire: Buffer,
      to: string,
      parameters = { mail: '', rcpt: '' },
    ): Promise<string> {
      const lines = [`MAIL FROM:<${FROM}>${parameters.mail}`, `RCPT TO:<${to}>${parameters.rcpt}`, 'DATA']
      for (const line of lines) {
        const reply = await client.ask(line)
        if (!/^[23]/.test(reply)) return reply
      }
      client.send(Buffer.concat([wire, Buffer.from('.\r\n')]))
      return (await client.reply()).at(-1) ?? 'closed'
    }

    test('as upstream: message and envelope arrive as they were sent, and are one message each', async () => {
      await begin()
      server = await start({ relayTo: end.port })
      aval = await startAval(`smtp://127.0.0.1:${server.port}`, {
        directory,
        config: { listeners: [{ address: '127.0.0.1:0', bare_newline: 'normalize' }] },
      })
      const message = await newsletter({ to: GOOD })
      const client = await opened(aval.port)
      const envelope = {
        mail: ' BODY=8BITMIME RET=HDRS ENVID=QQ+2B314159',
        rcpt: ' NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Jean+2BNews@Client.example',
      }
      expect(await send(client, message, GOOD, envelope)).toMatch(/^250 2\.0\.0 /)
      await until(() => end.taken.length === 1, 'the message to arrive', 30_000)
      const [arrived] = end.taken
      expect(withoutTrace(arrived!.content)).toEqual(withoutTrace(message))
      expect(arrived!.mail).toContain(FROM)
      expect(arrived!.mail).toMatch(/ENVID=QQ\+2B314159/)
      expect(arrived!.rcpt).toHaveLength(1)
      expect(arrived!.rcpt[0]).toMatch(/NOTIFY=(?:SUCCESS,DELAY|DELAY,SUCCESS)/)
      expect(arrived!.rcpt[0]).toMatch(/ORCPT=rfc822;Jean\+2BNews@Client\.example/)

      expect(await send(client, await newsletter({ to: IDN }), IDN)).toMatch(/^250 2\.0\.0 /)
      await until(() => end.taken.length === 2, 'the message to the internationalised domain', 30_000)
      expect(end.taken[1]!.rcpt[0]!.toLowerCase()).toContain(`<${IDN.toLowerCase()}>`)
      const toUtf8 = await newsletter({ to: UTF8 })
      const reply = await send(client, toUtf8, Buffer.from(UTF8).toString('latin1'), { mail: ' SMTPUTF8', rcpt: '' })
      if (smtpUtf8) {
        expect(reply).toMatch(/^250 2\.0\.0 /)
        await until(() => end.taken.length === 3, 'the message to the UTF-8 address', 30_000)
        expect(end.taken[2]!.rcpt[0]).toContain(`<${UTF8}>`)
      } else {
        expect(reply).toMatch(/^555 5\.5\.4 /)
      }
      const before = end.taken.length

      const rewritten: Buffer[] = []
      for (const smuggled of SMUGGLED) {
        const second = `MAIL FROM:<evil@acme.example>\r\nRCPT TO:<victim@client.example>\r\nDATA\r\nsmuggled\r\n`
        const wire = Buffer.concat([message, Buffer.from(`text${smuggled}${second}`, 'latin1')])
        if (/(?:^|[^\r])\n|\r(?!\n)/.test(wire.toString('latin1'))) rewritten.push(wire)
        expect(await send(client, wire, GOOD), JSON.stringify(smuggled)).toMatch(/^250 2\.0\.0 /)
      }
      expect(await send(client, message, GOOD)).toMatch(/^250 2\.0\.0 /)
      const all = before + SMUGGLED.length + 1
      await until(() => end.taken.length >= all, 'every message to arrive', 60_000)
      expect(end.taken.flatMap(({ rcpt }) => rcpt).filter((to) => to.includes('victim'))).toEqual([])
      expect(end.taken).toHaveLength(all)
      client.destroy()
      await aval.stop()
      expect(receivedDigests(directory)).toEqual(rewritten.map((wire) => sha256(unstuffed(wire))))
    })

    test('as client: the permitted get their mail, and the queue of the client says who does not, and why', async () => {
      await begin()
      aval = await startAval(`smtp://127.0.0.1:${end.port}`, { directory })
      server = await start({ relayTo: aval.port })
      const client = await opened(server.port)
      expect(await send(client, await newsletter({ to: GOOD }), GOOD)).toMatch(/^250 /)
      expect(await send(client, await newsletter({ to: STRANGER }), STRANGER)).toMatch(/^250 /)
      await until(() => end.taken.length === 1, 'the permitted message to arrive', 30_000)
      expect(end.taken[0]!.rcpt[0]).toContain(GOOD)
      await until(() => /CONSENT-MISSING/.test(server!.log()), 'the client to know of the refusal', 30_000)
      expect(end.taken).toHaveLength(1)
      client.destroy()
    })
  })
}

/** What the journal says of messages whose line ends were rewritten, as they came. */
function receivedDigests(directory: string): string[] {
  const journal = openJournalReader(join(directory, 'journal.db'))
  try {
    return [...journal.entries({ kind: 'decision' })].flatMap(({ entry }) =>
      entry.kind === 'decision' && entry.receivedSha256 !== undefined ? [entry.receivedSha256] : [],
    )
  } finally {
    journal.close()
  }
}

function unstuffed(wire: Buffer): Buffer {
  return Buffer.from(wire.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1')
}

/** Header fields and body behind the trace fields that servers put in front. */
function withoutTrace(content: Buffer): string {
  let text = content.toString('latin1')
  while (/^(?:Received|Return-Path|X-[A-Za-z-]+):/i.test(text)) text = text.replace(/^.*\r\n(?:[ \t].*\r\n)*/, '')
  return text
}
