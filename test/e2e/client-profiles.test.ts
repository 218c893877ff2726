/** Client profiles read by clients that others wrote: what their own records say of who got the mail and who did not. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { newsletter } from '../support/newsletter.js'
import { PHPMAILER, describeWith, hasCommand } from '../support/peers.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const GOOD = 'jean.dupont@client.example'
const STRANGER = 'inconnu@client.example'
const FROM = 'bonjour@news.acme.example'
const SECRET = 'for a test on loopback'
const REFUSING = ['generic', 'phpmailer', 'mailman', 'postfix-relay']
const DROPPING = ['listmonk', 'mautic', 'symfony', 'phplist']

function run(command: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe' })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
    child.once('error', reject)
    child.once('close', () => resolve(output))
    child.stdin.end(input)
  })
}

const peers = { python3: hasCommand('python3'), php: hasCommand('php'), PHPMailer: existsSync(PHPMAILER) }

describeWith(peers, 'a client in each profile', () => {
  let directory: string
  let sink: Sink
  let aval: Aval
  let message: Buffer

  beforeAll(async () => {
    directory = makeDirectory()
    consentTo(directory, [GOOD])
    sink = await startSink()
    message = await newsletter({ to: GOOD })
    const hash = await hashSecret(SECRET, { N: 2 ** 12, r: 8, p: 1 })
    const named = [...REFUSING, ...DROPPING].map((profile) => {
      // Its own copy: YAML would write an alias for what is the same object.
      const { credentials } = siteFor(directory, '') as { credentials: { loopback: object } }
      return [profile, { ...credentials.loopback, profile, secret_hash: hash }]
    })
    aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
      directory,
      config: { credentials: Object.fromEntries(named) },
    })
  })

  afterAll(async () => {
    await aval?.stop()
    await sink?.close()
    removeDirectory(directory)
  })

  beforeEach(() => {
    sink.messages.length = 0
  })

  /** What Python's smtplib says of a message to one who consented and one who did not. */
  async function python(profile: string): Promise<string> {
    const script = `
import base64, smtplib
message = base64.b64decode('${message.toString('base64')}')
with smtplib.SMTP('127.0.0.1', ${aval.port}) as client:
    client.login('${profile}', '${SECRET}')
    for to in ['${GOOD}', '${STRANGER}']:
        try:
            client.mail('${FROM}')
            code, text = client.rcpt(to)
            if code == 250:
                code, text = client.data(message)
            else:
                client.rset()
            print(to, code, text.decode())
        except smtplib.SMTPException as error:
            print(to, 'error', error)
`
    return run('python3', ['-'], script)
  }

  async function php(profile: string): Promise<string> {
    const script = `<?php
require '${PHPMAILER}';
foreach (['${GOOD}', '${STRANGER}'] as $to) {
  $mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
  $mail->isSMTP();
  $mail->Host = '127.0.0.1';
  $mail->Port = ${aval.port};
  $mail->SMTPAuth = true;
  $mail->Username = '${profile}';
  $mail->Password = '${SECRET}';
  $mail->CharSet = 'utf-8';
  $mail->setFrom('${FROM}', 'Acme');
  $mail->addAddress($to);
  $mail->Subject = 'Nos offres';
  $mail->addCustomHeader('List-Unsubscribe', '<https://www.acme.example/u/9c1f2e7d5b3a4680>');
  $mail->addCustomHeader('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click');
  $mail->isHTML(true);
  $mail->Body = '<p>Acme SAS : des livres à moitié prix.</p><p>Pour ne plus recevoir nos messages, <a href="https://www.acme.example/u/9c1f2e7d5b3a4680">cliquez ici</a>.</p><p><a href="https://www.acme.example/privacy">Vie privée</a></p>';
  $mail->AltBody = "Acme SAS : des livres à moitié prix.\\n\\nPour ne plus recevoir nos messages : https://www.acme.example/u/9c1f2e7d5b3a4680\\nVie privée : https://www.acme.example/privacy\\n";
  try { $mail->send(); echo "$to sent\\n"; } catch (Exception $e) { echo "$to ", str_replace("\\n", ' ', $e->getMessage()), "\\n"; }
}
`
    return run('php', [], script)
  }

  async function dropped(): Promise<void> {
    await until(
      () => aval.log().some((line) => line.event === 'outcome' && line['status'] === 'dropped'),
      'the log to say that one was dropped',
    )
  }

  describe.each(REFUSING)('%s', (profile) => {
    test('smtplib reads the refusal of the one, with its reason', async () => {
      const said = await python(profile)
      expect(said).toMatch(new RegExp(`^${GOOD} 250 .*ref=`, 'm'))
      expect(said).toMatch(new RegExp(`^${STRANGER} 550 5\\.7\\.1 AVAL CONSENT-MISSING`, 'm'))
      expect(sink.recipients()).toEqual([GOOD])
    })
  })

  describe.each(DROPPING)('%s', (profile) => {
    test('smtplib sees no failure, and the reply says what was done', async () => {
      const said = await python(profile)
      expect(said).toMatch(new RegExp(`^${GOOD} 250 .*ref=`, 'm'))
      expect(said).toMatch(
        new RegExp(`^${STRANGER} 250 2\\.0\\.0 AVAL: dropped, not sent; accepted=0 refused=1; ref=`, 'm'),
      )
      expect(sink.recipients()).toEqual([GOOD])
      await dropped()
    })
  })

  test('PHPMailer in the profile phpmailer: one sent, one exception that names the rule', async () => {
    const said = await php('phpmailer')
    expect(said).toMatch(new RegExp(`^${GOOD} sent$`, 'm'))
    expect(said).toMatch(new RegExp(`^${STRANGER} .*AVAL CONSENT-MISSING`, 'm'))
    expect(sink.recipients()).toEqual([GOOD])
  })

  test('PHPMailer in the profile phplist: the queue is emptied, and one of them was not written to', async () => {
    const said = await php('phplist')
    expect(said.match(/ sent$/gm)).toHaveLength(2)
    expect(sink.recipients()).toEqual([GOOD])
    await dropped()
  })
})
