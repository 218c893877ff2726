import { describe, expect, test } from 'vitest'
import { parseForwardPath, parseReversePath } from '#aval/domain/envelope.js'
import type { MessageClass } from '#aval/domain/message-class.js'
import type { Site } from '#aval/domain/party.js'
import type { RegistryAnswer } from '#aval/domain/registry.js'
import { type Reply, isPositive } from '#aval/domain/reply.js'
import type { UpstreamResult } from '#aval/domain/upstream-result.js'
import type { HistoryPort, LinkPort, Peer, RelayOptions, Transaction } from '#aval/relay/ports.js'
import { createRelay } from '#aval/relay/transaction.js'
import {
  DAY,
  NOW,
  UNSUBSCRIBE_URL,
  aCampaign,
  aCredential,
  aMessage,
  aPolicy,
  aRecord,
  aSite,
  anAdvertiser,
  anAlternative,
  anAnswer,
  anObjection,
  knowing,
  onFile,
} from '../support/facts.js'
import {
  type FakeHouse,
  type FakeOptions,
  type Step,
  fakeHouse,
  offlineLinks,
  ok,
  replyOf,
  spooled,
} from '../support/fake-ports.js'

const PEER: Peer = {
  session: 's1',
  address: '192.0.2.7',
  helo: 'mailer.example',
  transport: 'tls',
  protocol: 'ESMTPSA',
  credentialId: 'routix-acme',
}
const OPTIONS: RelayOptions = { node: 'relay-1', version: '0', openUpstream: 'auto' }
const CONTENT = 'From: Acme <news@news.acme.example>\r\nSubject: Nos offres\r\n\r\nBonjour\r\n'

const anyNumber = aPolicy({ recipientLimit: { prospecting: 50, transactional: 100 } })

function house(over: Partial<FakeOptions> = {}): FakeHouse {
  return fakeHouse({ site: aSite(), registry: anAnswer(), facts: aMessage(), now: NOW, ...over })
}

function begin({ ports }: FakeHouse, options: Partial<RelayOptions> = {}, peer: Partial<Peer> = {}): Transaction {
  return createRelay(ports, { ...OPTIONS, ...options }).begin({ ...PEER, ...peer })
}

function mail(transaction: Transaction, from = '<bounce@bounce.acme.example>'): Promise<Reply> {
  const path = parseReversePath(from)
  if (!path.ok) throw new Error(from)
  return transaction.mail(path.value)
}

function rcpt(transaction: Transaction, to: string): Promise<Reply> {
  const path = parseForwardPath(`<${to}>`)
  if (!path.ok) throw new Error(to)
  return transaction.rcpt(path.value)
}

/** MAIL, one RCPT for each address, DATA when any was accepted. */
async function send(transaction: Transaction, to: readonly string[] = ['jean@client.example'], content = CONTENT) {
  const sender = await mail(transaction)
  if (!isPositive(sender)) return { sender, recipients: [], data: undefined, replies: [] }
  const recipients: Reply[] = []
  for (const address of to) recipients.push(await rcpt(transaction, address))
  const replies = transaction.accepted > 0 ? await transaction.data(spooled(content)) : []
  return { sender, recipients, data: replies[0], replies }
}

const indexOf = (steps: readonly Step[], wanted: (step: Step) => boolean) => steps.findIndex(wanted)

test('a permitted message: decision on disk, message upstream, its answer to the client, outcome written', async () => {
  const home = house()
  const { sender, recipients, data } = await send(begin(home))
  expect([sender.code, recipients[0]?.code, data?.code]).toEqual([250, 250, 250])
  expect(data?.text).toContain('queued as TEST01')
  expect(data?.text).toMatch(/ref=01J\d{23}$/)
  expect(home.steps.map(({ did }) => did)).toEqual(['looked_up', 'read', 'looked_up', 'journaled', 'sent', 'journaled'])
  expect(home.decisions()).toMatchObject([
    { stage: 'data', verdict: 'permit', recordId: '01JRECORD', recordVersion: 1, advertiser: 'acme', router: 'routix' },
  ])
  expect(home.outcomes()).toMatchObject([{ status: 'relayed', upstream: 'mta.test:25' }])
})

test('I4: the message goes out as received, with one trace field in front', async () => {
  const home = house()
  await send(begin(home))
  const [sent] = home.sent()
  const text = sent!.content.toString()
  expect(text.endsWith(CONTENT)).toBe(true)
  const trace = text.slice(0, -CONTENT.length)
  expect(trace).toMatch(
    /^Received: from mailer\.example \(\[192\.0\.2\.7\]\)\r\n\tby relay-1 \(Aval\) with ESMTPSA id 01J\d{23};\r\n\t.*\+0000\r\n$/,
  )
  expect(trace).not.toContain('jean')
})

test('I4: what came is in the decision where its line ends were rewritten, and nothing is where they were not', async () => {
  const home = house()
  const transaction = begin(home)
  await mail(transaction)
  await rcpt(transaction, 'jean@client.example')
  await transaction.data(spooled(CONTENT), 'ab'.repeat(32))
  await send(begin(home))
  expect(home.decisions()[0]).toMatchObject({ stage: 'data', receivedSha256: 'ab'.repeat(32) })
  expect(home.decisions()[1]).not.toHaveProperty('receivedSha256')
})

test('I4: control fields do not leave, unless a signature covers them', async () => {
  const control = 'X-Aval-Campaign: weekly\r\n'
  const content = control + CONTENT
  const field = { name: 'X-Aval-Campaign', value: 'weekly', start: 0, end: control.length }
  const taken = house({ facts: aMessage({ headerFields: [field] }) })
  await send(begin(taken), undefined, content)
  expect(taken.sent()[0]!.content.toString().endsWith(`+0000\r\n${CONTENT}`)).toBe(true)

  const signature = { domain: 'news.acme.example', signedFields: ['from', 'x-aval-campaign'] }
  const kept = house({ facts: aMessage({ headerFields: [field], dkimSignatures: [signature] }) })
  await send(begin(kept), undefined, content)
  expect(kept.sent()[0]!.content.toString().endsWith(`+0000\r\n${content}`)).toBe(true)
})

test('vector 34: the one-click link of one person in the message to another is refused, in whatever transaction', async () => {
  const home = house({ links: offlineLinks() })
  expect((await send(begin(home), ['jean@client.example'])).data?.code).toBe(250)
  const { data } = await send(begin(home), ['marie@client.example'])
  expect(data).toMatchObject({ code: 550, enhanced: '5.7.1' })
  expect(home.decisions().at(-1)).toMatchObject({ verdict: 'refuse', rule: 'UNSUB-ONECLICK' })
  expect((await send(begin(home), ['jean@client.example'])).data?.code).toBe(250)
})

test('I5: an objection that comes between RCPT and the end of DATA stops the message', async () => {
  let lookups = 0
  const home = house({ registry: () => (++lookups === 1 ? anAnswer() : anAnswer({ objections: [anObjection()] })) })
  const { recipients, data } = await send(begin(home))
  expect(recipients[0]?.code).toBe(250)
  expect(data).toMatchObject({ code: 550, enhanced: '5.7.1' })
  expect(data?.text).toContain('OPPOSITION-LISTED')
  expect(home.sent()).toEqual([])
})

test('a refusal at RCPT is on disk before it is answered, and names its reference', async () => {
  const home = house({ registry: anAnswer({ records: [] }) })
  const { recipients } = await send(begin(home))
  expect(recipients[0]).toMatchObject({ code: 550, enhanced: '5.7.1' })
  expect(home.decisions()).toMatchObject([{ stage: 'rcpt', verdict: 'refuse', rule: 'CONSENT-MISSING', rcpt: 1 }])
  expect(recipients[0]?.text).toContain(`ref=${home.decisions()[0]!.ref}`)
})

test('I6: unknown, known to another advertiser, never seen: the same reply but for the reference, the same work', async () => {
  const seen = []
  for (const others of [{ knownElsewhere: true }, { canaryOf: ['bravo'] }, {}]) {
    const home = house({ registry: anAnswer({ records: [], ...others }) })
    const { recipients } = await send(begin(home))
    seen.push({
      reply: { ...recipients[0], text: recipients[0]?.text.replace(/ref=.*/, '') },
      work: home.steps.map(({ did }) => did),
    })
  }
  for (const each of seen) expect(each).toEqual(seen[0])
})

test('a cause is let in at RCPT, and refused once its message turns out to sell', async () => {
  const cause = aRecord({ legalBasis: 'non_commercial_legitimate_interest', purposes: ['non_commercial:shelter'] })
  const site = aSite({
    advertisers: [anAdvertiser({ nonProfit: true })],
    credentials: [aCredential({ classes: ['non_commercial'] })],
    notices: [],
    policy: aPolicy({ nonCommercial: { enabled: true } }),
  })
  const saying = (visibleText: string) =>
    aMessage({ alternatives: [anAlternative({ visibleText: `${visibleText} Acme SAS, Lyon.` })] })
  for (const [words, code] of [
    ['Donnez pour le refuge.', 250],
    ['Soldes : -50 % avec le code REFUGE24.', 550],
  ] as const) {
    const home = house({ site, registry: knowing(cause), facts: saying(words) })
    const { recipients, data } = await send(begin(home))
    expect([recipients[0]?.code, data?.code]).toEqual([250, code])
  }
})

test('a session without credential is told to log in, and nobody is looked up', async () => {
  const home = house()
  const { sender } = await send(begin(home, {}, { credentialId: undefined }))
  expect(sender).toMatchObject({ code: 530, enhanced: '5.7.0' })
  expect(home.steps.some(({ did }) => did === 'looked_up')).toBe(false)
})

test('I12: strangers do not fill the journal, and their refusals are logged', async () => {
  const { ports, steps } = house()
  const logged: (string | undefined)[] = []
  const relay = createRelay(
    { ...ports, events: { ...ports.events, decided: (entries) => void logged.push(entries[0]?.rule) } },
    OPTIONS,
  )
  const sender = await mail(relay.begin({ ...PEER, credentialId: undefined }))
  expect(sender.code).toBe(530)
  expect(steps.filter(({ did }) => did === 'journaled')).toEqual([])
  expect(logged).toEqual(['SENDER-UNAUTH'])
})

test('a credential used from a foreign network is refused at MAIL', async () => {
  const site = aSite({ credentials: [aCredential({ networks: ['198.51.100.0/24'] })] })
  const { sender } = await send(begin(house({ site })))
  expect(sender.code).toBeGreaterThanOrEqual(500)
})

describe('CONSENT-PROOF-MISSING: proof captured long after consent', () => {
  const { givenAt = 0, id: recordId, proof } = aRecord()
  const late = anAnswer({
    records: [onFile(aRecord({ proof: { ...proof!, capturedAt: givenAt + 30 * DAY } }))],
  })
  const sentAt = (at: number) =>
    ({ at, messageClass: 'prospecting_b2c', status: 'relayed', recordId, statedSource: false }) as const
  const answered = async (registry: RegistryAnswer, earlierMessages: HistoryPort['earlierMessages']) => {
    const home = house({ registry })
    const { recipients } = await send(createRelay({ ...home.ports, history: { earlierMessages } }, OPTIONS).begin(PEER))
    return recipients[0]!
  }

  test('counts for nothing once a message was sent without it, and serves where none was', async () => {
    expect((await answered(late, async () => [sentAt(givenAt + DAY)])).text).toContain('CONSENT-PROOF-MISSING')
    expect((await answered(late, async () => [sentAt(givenAt + 31 * DAY)])).code).toBe(250)
  })

  test('I3: the journal cannot be asked: 451', async () => {
    expect((await answered(late, () => Promise.reject(new Error('locked')))).code).toBe(451)
  })

  test('of a proof captured on the day the journal is not asked', async () => {
    const asked: number[] = []
    const { code } = await answered(anAnswer(), async (_key, _advertiser, most) => {
      asked.push(most)
      return []
    })
    expect([code, asked]).toEqual([250, []])
  })
})

test('an objection met after further messages says so in the decision; where the journal cannot be asked it holds all the same', async () => {
  const objection = anObjection()
  const sent = { at: objection.at + 9 * DAY, messageClass: 'prospecting_b2c', status: 'relayed' } as const
  const refusedWith = async (earlierMessages: HistoryPort['earlierMessages'], scope = objection.scope) => {
    const home = house({ registry: anAnswer({ objections: [{ ...objection, scope }] }) })
    const { recipients } = await send(createRelay({ ...home.ports, history: { earlierMessages } }, OPTIONS).begin(PEER))
    const [found] = home.decisions()[0]?.findings.filter(({ rule }) => rule === 'OPPOSITION-LISTED') ?? []
    return [recipients[0]!.code, found?.evidence['sent_after']]
  }
  const lately = async () => [{ ...sent, recordId: '01JRECORD', statedSource: false }]
  expect(await refusedWith(lately)).toEqual([550, new Date(sent.at).toISOString()])
  expect(await refusedWith(() => Promise.reject(new Error('locked')))).toEqual([550, undefined])
  expect(
    await refusedWith(() => Promise.reject(new Error('asked')), { kind: 'advertiser', advertiserId: 'x' }),
  ).toEqual([250, undefined])
})

describe('what the message may declare', () => {
  const control = (over: object) =>
    aMessage({ control: { advertiser: undefined, messageClass: undefined, campaign: undefined, ...over } })
  const severalAdvertisers = aSite({
    credentials: [aCredential({ advertiserIds: ['acme', 'bravo'] })],
  })
  const severalClasses = aSite({
    credentials: [aCredential({ classes: ['prospecting_b2c', 'transactional'] as MessageClass[] })],
  })

  test('several advertisers, one declared: judged at the end of DATA for that one', async () => {
    const home = house({ site: severalAdvertisers, facts: control({ advertiser: 'acme' }) })
    const { recipients, data } = await send(begin(home))
    expect([recipients[0]?.code, data?.code]).toEqual([250, 250])
    expect(home.decisions()).toMatchObject([{ advertiser: 'acme', stage: 'data' }])
  })

  test('several advertisers, none declared: refused', async () => {
    const home = house({ site: severalAdvertisers })
    const { data } = await send(begin(home))
    expect(data?.text).toContain('ADVERTISER-UNDECLARED')
    const [decision] = home.decisions()
    const against = decision?.findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
    expect(against).toMatchObject([{ rule: 'ADVERTISER-UNDECLARED', detail: 'undeclared' }])
  })

  test.each(['observe', 'warn'] as const)(
    'I3: several advertisers, none declared: mode %s lets nothing through',
    async (mode) => {
      const credentials = [aCredential({ advertiserIds: ['acme', 'bravo'] })]
      const home = house({ site: aSite({ credentials, policy: aPolicy({ mode }) }) })
      const { data } = await send(begin(home))
      expect(data?.text).toContain('ADVERTISER-UNDECLARED')
      expect(isPositive(data!)).toBe(false)
      expect(home.sent()).toEqual([])
    },
  )

  test('an advertiser the credential may not send for: refused, whatever the message says', async () => {
    const site = aSite({
      advertisers: [anAdvertiser(), anAdvertiser({ id: 'bravo' }), anAdvertiser({ id: 'charlie' })],
      credentials: [aCredential({ advertiserIds: ['acme', 'bravo'] })],
    })
    const { data } = await send(begin(house({ site, facts: control({ advertiser: 'charlie' }) })))
    expect(data?.text).toContain('ADVERTISER-UNDECLARED')
  })

  test('several classes: until the message has said which, it may have as many recipients as the strictest allows', async () => {
    const home = house({ site: severalClasses, facts: control({ messageClass: 'transactional' }) })
    const { recipients, data } = await send(begin(home), ['jean@client.example', 'anne@client.example'])
    expect(recipients.map(({ code, enhanced }) => [code, enhanced])).toEqual([
      [250, '2.1.5'],
      [452, '4.5.3'],
    ])
    expect(data?.code).toBe(250)
    expect(home.sent()[0]!.to).toEqual(['jean@client.example'])
  })

  test('a campaign of one advertiser beside another advertiser is no campaign', async () => {
    const site = aSite({
      credentials: [
        aCredential({
          advertiserIds: ['acme', 'bravo'],
          classes: ['prospecting_b2c', 'newsletter'] as MessageClass[],
        }),
      ],
      campaigns: [aCampaign()],
    })
    const home = house({ site, facts: control({ advertiser: 'bravo', campaign: 'weekly' }) })
    await send(begin(home))
    expect(home.decisions()).toMatchObject([{ advertiser: 'bravo', messageClass: 'prospecting_b2c', campaign: '' }])
  })

  test('several classes, none declared: the strictest applies', async () => {
    const home = house({ site: severalClasses, registry: anAnswer({ records: [] }) })
    const { data } = await send(begin(home))
    expect(data?.text).toContain('CONSENT-MISSING')
    expect(home.decisions()).toMatchObject([{ messageClass: 'prospecting_b2c' }])
  })

  test('several classes, one declared: that one applies', async () => {
    const home = house({
      site: severalClasses,
      registry: anAnswer({ records: [] }),
      facts: control({ messageClass: 'transactional' }),
    })
    expect((await send(begin(home))).data?.code).toBe(250)
  })

  test('a class outside the set of the credential is not taken', async () => {
    const home = house({ registry: anAnswer({ records: [] }), facts: control({ messageClass: 'transactional' }) })
    const { recipients } = await send(begin(home))
    expect(recipients[0]?.text).toContain('CONSENT-MISSING')
  })

  test.each<readonly [string, readonly MessageClass[], object, MessageClass]>([
    [
      'stricter than its campaign',
      ['prospecting_b2c', 'newsletter'],
      { messageClass: 'prospecting_b2c' },
      'prospecting_b2c',
    ],
    ['laxer than its campaign', ['transactional', 'newsletter'], { messageClass: 'transactional' }, 'newsletter'],
    ['its campaign is of a class the credential may not send', ['transactional'], {}, 'newsletter'],
    ['nobody knows it', ['transactional', 'newsletter'], { messageClass: 'service' }, 'newsletter'],
    [
      'two are named',
      ['transactional', 'prospecting_b2c'],
      { messageClass: 'transactional, newsletter' },
      'prospecting_b2c',
    ],
  ])('the class a message names: %s', async (_name, classes, declared, judged) => {
    const site = aSite({ credentials: [aCredential({ classes })], campaigns: [aCampaign()] })
    const home = house({ site, facts: control({ campaign: 'weekly', ...declared }) })
    await send(begin(home))
    expect(home.decisions().at(-1)).toMatchObject({ messageClass: judged })
  })

  test('a campaign says class and advertiser', async () => {
    const site = aSite({
      credentials: [aCredential({ classes: ['prospecting_b2c', 'newsletter'] as MessageClass[] })],
      campaigns: [aCampaign()],
    })
    const home = house({ site, facts: control({ campaign: 'weekly' }) })
    await send(begin(home))
    expect(home.decisions()).toMatchObject([{ messageClass: 'newsletter', campaign: 'weekly' }])
  })
})

describe('several recipients', () => {
  const site = aSite({ policy: anyNumber })
  const two = ['jean@client.example', 'anne@client.example']

  test('each hears the upstream at RCPT; the message goes to those it took', async () => {
    const home = house({
      site,
      rcpt: ({ mailbox }) =>
        mailbox.localPart === 'anne' ? { kind: 'reply', reply: replyOf(550, '5.1.1 no such user') } : ok(),
    })
    const { recipients, data } = await send(begin(home), two)
    expect(recipients.map(({ code }) => code)).toEqual([250, 550])
    expect(recipients[1]?.text).toContain('no such user')
    expect(data?.code).toBe(250)
    expect(home.outcomes().map(({ rcpt: number, status }) => [number, status])).toEqual([
      [2, 'refused'],
      [1, 'relayed'],
    ])
  })

  test('one refused only at the end of DATA: by default nobody gets it, and the upstream is left without a message', async () => {
    let lookups = 0
    const home = house({
      site,
      registry: () => (++lookups === 4 ? anAnswer({ objections: [anObjection()] }) : anAnswer()),
    })
    const { data } = await send(begin(home), two)
    expect(data?.code).toBe(550)
    expect(home.sent()).toEqual([])
    expect(home.steps.some(({ did }) => did === 'aborted')).toBe(true)
    expect(home.outcomes()).toMatchObject([{ rcpt: 1, status: 'aborted' }])
  })

  test('the upstream refuses one of those handed over in one go: the message is sent to nobody', async () => {
    const no: UpstreamResult = { kind: 'reply', reply: replyOf(550, '5.1.1 no such user') }
    const home = house({
      site,
      deliver: () => ({ upstream: 'mta.test:25', recipients: [ok(), no], final: no, complete: false }),
    })
    const { data } = await send(begin(home, { openUpstream: 'data' }), two)
    expect(data?.code).toBe(550)
    expect(home.outcomes().map(({ status }) => status)).toEqual(['aborted', 'refused'])
  })
})

test('a client that goes away while its message is judged is not served behind its back', async () => {
  const home = house({ journal: () => transaction.abort() })
  const transaction = begin(home)
  const { data } = await send(transaction)
  expect(isPositive(data!)).toBe(false)
  expect(home.sent()).toEqual([])
  expect(home.outcomes()).toMatchObject([{ status: 'aborted' }])
})

test('I12: a client that goes away while the upstream transaction is opened leaves none open', async () => {
  const home = house({ site: aSite({ policy: anyNumber }) })
  const { upstream } = home.ports
  const leaving = {
    ...home.ports,
    upstream: {
      ...upstream,
      open: (path: Parameters<typeof upstream.open>[0]) => {
        transaction.abort()
        return upstream.open(path)
      },
    },
  }
  const transaction = createRelay(leaving, OPTIONS).begin(PEER)
  await mail(transaction)
  expect((await rcpt(transaction, 'jean@client.example')).code).toBe(451)
  expect(home.steps.map(({ did }) => did)).toEqual(expect.arrayContaining(['opened', 'aborted']))
  expect(home.steps.some(({ did }) => did === 'offered')).toBe(false)
})

test('I12: a client that goes away while the registry is asked has no upstream transaction opened', async () => {
  const home = house({
    site: aSite({ policy: anyNumber }),
    registry: () => {
      transaction.abort()
      return anAnswer()
    },
  })
  const transaction = begin(home)
  await mail(transaction)
  expect((await rcpt(transaction, 'jean@client.example')).code).toBe(451)
  expect(home.steps.map(({ did }) => did)).toEqual(['looked_up'])
})

test('I1: the outcome cannot be written after the upstream took the message: the reply stays positive, an alarm is raised', async () => {
  let writes = 0
  const home = house({
    journal: () => {
      if (++writes > 1) throw new Error('disk full')
    },
  })
  const { data } = await send(begin(home))
  expect(data?.code).toBe(250)
  await new Promise(setImmediate)
  expect(home.steps.some(({ did }) => did === 'outcome_lost')).toBe(true)
})

test('the message is disposed of, whatever happens', async () => {
  for (const over of [
    {},
    { registry: anAnswer({ objections: [anObjection()] }) },
    { final: { kind: 'reply', reply: replyOf(451, 'no') } as const },
  ]) {
    const transaction = begin(house({ ...over, ...('registry' in over && { registry: flip(over.registry) }) }))
    await mail(transaction)
    await rcpt(transaction, 'jean@client.example')
    let disposed = 0
    await transaction.data(spooled(CONTENT, () => disposed++))
    expect(disposed).toBe(1)
  }
})

/** Nothing at RCPT, the given answer afterwards. */
function flip(later: ReturnType<typeof anAnswer>) {
  let lookups = 0
  return () => (++lookups === 1 ? anAnswer() : later)
}

const FAILURES: readonly UpstreamResult[] = (
  [
    ['connect', 'none', 'dns'],
    ['connect', 'none', 'connection'],
    ['greeting', 'none', 'timeout'],
    ['ehlo', 'none', 'protocol'],
    ['starttls', 'none', 'tls'],
    ['auth', 'none', 'auth'],
    ['mail', 'none', 'overload'],
    ['rcpt', 'none', 'closed'],
    ['data', 'none', 'closed'],
    ['body', 'partial', 'closed'],
    ['dot', 'dot', 'timeout'],
    ['dot', 'dot', 'closed'],
    ['dot', 'dot', 'protocol'],
  ] as const
).map(([stage, sent, cause]) => ({ kind: 'failure', stage, sent, cause, message: 'test' }))

const REPLIES: readonly UpstreamResult[] = [421, 450, 451, 452, 550, 552, 554].map((code) => ({
  kind: 'reply',
  reply: replyOf(code, 'no'),
}))

interface Fault {
  readonly name: string
  readonly options: Partial<FakeOptions>
  /** Whether it is ours, so that only a 4xx is truthful. */
  readonly ours: boolean
}

const describeResult = (result: UpstreamResult) =>
  result.kind === 'reply' ? String(result.reply.code) : `${result.stage}/${result.cause}`
const isOurs = (result: UpstreamResult) => result.kind === 'failure'
const broken = () => {
  throw new Error('broken on purpose')
}

const FAULTS: readonly Fault[] = [
  { name: 'registry fails', options: { registry: broken }, ours: true },
  { name: 'registry fails at DATA', options: { registry: failAfter(1) }, ours: true },
  { name: 'reader fails', options: { facts: broken }, ours: true },
  { name: 'journal fails', options: { journal: broken }, ours: true },
  ...[...FAILURES, ...REPLIES].flatMap((result): Fault[] => [
    {
      name: `upstream at MAIL: ${describeResult(result)}`,
      options: { opening: result, deliver: undelivered(result) },
      ours: isOurs(result),
    },
    {
      name: `upstream at RCPT: ${describeResult(result)}`,
      options: { rcpt: () => result, deliver: undelivered(result) },
      ours: isOurs(result),
    },
    { name: `upstream at the dot: ${describeResult(result)}`, options: { final: result }, ours: isOurs(result) },
  ]),
]

function failAfter(lookups: number) {
  let seen = 0
  return () => (seen++ < lookups ? anAnswer() : broken())
}

function undelivered(result: UpstreamResult): NonNullable<FakeOptions['deliver']> {
  return () => ({ upstream: 'mta.test:25', recipients: [], final: result, complete: false })
}

function sites(): [string, Site][] {
  return [
    ['one recipient a message', aSite()],
    ['any number of recipients', aSite({ policy: anyNumber })],
  ]
}

describe.each(sites())('I1 I2 I3: every fault, %s', (_, site) => {
  for (const openUpstream of ['rcpt', 'data'] as const) {
    test.each(FAULTS)(`$name, upstream opened at ${openUpstream}`, async ({ options, ours }) => {
      const home = house({ ...options, site })
      const { recipients, data } = await send(begin(home, { openUpstream }), [
        'jean@client.example',
        'anne@client.example',
      ])
      const last = data ?? recipients[0]!

      expect(isPositive(last)).toBe(false)
      if (ours) expect(last.code).toBeGreaterThanOrEqual(400)
      if (ours) expect(last.code).toBeLessThan(500)

      const decided = indexOf(
        home.steps,
        (step) =>
          step.did === 'journaled' && step.entries.some((entry) => entry.kind === 'decision' && entry.stage === 'data'),
      )
      const sent = indexOf(home.steps, ({ did }) => did === 'sent')
      if (sent >= 0) expect(decided).toBeGreaterThanOrEqual(0)
      if (sent >= 0) expect(decided).toBeLessThan(sent)

      const relayed = home.outcomes().filter(({ status }) => status === 'relayed')
      expect(relayed).toEqual([])
    })
  }
})

test('an unknown outcome after the dot is said so, in the reply and in the journal', async () => {
  const home = house({ final: { kind: 'failure', stage: 'dot', sent: 'dot', cause: 'timeout', message: '' } })
  const { data } = await send(begin(home))
  expect(data).toMatchObject({ code: 451 })
  expect(home.outcomes()).toMatchObject([{ status: 'unknown' }])
})

test('an upstream that went idle while the client sent its message is told anew, since nothing of it was said', async () => {
  const idle: UpstreamResult = { kind: 'failure', stage: 'data', sent: 'none', cause: 'closed', message: '' }
  const home = house({
    site: aSite({ policy: anyNumber }),
    final: idle,
    deliver: (recipients) => ({
      upstream: 'mta.test:25',
      recipients: recipients.map(() => ok()),
      final: ok(),
      complete: true,
    }),
  })
  const { data } = await send(begin(home))
  expect(data?.code).toBe(250)
  expect(home.outcomes()).toMatchObject([{ status: 'relayed' }])
})

test('I1: good news that is not the answer to the final dot is none', async () => {
  const home = house({ deliver: () => ({ upstream: 'mta.test:25', recipients: [ok()], final: ok(), complete: false }) })
  const { data } = await send(begin(home, { openUpstream: 'data' }))
  expect(data?.code).toBe(451)
})

test('I1: observers that throw change nothing of what the client is told', async () => {
  const broken = () => {
    throw new Error('broken observer')
  }
  const home = house()
  const events = {
    decided: broken,
    concluded: broken,
    failed: broken,
    looping: broken,
    controlKept: broken,
    outcomeLost: broken,
  }
  const transaction = createRelay({ ...home.ports, events }, OPTIONS).begin(PEER)
  const { data } = await send(transaction)
  expect(data?.code).toBe(250)
  expect(home.sent()).toHaveLength(1)
})

test('the link test is told the link that Aval put in as its recipient has it, not its template', async () => {
  const told: Parameters<LinkPort['passed']>[0][] = []
  const links = { ...offlineLinks(), passed: (message: (typeof told)[number]) => void told.push(message) }
  const hosted = { url: 'https://stop.acme.example', mailDomain: undefined, placeholder: undefined, lists: new Map() }
  await send(begin(house({ links, site: aSite({ advertisers: [anAdvertiser({ hosted })] }) })))
  expect(told.map(({ oneClickUri }) => oneClickUri)).toEqual([
    expect.stringMatching(/^https:\/\/stop\.acme\.example\/u\/[\w-]{70,}$/),
  ])
})

test('the link test is told of the recipients that the upstream took, and of no others', async () => {
  const told: Parameters<LinkPort['passed']>[0][] = []
  const links = { ...offlineLinks(), passed: (message: (typeof told)[number]) => void told.push(message) }
  const passing = house({ links })
  await send(begin(passing))
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({ advertiser: { id: 'acme' }, oneClickUri: UNSUBSCRIBE_URL, named: 1 })
  expect(told[0]!.recipients).toHaveLength(1)
  // The second is one too many in this class: the link may be that of either.
  await send(begin(passing), ['jean@client.example', 'marie@client.example'])
  expect(told.splice(1)).toMatchObject([{ recipients: [{}], named: 2 }])
  await send(begin(house({ links, registry: anAnswer({ objections: [anObjection()] }) })))
  await send(begin(house({ links, final: { kind: 'reply', reply: replyOf(550, '5.7.1 no') } })))
  expect(told).toHaveLength(1)
})
