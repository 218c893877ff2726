import { describe, expect, it } from 'vitest'
import { parseForwardPath, parseReversePath } from '#aval/domain/envelope.js'

describe('RCPT TO', () => {
  it.each([
    ['<jean@example.com>', 'jean@example.com', []],
    [' <Jean@Example.COM> ', 'jean@example.com', []],
    ['<@relay.example:jean@example.com>', 'jean@example.com', []],
    ['<@a.example,@b.example:jean@example.com>', 'jean@example.com', []],
    ['<"a>b"@example.com>', 'a>b@example.com', []],
    ['<"a\\">b"@example.com>', 'a">b@example.com', []],
    [
      '<jean@example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;jean+40example.com',
      'jean@example.com',
      [
        ['NOTIFY', 'SUCCESS,FAILURE'],
        ['ORCPT', 'rfc822;jean+40example.com'],
      ],
    ],
    ['<jean@example.com>\tnotify=never', 'jean@example.com', [['NOTIFY', 'never']]],
  ])('%s', (argument, address, parameters) => {
    const parsed = parseForwardPath(argument)
    expect(parsed.ok && parsed.value.address).toBe(address)
    expect(parsed.ok && parsed.value.parameters.map(({ keyword, value }) => [keyword, value])).toEqual(parameters)
  })

  it('keeps the spelling that is forwarded, without the source route', () => {
    const parsed = parseForwardPath('<@relay.example:Jean@MÜLLER.example>')
    expect(parsed.ok && parsed.value.mailbox).toEqual({
      spelling: 'Jean@MÜLLER.example',
      localPart: 'Jean',
      domain: 'MÜLLER.example',
    })
  })

  it.each([
    ['', 'path'],
    ['<>', 'path'],
    ['jean@example.com', 'path'],
    ['<jean@example.com', 'path'],
    ['jean@example.com>', 'path'],
    ['xjean@example.com> A=1', 'path'],
    ['<jean>', 'path'],
    ['<jean@example.com>x', 'parameter'],
    ['<jean@example.com>x A=1', 'parameter'],
    ['<jean@example.com>NOTIFY=NEVER', 'parameter'],
    ['<jean@example.com> =x', 'parameter'],
    ['<jean@example.com> NOTIFY=', 'parameter'],
    ['<jean@example.com> NOTIFY=a=b', 'parameter'],
    ['<jean@example.com> NOTIFY=NEVER notify=NEVER', 'parameter'],
    ['<jean@example.com> <luc@example.com>', 'parameter'],
    ['<jean@example.com>\r\nDATA', 'parameter'],
    ['<jean@example.com> A=\u0001', 'parameter'],
    ['<jean@exa\r\nmple.com>', 'path'],
  ])('%j is no path (%s)', (argument, problem) => {
    expect(parseForwardPath(argument)).toEqual({ ok: false, problem })
  })
})

describe('MAIL FROM', () => {
  it('reads the null reverse-path', () => {
    expect(parseReversePath('<> BODY=8BITMIME')).toEqual({
      ok: true,
      value: { mailbox: undefined, parameters: [{ keyword: 'BODY', value: '8BITMIME' }] },
    })
  })

  it('drops a source route', () => {
    const parsed = parseReversePath('<@relay.example:news@acme.example>')
    expect(parsed.ok && parsed.value.mailbox?.spelling).toBe('news@acme.example')
  })

  it('reads parameters in order, values as written', () => {
    const parsed = parseReversePath('<news@acme.example> SIZE=1000 smtputf8 ENVID=a+2Bb AUTH=<>')
    expect(parsed.ok && parsed.value.parameters).toEqual([
      { keyword: 'SIZE', value: '1000' },
      { keyword: 'SMTPUTF8', value: undefined },
      { keyword: 'ENVID', value: 'a+2Bb' },
      { keyword: 'AUTH', value: '<>' },
    ])
  })

  it.each([['<@relay.example:>'], ['< >'], ['<a b@example.com>']])('%s is none', (argument) => {
    expect(parseReversePath(argument)).toEqual({ ok: false, problem: 'path' })
  })
})
