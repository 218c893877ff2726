import { assert, ipV4, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSameAddress, whyForbidden } from '#aval/fetch/address-guard.js'

describe('addresses that may be dialled', () => {
  test.each(['9.9.9.9', '193.0.6.139', '2620:fe::9', '2a00:1450:4007:80c::2004', '::ffff:9.9.9.9'])('%s', (address) => {
    expect(whyForbidden(address)).toBeUndefined()
  })
})

describe('addresses that may not', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['100.100.100.200', 'carrierGradeNat'],
    ['169.254.169.254', 'linkLocal'],
    ['169.254.170.2', 'linkLocal'],
    ['168.63.129.16', 'platform'],
    ['192.0.0.192', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::7f00:1', 'not_global'],
    ['::a9fe:a9fe', 'not_global'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a9fe:a9fe', 'linkLocal'],
    ['::ffff:0:7f00:1', 'rfc6145'],
    ['64:ff9b::7f00:1', 'rfc6052'],
    ['64:ff9b:1::a00:1', 'rfc6052'],
    ['2002:7f00:1::', '6to4'],
    ['2001:0:7f00:1::1', 'teredo'],
    ['2001:db8::1', 'reserved'],
    ['2a00:1450::5efe:7f00:1', 'isatap'],
    ['2a00:1450::200:5efe:a9fe:a9fe', 'isatap'],
    ['fc00::1', 'uniqueLocal'],
    ['fd00:ec2::254', 'uniqueLocal'],
    ['fe80::1', 'linkLocal'],
    ['fe80::1%eth0', 'linkLocal'],
    ['fec0::1', 'deprecatedSiteLocal'],
    ['ff02::1', 'multicast'],
    ['4000::1', 'not_global'],
    ['127.1', 'no_address'],
    ['2130706433', 'no_address'],
    ['localhost', 'no_address'],
    ['', 'no_address'],
  ])('%s', (address, why) => {
    expect(whyForbidden(address)).toBe(why)
  })

  test('whatever IPv4 address is forbidden is so in IPv6 clothing', () => {
    assert(
      property(ipV4(), (address) => {
        expect(whyForbidden(`::ffff:${address}`)).toBe(whyForbidden(address))
      }),
    )
  })
})

test('one address in two spellings is one address', () => {
  expect(isSameAddress('::ffff:9.9.9.9', '9.9.9.9')).toBe(true)
  expect(isSameAddress('2620:fe:0:0:0:0:0:9', '2620:fe::9')).toBe(true)
  expect(isSameAddress('9.9.9.9', '9.9.9.10')).toBe(false)
  expect(isSameAddress('9.9.9.9', '')).toBe(false)
})
