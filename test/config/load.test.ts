import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfiguration } from '#aval/config/load.js'
import { verifySecret } from '#aval/smtp/login/secret-hash.js'
import { aCampaign, anAdvertiser, aPolicy } from '../support/facts.js'
import { because, MINIMAL, NOW, SECRET_HASH, accepted, directory, good, load, problemsOf } from './support.js'

const PARTIES = `${MINIMAL}
advertisers:
  acme:
    legal_name: Acme SAS
    brands: [Acme, Acmé]
    siren: '732829320'
    from_domains: [News.ACME.example, bücher.example]
routers:
  routix:
    legal_name: Routix SARL
    contracts:
      - advertiser: acme
        signed: 2026-01-10
        until: 2027-07-10
        document_sha256: 2F8FD401855A7B4AB4B4008160E79B97A2CB17155262A8B8D563506EDABE55D5
        clauses: { audit: true }
credentials:
  routix-acme:
    router: routix
    advertisers: [acme]
    classes: [prospecting_customer, transactional]
    secret_hash: ${SECRET_HASH}
    networks: [10.0.0.9/24, '2001:DB8::1', '::ffff:192.0.2.1']
    valid_from: 2026-07-01
    enabled: false
    profile: generic
campaigns:
  spring: { advertiser: acme, class: prospecting_customer, offer_categories: [books] }
policy:
  mode: observe
  retention: { months: 24 }
  rcpt_limit: { prospecting: 2 }
  sender_hold: 90m
  unsub: { accept_mailto_only: true }
  rules: { UNSUB-ONECLICK: warn, OPPOSITION-LISTED: reject }
  ${because('mode', 'rcpt_limit.prospecting', 'unsub.accept_mailto_only', 'rules.UNSUB-ONECLICK')}
`

describe('the smallest configuration', () => {
  it('is complete: every default is filled in', () => {
    const { runtime, site, secrets } = good(MINIMAL)
    expect(runtime).toEqual({
      node: 'relay-1',
      listeners: [
        {
          host: '127.0.0.1',
          port: 2525,
          protocol: 'smtp',
          tls: 'none',
          authWithoutTlsFrom: [],
          bareNewline: 'reject',
          trust: { proxyProtocol: [], xclient: [], xforward: [] },
        },
      ],
      limits: {
        messageSize: 26_214_400,
        lineLength: 1_048_576,
        structure: { headerOctets: 262_144, headerFields: 2_000, mimeDepth: 20, mimeParts: 200 },
        connections: 1000,
        connectionsPerAddress: 200,
        connectionsPerNetwork: 1000,
        connectionsPerCredential: 1000,
        connectionsPerMinute: 3000,
        commandLength: 4096,
        recipients: 1000,
        transactions: 1000,
        errors: 20,
        junkCommands: 100,
        authFailures: 3,
        authFailuresPerAddress: 30,
        authFailuresPerAccount: 100,
        bytesInFlight: 268_435_456,
        roomTimeout: 60_000,
        stallTimeout: 10_000,
        eventLoopLag: 2_000,
        greetingTimeout: 30_000,
        idleTimeout: 300_000,
        commandTimeout: 60_000,
        dataTimeout: 600_000,
        sessionTimeout: 3_600_000,
        drainTimeout: 30_000,
      },
      upstream: { kind: 'capture', directory: resolve('var/outbox'), open: 'auto' },
      storage: { kind: 'sqlite', path: resolve('var/aval.db'), keyFile: resolve('var/aval.key') },
      journal: {
        kind: 'sqlite',
        path: resolve('var/journal.db'),
        signingKeyFile: `${resolve('var/journal.db')}.signing-key`,
        checkpoint: { entries: 1_000, interval: 60_000 },
        segments: { keyFile: `${resolve('var/journal.db')}.segment-keys`, span: 30 * 86_400_000 },
        keepYears: 5,
        anchors: [],
      },
      spool: { directory: resolve('var/spool'), memory: 262_144 },
      parser: { threads: 0, deadline: 5000 },
      http: { host: '127.0.0.1', port: 9464 },
      unsubscribe: { web: undefined, mail: undefined },
      api: undefined,
      imports: undefined,
      receivers: [],
      log: { format: 'json', level: 'info', addresses: 'masked' },
    })
    expect(site.policy).toEqual(aPolicy())
    expect(site.inForceSince).toBe(NOW)
    expect(secrets).toEqual({
      listenerTls: [undefined],
      upstreams: [{ password: undefined, tls: undefined, ca: undefined }],
      secretHashes: new Map(),
      unsubscribeTls: undefined,
      apiTls: undefined,
      apiTokens: new Map(),
      dkimKeys: new Map(),
      receiverSecrets: new Map(),
    })
  })
})

describe('parties', () => {
  it('have canonical domains, and unsubscribe hosts where none are named', () => {
    const { site } = good(PARTIES)
    expect(site.advertisers.get('acme')).toEqual(
      anAdvertiser({
        brands: ['Acme', 'Acmé'],
        seat: undefined,
        privacyUrl: undefined,
        contactEmail: undefined,
        fromDomains: ['news.acme.example', 'xn--bcher-kva.example'],
        unsubscribeHosts: ['news.acme.example', 'xn--bcher-kva.example'],
        unsubscribeScope: undefined,
        sector: undefined,
        registeredPurposes: [],
      }),
    )
  })

  it('have contracts that begin and end at midnight in Paris, winter and summer', () => {
    const { site } = good(PARTIES)
    expect(site.routers.get('routix')?.contracts).toEqual([
      {
        principalId: 'acme',
        from: Date.parse('2026-01-10T00:00:00+01:00'),
        signedAt: Date.parse('2026-01-10T00:00:00+01:00'),
        until: Date.parse('2027-07-10T00:00:00+02:00'),
        documentSha256: '2f8fd401855a7b4ab4b4008160e79b97a2cb17155262a8b8d563506edabe55d5',
        clauses: new Map([['audit', true]]),
      },
    ])
  })

  it('have credentials with their secrets and networks in one spelling', () => {
    const { site } = good(PARTIES)
    expect(site.credentials.get('routix-acme')).toEqual({
      id: 'routix-acme',
      routerId: 'routix',
      advertiserIds: ['acme'],
      classes: ['prospecting_customer', 'transactional'],
      senderDomains: [],
      secretHash: SECRET_HASH,
      networks: ['10.0.0.0/24', '2001:db8::1/128', '192.0.2.1/32'],
      validFrom: Date.parse('2026-07-01T00:00:00+02:00'),
      validUntil: undefined,
      enabled: false,
      profile: 'generic',
      replies: {},
    })
  })

  it('have campaigns and a policy', () => {
    const { site } = good(PARTIES)
    expect([...site.campaigns.values()]).toEqual([
      aCampaign({ id: 'spring', messageClass: 'prospecting_customer', offerCategories: ['books'] }),
    ])
    const reason = { reason: 'asked by the DPO', by: 'DPO', on: Date.parse('2026-01-10T00:00:00+01:00') }
    const standard = aPolicy()
    expect(site.policy).toEqual({
      ...standard,
      mode: 'observe',
      actions: new Map([
        ['UNSUB-ONECLICK', 'warn'],
        ['OPPOSITION-LISTED', 'reject'],
      ]),
      loosened: new Map([
        ['mode', reason],
        ['rcpt_limit.prospecting', reason],
        ['unsub.accept_mailto_only', reason],
        ['rules.UNSUB-ONECLICK', reason],
      ]),
      retention: { ...standard.retention, months: 24 },
      recipientLimit: { prospecting: 2, transactional: 100 },
      senderHoldMs: 5_400_000,
      unsubscribe: { ...standard.unsubscribe, acceptMailtoOnly: true },
    })
  })
})

describe('the upstream', () => {
  const smtp = (text: string) => good(MINIMAL.replace('url: capture:var/outbox', text)).runtime.upstream

  it.each([
    ['url: smtp://mta.example.com', { host: 'mta.example.com', port: 25, tls: { policy: 'verify', implicit: false } }],
    ['url: smtp://MTA.example.com:2500/', { host: 'mta.example.com', port: 2500 }],
    ['url: smtps://mta.example.com', { port: 465, tls: { policy: 'verify', implicit: true } }],
    ['url: smtp://127.0.0.1:25', { host: '127.0.0.1', tls: { policy: 'opportunistic', implicit: false } }],
    ['url: "smtp://[::1]:25"', { host: '::1', tls: { policy: 'opportunistic', implicit: false } }],
    ['url: smtps://localhost', { host: 'localhost', tls: { policy: 'verify', implicit: true } }],
    ['{ url: smtp://mta.example.com, tls: none }', { tls: { policy: 'none', implicit: false } }],
    ['{ url: smtp://relay%40acme@mta.example.com, password: x }', { username: 'relay@acme' }],
    ['{ url: smtp://mta.example.com, username: relay, password: x }', { username: 'relay' }],
  ])('%s', (text, expected) => {
    expect(smtp(text)).toMatchObject({ kind: 'smtp', mtas: [expected] })
  })

  it('may have others behind it, each with its own place, encryption and user', () => {
    const { runtime, secrets } = good(
      MINIMAL.replace(
        'url: capture:var/outbox',
        '{ url: smtp://mta.example.com, fallbacks: [{ url: smtps://relay@mta2.example.com, tls: require, password: x }] }',
      ),
    )
    expect(runtime.upstream).toMatchObject({
      mtas: [
        { host: 'mta.example.com', tls: { policy: 'verify' } },
        { host: 'mta2.example.com', port: 465, tls: { policy: 'require' }, username: 'relay' },
      ],
    })
    expect(secrets.upstreams.map(({ password }) => password)).toEqual([undefined, 'x'])
  })

  it('has limits of its own', () => {
    const upstream = smtp(
      '{ url: smtp://mta.example.com, max_connections: 5, idle_timeout: 10s, timeouts: { dot: 4m } }',
    )
    expect(upstream).toMatchObject({
      maxConnections: 5,
      maxMessagesPerConnection: 100,
      idleTimeout: 10_000,
      timeouts: { connect: 30_000, greeting: 60_000, command: 60_000, data: 60_000, body: 180_000, dot: 240_000 },
    })
  })

  it('keeps the password among the secrets', () => {
    const { runtime, secrets } = good(
      MINIMAL.replace('url: capture:var/outbox', '{ url: smtps://relay@mta.example.com, password: s3cret }'),
    )
    expect(secrets.upstreams[0]?.password).toBe('s3cret')
    expect(JSON.stringify(runtime)).not.toContain('s3cret')
  })
})

describe('included files', () => {
  it('are found beside the file that names them, and their maps are put together', () => {
    const root = directory({
      'aval.yaml': `include: [parties/acme.yaml, parties/bolt.yaml]\n${MINIMAL}`,
      'parties/acme.yaml': `include: [campaigns.yaml]\nadvertisers: { acme: { legal_name: Acme, from_domains: [acme.example] } }\n`,
      'parties/bolt.yaml': `advertisers: { bolt: { legal_name: Bolt, from_domains: [bolt.example] } }\n`,
      'parties/campaigns.yaml': 'log: { level: debug }\n',
    })
    const configuration = accepted(loadConfiguration({ file: join(root, 'aval.yaml'), environment: {}, now: NOW }))
    expect([...configuration.site.advertisers.keys()]).toEqual(['acme', 'bolt'])
    expect(configuration.runtime.log.level).toBe('debug')
    expect(configuration.files.map((file) => file.slice(root.length + 1))).toEqual([
      'aval.yaml',
      'parties/acme.yaml',
      'parties/campaigns.yaml',
      'parties/bolt.yaml',
    ])
  })
})

describe('notations', () => {
  it.each([
    ['0ms', 0],
    ['1500ms', 1500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
  ])('a duration of %s', (text, milliseconds) => {
    expect(good(`${MINIMAL}policy: { frequency: { window: ${text} } }`).site.policy.frequency.windowMs).toBe(
      milliseconds,
    )
  })

  it.each([
    ['0B', 0],
    ['1000B', 1000],
    ['64KiB', 65_536],
    ['1MiB', 1_048_576],
  ])('a size of %s', (text, octets) => {
    expect(good(`${MINIMAL}spool: { memory: ${text} }`).runtime.spool.memory).toBe(octets)
  })

  it.each([
    ['"[::1]:2525"', { host: '::1', port: 2525 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['off', undefined],
  ])('an address %s', (text, expected) => {
    expect(good(`${MINIMAL}http: { address: ${text} }`).runtime.http).toEqual(expected)
  })

  it.each(['5', '5 m', '-5m', '1.5h', '5M', '5min', '99999999999d', '', 'm', '0s', '25d'])(
    'nothing to wait for: "%s"',
    (text) => {
      expect(problemsOf(load(`${MINIMAL}parser: { deadline: "${text}" }`))).toHaveLength(1)
    },
  )

  it.each(['732829320', '552100554', '542065479'])('a SIREN: %s', (text) => {
    const yaml = `${MINIMAL}advertisers: { a: { legal_name: A, from_domains: [a.example], siren: "${text}" } }`
    expect(good(yaml).site.advertisers.get('a')?.siren).toBe(text)
  })

  it.each(['732829321', '73282932', '7328293200', '732 829 320', '73282932O'])('no SIREN: %s', (text) => {
    const yaml = `${MINIMAL}advertisers: { a: { legal_name: A, from_domains: [a.example], siren: "${text}" } }`
    expect(problemsOf(load(yaml))).toHaveLength(1)
  })
})

describe('what npm start runs', () => {
  const { runtime, site } = accepted(loadConfiguration({ file: 'config/aval.yaml', environment: {}, now: NOW }))

  it('listens on this machine only and captures what is let through', () => {
    expect(runtime.listeners).toMatchObject([{ host: '127.0.0.1', port: 2525 }])
    expect(runtime.upstream).toMatchObject({ kind: 'capture', directory: resolve('var/outbox') })
  })

  it('knows a local client without a password, under a contract in force', () => {
    expect(site.credentials.get('demo')).toMatchObject({ secretHash: undefined, networks: ['127.0.0.0/8', '::1/128'] })
    const [contract] = site.routers.get('routix')!.contracts
    expect(contract!.signedAt).toBeLessThan(NOW)
    expect(contract!.until).toBeGreaterThan(NOW)
  })

  it('says the sample password in a comment that is true', async () => {
    const hash = site.credentials.get('routix-acme')!.secretHash!
    expect(await verifySecret('let-me-relay', hash)).toBe(true)
  })
})
