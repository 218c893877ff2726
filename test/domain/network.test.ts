import { describe, expect, it } from 'vitest'
import { canonicalIp, cidrContains, isLoopback, neighbourhood, parseCidr, sourceNetwork } from '#aval/domain/network.js'

describe('cidrContains', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.1/8', '10.9.9.9', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.9', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
  ])('%s contains %s: %s', (block, address, expected) => {
    expect(cidrContains(block, address)).toBe(expected)
  })

  it('takes an IPv4 address out of its IPv6 clothing, in the address and in the block', () => {
    expect(cidrContains('10.0.0.0/8', '::ffff:10.1.2.3')).toBe(true)
    expect(cidrContains('::ffff:10.0.0.0/104', '10.1.2.3')).toBe(true)
    expect(cidrContains('::ffff:10.0.0.0/104', '11.1.2.3')).toBe(false)
    expect(cidrContains('::ffff:0:0/96', '203.0.113.9')).toBe(true)
  })

  it('takes a block that was parsed before; a text that is no block contains nothing', () => {
    expect(cidrContains(parseCidr('10.0.0.0/8')!, '10.1.2.3')).toBe(true)
    expect(cidrContains(parseCidr('10.0.0.0/8')!, '11.1.2.3')).toBe(false)
    expect(cidrContains('everywhere', '10.1.2.3')).toBe(false)
  })

  it.each([
    '',
    'example.com',
    '10.0.0',
    '010.0.0.1',
    '10.01.0.1',
    '10.0.0.01',
    '10.0.0.1.2',
    '0x0a.0.0.1',
    '10.0.0.256',
    ':::',
    '10.0.0.1 ',
  ])('finds %j nowhere', (address) => {
    expect(cidrContains('0.0.0.0/0', address)).toBe(false)
    expect(cidrContains('::/0', address)).toBe(false)
  })
})

describe('parseCidr', () => {
  it.each(['10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0.0/08', 'all', '/8', '10/8'])(
    'refuses %j',
    (text) => {
      expect(parseCidr(text)).toBeUndefined()
    },
  )

  it('counts the bits of the address family', () => {
    expect(parseCidr('10.0.0.0/8')?.prefixLength).toBe(8)
    expect(parseCidr('::ffff:10.0.0.0/104')?.prefixLength).toBe(8)
    expect(parseCidr('2001:db8::1')?.prefixLength).toBe(128)
    expect(parseCidr('::ffff:10.0.0.0/96')?.prefixLength).toBe(0)
    expect(parseCidr('::ffff:10.0.0.0/95')?.prefixLength).toBe(95)
  })
})

describe('single addresses', () => {
  it('have one spelling', () => {
    expect(canonicalIp('::FFFF:192.0.2.1')).toBe('192.0.2.1')
    expect(canonicalIp('2001:0DB8:0:0:0:0:0:1')).toBe('2001:db8::1')
    expect(canonicalIp('nonsense')).toBeUndefined()
    expect(canonicalIp('192.0.2.1%eth0')).toBe('192.0.2.1')
  })

  it('are counted by themselves, or by their /64', () => {
    expect(sourceNetwork('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(sourceNetwork('2001:db8::1:2:3:4:5')).toBe('2001:db8:0:1::/64')
    expect(sourceNetwork('2001:db8:0:1:ffff::')).toBe('2001:db8:0:1::/64')
    expect(sourceNetwork('unknown')).toBe('unknown')
  })

  it('have a neighbourhood: their /24, or their /48', () => {
    expect(neighbourhood('192.0.2.77')).toBe('192.0.2.0/24')
    expect(neighbourhood('::ffff:192.0.2.77')).toBe('192.0.2.0/24')
    expect(neighbourhood('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48')
    expect(neighbourhood('unknown')).toBe('unknown')
  })

  it('say whether they are this machine', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(isLoopback)).toEqual([true, true, true, true])
    expect(['10.0.0.1', '::', '128.0.0.1', 'localhost'].map(isLoopback)).toEqual([false, false, false, false])
  })
})
