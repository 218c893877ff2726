import { describe, expect, test } from 'vitest'
import { makeOffer } from '#aval/smtp/dialogue/ehlo.js'
import { readMail } from '#aval/smtp/dialogue/envelope-commands.js'
import { ALL_CAPABILITIES } from './support/listener.js'

const session = { startTls: false, auth: true, secure: true, xclient: false, xforward: false }
const encrypted = makeOffer(ALL_CAPABILITIES, 1000, session)
const inClear = makeOffer(ALL_CAPABILITIES, 1000, { ...session, secure: false })

function parameters(line: string, offer = encrypted, trusted = false) {
  const read = readMail(Buffer.from(`MAIL FROM:<a@example.com> ${line}`), offer, trusted)
  return read.kind === 'refused' ? read.reply.code : read.value.reversePath.parameters
}

describe('REQUIRETLS (RFC 8689)', () => {
  test('is taken in an encrypted session only, without a value', () => {
    expect(parameters('REQUIRETLS')).toEqual([{ keyword: 'REQUIRETLS', value: undefined }])
    expect(parameters('REQUIRETLS=yes')).toBe(501)
    expect(parameters('REQUIRETLS', inClear)).toBe(555)
    expect(parameters('REQUIRETLS', makeOffer({ ...ALL_CAPABILITIES, requireTls: false }, 1000, session))).toBe(555)
  })
})

describe('AUTH= (RFC 4954 5)', () => {
  test('is believed of who has logged in, and is <> from anybody else', () => {
    expect(parameters('AUTH=e+3Dmc2@example.com', encrypted, true)).toEqual([
      { keyword: 'AUTH', value: 'e+3Dmc2@example.com' },
    ])
    expect(parameters('AUTH=e+3Dmc2@example.com')).toEqual([{ keyword: 'AUTH', value: '<>' }])
    expect(parameters('AUTH=<>', encrypted, true)).toEqual([{ keyword: 'AUTH', value: '<>' }])
    expect(parameters('AUTH=a+b', encrypted, true)).toBe(501)
  })
})
