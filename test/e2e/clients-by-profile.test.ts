/**
 * Mailing software through every profile (docs/clients.md), not only the one made for it: those who may get the message get
 * it, nobody else does, and the software's own records say so.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLIENT_PROFILES, type ClientProfileName } from '#aval/reply/profile.js'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { PHPMAILER, describeWith, hasCommand } from '../support/peers.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { POSTFIX_PRESENT, type Postfix, startPostfix } from '../support/postfix.js'
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

const PROFILES = Object.keys(CLIENT_PROFILES) as ClientProfileName[]
const peers = {
  mailman3: existsSync(MAILMAN),
  php: hasCommand('php'),
  PHPMailer: existsSync(PHPMAILER),
  postfix: POSTFIX_PRESENT,
}

/** One recipient a message, as prospecting has it. */
const POLICY = {
  rules: { 'UNSUB-ONECLICK': 'warn' },
  justifications: {
    'rules.UNSUB-ONECLICK': { reason: 'One message for all', by: 'The tests', on: '2026-01-10' },
  },
}

function run(command: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe' })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', () => resolve(output))
    child.stdin.end(input)
  })
}

describeWith(peers, 'Mailman 3, PHPMailer and Postfix', () => {
  describe.each(PROFILES)('in the profile %s', (profile) => {
    const isDropped = CLIENT_PROFILES[profile].blocked === 'drop'
    let directory: string
    let sink: Sink
    let aval: Aval
    let front: Postfix | undefined

    beforeAll(async () => {
      directory = makeDirectory()
      consentTo(directory, GOOD)
      sink = await startSink()
      aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
        directory,
        config: {
          policy: POLICY,
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
    })

    afterAll(async () => {
      front?.stop()
      await aval?.stop()
      await sink?.close()
      removeDirectory(directory)
    })

    beforeEach(() => {
      sink.messages.length = 0
    })

    /** Nobody is left out in silence: what was dropped is an outcome that the operator can read. */
    async function expectDropped(count: number): Promise<void> {
      const dropped = () => aval.log().filter((line) => line.event === 'outcome' && line['status'] === 'dropped').length
      const before = aval.log().filter((line) => line.event === 'outcome' && line['status'] === 'relayed').length
      expect(before).toBeGreaterThan(0)
      await until(() => dropped() >= count, `${count} recipients to be dropped in the open`)
      expect(dropped()).toBe(count)
    }

    async function deliverByMailman(message: Buffer, name: string) {
      const home = join(directory, name)
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
smtp_port: ${aval.port}
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

    test('Mailman has a bounce on record for the member who may not be written to, and for no other', async () => {
      const { bounced, waiting, log } = await deliverByMailman(plainNewsletter('lawful'), 'mailman')
      expect(sink.recipients().sort()).toEqual(GOOD)
      expect(bounced).toEqual(isDropped ? [] : [STRANGER])
      expect(waiting).toEqual([])
      const refusal = /inconnu@client\.example failed with code 550, .*AVAL CONSENT-MISSING/
      if (isDropped) {
        expect(log).not.toMatch(/failed/)
        await expectDropped(1)
      } else expect(log).toMatch(refusal)
    }, 60_000)

    test('PHPMailer, in a loop over addresses, has our words on the refused one, and the loop goes on', async () => {
      const script = `<?php
require '${PHPMAILER}';
$mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
$mail->isSMTP();
$mail->Host = '127.0.0.1';
$mail->Port = ${aval.port};
$mail->SMTPKeepAlive = true;
$mail->SMTPDebug = 2;
$mail->Debugoutput = function ($line) { global $to; if (strpos($line, 'AVAL') !== false) echo "log $to: ", trim($line), "\\n"; };
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
      const output = await run('php', [], script)
      expect(sink.recipients().sort()).toEqual(GOOD)
      for (const to of GOOD) expect(output).toMatch(new RegExp(`^sent ${to}$`, 'm'))
      const words = isDropped ? 'AVAL: dropped, not sent; accepted=0 refused=1' : 'AVAL CONSENT-MISSING'
      expect(output).toMatch(new RegExp(`^log ${STRANGER}: .*${words}`, 'm'))
      expect(output).toMatch(new RegExp(`^${isDropped ? 'sent' : 'failed'} ${STRANGER}`, 'm'))
    }, 60_000)

    test('Postfix has a result in its log for each, with our words on the refused one', async () => {
      front = await startPostfix({
        relayTo: aval.port,
        main: ['smtp_destination_recipient_limit = 1', 'bounce_notice_recipient = nobody'],
      })
      const transport = createTransport({ host: '127.0.0.1', port: front.port, ignoreTLS: true })
      await transport.sendMail({ envelope: { from: FROM, to: [...GOOD, STRANGER] }, raw: plainNewsletter('relayed') })
      const log = () => front!.log()
      await until(() => (log().match(/client\.example>.*status=/g) ?? []).length >= 3, 'three results', 60_000)
      for (const to of GOOD) expect(log()).toMatch(new RegExp(`to=<${to}>.*status=sent .*ref=`))
      expect(log()).toMatch(
        isDropped
          ? /to=<inconnu@client\.example>.*status=sent \(250 2\.0\.0 AVAL: dropped, not sent; accepted=0 refused=1/
          : /to=<inconnu@client\.example>.*status=bounced .*550 5\.7\.1 AVAL CONSENT-MISSING/,
      )
      const served = () => sink.recipients().filter((to) => to !== FROM)
      expect(served().sort()).toEqual(GOOD)
    }, 90_000)

    if (profile === 'mailman')
      test('a message refused for what it says makes no member bounce: it waits', async () => {
        const { bounced, waiting } = await deliverByMailman(WITHOUT_LINK, 'unlawful')
        expect(bounced).toEqual([STRANGER])
        expect(waiting).toEqual(GOOD)
        expect(sink.messages).toEqual([])
      }, 60_000)
  })
})
