import { mailCommand, rcptCommand } from '#aval/upstream/commands.js'
import { capabilitiesOf, readExtensions } from '#aval/upstream/extensions.js'
import { describe, expect, it } from 'vitest'
import { recipient, sender } from './setting.js'

const offering = (...lines: string[]) => readExtensions(['upstream.example', ...lines])
const EVERYTHING = offering('SIZE 1000', '8BITMIME', 'SMTPUTF8', 'DSN', 'AUTH PLAIN', 'MT-PRIORITY')
const NOTHING = offering()

describe('MAIL to the upstream', () => {
  it.each([
    ['the null reverse-path', '<>', EVERYTHING, undefined, 'MAIL FROM:<>'],
    ['the spelling', '<"a b"@XN--mnchen-3ya.example>', NOTHING, undefined, 'MAIL FROM:<"a b"@XN--mnchen-3ya.example>'],
    ['SIZE as declared', '<a@b.example> SIZE=77', EVERYTHING, undefined, 'MAIL FROM:<a@b.example> SIZE=77'],
    ['SIZE as it really is', '<a@b.example> SIZE=77', EVERYTHING, 80, 'MAIL FROM:<a@b.example> SIZE=80'],
    ['SIZE nobody declared', '<a@b.example>', EVERYTHING, 80, 'MAIL FROM:<a@b.example> SIZE=80'],
    ['SIZE nobody wants', '<a@b.example> SIZE=77', NOTHING, 80, 'MAIL FROM:<a@b.example>'],
    [
      'parameters as written',
      '<a@b.example> body=8BitMime RET=HDRS ENVID=QQ+2B1 AUTH=<> MT-PRIORITY=3',
      EVERYTHING,
      undefined,
      'MAIL FROM:<a@b.example> BODY=8BitMime RET=HDRS ENVID=QQ+2B1 AUTH=<> MT-PRIORITY=3',
    ],
    [
      'what is not offered',
      '<a@b.example> BODY=8BITMIME RET=HDRS ENVID=1 AUTH=<> MT-PRIORITY=3',
      NOTHING,
      undefined,
      'MAIL FROM:<a@b.example>',
    ],
    ['SMTPUTF8', '<é@b.example> SMTPUTF8', EVERYTHING, undefined, 'MAIL FROM:<é@b.example> SMTPUTF8'],
    ['SMTPUTF8 forgotten by the client', '<é@b.example>', EVERYTHING, undefined, 'MAIL FROM:<é@b.example> SMTPUTF8'],
  ])('writes %s', (_name, argument, extensions, size, line) => {
    expect(mailCommand(sender(argument), extensions, size)).toEqual({ ok: true, line })
  })

  it.each([
    ['SMTPUTF8', '<a@b.example> SMTPUTF8', NOTHING],
    ['SMTPUTF8', '<é@b.example>', NOTHING],
    ['BINARYMIME', '<a@b.example> BODY=BINARYMIME', EVERYTHING],
    ['REQUIRETLS', '<a@b.example> REQUIRETLS', NOTHING],
  ])('cannot do without %s', (missing, argument, extensions) => {
    expect(mailCommand(sender(argument), extensions, undefined)).toEqual({ ok: false, missing })
  })
})

describe('RCPT to the upstream', () => {
  it('repeats the parameters of this recipient and of no other', () => {
    const line = 'RCPT TO:<Jane@Example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;u+2Bx@example.com'
    expect(rcptCommand(recipient(line.slice('RCPT TO:'.length)), EVERYTHING, false)).toEqual({ ok: true, line })
    expect(rcptCommand(recipient('<b@example.com>'), EVERYTHING, false)).toEqual({
      ok: true,
      line: 'RCPT TO:<b@example.com>',
    })
    expect(rcptCommand(recipient('<b@example.com> NOTIFY=NEVER'), NOTHING, false)).toEqual({
      ok: true,
      line: 'RCPT TO:<b@example.com>',
    })
  })

  it('needs SMTPUTF8 said at MAIL', () => {
    expect(rcptCommand(recipient('<é@b.example>'), EVERYTHING, false)).toEqual({ ok: false, missing: 'SMTPUTF8' })
    expect(rcptCommand(recipient('<é@b.example>'), EVERYTHING, true)).toEqual({
      ok: true,
      line: 'RCPT TO:<é@b.example>',
    })
  })
})

describe('what the upstream offers', () => {
  it.each([
    [
      ['SIZE 1000', '8BITMIME', 'SMTPUTF8', 'DSN'],
      { eightBitMime: true, smtpUtf8: true, dsn: true, requireTls: false, size: 1000 },
    ],
    [['REQUIRETLS'], { eightBitMime: false, smtpUtf8: false, dsn: false, requireTls: true, size: undefined }],
    [['size 1000', 'dsn'], { eightBitMime: false, smtpUtf8: false, dsn: true, requireTls: false, size: 1000 }],
    [['SIZE'], { eightBitMime: false, smtpUtf8: false, dsn: false, requireTls: false, size: undefined }],
    [['SIZE 0'], { eightBitMime: false, smtpUtf8: false, dsn: false, requireTls: false, size: undefined }],
    [
      ['SIZE lots', '?', '', 'constructor'],
      { eightBitMime: false, smtpUtf8: false, dsn: false, requireTls: false, size: undefined },
    ],
  ])('%j', (lines, capabilities) => {
    expect(capabilitiesOf(offering(...lines))).toEqual(capabilities)
  })
})
