/**
 * Mailing software through the profile made for it (docs/clients.md): those who may get the message get it, nobody else
 * does, and the software's own records say so.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { PHPMAILER, describeWith, hasCommand } from '../support/peers.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { POSTFIX_PRESENT, startPostfix } from '../support/postfix.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const GOOD = ['anne@client.example', 'jean@client.example']
const STRANGER = 'inconnu@client.example'
const FROM = 'bonjour@news.acme.example'
const MAILMAN = '/usr/lib/python3/dist-packages/mailman'
const WITHOUT_LINK = Buffer.from(
  plainNewsletter('unlawful')
    .toString()
    .replace(/^List-.*\r\n/gm, '')
    .replace(/^Pour ne plus.*\r\n/m, ''),
)

let directory: string
let sink: Sink
let aval: Aval | undefined

beforeEach(async () => {
  directory = makeDirectory()
  consentTo(directory, GOOD)
  sink = await startSink()
})

afterEach(async () => {
  await aval?.stop()
  aval = undefined
  await sink.close()
  removeDirectory(directory)
})

async function start(profile: string): Promise<number> {
  aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
    directory,
    config: {
      policy: {
        rules: { 'UNSUB-ONECLICK': 'warn' },
        justifications: {
          'rules.UNSUB-ONECLICK': { reason: 'One message for all', by: 'The tests', on: '2026-01-10' },
        },
      },
      credentials: {
        loopback: {
          router: 'routix',
          advertisers: ['acme'],
          classes: ['prospecting_b2c'],
          networks: ['127.0.0.0/8'],
          profile,
        },
      },
    },
  })
  return aval.port
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ...env } })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', () => resolve(output))
    child.stdin.end(input)
  })
}

describeWith({ mailman3: existsSync(MAILMAN) }, 'Mailman 3, profile mailman', () => {
  async function deliver(message: Buffer): Promise<{ bounced: string[]; waiting: string[]; log: string }> {
    const home = join(directory, 'mailman')
    mkdirSync(home)
    const configFile = join(home, 'mailman.cfg')
    const messageFile = join(home, 'message.eml')
    writeFileSync(messageFile, message)
    writeFileSync(
      configFile,
      `[mailman]
site_owner: owner@news.acme.example
layout: here
[paths.here]
var_dir: ${home}/var
[database]
url: sqlite:///${home}/mailman.db
[mta]
incoming: mailman.mta.null.NullMTA
smtp_host: 127.0.0.1
smtp_port: ${aval!.port}
max_recipients: 1
`,
    )
    const script = join(import.meta.dirname, '../support/mailman_delivery.py')
    const output = await run('/usr/bin/python3', [script, configFile, messageFile, ...GOOD, STRANGER])
    const last = output.trim().split('\n').at(-1) ?? ''
    expect(last, output).toMatch(/^\{/)
    const log = readFileSync(join(home, 'var/logs/smtp.log'), 'utf8')
    return { ...(JSON.parse(last) as { bounced: string[]; waiting: string[] }), log }
  }

  test('only the member who may not be written to has a bounce on record', async () => {
    await start('mailman')
    const { bounced, waiting, log } = await deliver(plainNewsletter('lawful'))
    expect(bounced).toEqual([STRANGER])
    expect(waiting).toEqual([])
    expect(log).toMatch(/inconnu@client\.example failed with code 550, .*AVAL CONSENT-MISSING/)
    expect(sink.recipients().sort()).toEqual(GOOD)
  }, 60_000)

  test('a message refused for what it says makes nobody bounce: it waits', async () => {
    await start('mailman')
    const { bounced, waiting } = await deliver(WITHOUT_LINK)
    expect(bounced).toEqual([STRANGER])
    expect(waiting).toEqual(GOOD)
    expect(sink.messages).toEqual([])
  }, 60_000)
})

describeWith({ php: hasCommand('php'), PHPMailer: existsSync(PHPMAILER) }, 'PHPMailer, profile phpmailer', () => {
  test('a loop over addresses: the refused one throws, with our words, and the loop goes on', async () => {
    const port = await start('phpmailer')
    const script = `<?php
require '${PHPMAILER}';
$mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
$mail->isSMTP();
$mail->Host = '127.0.0.1';
$mail->Port = ${port};
$mail->SMTPKeepAlive = true;
$mail->CharSet = 'utf-8';
$mail->setFrom('${FROM}', 'Acme');
$mail->Subject = 'Nos offres';
foreach (['${GOOD[0]}', '${STRANGER}', '${GOOD[1]}'] as $i => $to) {
  $link = "https://www.acme.example/u/9c1f2e7d5b3a468$i";
  $mail->clearAddresses();
  $mail->clearCustomHeaders();
  $mail->addAddress($to);
  $mail->addCustomHeader('List-Unsubscribe', "<$link>");
  $mail->addCustomHeader('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click');
  $mail->Body = "Acme SAS : des livres à moitié prix.\\n\\nPour ne plus recevoir nos messages : $link\\nVie privée : https://www.acme.example/privacy\\n";
  try { $mail->send(); echo "sent $to\\n"; } catch (Exception $e) { echo "failed $to: ", str_replace("\\n", ' ', $e->getMessage()), "\\n"; }
}
$mail->smtpClose();
`
    const output = await run('php', [], {}, script)
    expect(output).toMatch(new RegExp(`^sent ${GOOD[0]}$`, 'm'))
    expect(output).toMatch(new RegExp(`^sent ${GOOD[1]}$`, 'm'))
    expect(output).toMatch(new RegExp(`^failed ${STRANGER}: .*AVAL CONSENT-MISSING`, 'm'))
    expect(sink.recipients().sort()).toEqual(GOOD)
  }, 60_000)
})

describeWith({ postfix: POSTFIX_PRESENT }, 'Postfix as a client, profile postfix-relay', () => {
  test('only the refused recipient bounces; the log has our words', async () => {
    const port = await start('postfix-relay')
    const front = await startPostfix({
      relayTo: port,
      main: ['smtp_destination_recipient_limit = 1', 'bounce_notice_recipient = nobody'],
    })
    try {
      const transport = createTransport({ host: '127.0.0.1', port: front.port, ignoreTLS: true })
      await transport.sendMail({ envelope: { from: FROM, to: [...GOOD, STRANGER] }, raw: plainNewsletter('relayed') })
      await until(() => (front.log().match(/status=(?:sent|bounced)/g) ?? []).length >= 3, 'three results', 60_000)
      for (const to of GOOD) expect(front.log()).toMatch(new RegExp(`to=<${to}>.*status=sent`))
      expect(front.log()).toMatch(/to=<inconnu@client\.example>.*status=bounced .*AVAL CONSENT-MISSING/)
      expect(
        sink
          .recipients()
          .filter((to) => to !== FROM)
          .sort(),
      ).toEqual(GOOD)
    } finally {
      front.stop()
    }
  }, 90_000)
})
