import { describe, expect, test } from 'vitest'
import { linkForm } from '#aval/unsubscribe/link-syntax.js'

const HOSTS = ['news.acme.example', 'unsub.esp.test']

function verdictOf(uri: string, opened: readonly string[] = []): string {
  const form = linkForm(uri, { registered: HOSTS, opened })
  return form.kind === 'sound' ? 'sound' : form.detail
}

describe('a link judged by its form', () => {
  test.each([
    ['https://news.acme.example/u/4f7a9c', 'sound'],
    ['https://www.acme.example/u/4f7a9c', 'sound'],
    ['https://UNSUB.ESP.test./u', 'sound'],
    ['https://news.acme.example:443/u', 'sound'],
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

  test('a host the operator has opened may be private and at any port, and must be registered all the same', () => {
    expect(verdictOf('https://localhost:8443/u', ['localhost'])).toBe('host_not_registered')
    expect(verdictOf('https://news.acme.example:8443/u', ['news.acme.example'])).toBe('sound')
  })

  test('I7: what is told of a link that cannot work does not name the recipient', () => {
    const form = linkForm('https://jean.www.acme.example:8443/u/jean.dupont@client.example?t=s3cret', {
      registered: HOSTS,
      opened: [],
    })
    expect(form).toEqual({ kind: 'unsound', origin: 'https://{}.acme.example', detail: 'port' })
  })
})
