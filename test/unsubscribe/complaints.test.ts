/** Whose complaint an abuse report without a token is: told by the messages in a real journal, and by nothing that can be made up. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CanonicalAddress, readAddress } from '#aval/domain/address.js'
import { subjectKeys, subjectSecret } from '#aval/domain/subject-key.js'
import { type Journal } from '#aval/journal/journal.js'
import { eraseSubject } from '#aval/journal/guest.js'
import { type SentMessages, openSentMessages } from '#aval/journal/sent-messages.js'
import { readReply } from '#aval/message/read-reply.js'
import { readFeedbackReport } from '#aval/message/read-report.js'
import { tokenKeys } from '#aval/unsubscribe/hosted/token.js'
import { type MailIntakeOptions, takeMail } from '#aval/unsubscribe/intake/mail-intake.js'
import { decision, freshPath, KEY, open, outcome, referenceOf, T0 } from '../journal/support.js'
import { aPolicy, aSite, anAdvertiser } from '../support/facts.js'
import { sha256 } from '../support/sink.js'

const SECRET = subjectSecret('k1', Buffer.alloc(32, 5))
const keysOf = (address: CanonicalAddress) => subjectKeys(address, SECRET)
const JEAN = readAddress('jean@client.example')!
const [MARIE, PAUL, ANNE, LUC] = ['marie', 'paul', 'anne', 'luc'].map((name) => readAddress(`${name}@client.example`)!)

let journal: Journal
let sent: SentMessages
let options: MailIntakeOptions

function sentTo(number: number, address: CanonicalAddress, changes: Parameters<typeof decision>[1] = {}) {
  const { consentKey, keyId, objectionKey } = keysOf(address)
  const messageIdSha256 = sha256(`<n${number}@news.acme.example>`)
  return decision(number, {
    toKey: consentKey,
    toKeyId: keyId,
    toObjectionKey: objectionKey,
    messageIdSha256,
    ...changes,
  })
}

beforeAll(async () => {
  const path = freshPath()
  journal = await open(path)
  await journal.append([
    sentTo(1, JEAN),
    outcome(1),
    // One transaction, one message, two people.
    sentTo(2, MARIE!, { ref: referenceOf(2), rcpt: 1, messageIdSha256: sha256('<n2@news.acme.example>') }),
    sentTo(3, PAUL!, { ref: referenceOf(2), rcpt: 2, messageIdSha256: sha256('<n2@news.acme.example>') }),
    sentTo(4, ANNE!, { verdict: 'refuse', rule: 'OPPOSITION-LISTED' }),
    sentTo(5, LUC!),
    sentTo(6, JEAN, { advertiser: 'beta', router: 'other' }),
    sentTo(7, readAddress('old@client.example')!, { toObjectionKey: undefined }),
  ])
  const guest = { path, keys: [KEY] as const, node: 'relay-1' } as const
  eraseSubject(guest, [keysOf(LUC!).consentKey], { at: T0, by: 'cli:root', advertiser: '', facts: {} })
  sent = openSentMessages(path)
  options = {
    domain: 'stop.acme.example',
    site: () =>
      aSite({ advertisers: [anAdvertiser()], policy: aPolicy({ opposition: { complaintScope: 'advertiser' } }) }),
    tokens: tokenKeys([Buffer.alloc(32, 3)]),
    now: () => T0,
    read: readReply,
    readReport: readFeedbackReport,
    sent,
    identify: keysOf,
  }
})

afterAll(async () => {
  sent.close()
  await journal.close()
})

interface Told {
  readonly type?: string
  readonly said?: readonly string[]
  readonly returned?: readonly string[]
  readonly returnedType?: string
  readonly encoding?: string
}

/** A report as providers make them, with nothing of Aval's but what `told` has. */
function report({ type = 'abuse', said = [], returned = [], returnedType = 'message/rfc822', encoding }: Told): Buffer {
  const original = ['From: Acme <bonjour@news.acme.example>', 'To: <redacted>', ...returned, '', 'Nos offres'].join(
    '\r\n',
  )
  const lines = [
    'From: feedback@provider.example',
    'To: fbl@stop.acme.example',
    'Subject: Email Feedback Report',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'This is an email abuse report.',
    '--b1',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${type}`,
    'User-Agent: Provider/1.0',
    'Version: 1',
    ...said,
    '',
    '--b1',
    `Content-Type: ${returnedType}`,
    ...(encoding === undefined ? [] : [`Content-Transfer-Encoding: ${encoding}`]),
    '',
    encoding === 'base64' ? Buffer.from(original).toString('base64').replace(/.{76}/g, '$&\r\n') : original,
    '--b1--',
    '',
  ]
  return Buffer.from(lines.join('\r\n'))
}

const received = (number: number): string[] => [
  'Received: from mta.acme.example by mx.provider.example with ESMTPS id 12345; Fri, 20 Nov 2026 09:00:02 +0000',
  'Received: from app.acme.example ([192.0.2.7])',
  `\tby relay-1 (Aval) with ESMTPSA id ${referenceOf(number)};`,
  '\tFri, 20 Nov 2026 09:00:00 +0000',
]
const messageId = (number: number): string => `Message-ID: <n${number}@news.acme.example>`

const take = (told: Told) => takeMail({ kind: 'fbl' }, report(told), options)
const jeans = { keyId: 'k1', objectionKey: keysOf(JEAN).objectionKey }
const against = (advertiserId: string) => ({ kind: 'advertiser', advertiserId })

test.each<[string, Told]>([
  ['its trace field', { returned: received(1) }],
  ['its Message-ID', { returned: [messageId(1)] }],
  ['its header alone', { returned: received(1), returnedType: 'text/rfc822-headers' }],
  ['its trace field, in base64', { returned: received(1), encoding: 'base64' }],
  [
    'its trace field, forwarded to an address that is not known',
    { said: ['Original-Rcpt-To: <x@y.example>'], returned: received(1) },
  ],
])('a report that gives back the message without any address: the person is told by %s', async (_, told) => {
  expect(await take(told)).toMatchObject({
    objections: [{ person: jeans, scope: against('acme'), reason: 'fbl_complaint' }],
  })
})

test.each(['Original-Rcpt-To: <Jean@client.example>', 'Original-Rcpt-To: rfc822; jean@client.example'])(
  'a report with %s and nothing that names the message is about the newest message to that person',
  async (line) => {
    expect(await take({ said: [line] })).toMatchObject({ objections: [{ person: JEAN, scope: against('beta') }] })
  },
)

test('Outlook names the recipient in the returned message', async () => {
  expect(await take({ returned: ['X-HmXmrOriginalRecipient: jean@client.example'] })).toMatchObject({
    objections: [{ person: JEAN }],
  })
})

test('of several recipients of one message the report must say whose it is', async () => {
  expect(await take({ returned: received(2) })).toEqual({ kind: 'unknown' })
  expect(await take({ returned: [messageId(2)] })).toEqual({ kind: 'unknown' })
  for (const returned of [received(2), [messageId(2)]])
    expect(await take({ said: ['Original-Rcpt-To: <paul+news@client.example>'], returned })).toMatchObject({
      objections: [{ scope: against('acme') }],
    })
})

test('the scope is the router of that message where the policy says so', async () => {
  const { policy } = aSite({ policy: aPolicy({ opposition: { complaintScope: 'router' } }) })
  const site = () => ({ ...options.site(), policy })
  expect(await takeMail({ kind: 'fbl' }, report({ returned: received(6) }), { ...options, site })).toMatchObject({
    objections: [{ person: jeans, scope: { kind: 'router', routerId: 'other' } }],
  })
})

test.each<[string, Told]>([
  ['nothing of ours', {}],
  ['somebody who was never written to', { said: ['Original-Rcpt-To: <nobody@client.example>'] }],
  ['somebody whose message was refused', { said: [`Original-Rcpt-To: <${ANNE}>`], returned: received(4) }],
  [
    'somebody whose data were erased',
    { said: [`Original-Rcpt-To: <${LUC}>`], returned: [...received(5), messageId(5)] },
  ],
  ['a reference that was made up', { returned: received(99) }],
  [
    'a reference that is none of a trace field of Aval',
    { returned: [`Received: by x with SMTP id ${referenceOf(1)}`] },
  ],
  ['a message of a time when no key was kept', { returned: received(7) }],
])('a report about %s is nobody’s', async (_, told) => {
  expect(await take(told)).toEqual({ kind: 'unknown' })
})

test.each(['not-spam', 'auth-failure', 'virus'])('a report of type %s is no complaint', async (type) => {
  expect(await take({ type, returned: received(1) })).toEqual({ kind: 'nothing' })
})

test.each([
  ['opt-out', 'mailto'],
  ['fraud', 'fbl_complaint'],
  ['other', 'fbl_complaint'],
  ['something-new', 'fbl_complaint'],
])('a report of type %s is an objection, reason %s', async (type, reason) => {
  expect(await take({ type, returned: received(1) })).toMatchObject({ objections: [{ reason }] })
})
