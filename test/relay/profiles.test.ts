/**
 * Each client profile against the real relay: who gets the message, what the client reads at RCPT and after DATA, and what
 * journal and reply say of those who were dropped. `docs/clients.md` states the same.
 */
import { describe, expect, test } from 'vitest'
import { parseForwardPath, parseReversePath } from '#aval/domain/envelope.js'
import type { Credential } from '#aval/domain/party.js'
import type { Reply } from '#aval/domain/reply.js'
import { createRelay } from '#aval/relay/transaction.js'
import { CLIENT_PROFILES, type ClientProfileName } from '#aval/reply/profile.js'
import { NOW, aCredential, aMessage, aPolicy, aSite, anAlternative, anAnswer, anObjection } from '../support/facts.js'
import { type FakeHouse, fakeHouse, keyOf, ok, replyOf, spooled } from '../support/fake-ports.js'

const JEAN = 'jean@client.example'
const LUC = 'luc@client.example'
const OPPOSED = 'opposed@client.example'

interface Case {
  readonly profile: ClientProfileName
  readonly replies?: Credential['replies']
  /** Opposed only once DATA has begun, as in a race; else from the start. */
  readonly late?: boolean
  readonly unlawfulContent?: boolean
  readonly each?: boolean
  readonly upstream?: Reply
}

interface Seen {
  readonly rcpt: readonly number[]
  readonly data: readonly (number | undefined)[]
  readonly text: string
  readonly sentTo: readonly string[]
  /** Statuses by recipient number. */
  readonly outcomes: Readonly<Record<number, string>>
  readonly home: FakeHouse
}

const facts = (unlawful: boolean) => aMessage(unlawful ? { alternatives: [anAlternative({ links: [] })] } : {})

async function run(given: Case, to: readonly string[]): Promise<Seen> {
  let begun = false
  const credential = aCredential({ profile: given.profile, ...(given.replies && { replies: given.replies }) })
  const home = fakeHouse({
    site: aSite({
      policy: aPolicy({ recipientLimit: { prospecting: 50, transactional: 100 } }),
      credentials: [credential],
    }),
    registry: ({ subject }) => {
      const opposed = subject().consentKey === keyOf(OPPOSED) && (given.late !== true || begun)
      return opposed ? anAnswer({ objections: [anObjection()] }) : anAnswer()
    },
    facts: facts(given.unlawfulContent === true),
    now: NOW,
    ...(given.upstream && { final: { kind: 'reply' as const, reply: given.upstream } }),
  })
  const peer = {
    session: 's1',
    address: '192.0.2.7',
    helo: 'mailer.example',
    transport: 'tls' as const,
    protocol: 'ESMTPSA',
    credentialId: credential.id,
    repliesEach: given.each === true,
  }
  const relay = createRelay(home.ports, { node: 'relay-1', version: '0', openUpstream: 'auto' })
  const transaction = relay.begin(peer)
  const from = parseReversePath('<bounce@bounce.acme.example>')
  if (from.ok) await transaction.mail(from.value)
  const rcpt: number[] = []
  for (const address of to) {
    const path = parseForwardPath(`<${address}>`)
    if (path.ok) rcpt.push((await transaction.rcpt(path.value)).code)
  }
  begun = true
  const replies = transaction.accepted === 0 ? [] : await transaction.data(spooled('Subject: x\r\n\r\ny\r\n'))
  return {
    rcpt,
    data: replies.map(({ code }) => code),
    text: replies.map(({ text }) => text).join('\n'),
    sentTo: home.sent().flatMap((sent) => sent.to),
    outcomes: Object.fromEntries(home.outcomes().map(({ rcpt: number, status }) => [number, status])),
    home,
  }
}

const REFUSING: readonly ClientProfileName[] = ['generic', 'phpmailer', 'mailman', 'postfix-relay']
const DROPPING: readonly ClientProfileName[] = ['listmonk', 'mautic', 'symfony', 'phplist']

test('every profile is in one of the groups below', () => {
  expect([...REFUSING, ...DROPPING, 'postfix-proxy'].sort()).toEqual(Object.keys(CLIENT_PROFILES).sort())
})

describe.each(REFUSING)('%s', (profile) => {
  test('a refused recipient is told at RCPT, the others are served', async () => {
    const seen = await run({ profile }, [JEAN, OPPOSED, LUC])
    expect(seen).toMatchObject({ rcpt: [250, 550, 250], data: [250], sentTo: [JEAN, LUC] })
    expect(seen.outcomes).toEqual({ 1: 'relayed', 3: 'relayed' })
    expect(seen.text).not.toContain('refused=')
  })
})

describe.each(DROPPING)('%s', (profile) => {
  test('a refused recipient is dropped in the open: 250, counts in the reply, `dropped` in the journal', async () => {
    const seen = await run({ profile }, [JEAN, OPPOSED, LUC])
    expect(seen).toMatchObject({ rcpt: [250, 250, 250], data: [250], sentTo: [JEAN, LUC] })
    expect(seen.text).toMatch(/accepted=2 refused=1; ref=01J/)
    expect(seen.outcomes).toEqual({ 1: 'relayed', 2: 'dropped', 3: 'relayed' })
    const [decision] = seen.home.decisions().filter(({ rcpt }) => rcpt === 2)
    expect(decision).toMatchObject({ verdict: 'refuse', rule: 'OPPOSITION-LISTED', reply: '250 2.0.0', stage: 'data' })
    expect(seen.home.outcomes().find(({ status }) => status === 'dropped')?.reply).toBe('accepted=2 refused=1')
  })

  test('a message to refused recipients only goes to nobody, and the reply says so', async () => {
    const seen = await run({ profile }, [OPPOSED])
    expect(seen).toMatchObject({ rcpt: [250], data: [250], sentTo: [], outcomes: { 1: 'dropped' } })
    expect(seen.text).toMatch(/^AVAL: dropped, not sent; accepted=0 refused=1; ref=01J/)
  })

  test('I1: nobody counts as dropped when the upstream did not take the message', async () => {
    const seen = await run({ profile, upstream: replyOf(451, 'try later') }, [JEAN, OPPOSED])
    expect(seen).toMatchObject({ data: [451], outcomes: { 1: 'deferred' } })
  })

  test('what the message says is refused all the same', async () => {
    expect(await run({ profile, unlawfulContent: true }, [JEAN])).toMatchObject({ data: [550], sentTo: [] })
  })
})

describe('who is refused only after DATA', () => {
  test.each(['generic', 'phpmailer'] as const)('%s: the message is refused for all', async (profile) => {
    const seen = await run({ profile, late: true }, [JEAN, OPPOSED])
    expect(seen).toMatchObject({ rcpt: [250, 250], data: [550], sentTo: [], outcomes: { 1: 'aborted' } })
  })

  test.each(['mailman', 'postfix-relay'] as const)(
    '%s: the message comes back, and each is told at RCPT',
    async (profile) => {
      expect(await run({ profile, late: true }, [JEAN, OPPOSED])).toMatchObject({ data: [451], sentTo: [] })
      expect(await run({ profile }, [JEAN, OPPOSED])).toMatchObject({ rcpt: [250, 550], data: [250], sentTo: [JEAN] })
    },
  )
})

test('mailman: a message refused for what it says waits in its queue, because a 5xx would count against every member', async () => {
  const seen = await run({ profile: 'mailman', unlawfulContent: true }, [JEAN, LUC])
  expect(seen).toMatchObject({ rcpt: [250, 250], data: [451], sentTo: [] })
  expect(seen.home.decisions().map(({ verdict }) => verdict)).toEqual(['refuse', 'refuse'])
})

describe('postfix-proxy', () => {
  const profile = 'postfix-proxy'

  test('refuses no single recipient: all are accepted, and what follows is said after DATA', async () => {
    const seen = await run({ profile }, [JEAN, OPPOSED])
    expect(seen).toMatchObject({ rcpt: [250, 250], data: [250], sentTo: [JEAN] })
    expect(seen.outcomes).toEqual({ 1: 'relayed', 2: 'dropped' })
    expect(seen.text).toMatch(/accepted=1 refused=1/)
    expect(seen.home.steps.some(({ did }) => did === 'offered')).toBe(false)
  })

  test('refuses the message when nobody may get it', async () => {
    expect(await run({ profile }, [OPPOSED])).toMatchObject({ rcpt: [250], data: [550], sentTo: [], outcomes: {} })
  })
})

test('code_only: the reply says that there was a refusal and names the case, the journal why', async () => {
  const { home } = await run({ profile: 'generic', replies: { detail: 'code_only', stage: 'data' } }, [OPPOSED])
  const seen = await run({ profile: 'generic', replies: { detail: 'code_only', stage: 'data' } }, [OPPOSED])
  expect(seen.text).toMatch(/^AVAL: refused; ref=01J/)
  expect(home.decisions()).toMatchObject([{ rule: 'OPPOSITION-LISTED' }])
})

describe('LMTP: one reply for each recipient', () => {
  test('the refused read why, the others are served', async () => {
    const seen = await run({ profile: 'generic', each: true, late: true }, [JEAN, OPPOSED, LUC])
    expect(seen).toMatchObject({ rcpt: [250, 250, 250], data: [250, 550, 250], sentTo: [JEAN, LUC] })
    expect(seen.outcomes).toEqual({ 1: 'relayed', 3: 'relayed' })
  })

  test('the upstream speaks for those it was given', async () => {
    const seen = await run({ profile: 'generic', each: true, late: true, upstream: replyOf(552, 'too much') }, [
      JEAN,
      OPPOSED,
    ])
    expect(seen).toMatchObject({ data: [552, 550], outcomes: { 1: 'refused' } })
  })

  test('a recipient the upstream refuses in one go is told; the others come back, since nothing was sent', async () => {
    const home = fakeHouse({
      site: aSite({ policy: aPolicy({ recipientLimit: { prospecting: 50, transactional: 100 } }) }),
      registry: anAnswer(),
      facts: aMessage(),
      now: NOW,
      deliver: () => {
        const no = { kind: 'reply' as const, reply: replyOf(550, 'no such user') }
        return { upstream: 'mta.test:25', recipients: [ok(), no], final: no, complete: false }
      },
    })
    const relay = createRelay(home.ports, { node: 'relay-1', version: '0', openUpstream: 'data' })
    const transaction = relay.begin({
      session: 's1',
      address: '192.0.2.7',
      helo: 'mailer.example',
      transport: 'tls',
      protocol: 'LMTP',
      credentialId: aCredential().id,
      repliesEach: true,
    })
    const from = parseReversePath('<bounce@bounce.acme.example>')
    if (from.ok) await transaction.mail(from.value)
    for (const address of [JEAN, LUC]) {
      const path = parseForwardPath(`<${address}>`)
      if (path.ok) await transaction.rcpt(path.value)
    }
    const replies = await transaction.data(spooled('Subject: x\r\n\r\ny\r\n'))
    expect(replies.map(({ code }) => code)).toEqual([451, 550])
    expect(home.outcomes().map(({ status }) => status)).toEqual(['aborted', 'refused'])
  })
})
