import { describe, expect, it } from 'vitest'
import { viewText } from '#aval/message/text-view.js'

const view = (text: string, parameters: Record<string, string> = {}): ReturnType<typeof viewText> =>
  viewText(text.replace(/\n/g, '\r\n'), new Map(Object.entries(parameters)))

describe('plain text', () => {
  it.each([
    ['see https://a.example/u?t=1.', 'https://a.example/u?t=1', 'https://a.example/u?t=1'],
    ['(https://a.example/u)', 'https://a.example/u', 'https://a.example/u'],
    ['https://a.example/u_(x)', 'https://a.example/u_(x)', 'https://a.example/u_(x)'],
    ['<HTTP://A.example/u>', 'HTTP://A.example/u', 'HTTP://A.example/u'],
    ['www.a.example/stop', 'http://www.a.example/stop', 'www.a.example/stop'],
    ['write to stop@a.example.', 'mailto:stop@a.example', 'stop@a.example'],
    ['mailto:stop@a.example?subject=stop', 'mailto:stop@a.example?subject=stop', 'mailto:stop@a.example?subject=stop'],
    ['https://a.example/?m=x@b.example', 'https://a.example/?m=x@b.example', 'https://a.example/?m=x@b.example'],
  ])('%s', (text, href, label) => {
    expect(view(text).links.map((link) => [link.href, link.label])).toEqual([[href, label]])
  })

  it.each(['https://', 'www.', 'a@b', '@a.example', 'http:'])('%s is no link', (text) => {
    expect(view(text).links).toEqual([])
  })

  it('the words around a link are its paragraph', () => {
    expect(view('Offer.\n\nTo stop,\nclick https://a.example/u now\n\nBye').links[0]?.context).toBe(
      'To stop, click https://a.example/u now',
    )
  })

  it('an address that is a paragraph by itself is explained by the one above', () => {
    expect(view('Hello\n\nTo stop, click here:\n\n<https://a.example/u>\n\nBye').links[0]?.context).toContain('To stop')
  })

  it('each of several addresses has its own sentence', () => {
    const contexts = view('Read online: https://a.example/1\nTo stop: https://a.example/2').links.map(
      (link) => link.context,
    )
    expect(contexts[1]).toContain('To stop')
    expect(
      view('Mentions https://a.example/1\nPour vous désinscrire, cliquez ici. https://a.example/2').links[1]?.context,
    ).toContain('désinscrire')
  })

  it('is put together again when it flows (RFC 3676)', () => {
    expect(view('one \ntwo\n three\n-- \nme', { format: 'flowed' }).visibleText).toBe('one two\nthree\n-- \nme')
    expect(view('on \ne', { format: 'Flowed', delsp: 'yes' }).visibleText).toBe('one')
    expect(view('one \ntwo').visibleText).toBe('one \ntwo')
  })

  it.each(['@', 'a', 'https://', 'a@', 'www.', ')', 'https://a.example/))) '])(
    'I12: a megabyte of %s is read in bounded time',
    (piece) => {
      const started = performance.now()
      viewText(piece.repeat(1_000_000 / piece.length), new Map())
      expect(performance.now() - started).toBeLessThan(5_000)
    },
  )
})
