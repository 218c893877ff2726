import { describe, expect, test } from 'vitest'
import { assessSyntax } from '#aval/unsubscribe/link-syntax.js'
import { createLinks } from '#aval/unsubscribe/links.js'
import { anAdvertiser } from '../support/facts.js'

const HOSTS = ['news.acme.example', 'unsub.esp.test']

function verdictOf(uri: string, hosts = HOSTS): string {
  const assessment = assessSyntax({ where: 'header', uri }, hosts)
  return assessment.kind === 'usable' ? `usable ${assessment.assurance}` : assessment.detail
}

describe('a link judged by its form', () => {
  test.each([
    ['https://news.acme.example/u/4f7a9c', 'usable 0'],
    ['https://www.acme.example/u/4f7a9c', 'usable 0'],
    ['https://UNSUB.ESP.test./u', 'usable 0'],
    ['https://news.acme.example:443/u', 'usable 0'],
    ['http://news.acme.example/u', 'not_https'],
    ['ftp://news.acme.example/u', 'no_web_url'],
    ['news.acme.example/u', 'no_url'],
    ['', 'no_url'],
    ['https://user:secret@news.acme.example/u', 'userinfo'],
    ['https://news.acme.example:8443/u', 'port'],
    ['https://news.acme.example/u/{{token}}', 'merge_tag'],
    ['https://news.acme.example/u/%7B%7Btoken%7D%7D', 'merge_tag'],
    ['https://news.acme.example/u?id=*|UNIQID|*', 'merge_tag'],
    ['https://news.acme.example/u?id=[[id]]', 'merge_tag'],
    ['https://news.acme.example/u?id=%%id%%', 'merge_tag'],
    ['https://news.acme.example/u/00000000-0000-0000-0000-000000000000', 'merge_tag'],
    ['https://127.0.0.1/u', 'ip_literal'],
    ['https://2130706433/u', 'ip_literal'],
    ['https://0x7f.1/u', 'ip_literal'],
    ['https://[::1]/u', 'ip_literal'],
    ['https://[::ffff:169.254.169.254]/u', 'ip_literal'],
    ['https://localhost/u', 'host_not_public'],
    ['https://intranet/u', 'host_not_public'],
    ['https://crm.acme.local/u', 'host_not_public'],
    ['https://www.other.example/u', 'host_not_registered'],
    ['https://acme.example.evil.test/u', 'host_not_registered'],
  ])('%s: %s', (uri, expected) => expect(verdictOf(uri)).toBe(expected))

  test('I7: what is kept of a link does not name the recipient', () => {
    const uri = 'https://www.acme.example/u/jean.dupont@client.example?token=s3cret'
    expect(JSON.stringify(assessSyntax({ where: 'body', uri }, HOSTS))).toBe(
      '{"kind":"usable","where":"body","origin":"https://www.acme.example","assurance":0}',
    )
  })

  test('the port of the relay answers in the order it was asked', async () => {
    const links = [
      { where: 'header', uri: 'https://www.acme.example/u' },
      { where: 'body', uri: 'https://elsewhere.test/u' },
    ] as const
    const assessments = await createLinks().assess(links, anAdvertiser())
    expect(assessments.map(({ kind, where }) => [kind, where])).toEqual([
      ['usable', 'header'],
      ['unusable', 'body'],
    ])
  })
})
