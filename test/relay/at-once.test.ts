/** Two messages at once: whoever is judged second is judged knowing what was decided first, and nobody else waits. */
import { expect, it } from 'vitest'
import { parseForwardPath, parseReversePath } from '#aval/domain/envelope.js'
import { createRelay } from '#aval/relay/transaction.js'
import { aCredential, aMessage, anAnswer, aSite } from '../support/facts.js'
import { fakeHouse, spooled } from '../support/fake-ports.js'

async function stepsFor(first: string, second: string): Promise<string[]> {
  const credential = aCredential()
  const home = fakeHouse({
    site: aSite({ credentials: [credential] }),
    registry: anAnswer(),
    facts: aMessage(),
    journal: () => new Promise((resolve) => setTimeout(resolve, 20)),
  })
  const relay = createRelay(home.ports, { node: 'relay-1', version: '0', openUpstream: 'auto' })
  const transactions = await Promise.all(
    [first, second].map(async (address) => {
      const transaction = relay.begin({
        session: address,
        address: '192.0.2.7',
        helo: 'mailer.example',
        transport: 'tls',
        protocol: 'ESMTPSA',
        credentialId: credential.id,
      })
      const [from, to] = [parseReversePath('<bounce@bounce.acme.example>'), parseForwardPath(`<${address}>`)]
      if (from.ok) await transaction.mail(from.value)
      if (to.ok) expect((await transaction.rcpt(to.value)).code).toBe(250)
      return transaction
    }),
  )
  const before = home.steps.length
  await Promise.all(transactions.map((transaction) => transaction.data(spooled('Subject: x\r\n\r\ny\r\n'))))
  return home.steps.slice(before).flatMap((step) => {
    if (step.did === 'looked_up') return ['looked up']
    const isDecision = step.did === 'journaled' && step.entries.some(({ kind }) => kind === 'decision')
    return isDecision ? ['decided'] : []
  })
}

it('the same person: the second is looked up once the first is decided', async () => {
  expect(await stepsFor('ada@client.example', 'Ada@client.example')).toEqual([
    'looked up',
    'decided',
    'looked up',
    'decided',
  ])
})

it('two persons: neither waits', async () => {
  expect(await stepsFor('ada@client.example', 'bea@client.example')).toEqual([
    'looked up',
    'looked up',
    'decided',
    'decided',
  ])
})
