/** What depends on who the client is, without a network that would have to pretend to be elsewhere. */
import { describe, expect, it } from 'vitest'
import { Conversation } from '#aval/smtp/dialogue/conversation.js'
import { quietEvents } from '#aval/smtp/events.js'
import { DEFAULT_LIMITS } from '#aval/smtp/options.js'
import type { Step } from '#aval/smtp/dialogue/step.js'
import { Tally } from '#aval/smtp/tally.js'
import type { Wire } from '#aval/smtp/dialogue/wire.js'
import { FakeRelay } from './support/fake-relay.js'
import { ALL_CAPABILITIES } from './support/listener.js'

function conversation(wire: Partial<Wire>, plainAuthNetworks: readonly string[] = []): Conversation {
  const elsewhere = { id: 'x', address: '192.0.2.1', port: 1, secure: false, overdue: false, draining: false, ...wire }
  return new Conversation(elsewhere, {
    address: '0.0.0.0',
    port: 25,
    protocol: 'smtp',
    tls: { mode: 'starttls', key: '', cert: '' },
    hostname: 'mx.example',
    relay: new FakeRelay(),
    authenticator: {
      login: () => Promise.resolve({ kind: 'accepted', credentialId: 'routix' }),
      recognise: () => undefined,
      vouched: () => undefined,
      offersLogin: () => true,
    },
    capabilities: () => ALL_CAPABILITIES,
    spool: { hasRoom: () => true, isWanted: false, open: () => expect.fail('no message is sent here') },
    plainAuthNetworks,
    resolvedLimits: DEFAULT_LIMITS,
    quietEvents: quietEvents(undefined),
    perCredential: new Tally(10),
  })
}

async function login(talk: Conversation): Promise<{ offered: boolean; code: number | undefined }> {
  const ehlo = await talk.command(Buffer.from('EHLO client.example'))
  const offered = ehlo.kind === 'lines' && ehlo.lines.some((line) => line.startsWith('AUTH'))
  return { offered, code: codeOf(await talk.command(Buffer.from('AUTH PLAIN AGEAYg=='))) }
}

function codeOf(step: Step): number | undefined {
  return step.kind === 'reply' ? step.reply.code : undefined
}

describe('AUTH', () => {
  it('is neither offered nor taken in clear from elsewhere', async () => {
    expect(await login(conversation({}))).toEqual({ offered: false, code: 538 })
  })

  it.each<[string, Partial<Wire>, readonly string[]]>([
    ['under TLS', { secure: true }, []],
    ['from loopback', { address: '127.0.0.1' }, []],
    ['from loopback of IPv6', { address: '::1' }, []],
    ['from a network said to be safe', {}, ['192.0.2.0/24']],
  ])('is taken %s', async (_, wire, networks) => {
    expect(await login(conversation(wire, networks))).toEqual({ offered: true, code: 235 })
  })
})

describe('MAIL', () => {
  it.each<[string, Partial<Wire>, number]>([
    ['in a session too old', { overdue: true }, 421],
    ['while the listener is closing', { draining: true }, 421],
    ['otherwise', {}, 250],
  ])('%s', async (_, wire, code) => {
    const talk = conversation(wire)
    await talk.command(Buffer.from('EHLO client.example'))
    expect(codeOf(await talk.command(Buffer.from('MAIL FROM:<a@example.com>')))).toBe(code)
  })

  it('refused leaves nothing of the transaction before it', async () => {
    const talk = conversation({})
    const say = async (line: string) => codeOf(await talk.command(Buffer.from(line)))
    await say('EHLO client.example')
    expect(await say('MAIL FROM:<first@example.com>')).toBe(250)
    expect(await say('MAIL FROM:<second@@example.com>')).toBe(501)
    expect(await say('RCPT TO:<b@example.com>')).toBe(503)
  })
})
