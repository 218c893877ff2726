/** What Postfix and Aval say to each other beside plain SMTP: XFORWARD, XCLIENT, LMTP, and Postfix as client of each kind. */
import { afterEach, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { newsletter } from '../support/newsletter.js'
import { freePort } from '../support/ports.js'
import { describeWith } from '../support/peers.js'
import { POSTFIX_PRESENT, type Postfix, startPostfix } from '../support/postfix.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'
import { Client } from '../smtp/support/client.js'

const GOOD = 'jean.dupont@client.example'
const ALSO_GOOD = 'luc.moreau@client.example'
const STRANGER = 'inconnu@client.example'
const FROM = 'bonjour@news.acme.example'
const because = () => ({ reason: 'A test message to several people at once.', by: 'test', on: '2026-01-01' })
/** Several recipients of one message, as only these tests have them: it is about replies, not about what it discloses. */
const SEVERAL = {
  rcpt_limit: { prospecting: 5 },
  rules: { 'UNSUB-ONECLICK': 'warn', 'RECIPIENTS-DISCLOSED': 'warn' },
  justifications: {
    'rcpt_limit.prospecting': because(),
    'rules.UNSUB-ONECLICK': because(),
    'rules.RECIPIENTS-DISCLOSED': because(),
  },
}

async function handOver(
  port: number,
  message: Buffer,
  to: readonly string[],
  before: readonly string[] = [],
): Promise<string[]> {
  const client = await Client.open(port)
  await client.reply()
  const replies: string[] = []
  const lines = [
    'EHLO mailer.example',
    ...before,
    `MAIL FROM:<${FROM}>`,
    ...to.map((one) => `RCPT TO:<${one}>`),
    'DATA',
  ]
  for (const line of lines) replies.push(await client.ask(line))
  if (replies.at(-1)?.startsWith('354') === true) {
    client.send(Buffer.concat([message, Buffer.from('.\r\n')]))
    replies.push((await client.reply()).at(-1) ?? 'closed')
  }
  client.destroy()
  return replies
}

describeWith({ postfix: POSTFIX_PRESENT }, 'Postfix and Aval', () => {
  let directory: string
  let sink: Sink
  let postfix: Postfix | undefined
  let aval: Aval | undefined

  async function begin(): Promise<void> {
    directory = makeDirectory()
    consentTo(directory, [GOOD, ALSO_GOOD])
    sink = await startSink()
  }

  function credential(over: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const { credentials } = siteFor(directory, 'smtp://127.0.0.1:1') as { credentials: { loopback: object } }
    return { credentials: { loopback: { ...credentials.loopback, ...over } } }
  }

  afterEach(async () => {
    await aval?.stop()
    postfix?.stop()
    await sink.close()
    removeDirectory(directory)
  })

  test('XFORWARD: who is told by a system in front is known to the log of the upstream', async () => {
    await begin()
    postfix = await startPostfix({ relayTo: sink.port, main: ['smtpd_authorized_xforward_hosts = 127.0.0.0/8'] })
    aval = await startAval(`smtp://127.0.0.1:${postfix.port}`, {
      directory,
      config: { listeners: [{ address: '127.0.0.1:0', trust: { xforward_from: ['127.0.0.0/8'] } }] },
    })
    const said = ['XFORWARD NAME=web.example ADDR=192.0.2.7 PORT=4711 HELO=web.example PROTO=ESMTP SOURCE=REMOTE']
    const replies = await handOver(aval.port, await newsletter({ to: GOOD }), [GOOD], said)
    expect(replies.at(-1)).toMatch(/^250 2\.0\.0 /)
    expect(postfix.log()).toMatch(/orig_client=web\.example\[192\.0\.2\.7\]/)
    const reference = /ref=([0-9A-Z]{26})/.exec(replies.at(-1)!)![1]
    expect(postfix.log()).toContain(`orig_queue_id=${reference}`)
  })

  test('XCLIENT: the upstream judges by the client, not by the relay', async () => {
    await begin()
    postfix = await startPostfix({
      relayTo: sink.port,
      main: ['smtpd_authorized_xclient_hosts = 127.0.0.0/8', 'mynetworks = 10.9.8.7/32'],
    })
    aval = await startAval('', {
      directory,
      config: {
        upstream: { url: `smtp://127.0.0.1:${postfix.port}`, tls: 'none', announce: 'xclient' },
        listeners: [
          {
            address: '127.0.0.1:0',
            trust: { xclient_from: ['127.0.0.0/8'] },
            auth: { allow_without_tls_from: ['10.0.0.0/8'] },
          },
        ],
        ...credential({ networks: ['10.9.8.0/24'] }),
      },
    })
    const message = await newsletter({ to: GOOD })
    const as = (address: string) => [`XCLIENT ADDR=${address} NAME=[UNAVAILABLE]`, 'EHLO mailer.example']
    expect((await handOver(aval.port, message, [GOOD], as('10.9.8.7'))).at(-1)).toMatch(/^250 2\.0\.0 /)
    expect(postfix.log()).toMatch(/client=unknown\[10\.9\.8\.7\]/)
    const refused = await handOver(aval.port, message, [GOOD], as('10.9.8.8'))
    expect(refused.at(-1)).toMatch(/^554 5\.7\.1 .*[Aa]ccess denied/)
    expect(postfix.log()).toMatch(/reject: RCPT from unknown\[10\.9\.8\.8\]/)
  })

  test('LMTP: of one message, each recipient is answered for itself', async () => {
    await begin()
    aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
      directory,
      config: {
        listeners: [{ address: '127.0.0.1:0', protocol: 'lmtp' }],
        policy: SEVERAL,
        ...credential({ replies: { stage: 'data' } }),
      },
    })
    postfix = await startPostfix({
      relayTo: aval.port,
      main: [
        `default_transport = lmtp:inet:127.0.0.1:${aval.port}`,
        `relay_transport = $default_transport`,
        'lmtp_destination_recipient_limit = 10',
      ],
      master: ['lmtp unix - - n - - lmtp'],
    })
    const replies = await handOver(postfix.port, await newsletter({ to: GOOD }), [GOOD, STRANGER, ALSO_GOOD])
    expect(replies.at(-1)).toMatch(/^250 /)
    await until(() => sink.messages.length === 1, 'the message to arrive')
    expect(sink.messages[0]!.to).toEqual([GOOD, ALSO_GOOD])
    await until(
      () => /to=<inconnu@client\.example>.*status=bounced.*CONSENT-MISSING/.test(postfix!.log()),
      'the bounce of one',
    )
    for (const address of [GOOD, ALSO_GOOD]) expect(postfix.log()).toMatch(new RegExp(`to=<${address}>.*status=sent`))
  })

  test('a server behind that hands mail back to Aval: the message goes round a hundred hops and no further', async () => {
    await begin()
    const port = await freePort()
    postfix = await startPostfix({ relayTo: port, main: ['hopcount_limit = 1000'] })
    aval = await startAval(`smtp://127.0.0.1:${postfix.port}`, {
      directory,
      config: { listeners: [{ address: `127.0.0.1:${port}` }] },
    })
    const replies = await handOver(aval.port, await newsletter({ to: GOOD }), [GOOD])
    expect(replies.at(-1)).toMatch(/^250 /)
    const bounced = () =>
      /to=<jean\.dupont@client\.example>.*status=bounced.*5\.4\.6 AVAL: too many hops/.test(postfix!.log())
    await until(bounced, 'the end of the loop', 60_000)
    const looping = () => aval!.log().find(({ event }) => event === 'message_looping')
    await until(() => looping() !== undefined, 'the log to say so')
    // Each round adds the field of either.
    expect(looping()).toMatchObject({ hops: 102 })
  }, 90_000)

  test('as proxy filter (postfix-proxy): all are accepted, the refused are dropped in the open', async () => {
    await begin()
    aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
      directory,
      config: { policy: SEVERAL, ...credential({ profile: 'postfix-proxy' }) },
    })
    postfix = await startPostfix({
      relayTo: sink.port,
      smtpd: [`smtpd_proxy_filter=127.0.0.1:${aval.port}`, 'smtpd_proxy_options=speed_adjust'],
    })
    const replies = await handOver(postfix.port, await newsletter({ to: GOOD }), [GOOD, STRANGER])
    expect(replies.at(-1)).toMatch(/^250 2\.0\.0 .*accepted=1 refused=1/)
    expect(sink.messages.map(({ to }) => to)).toEqual([[GOOD]])
    const dropped = () => aval!.log().some((line) => line.event === 'outcome' && line['status'] === 'dropped')
    await until(dropped, 'the log to say who was dropped')
    const nobody = await handOver(postfix.port, await newsletter({ to: STRANGER }), [STRANGER])
    expect(nobody.at(-1)).toMatch(/^550 5\.7\.1 .*CONSENT-MISSING/)
    expect(sink.messages).toHaveLength(1)
  })

  test('as relay host (postfix-relay): who is refused bounces alone, the others get their mail', async () => {
    await begin()
    aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
      directory,
      config: { policy: SEVERAL, ...credential({ profile: 'postfix-relay' }) },
    })
    postfix = await startPostfix({ relayTo: aval.port })
    await handOver(postfix.port, await newsletter({ to: GOOD }), [GOOD, STRANGER, ALSO_GOOD])
    await until(() => sink.messages.length === 1, 'the message to arrive')
    expect(sink.messages[0]!.to.toSorted()).toEqual([GOOD, ALSO_GOOD].toSorted())
    await until(() => /to=<inconnu@client\.example>.*status=bounced/.test(postfix!.log()), 'the bounce of one')
    expect(postfix.log()).not.toMatch(/to=<(?:jean|luc)\S+>.*status=bounced/)
  })
})
