import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readProxyHeader } from '#aval/smtp/octets/proxy-header.js'

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')

function binary(command: number, family: number, body: Buffer, length = body.length): Buffer {
  const fixed = Buffer.from([command, family, length >> 8, length & 0xff])
  return Buffer.concat([SIGNATURE, fixed, body])
}

const FOUR = Buffer.from([192, 0, 2, 7, 192, 0, 2, 1, 0xdc, 0x04, 0, 25])
const SIX = Buffer.concat([
  Buffer.from('20010db8000000000000000000000007', 'hex'),
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from([0xdc, 0x04, 0, 25]),
])

const HEADERS: readonly [string, Buffer, { address: string; port: number } | undefined][] = [
  ['1, IPv4', Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 56324 25\r\n'), { address: '192.0.2.7', port: 56_324 }],
  ['1, IPv6', Buffer.from('PROXY TCP6 2001:db8::7 2001:db8::1 56324 25\r\n'), { address: '2001:db8::7', port: 56_324 }],
  ['1, unknown', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  ['1, unknown with addresses', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), undefined],
  ['2, IPv4', binary(0x21, 0x11, FOUR), { address: '192.0.2.7', port: 56_324 }],
  ['2, IPv6', binary(0x21, 0x21, SIX), { address: '2001:db8:0:0:0:0:0:7', port: 56_324 }],
  [
    '2, with more behind the addresses',
    binary(0x21, 0x11, Buffer.concat([FOUR, Buffer.alloc(40)])),
    { address: '192.0.2.7', port: 56_324 },
  ],
  ['2, the balancer itself', binary(0x20, 0x00, Buffer.alloc(0)), undefined],
  ['2, a Unix socket', binary(0x21, 0x31, Buffer.alloc(216)), undefined],
]

describe('a PROXY header', () => {
  test.each(HEADERS)('of version %s', (_name, header, client) => {
    expect(readProxyHeader(header)).toEqual({ kind: 'read', length: header.length, client })
    expect(readProxyHeader(Buffer.concat([header, Buffer.from('EHLO x\r\n')]))).toMatchObject({ length: header.length })
  })

  test.each(HEADERS)('of version %s is awaited to its end', (_name, header) => {
    for (let length = 0; length < header.length; length++) {
      expect(readProxyHeader(header.subarray(0, length)).kind).toBe('incomplete')
    }
  })

  test.each([
    ['no header at all', Buffer.from('EHLO client.example\r\n')],
    ['a line too long', Buffer.from(`PROXY TCP4 ${' '.repeat(120)}`)],
    ['an address of the other family', Buffer.from('PROXY TCP4 2001:db8::7 192.0.2.1 1 2\r\n')],
    ['no address', Buffer.from('PROXY TCP4 localhost 192.0.2.1 1 2\r\n')],
    ['a port too high', Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 65536 25\r\n')],
    ['a bare LF', Buffer.from(`PROXY TCP4 192.0.2.7 192.0.2.1 1 2\n${' '.repeat(100)}`)],
    ['another version', binary(0x31, 0x11, FOUR)],
    ['an unknown command', binary(0x22, 0x11, FOUR)],
    ['less than its addresses', binary(0x21, 0x11, FOUR.subarray(0, 8))],
    ['more than anybody adds', binary(0x21, 0x11, FOUR, 60_000)],
  ])('%s is refused', (_name, octets) => {
    expect(readProxyHeader(octets)).toEqual({ kind: 'invalid' })
  })

  test('whatever comes, it is read, refused or awaited within bounds', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.constantFrom(SIGNATURE, Buffer.from('PROXY '), Buffer.alloc(0)),
        (tail, head) => {
          const octets = Buffer.concat([head, tail])
          const header = readProxyHeader(octets)
          if (header.kind === 'read') expect(header.length).toBeLessThanOrEqual(octets.length)
          if (header.kind === 'incomplete') expect(octets.length).toBeLessThan(16 + 2048)
        },
      ),
    )
  })
})
