import { UNKNOWN_ORIGIN } from '#aval/domain/origin.js'
import type { TlsPolicy } from '#aval/upstream/options.js'
import type { SmtpUpstreamOptions } from '#aval/upstream/smtp-upstream.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Authority, type Identity } from '../support/authority.js'
import { type ScriptedUpstreamOptions, close, raw } from '../support/scripted-upstream.js'
import { MESSAGE, content, recipient, sender, setting } from './setting.js'

let authority: Authority
let ca: string
let good: Identity
let wrongName: Identity
let expired: Identity
let client: Identity

beforeAll(() => {
  authority = new Authority()
  ca = authority.ca
  good = authority.issue('good', 'DNS:mta.example,IP:127.0.0.1')
  wrongName = authority.issue('wrong', 'DNS:other.example')
  expired = authority.issue('expired', 'DNS:mta.example,IP:127.0.0.1', -1)
  client = authority.issue('client', 'DNS:relay.acme.example')
})

afterAll(() => authority.remove())

async function deliver(mtaOptions: ScriptedUpstreamOptions, options: Partial<SmtpUpstreamOptions>) {
  const all = await setting(mtaOptions, options)
  const delivery = await all.upstream.deliver(sender(), [recipient()], content(MESSAGE))
  return { ...all, delivery }
}

const POLICIES = ['none', 'opportunistic', 'require', 'verify'] as const
const CLEAR = 'in the clear'
const SECURE = 'under TLS'

describe('TLS to the upstream', () => {
  const policyTable: readonly (readonly [string, () => ScriptedUpstreamOptions, Record<TlsPolicy, string>])[] = [
    [
      'a valid certificate',
      () => ({ tls: good }),
      { none: CLEAR, opportunistic: SECURE, require: SECURE, verify: SECURE },
    ],
    [
      'a certificate for another name',
      () => ({ tls: wrongName }),
      { none: CLEAR, opportunistic: SECURE, require: SECURE, verify: 'tls' },
    ],
    [
      'an expired certificate',
      () => ({ tls: expired }),
      { none: CLEAR, opportunistic: SECURE, require: SECURE, verify: 'tls' },
    ],
    ['no STARTTLS', () => ({}), { none: CLEAR, opportunistic: CLEAR, require: 'tls', verify: 'tls' }],
    [
      'STARTTLS that is offered and refused',
      () => ({ tls: good, script: { starttls: '454 4.7.0 not now' } }),
      { none: CLEAR, opportunistic: CLEAR, require: 'tls', verify: 'tls' },
    ],
    [
      'a handshake that fails',
      () => ({ tls: good, script: { starttls: raw('220 go\r\n') } }),
      { none: CLEAR, opportunistic: CLEAR, require: 'timeout', verify: 'timeout' },
    ],
    [
      'a server that closes at STARTTLS',
      () => ({ tls: good, script: { starttls: close() } }),
      { none: CLEAR, opportunistic: CLEAR, require: 'closed', verify: 'closed' },
    ],
    [
      'plaintext behind the reply to STARTTLS',
      () => ({ tls: good, script: { starttls: raw('220 go\r\n250 injected\r\n') } }),
      { none: CLEAR, opportunistic: 'protocol', require: 'protocol', verify: 'protocol' },
    ],
    [
      'half a line behind the reply to STARTTLS',
      () => ({ tls: good, script: { starttls: raw('220 go\r\n250 inj') } }),
      { none: CLEAR, opportunistic: 'protocol', require: 'protocol', verify: 'protocol' },
    ],
  ]

  describe.each(policyTable)('%s', (_name, mtaOptions, outcomes) => {
    it.each(POLICIES)('policy %s', async (policy) => {
      const { delivery, mta, events } = await deliver(mtaOptions(), { tls: { policy, ca } })
      const outcome = outcomes[policy]
      if (outcome === CLEAR || outcome === SECURE) {
        expect(delivery).toMatchObject({ complete: true })
        expect(mta.taken.map(({ secure }) => secure)).toEqual([outcome === SECURE])
        expect(events.connected[0]!.tls === undefined).toBe(outcome === CLEAR)
      } else {
        expect(delivery.final).toMatchObject({ kind: 'failure', stage: 'starttls', sent: 'none', cause: outcome })
        expect(mta.received).toEqual([])
        expect(mta.sessions.flatMap(({ commands }) => commands).join()).not.toMatch(/MAIL|RCPT/)
      }
    })
  })

  it('falls back to the clear on a fresh connection only', async () => {
    const { mta } = await deliver(
      { tls: good, script: { starttls: '454 4.7.0 no' } },
      { tls: { policy: 'opportunistic' } },
    )
    expect(mta.sessions.map(({ commands }) => commands.map((command) => command.slice(0, 8)))).toEqual([
      ['EHLO rel', 'STARTTLS'],
      ['EHLO rel', 'MAIL FRO', 'RCPT TO:', 'DATA'],
    ])
  })

  it('asks for the extensions again once TLS is on, and says who was verified', async () => {
    const { mta, events } = await deliver({ tls: good }, { tls: { policy: 'verify', ca, servername: 'mta.example' } })
    expect(mta.sessions[0]!.commands.slice(0, 3)).toEqual([
      'EHLO relay.acme.example',
      'STARTTLS',
      'EHLO relay.acme.example',
    ])
    expect(events.connected[0]).toMatchObject({ tls: 'TLSv1.3', verified: true })
    const unverified = await deliver({ tls: good }, { tls: { policy: 'require' } })
    expect(unverified.events.connected[0]).toMatchObject({ tls: 'TLSv1.3', verified: false })
  })

  it.each([
    ['the host', {}, 'localhost'],
    ['what it is told to', { servername: 'mta.example' }, 'mta.example'],
  ])('names %s to a server of several names', async (_, named, expected) => {
    const { mta } = await deliver({ tls: good }, { host: 'localhost', tls: { policy: 'require', ...named } })
    expect(mta.sessions[0]!.tls).toMatchObject({ servername: expected })
  })

  it('names no address to it, which is no name (RFC 6066 section 3)', async () => {
    const { mta } = await deliver({ tls: good }, { tls: { policy: 'require' } })
    expect(mta.sessions[0]!.tls).toMatchObject({ servername: undefined })
  })

  it('trusts no authority but the one it was given', async () => {
    const { delivery } = await deliver({ tls: good }, { tls: { policy: 'verify' } })
    expect(delivery.final).toMatchObject({ stage: 'starttls', cause: 'tls' })
  })

  it('takes nothing older than TLS 1.2', async () => {
    const old = { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const { delivery } = await deliver({ tls: old }, { tls: { policy: 'require' } })
    expect(delivery.final).toMatchObject({ stage: 'starttls', cause: 'tls' })
  })

  it('works from the first octet where that is wanted', async () => {
    const { delivery, mta } = await deliver(
      { tls: { ...good, implicit: true } },
      { tls: { policy: 'verify', ca, implicit: true } },
    )
    expect(delivery).toMatchObject({ complete: true })
    expect(mta.taken[0]!.secure).toBe(true)
    const wrong = await deliver(
      { tls: { ...wrongName, implicit: true } },
      { tls: { policy: 'verify', ca, implicit: true } },
    )
    expect(wrong.delivery.final).toMatchObject({ stage: 'starttls', cause: 'tls' })
  })

  it('I4 large content arrives whole', async () => {
    const bytes = Buffer.from(('.'.repeat(500) + '\r\n').repeat(10_000))
    const { upstream, mta } = await setting(
      { tls: good },
      { tls: { policy: 'require' }, limits: { body: 10_000, dot: 10_000 } },
    )
    await upstream.deliver(sender(), [recipient()], content(bytes))
    expect(mta.taken[0]!.content.equals(bytes)).toBe(true)
  })

  it('shows a client certificate to those who ask', async () => {
    const asking = { ...good, ca, requestCert: true, rejectUnauthorized: true }
    const shown = await deliver({ tls: asking }, { tls: { policy: 'verify', ca, ...client } })
    expect(shown.delivery).toMatchObject({ complete: true })
    const none = await deliver({ tls: asking }, { tls: { policy: 'verify', ca } })
    expect(none.delivery).toMatchObject({ complete: false, final: { kind: 'failure', sent: 'none' } })
  })
})

describe('REQUIRETLS (RFC 8689)', () => {
  const extensions = ['PIPELINING', '8BITMIME', 'SIZE', 'REQUIRETLS']
  const asking = sender('<news@acme.example> REQUIRETLS')

  it.each<[string, () => ScriptedUpstreamOptions, () => SmtpUpstreamOptions['tls'], boolean]>([
    ['with a certificate that was checked', () => ({ tls: good }), () => ({ policy: 'verify', ca }), true],
    ['with one that happens to be good', () => ({ tls: good }), () => ({ policy: 'opportunistic', ca }), true],
    ['with an authority nobody knows', () => ({ tls: good }), () => ({ policy: 'require' }), false],
    ['with a certificate for another name', () => ({ tls: wrongName }), () => ({ policy: 'require', ca }), false],
    ['in the clear', () => ({}), () => ({ policy: 'opportunistic', ca }), false],
  ])('is offered and asked for %s', async (_, mtaOptions, tls, promised) => {
    const { upstream, mta } = await setting({ extensions, ...mtaOptions() }, { tls: tls() })
    expect(await upstream.probe()).toMatchObject({ ok: true, capabilities: { requireTls: promised } })
    expect(upstream.capabilities().requireTls).toBe(promised)
    const { final } = await upstream.deliver(asking, [recipient()], content(MESSAGE))
    if (promised) expect(mta.taken[0]!.mail).toMatch(/ REQUIRETLS(?: |$)/)
    else expect(final).toMatchObject({ kind: 'failure', cause: 'capability', extension: 'REQUIRETLS', sent: 'none' })
    expect(mta.received).toHaveLength(promised ? 1 : 0)
  })

  it.each([
    ['kept', 'verify', true],
    ['not made', 'require', false],
  ] as const)('is a promise that is %s in the name of another client (XCLIENT)', async (_, policy, promised) => {
    const { upstream, mta } = await setting(
      {
        tls: good,
        extensions: [...extensions, 'XCLIENT ADDR'],
        script: { other: '220 upstream.example ESMTP' },
      },
      { announce: 'xclient', tls: { policy, ...(promised && { ca }) } },
    )
    const origin = { ...UNKNOWN_ORIGIN, address: '192.0.2.7' }
    const { complete } = await upstream.deliver(asking, [recipient()], content(MESSAGE), origin)
    expect(complete).toBe(promised)
    expect(mta.sessions[0]!.commands.filter((line) => line.startsWith('XCLIENT'))).toHaveLength(1)
  })
})

describe('a password for the upstream', () => {
  const auth = { user: 'aval', password: 's3cret é' }

  it.each(['PLAIN', 'LOGIN', 'CRAM-MD5 login'])('is proved by AUTH %s', async (mechanisms) => {
    const { delivery, mta } = await deliver(
      { tls: good, auth: { ...auth, mechanisms } },
      { auth, tls: { policy: 'require' } },
    )
    expect(delivery).toMatchObject({ complete: true })
    expect(mta.sessions[0]!.commands.some((command) => command.startsWith('AUTH'))).toBe(true)
  })

  it.each([
    ['wrong', { auth: { ...auth, password: 'other' } }, { policy: 'none' }, 'auth'],
    ['of no use', {}, { policy: 'none' }, 'auth'],
    ['asked for in a way we have not', { auth: { ...auth, mechanisms: 'CRAM-MD5' } }, { policy: 'none' }, 'auth'],
    ['answered out of turn', { auth, script: { auth: '250 ok' } }, { policy: 'none' }, 'protocol'],
    ['not to be sent in the clear', { auth }, { policy: 'opportunistic' }, 'auth'],
  ] as const)('that is %s is a failure that names no secret', async (_name, mtaOptions, tls, cause) => {
    const { delivery, events, mta } = await deliver(mtaOptions, { auth, tls })
    expect(delivery.final).toMatchObject({ kind: 'failure', stage: 'auth', sent: 'none', cause })
    expect(JSON.stringify([delivery, events])).not.toMatch(/s3cret|czNjcmV0|aval\\0/)
    if (tls.policy === 'opportunistic') expect(mta.sessions[0]!.commands.join()).not.toContain('AUTH')
  })

  it('never follows a fall-back into the clear', async () => {
    const { delivery, mta } = await deliver(
      { tls: good, auth, script: { starttls: '454 4.7.0 no' } },
      { auth, tls: { policy: 'opportunistic' } },
    )
    expect(delivery.final).toMatchObject({ kind: 'failure', stage: 'starttls' })
    expect(mta.sessions.flatMap(({ commands }) => commands).join()).not.toContain('AUTH')
  })
})
