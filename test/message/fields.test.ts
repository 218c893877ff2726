import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddressList } from '#aval/message/mime/address-list.js'
import { readDkimSignatures } from '#aval/message/mime/dkim-signature.js'
import { readHeader } from '#aval/message/mime/header-fields.js'
import { readListUnsubscribe } from '#aval/message/list-unsubscribe.js'

describe('address lists', () => {
  it.each([
    ['a@b.example', [['', 'a@b.example', 'b.example']]],
    ['Jean <a@B.example>', [['Jean', 'a@B.example', 'b.example']]],
    [
      '"Dupont, Jean" <a@b.example>, c@d.example',
      [
        ['Dupont, Jean', 'a@b.example', 'b.example'],
        ['', 'c@d.example', 'd.example'],
      ],
    ],
    ['=?utf-8?q?Dupont=2C_J?= <a@b.example>', [['Dupont, J', 'a@b.example', 'b.example']]],
    ['"=?utf-8?q?=C3=A9t=C3=A9?=" <a@b.example>', [['été', 'a@b.example', 'b.example']]],
    ['a@b.example (Jean (le grand))', [['Jean (le grand)', 'a@b.example', 'b.example']]],
    [
      'Amis: a@b.example, Eve <c@d.example>;, e@f.example',
      [
        ['', 'a@b.example', 'b.example'],
        ['Eve', 'c@d.example', 'd.example'],
        ['', 'e@f.example', 'f.example'],
      ],
    ],
    ['undisclosed-recipients:;', []],
    ['<@relay.example:a@b.example>', [['', 'a@b.example', 'b.example']]],
    ['<"a b"@c.example>', [['', '"a b"@c.example', 'c.example']]],
    ['"bank@trusted.example" <a@b.example>', [['bank@trusted.example', 'a@b.example', 'b.example']]],
    ['x <a@münchen.example>', [['x', 'a@münchen.example', 'xn--mnchen-3ya.example']]],
    ['', []],
  ])('%s', (value, expected) => {
    const list = parseAddressList(Buffer.from(value).toString('latin1'))
    expect(list.mailboxes.map((mailbox) => [mailbox.displayName, mailbox.address, mailbox.domain])).toEqual(expected)
    expect(list.wellFormed).toBe(true)
  })

  it.each(['Jean', 'a@b.example <', 'Jean, <a@b.example>', '<a@b.example> <c@d.example>', 'a@b.example>', '<>'])(
    'tells that %s is no list of mailboxes',
    (value) => {
      expect(parseAddressList(value).wellFormed).toBe(false)
    },
  )

  it('never throws and takes linear time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '"', '(', ')', ',', ':', ';', '\\', 'a', '@', ' ') }),
        (value) => {
          parseAddressList(value)
        },
      ),
    )
    for (const piece of ['(', '"', '<', 'a@b.example,', 'a ', '\\"']) parseAddressList(piece.repeat(200_000))
  })
})

function unsubscribe(text: string): ReturnType<typeof readListUnsubscribe> {
  const bytes = Buffer.from(text.replace(/\n/g, '\r\n'))
  return readListUnsubscribe(readHeader(bytes).fields, bytes)
}

describe('List-Unsubscribe', () => {
  it('gives every URI of every field in order, folding removed', () => {
    const read = unsubscribe(
      'List-Unsubscribe: <https://a.example/u?\n x=1,2&y=(z)>, <mailto: stop@a.example>\nlist-unsubscribe: <https://b.example/>\n\n',
    )
    expect(read).toEqual({
      fields: 2,
      uris: ['https://a.example/u?x=1,2&y=(z)', 'mailto:stop@a.example', 'https://b.example/'],
      problems: [],
      post: [],
    })
  })

  it.each([
    ['List-Unsubscribe: \n\n', 'empty'],
    ['List-Unsubscribe: <>\n\n', 'empty'],
    ['List-Unsubscribe: https://a.example/u\n\n', 'no_brackets'],
    ['List-Unsubscribe: =?us-ascii?Q?=3Chttps=3A//a.example/u=3E?=\n\n', 'encoded'],
    [`List-Unsubscribe: <https://a.example/${'x'.repeat(961)}>\n\n`, 'line_too_long'],
  ])('%#: tells what is wrong', (text, problem) => {
    expect(unsubscribe(text).problems).toEqual([problem])
  })

  it('takes a line of 998 octets', () => {
    expect(unsubscribe(`List-Unsubscribe: <https://a.example/${'x'.repeat(960)}>\n\n`).problems).toEqual([])
  })

  it('measures lines, not fields', () => {
    const half = 'x'.repeat(600)
    expect(
      unsubscribe(`List-Unsubscribe: <https://a.example/${half}>,\n <https://b.example/${half}>\n\n`).problems,
    ).toEqual([])
  })

  it('keeps every List-Unsubscribe-Post value', () => {
    const post =
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click\nList-Unsubscribe-Post: ListUnsubscribe=One-Click\n\n'
    expect(unsubscribe(post).post).toEqual(['List-Unsubscribe=One-Click', 'ListUnsubscribe=One-Click'])
  })
})

describe('DKIM-Signature', () => {
  it('gives domain and signed fields, folded or not', () => {
    const header = readHeader(
      Buffer.from(
        'DKIM-Signature: v=1; d=Shop.Example; h=From : To:\r\n List-Unsubscribe; b=d=x\r\nDKIM-Signature: v=1; b=y\r\n\r\n',
      ),
    )
    expect(readDkimSignatures(header.fields)).toEqual([
      { domain: 'shop.example', signedFields: ['from', 'to', 'list-unsubscribe'] },
    ])
  })
})
