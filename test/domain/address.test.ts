import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  broadAddress,
  canonicalAddress,
  canonicalDomain,
  maskAddress,
  parseMailbox,
  readAddress,
} from '#aval/domain/address.js'
import { subjectKeys, subjectSecret } from '#aval/domain/subject-key.js'

const LONG_LABEL = 'a'.repeat(63)

describe('mailboxes', () => {
  it.each([
    ['jean@example.com'],
    ['a@example.com'],
    ['Jean.Dupont@Example.COM'],
    ["o'neil+tag=1@example.com"],
    ['!#$%&*/=?^_`{|}~-@example.com'],
    ['john..doe@example.com'],
    ['.john.@example.com'],
    ['"jean dupont"@example.com'],
    ['"a@b"@example.com'],
    ['"\\""@example.com'],
    ['""@example.com'],
    ['hélène@example.com'],
    ['用户@例子.example'],
    ['jean@müller.example'],
    ['jean@xn--mller-kva.example'],
    ['jean@localhost'],
    ['jean@example.com.'],
    ['jean@[192.0.2.1]'],
    ['jean@[IPv6:2001:db8::1]'],
    ['jean@a_b.example'],
    ['jean@A_B.example'],
    [`${'a'.repeat(64)}@example.com`],
    [`jean@${LONG_LABEL}.example`],
    [`a@${`${'b'.repeat(60)}.`.repeat(4)}${'c'.repeat(8)}`],
    ['jean@ré--sn.example'],
    ['jean@r3---sn-x.example'],
  ])('%s is one', (spelling) => {
    expect(parseMailbox(spelling)?.spelling).toBe(spelling)
  })

  it.each([
    ['no at sign', 'jean'],
    ['no local part', '@example.com'],
    ['no domain', 'jean@'],
    ['a space', 'jean dupont@example.com'],
    ['a space in the domain', 'jean@exam ple.com'],
    ['a line end', 'jean@example.com\r\n'],
    ['a line end in quotes', '"je\r\nan"@example.com'],
    ['a null octet', 'je\0an@example.com'],
    ['a line separator', 'je\u2028an@example.com'],
    ['a second at sign outside quotes', 'a@b@example.com'],
    ['an open quote', '"jean@example.com'],
    ['a quote inside', 'je"an@example.com'],
    ['brackets', '<jean@example.com>'],
    ['a comma', 'a,b@example.com'],
    ['a comment', 'jean(x)@example.com'],
    ['two dots in the domain', 'jean@example..com'],
    ['a dot before the domain', 'jean@.example.com'],
    ['a domain that is a dot', 'jean@.'],
    ['a hyphen before a label', 'jean@-x.example'],
    ['a hyphen behind a label', 'jean@x-.EXAMPLE'],
    ['a label of 64', `jean@${LONG_LABEL}a.example`],
    ['a local part of 65 octets', `${'a'.repeat(65)}@example.com`],
    ['a local part of 65 octets in UTF-8', `${'é'.repeat(32)}a@example.com`],
    ['255 octets', `a@${`${'b'.repeat(60)}.`.repeat(4)}${'c'.repeat(9)}`],
    ['an unclosed literal', 'jean@[192.0.2.1'],
    ['an octet of 999', 'jean@[999.1.1.1]'],
    ['an octet of 256', 'jean@[192.0.2.256]'],
    ['an octet some read as octal', 'jean@[010.0.0.1]'],
    ['three octets', 'jean@[192.0.2]'],
    ['five octets', 'jean@[192.0.2.1.1]'],
    ['an empty literal', 'jean@[]'],
    ['a dot for a literal', 'jean@[.]'],
    ['IPv6 without its tag', 'jean@[2001:db8::1]'],
    ['IPv4 with the tag of IPv6', 'jean@[IPv6:192.0.2.1]'],
    ['IPv6 shortened twice', 'jean@[IPv6:2001::db8::1]'],
    ['IPv6 too long', 'jean@[IPv6:1:2:3:4:5:6:7:8:9]'],
    ['IPv6 with a zone', 'jean@[IPv6:fe80::1%eth0]'],
    ['a domain in brackets', 'jean@[example.com]'],
    ['a literal of words', 'jean@[example]'],
    ['bad punycode', 'jean@xn--a-ecp.example\u0001'],
    ['broken punycode', 'jean@xn--\u0080.example'],
    ['letters of two directions in one label', 'jean@\u05d0a.example'],
    ['a joiner between letters that do not join', 'jean@a\u200cb.example'],
    ['a lone surrogate', 'je\ud800an@example.com'],
  ])('%s is none', (_what, spelling) => {
    expect(parseMailbox(spelling)).toBeUndefined()
  })
})

describe('the exact identity', () => {
  it.each([
    ['Jean@Example.COM', 'jean@example.com'],
    ['jean@example.com.', 'jean@example.com'],
    ['jean@MÜLLER.example', 'jean@xn--mller-kva.example'],
    ['jean@XN--MLLER-KVA.example', 'jean@xn--mller-kva.example'],
    ['jean@mu\u0308ller.example', 'jean@xn--mller-kva.example'],
    ['jean@例子。example', 'jean@xn--fsqu00a.example'],
    ['jean@straße.example', 'jean@xn--strae-oqa.example'],
    ['"jean"@example.com', 'jean@example.com'],
    ['"je\\an"@example.com', 'jean@example.com'],
    ['he\u0301le\u0300ne@example.com', 'hélène@example.com'],
    ['HÉLÈNE@example.com', 'hélène@example.com'],
    ['jean+promo@example.com', 'jean+promo@example.com'],
    ['j.e.a.n@gmail.com', 'j.e.a.n@gmail.com'],
    ['jean@A_b.example.', 'jean@a_b.example'],
    [' jean@example.com\t', 'jean@example.com'],
    ['jean@[IPv6:2001:DB8::1]', 'jean@[ipv6:2001:db8::1]'],
    ['jean@[IPv6:2001:0db8:0:0::0001]', 'jean@[ipv6:2001:db8::1]'],
    ['jean@[IPv6:::ffff:192.0.2.1]', 'jean@[192.0.2.1]'],
  ])('%s is %s', (spelling, canonical) => {
    expect(readAddress(spelling)).toBe(canonical)
  })

  it('is its own canonical form, and two keys follow from it alone', () => {
    const local = fc.stringMatching(/^[A-Za-z0-9.+'_éÉßİΣ-]{1,20}$/)
    const domain = fc.constantFrom(
      'Example.com',
      'MÜLLER.example',
      'gmail.com',
      'googlemail.com',
      'straße.example',
      'a.b.example.',
    )
    fc.assert(
      fc.property(local, domain, (name, host) => {
        const once = readAddress(`${name}@${host}`)
        if (once === undefined) return
        expect(readAddress(once)).toBe(once)
        const mailbox = parseMailbox(once)!
        expect(canonicalAddress(mailbox)).toBe(once)
        const key = subjectSecret('k', Buffer.alloc(32, 1))
        expect(subjectKeys(readAddress(once)!, key)).toEqual(subjectKeys(once, key))
      }),
    )
  })
})

describe('the wide identity', () => {
  it.each([
    ['jean+promo@example.com', 'jean@example.com'],
    ['jean+a+b@example.com', 'jean@example.com'],
    ['+promo@example.com', '+promo@example.com'],
    ['j.e.a.n+x@googlemail.com', 'jean@gmail.com'],
    ['j.e.a.n@gmail.com', 'jean@gmail.com'],
    ['...@gmail.com', '...@gmail.com'],
    ['j.dupont@example.com', 'j.dupont@example.com'],
    ['jean-promo@example.com', 'jean-promo@example.com'],
  ])('%s is %s', (spelling, broad) => {
    expect(broadAddress(readAddress(spelling)!)).toBe(broad)
  })

  it('follows the separators of the site', () => {
    expect(broadAddress(readAddress('jean-promo+x@example.com')!, '+-')).toBe('jean@example.com')
  })

  it('is the same for what is exactly the same, and a broad address is its own', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z.+]{1,12}$/), fc.constantFrom('gmail.com', 'example.com'), (name, host) => {
        const canonical = readAddress(`${name}@${host}`)
        if (canonical === undefined) return
        const broad = readAddress(broadAddress(canonical))
        expect(broad && broadAddress(broad)).toBe(broad)
      }),
    )
  })
})

describe('domains and masks', () => {
  it.each([
    ['example.com', 'example.com'],
    ['EXAMPLE.com.', 'example.com'],
    ['', undefined],
    ['a..b', undefined],
    ['.', undefined],
    ['example.com..', undefined],
  ])('%s', (written, domain) => {
    expect(canonicalDomain(written)).toBe(domain)
  })

  it.each([
    ['jean.dupont@mail.example.com', 'j…@m….example.com'],
    ['a@localhost', 'a…@localhost'],
    ['no address', '…'],
    ['@example.com', '…'],
    ['a@b@example.com', 'a…@e….com'],
  ])('masks %s', (spelling, masked) => {
    expect(maskAddress(spelling)).toBe(masked)
  })
})
