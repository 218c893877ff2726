import { expect, test } from 'vitest'
import { createHostedLinks, withHostedLinks } from '#aval/unsubscribe/hosted/links.js'
import { tokenKeys } from '#aval/unsubscribe/hosted/token.js'
import { NO_PROOF } from '#aval/domain/unsubscribe-proof.js'
import type { UnsubscribeLink } from '#aval/domain/unsubscribe-link.js'
import { aPolicy, anAdvertiser } from '../../support/facts.js'

const KEYS = tokenKeys([Buffer.alloc(32, 9)])
const HOSTED = {
  url: 'https://stop.acme.example',
  mailDomain: 'stop.acme.example',
  placeholder: undefined,
  lists: new Map<string, string>(),
}
const ACME = anAdvertiser({ hosted: HOSTED })
const person = (key: string) => ({ keyId: 'k1', consentKey: key, objectionKey: key })
const JEAN = person('ab'.repeat(32))
const WHO = { subject: JEAN, routerId: undefined, list: undefined }
const links = createHostedLinks(KEYS)
const { https, mailto } = links.linkFor(ACME, HOSTED, WHO)
const inBody = (uri: string): UnsubscribeLink[] => [{ where: 'body', uri }]

test('a link belongs to its person, under an earlier key too, and to nobody else', () => {
  expect(links.check(inBody(https), ACME, JEAN)).toEqual([{ where: 'body', belongs: 'here' }])
  expect(links.check(inBody(`${https}?lang=fr#top`), ACME, JEAN)).toEqual([{ where: 'body', belongs: 'here' }])
  const rotated = { ...person('ef'.repeat(32)), keyId: 'k2', earlier: [JEAN] }
  expect(links.check(inBody(https), ACME, rotated)).toEqual([{ where: 'body', belongs: 'here' }])
  expect(links.check(inBody(https), ACME, person('cd'.repeat(32)))).toEqual([
    { where: 'body', belongs: 'other_person' },
  ])
  const other = anAdvertiser({ id: 'another', hosted: HOSTED })
  expect(links.check(inBody(https), other, JEAN)).toEqual([{ where: 'body', belongs: 'other_advertiser' }])
  expect(links.check(inBody(`${https}x`), ACME, JEAN)).toEqual([{ where: 'body', belongs: 'token_invalid' }])
})

test('links elsewhere are none of ours, whoever they name', () => {
  for (const uri of [
    'https://www.acme.example/u/abc',
    https.replace('stop.acme', 'stop.acme.evil'),
    'mailto:x@y.example',
  ])
    expect(links.check(inBody(uri), ACME, JEAN)).toEqual([])
  expect(links.check(inBody(https), anAdvertiser(), JEAN)).toEqual([])
})

test('the address for mail carries the token where case and length are kept', () => {
  expect(mailto).toBe(`mailto:unsub@stop.acme.example?subject=STOP%20${https.split('/u/')[1]}`)
})

test('ours are assessed without asking anybody, in their place among the others', async () => {
  const asked: string[] = []
  const port = withHostedLinks(
    {
      isSharedWithAnother: () => false,
      contacts: async () => [],
      proofOf: () => NO_PROOF,
      passed: () => {},
      async assess(foreign) {
        asked.push(...foreign.map(({ uri }) => uri))
        return foreign.map(
          ({ where }) => ({ kind: 'usable', where, origin: 'https://x.example', assurance: 2 }) as const,
        )
      },
    },
    KEYS,
  )
  const given: UnsubscribeLink[] = [
    { where: 'header', uri: https },
    { where: 'body', uri: 'https://x.example/u/1' },
    { where: 'body', uri: `${https}x` },
  ]
  expect(await port.assess(given, { advertiser: ACME, policy: aPolicy().unsubscribe, recipients: [] })).toMatchObject([
    { kind: 'usable', assurance: 3, origin: 'https://stop.acme.example' },
    { kind: 'usable', assurance: 2 },
    { kind: 'unusable', detail: 'token_invalid' },
  ])
  expect(asked).toEqual(['https://x.example/u/1'])
})
