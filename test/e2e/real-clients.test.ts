/** Real clients send through Aval into a real Postfix, which hands what it took to a sink that is not ours. */
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { DKIM, dkimHolds, newsletter } from '../support/newsletter.js'
import { PHPMAILER, describeWith, hasCommand } from '../support/peers.js'
import { POSTFIX_PRESENT, type Postfix, startPostfix } from '../support/postfix.js'
import { type Sink, fromField, sha256, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const GOOD = 'odile.vasseur@client.example'
const STRANGER = 'inconnu@client.example'
const FROM = 'bonjour@news.acme.example'
const REFUSAL =
  /550[- ]5\.7\.1 AVAL CONSENT-MISSING: no valid prior consent on record for this recipient \(CPCE L\.34-5\); ref=[0-9A-Z]{26}/

interface Run {
  readonly status: number | null
  readonly output: string
}

function run(command: string, args: readonly string[], input = ''): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe' })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
    child.stdin.end(input)
  })
}

const peers = {
  postfix: POSTFIX_PRESENT,
  swaks: hasCommand('swaks'),
  'smtp-source': existsSync('/usr/sbin/smtp-source'),
  python3: hasCommand('python3'),
  php: hasCommand('php'),
  PHPMailer: existsSync(PHPMAILER),
}

/** These programs send the same octets to everybody, so nobody has a one-click link of one's own. */
const ONE_MESSAGE_FOR_ALL = {
  rules: { 'UNSUB-ONECLICK': 'warn', 'RECIPIENTS-DISCLOSED': 'warn' },
  justifications: {
    'rules.UNSUB-ONECLICK': { reason: 'One message for all', by: 'The tests', on: '2026-01-10' },
    'rules.RECIPIENTS-DISCLOSED': { reason: 'One message for all', by: 'The tests', on: '2026-01-10' },
  },
}

describeWith(peers, 'real clients into a real Postfix', () => {
  let directory: string
  let sink: Sink
  let postfix: Postfix
  let aval: Aval
  let message: Buffer
  let file: string

  beforeAll(async () => {
    directory = makeDirectory()
    consentTo(directory, [GOOD, ...Array.from({ length: 20 }, (_, i) => `${i + 1}source@client.example`)])
    sink = await startSink()
    postfix = await startPostfix({ relayTo: sink.port })
    aval = await startAval(`smtp://127.0.0.1:${postfix.port}`, { directory, config: { policy: ONE_MESSAGE_FOR_ALL } })
    message = await newsletter({ to: GOOD })
    file = join(directory, 'message.eml')
    writeFileSync(file, message)
  })

  afterAll(async () => {
    await aval?.stop()
    postfix?.stop()
    await sink?.close()
    removeDirectory(directory)
  })

  beforeEach(() => {
    sink.messages.length = 0
  })

  /** The one message that arrived is the one that was sent, its signature still good. */
  async function arrivedIntact(sent: Buffer | undefined): Promise<void> {
    await until(() => sink.messages.length > 0, 'the message to arrive')
    const [{ raw, to }] = sink.messages as [Sink['messages'][number]]
    expect(to).toEqual([GOOD])
    expect(await dkimHolds(raw)).toBe(true)
    if (sent !== undefined) expect(sha256(fromField(raw, 'DKIM-Signature'))).toBe(sha256(sent))
    expect(raw.toString()).toMatch(/by relay-1\.example \(Aval\) with E?SMTP/)
  }

  test('swaks', async () => {
    const args = ['--server', `127.0.0.1:${aval.port}`, '--from', FROM, '--data', `@${file}`]
    const sent = await run('swaks', [...args, '--to', GOOD])
    expect(sent.output).toMatch(/<-\s+250 2\.0\.0 Ok: queued as [0-9A-F]+; ref=/)
    expect(sent.status).toBe(0)
    await arrivedIntact(Buffer.concat([message, Buffer.from('\r\n')])) // swaks ends a file with one more line end

    const refused = await run('swaks', [...args, '--to', STRANGER])
    expect(refused.output).toMatch(REFUSAL)
    expect(refused.status).not.toBe(0)
  })

  test('smtp-source: twenty sessions, a message and a recipient each', async () => {
    const withLineFeeds = join(directory, 'message.txt')
    writeFileSync(withLineFeeds, message.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    const target = ['-f', FROM, '-F', withLineFeeds, `127.0.0.1:${aval.port}`]
    const sent = await run('/usr/sbin/smtp-source', [
      '-s',
      '5',
      '-m',
      '20',
      '-N',
      '-t',
      'source@client.example',
      ...target,
    ])
    expect(sent).toEqual({ status: 0, output: '' })
    await until(() => sink.messages.length >= 20, 'twenty messages to arrive')
    expect(sink.recipients().sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => `${i + 1}source@client.example`).sort(),
    )

    const refused = await run('/usr/sbin/smtp-source', ['-m', '1', '-t', STRANGER, ...target])
    expect(refused.output).toMatch(REFUSAL)
    expect(refused.status).not.toBe(0)
  })

  test('Python smtplib', async () => {
    const script = `
import smtplib, sys
message = open(${JSON.stringify(file)}, 'rb').read()
with smtplib.SMTP('127.0.0.1', ${aval.port}) as client:
    print(client.sendmail(${JSON.stringify(FROM)}, ['${GOOD}'], message))
    try:
        client.sendmail(${JSON.stringify(FROM)}, ['${STRANGER}'], message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = refused.recipients['${STRANGER}']
        print(code, text.decode())
`
    const { status, output } = await run('python3', ['-'], script)
    expect(status).toBe(0)
    expect(output).toMatch(/^\{\}$/m)
    expect(output).toMatch(REFUSAL)
    await arrivedIntact(message)
  })

  test('PHPMailer, which builds and signs the message itself', async () => {
    const key = join(directory, 'dkim.pem')
    writeFileSync(key, DKIM.privateKey)
    const script = `<?php
require '${PHPMAILER}';
function send($to) {
  $mail = new PHPMailer\\PHPMailer\\PHPMailer(true);
  $mail->isSMTP();
  $mail->Host = '127.0.0.1';
  $mail->Port = ${aval.port};
  $mail->CharSet = 'utf-8';
  $mail->setFrom('${FROM}', 'Acme');
  $mail->addAddress($to);
  $mail->Subject = 'Nos offres';
  $mail->addCustomHeader('List-Unsubscribe', '<https://www.acme.example/u/9c1f2e7d5b3a4680>');
  $mail->addCustomHeader('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click');
  $mail->DKIM_domain = '${DKIM.domainName}';
  $mail->DKIM_selector = '${DKIM.keySelector}';
  $mail->DKIM_private = '${key}';
  $mail->DKIM_extraHeaders = ['List-Unsubscribe', 'List-Unsubscribe-Post'];
  $mail->isHTML(true);
  $mail->Body = '<p>Acme SAS : des livres à moitié prix.</p><p>Pour ne plus recevoir nos messages, <a href="https://www.acme.example/u/9c1f2e7d5b3a4680">cliquez ici</a>.</p><p><a href="https://www.acme.example/privacy">Vie privée</a></p>';
  $mail->AltBody = "Acme SAS : des livres à moitié prix.\\n\\nPour ne plus recevoir nos messages : https://www.acme.example/u/9c1f2e7d5b3a4680\\nVie privée : https://www.acme.example/privacy\\n";
  try { $mail->send(); echo "sent\\n"; } catch (Exception $e) { echo $e->getMessage(), "\\n"; }
}
send('${GOOD}');
send('${STRANGER}');
`
    const { output } = await run('php', [], script)
    expect(output).toMatch(/^sent$/m)
    expect(output).toMatch(/AVAL CONSENT-MISSING/)
    await arrivedIntact(undefined)
  })

  test('nodemailer', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: aval.port, ignoreTLS: true })
    const { response } = await transport.sendMail({ envelope: { from: FROM, to: GOOD }, raw: message })
    expect(response).toMatch(/^250 2\.0\.0 Ok: queued as [0-9A-F]+; ref=/)
    await expect(transport.sendMail({ envelope: { from: FROM, to: STRANGER }, raw: message })).rejects.toMatchObject({
      responseCode: 550,
      response: expect.stringMatching(REFUSAL),
    })
    await arrivedIntact(message)
  })

  test('the queue id of the upstream stands in the reply and in the log, so that both logs can be read together', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: aval.port, ignoreTLS: true })
    const { response } = await transport.sendMail({ envelope: { from: FROM, to: GOOD }, raw: message })
    const [, queueId, ref] = /queued as ([0-9A-F]+); ref=(\w+)/.exec(response)!
    await until(() => postfix.log().includes(`${queueId}: to=<${GOOD}>`), 'Postfix to log the delivery')
    await until(() => aval.log().some((line) => line.event === 'outcome' && line['ref'] === ref), 'the outcome line')
    expect(aval.log().find((line) => line.event === 'outcome' && line['ref'] === ref)).toMatchObject({
      status: 'relayed',
      reply: expect.stringContaining(queueId!),
    })
  })

  test('I8, vector 54: neither log nor journal nor registry holds an address in clear', async () => {
    const { readFileSync, readdirSync } = await import('node:fs')
    const everything = readdirSync(directory)
      .filter((name) => /\.db(-wal)?$/.test(name))
      .map((name) => readFileSync(join(directory, name), 'latin1'))
      .concat(aval.log().map((line) => JSON.stringify(line)))
      .join('\n')
    expect(everything.length).toBeGreaterThan(10_000)
    for (const address of [GOOD, STRANGER, 'odile.vasseur', 'source@client']) expect(everything).not.toContain(address)
  })

  test('Postfix as a client bounces only the refused recipients', async () => {
    const front = await startPostfix({
      relayTo: aval.port,
      main: ['smtp_destination_recipient_limit = 1', 'bounce_notice_recipient = nobody'],
    })
    try {
      const transport = createTransport({ host: '127.0.0.1', port: front.port, ignoreTLS: true })
      const to = [GOOD, STRANGER, '1source@client.example']
      await transport.sendMail({ envelope: { from: FROM, to }, raw: message })
      await until(() => sink.recipients().length >= 2, 'the permitted recipients to be served')
      await until(
        () => /to=<inconnu@client\.example>.*status=bounced/.test(front.log()),
        'the refused recipient to bounce',
      )
      expect(sink.recipients().sort()).toEqual([GOOD, '1source@client.example'].sort())
      expect(front.log()).toMatch(/to=<inconnu@client\.example>.*dsn=5\.7\.1, status=bounced .*AVAL CONSENT-MISSING/)
      expect(front.log().match(/client\.example>.*status=bounced/g)).toHaveLength(1)
      expect(front.log().match(/to=<(?:odile\.vasseur|1source)@client\.example>.*status=sent/g)).toHaveLength(2)
    } finally {
      front.stop()
    }
  })

  test('Postfix as a client with several recipients a message: the others follow, nobody is lost', async () => {
    const front = await startPostfix({ relayTo: aval.port })
    try {
      const transport = createTransport({ host: '127.0.0.1', port: front.port, ignoreTLS: true })
      const to = [GOOD, '1source@client.example', '2source@client.example']
      await transport.sendMail({ envelope: { from: FROM, to }, raw: message })
      await until(() => sink.recipients().length >= 3, 'all three to be served', 60_000)
      expect(sink.recipients().sort()).toEqual(to.toSorted())
      expect(front.log()).not.toMatch(/status=bounced/)
    } finally {
      front.stop()
    }
  }, 70_000)
})
