/** What makes an objection of a mail, and what does not. */
import { expect, test } from 'vitest'
import { subjectKeys, subjectSecret } from '#aval/domain/subject-key.js'
import { readReply } from '#aval/message/read-reply.js'
import { readFeedbackReport } from '#aval/message/read-report.js'
import { tokenKeys } from '#aval/unsubscribe/hosted/token.js'
import { type MailIntakeOptions, type Mailbox, mailboxOf, takeMail } from '#aval/unsubscribe/intake/mail-intake.js'
import { tokensIn } from '#aval/unsubscribe/intake/tokens-in.js'
import { aPolicy, aSite, anAdvertiser } from '../support/facts.js'

const KEYS = tokenKeys([Buffer.alloc(32, 3)])
const OWN = {
  person: { keyId: 'k1', objectionKey: 'cd'.repeat(32) },
  advertiserId: 'acme',
  routerId: 'routix',
  list: 'livres',
}
const TOKEN = KEYS.write(OWN)
const OTHERS = KEYS.write({ ...OWN, advertiserId: 'another' })
const SECRET = subjectSecret('k1', Buffer.alloc(32, 5))
const REPLY: Mailbox = { kind: 'reply', advertiserId: 'acme' }

const OPTIONS: MailIntakeOptions = {
  domain: 'stop.acme.example',
  site: () => aSite({ advertisers: [anAdvertiser()] }),
  tokens: KEYS,
  now: () => 1,
  read: readReply,
  readReport: readFeedbackReport,
  sent: { byReference: noMessages, byMessageId: noMessages, lastTo: () => Promise.resolve(undefined) },
  identify: (address) => subjectKeys(address, SECRET),
}

function noMessages(): Promise<readonly never[]> {
  return Promise.resolve([])
}

function reply(subject: string, text: string): Buffer {
  return Buffer.from(
    `From: Jean <jean@client.example>\r\nSubject: ${subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}`,
  )
}

test.each([
  'STOP',
  'stop.',
  'Stop svp',
  'ARRÊT',
  'arrêt merci',
  'Désinscription',
  'désabonnement',
  'désabonnez-moi',
  'Désinscrivez-moi !',
  'unsubscribe',
  'Unsubscribe please',
  'REMOVE ME',
  'Abmelden',
  'baja',
  'Cancella',
  'afmelden',
  'wypisz',
  '« STOP »',
])('a reply that says %j asks to stop', async (words) => {
  for (const message of [reply('Re: Nos offres', `${words}\r\n`), reply(`Re: ${words}`, 'Bonjour\r\n')])
    expect(await takeMail(REPLY, message, OPTIONS)).toMatchObject({ kind: 'objections' })
})

test.each([
  'Non-stop depuis Lyon ?',
  'Ne vous arrêtez pas',
  'stop the delivery to my old address',
  'Merci pour votre message',
  'Je suis absent jusqu’au 3',
  '> STOP',
  '',
  'Où est mon colis ?',
])('a reply that says %j does not', async (words) => {
  expect(await takeMail(REPLY, reply('Re: Nos offres', `${words}\r\n\r\n> ${TOKEN}\r\n`), OPTIONS)).toEqual({
    kind: 'nothing',
  })
})

test.each([
  'Auto-Submitted: auto-replied',
  'auto-submitted: auto-generated; owner-email="x@client.example"',
  'Precedence: auto_reply',
  'X-Autoreply: yes',
  'X-Autorespond: 1',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
])('a program that quotes STOP asks for nothing: %s', async (field) => {
  for (const message of [reply('Re: STOP', `STOP\r\n> ${TOKEN}\r\n`), reply('STOP', 'STOP\r\n')])
    expect(await takeMail(REPLY, Buffer.concat([Buffer.from(`${field}\r\n`), message]), OPTIONS)).toEqual({
      kind: 'nothing',
    })
})

test.each(['Auto-Submitted: no', 'Precedence: bulk', 'X-Auto-Response-Suppress: All'])(
  'a person’s STOP counts, whatever their program adds: %s',
  async (field) => {
    const message = Buffer.concat([Buffer.from(`${field}\r\n`), reply('Re: Nos offres', 'STOP\r\n')])
    expect(await takeMail(REPLY, message, OPTIONS)).toMatchObject({ kind: 'objections' })
  },
)

test('unsub@ is written to on purpose: by a mail program for its reader, too', async () => {
  const message = Buffer.from(`Auto-Submitted: auto-generated\r\nSubject: STOP ${TOKEN}\r\n\r\n`)
  expect(await takeMail({ kind: 'unsub', token: undefined }, message, OPTIONS)).toMatchObject({ kind: 'objections' })
})

test('a reply is believed about the person it quotes, and only about the advertiser it was sent to', async () => {
  const quoting = await takeMail(REPLY, reply('Re: x', `STOP\r\n> ${TOKEN}\r\n> ${OTHERS}\r\n`), OPTIONS)
  expect(quoting).toMatchObject({
    objections: [{ person: OWN.person, scope: { kind: 'advertiser', advertiserId: 'acme' } }],
  })
  const bare = await takeMail(REPLY, reply('Re: x', `STOP\r\n> ${OTHERS}\r\n`), OPTIONS)
  expect(bare).toMatchObject({ objections: [{ person: 'jean@client.example', reason: 'reply_stop' }] })
})

test.each([
  ['unsub', 'stop.acme.example', { kind: 'unsub', token: undefined }],
  ['unsub+abc', 'STOP.acme.example', { kind: 'unsub', token: 'abc' }],
  ['FBL', 'stop.acme.example', { kind: 'fbl' }],
  ['reply+acme', 'stop.acme.example', REPLY],
  ['reply+nobody', 'stop.acme.example', undefined],
  ['unsub', 'acme.example', undefined],
  ['postmaster', 'stop.acme.example', undefined],
])('%s@%s', (localPart, domain, mailbox) => {
  expect(mailboxOf(localPart, domain, OPTIONS)).toEqual(mailbox)
})

test('whom a complaint holds against is the policy’s to say', async () => {
  const report = Buffer.from(
    `Content-Type: multipart/report; report-type=feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\nList-Unsubscribe: <https://x.example/u/${TOKEN}>\r\n`,
  )
  const scopeUnder = (complaintScope: 'router' | 'advertiser') =>
    takeMail({ kind: 'fbl' }, report, {
      ...OPTIONS,
      site: () => aSite({ policy: aPolicy({ opposition: { complaintScope } }) }),
    })
  expect(await scopeUnder('router')).toMatchObject({
    objections: [{ reason: 'fbl_complaint', scope: { kind: 'router', routerId: 'routix' } }],
  })
  expect(await scopeUnder('advertiser')).toMatchObject({
    objections: [{ scope: { kind: 'advertiser', advertiserId: 'acme' } }],
  })
  expect(await takeMail({ kind: 'fbl' }, Buffer.from(`Feedback-Type: abuse\r\n\r\n${TOKEN}`), OPTIONS)).toEqual({
    kind: 'nothing',
  })
})

test.each([
  ['folded in a header', `List-Unsubscribe:\r\n <https://x.example/u/${TOKEN}>`],
  ['broken by quoted-printable', `${TOKEN.slice(0, 40)}=\r\n${TOKEN.slice(40)}`],
  ['quoted and broken', `> ${TOKEN.slice(0, 40)}=\r\n> ${TOKEN.slice(40)}`],
  [
    'in base64',
    Buffer.from(`some words before ${TOKEN} and after`.padEnd(300, '.')).toString('base64').replace(/.{76}/g, '$&\r\n'),
  ],
])('a token %s is found, once', (_, text) => {
  expect(tokensIn(Buffer.from(`${text}\r\n\r\n${text}\r\n`), KEYS)).toEqual([OWN])
})

test.each(['B', 'Q'])('a token in a subject that a mail program has encoded in pieces (%s)', async (encoding) => {
  const words = `STOP ${TOKEN} à bientôt`.match(/.{1,30}/gsu)!.map((piece) => {
    const text =
      encoding === 'B'
        ? Buffer.from(piece).toString('base64')
        : encodeURIComponent(piece).replaceAll('_', '%5F').replaceAll('%', '=')
    return `=?utf-8?${encoding}?${text}?=`
  })
  const message = Buffer.from(`From: x@client.example\r\nSubject: ${words.join('\r\n ')}\r\n\r\n`)
  expect(tokensIn(message, KEYS)).toEqual([])
  expect(await takeMail({ kind: 'unsub', token: undefined }, message, OPTIONS)).toMatchObject({
    objections: [{ person: OWN.person, reason: 'mailto' }],
  })
})

test('a message full of what looks like tokens costs no more than it may', () => {
  const noise = Buffer.from(`${'A'.repeat(100)} `.repeat(50_000))
  const started = performance.now()
  expect(tokensIn(noise, KEYS)).toEqual([])
  expect(performance.now() - started).toBeLessThan(10_000)
})
