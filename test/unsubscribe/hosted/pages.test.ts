import { expect, test } from 'vitest'
import { PAGE_LANGUAGES, textsFor } from '#aval/unsubscribe/hosted/languages.js'
import { renderPage } from '#aval/unsubscribe/hosted/pages.js'
import { anAdvertiser } from '../../support/facts.js'

test.each([
  [undefined, undefined, 'fr'],
  [undefined, '', 'fr'],
  [undefined, 'en', 'en'],
  [undefined, 'de-AT,de;q=0.9,en;q=0.8', 'de'],
  [undefined, 'en;q=0.2, pl;q=0.7', 'pl'],
  [undefined, 'ja,zh;q=0.9', 'fr'],
  [undefined, 'ja, *;q=0.1', 'fr'],
  [undefined, 'en;q=0, es', 'es'],
  [undefined, ';;;,=,q=1', 'fr'],
  ['en', 'fr', 'en'],
  ['xx', 'it', 'it'],
])('asked for %s, accepting %s: %s', (chosen, accepted, language) => {
  expect(textsFor(chosen, accepted).language).toBe(language)
})

test('every language says everything, and puts the names in', () => {
  for (const texts of PAGE_LANGUAGES) {
    for (const [key, text] of Object.entries(texts)) expect(text, `${texts.language} ${key}`).not.toBe('')
    for (const key of ['doneEverything', 'doneList', 'undoneText'] as const)
      expect(texts[key], `${texts.language} ${key}`).toContain('NAME')
    for (const key of ['onlyList', 'doneList'] as const) expect(texts[key]).toContain('LIST')
  }
})

test('names of the configuration cannot break out of the page', () => {
  const hostile = '<script>alert(1)</script>"\'&$&'
  const sender = anAdvertiser({ legalName: hostile, brands: [hostile], seat: hostile, contactEmail: 'a"b@x.example' })
  const html = renderPage(
    { kind: 'done', subject: { sender, list: hostile }, scope: 'list' },
    textsFor('fr', undefined),
  )
  expect(html).not.toContain('<script')
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;$&amp;')
})

test('whoever has a data protection officer names it, in the language of the page', () => {
  const page = (dpoContact: string | undefined, language: string) =>
    renderPage(
      { kind: 'ask', subject: { sender: anAdvertiser({ dpoContact }), list: undefined } },
      textsFor(language, undefined),
    )
  expect(page('dpo@acme.example', 'fr')).toContain(
    '<a href="mailto:dpo@acme.example">Délégué à la protection des données</a>',
  )
  expect(page('dpo@acme.example', 'en')).toContain('<a href="mailto:dpo@acme.example">Data protection officer</a>')
  expect(page(undefined, 'en')).not.toContain('Data protection officer')
})

test('nothing is loaded from anywhere, and nothing is asked of the reader', () => {
  const html = renderPage(
    { kind: 'ask', subject: { sender: anAdvertiser(), list: 'Livres' } },
    textsFor('fr', undefined),
  )
  expect(html).not.toMatch(/<script|<img|<link|@import|url\(|type="(?:text|email|password)"|javascript:/)
})
