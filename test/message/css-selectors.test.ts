/** What selectors of style sheets match, asked of whole pages: what a rule hides is not among the words. */
import { describe, expect, test } from 'vitest'
import { parseSelector, splitSelectors } from '#aval/message/html/css-selectors.js'
import { viewHtml } from '#aval/message/html/html-view.js'

/** Whether the rule takes the word `target` out of the page, and nothing but what it stands in. */
function hides(selector: string, html: string): boolean {
  const { visibleText } = viewHtml(`<style>${selector}{display:none}</style><p>before</p>${html}<p>after</p>`)
  expect(visibleText).toContain('before')
  expect(visibleText).toContain('after')
  return !visibleText.includes('target')
}

const MATCHING: readonly (readonly [what: string, selector: string, html: string])[] = [
  ['two classes', '.a.b', '<i class="b x a">target</i>'],
  ['a type and two classes', 'i.a.b', '<i class="a b">target</i>'],
  ['a class and an id', '.a#t', '<i id=t class=a>target</i>'],
  ['an attribute', 'a[href]', '<a href=x>target</a>'],
  ['an attribute alone', '[href]', '<a href=x>target</a>'],
  ['an attribute nobody else reads', '[data-x]', '<i data-x>target</i>'],
  ['an attribute in capitals', '[DATA-X="1"]', '<i Data-X=1>target</i>'],
  ['a value in quotes', "[class='a b']", '<i class="a b">target</i>'],
  ['a value with a bracket', '[title="x]y"]', '<i title="x]y">target</i>'],
  ['a value whatever its case', '[title=abc i]', '<i title=ABC>target</i>'],
  ['a word of a value', '[class~=b]', '<i class="a b">target</i>'],
  ['the beginning of a value', '[href^="https:"]', '<a href="https://a.example/">target</a>'],
  ['the end of a value', '[href$="/u"]', '<a href="https://a.example/u">target</a>'],
  ['a part of a value', '[href*="unsub"]', '<a href="https://a.example/unsub/1">target</a>'],
  ['a language', '[lang|=fr]', '<i lang=fr-CA>target</i>'],
  ['the element behind', 'h6 + i', '<h6></h6><i>target</i>'],
  ['the element behind, whatever text stands between', 'h6+i', '<h6></h6> words <!-- --> <i>target</i>'],
  ['an element further behind', 'h6 ~ i', '<h6></h6><b>x</b><u></u><i>target</i>'],
  ['what stands within the one behind', 'h6 + div i', '<h6></h6><div><u><i>target</i></u></div>'],
  ['the second behind, each by name', 'h6 + b + i', '<h6></h6><b>x</b><i>target</i>'],
  ['one behind an image', 'img + i', '<img src=x alt=image><i>target</i>'],
  ['one behind another of the same name', 'i + i', '<i>x</i><i>target</i>'],
  ['negation', 'a:not(.button)', '<a href=x>target</a>'],
  ['negation of several', 'i:not(.a, #b)', '<i class=c>target</i>'],
  ['negation within negation', 'i:not(:not(.a))', '<i class=a>target</i>'],
  ['negation of what only a hand brings about', 'i:not(:hover)', '<i>target</i>'],
  ['one of several', ':is(u, i.a)', '<i class=a>target</i>'],
  ['one of several, among them one that is not read', ':is(u:last-child, i)', '<i>target</i>'],
  ['one of several within', 'div :where(u, i)', '<div><i>target</i></div>'],
  ['an unvisited link', 'a:link', '<a href=x>target</a>'],
  ['the whole page around', ':root i', '<i>target</i>'],
  ['whatever is behind the head', 'head + body i', '<i>target</i>'],
  ['a body without a class', 'body:not([class]) i', '<i>target</i>'],
  ['the first child', 'div > i:first-child', '<div><i>target</i></div>'],
  ['the third child', 'i:nth-child(3)', '<div><u></u><u></u><i>target</i></div>'],
  ['the odd ones', 'div i:nth-child(odd)', '<div><u></u><u></u><i>target</i></div>'],
  ['the even ones', 'div i:nth-child( 2n )', '<div><u></u><i>target</i></div>'],
  ['the first three', 'div i:nth-child(-n+3)', '<div><u></u><i>target</i></div>'],
  ['from the second on', 'div i:nth-child(n+2)', '<div><u></u><u></u><i>target</i></div>'],
  ['the second of its name', 'div i:nth-of-type(2)', '<div><i>x</i><u></u><i>target</i></div>'],
  ['the first of its name', 'div i:first-of-type', '<div><u></u><i>target</i></div>'],
  ['a name with an escaped colon', '.sm\\:none', '<i class="sm:none">target</i>'],
  ['a name with an escaped number', '#\\31 a', '<i id=1a>target</i>'],
  ['a name of other letters', '.fußzeile', '<i class="fußzeile">target</i>'],
  ['one of a list with brackets', 'u:is(.a, .b), i', '<i>target</i>'],
  ['anything marked', '*.a', '<i class=a>target</i>'],
  ['a deep page', 'div div div i', '<div><u><div><div><i>target</i></div></div></u></div>'],
]

const OTHERS: readonly (readonly [what: string, selector: string, html: string])[] = [
  ['one class of two', '.a.b', '<i class=a>target</i>'],
  ['another attribute', 'a[href]', '<a name=x>target</a>'],
  ['another value', '[title=a]', '<i title=ab>target</i>'],
  ['another case of a value', '[title=abc]', '<i title=ABC>target</i>'],
  ['no word of a value', '[class~=a]', '<i class=ab>target</i>'],
  ['an empty beginning', '[href^=""]', '<a href=x>target</a>'],
  ['one in front', 'i + h6', '<i>target</i><h6></h6>'],
  ['one further behind', 'h6 + i', '<h6></h6><u></u><i>target</i>'],
  ['one in front, at any distance', 'h6 ~ i', '<i>target</i><h6></h6>'],
  ['a child', 'h6 ~ i', '<h6><i>target</i></h6>'],
  ['one behind elsewhere', 'h6 + i', '<div><h6></h6></div><div><i>target</i></div>'],
  ['what is negated', 'a:not(.button)', '<a href=x class=button>target</a>'],
  ['what is negated for one of two', 'i:not(.a, .b)', '<i class=b>target</i>'],
  ['none of several', ':is(u, i.a)', '<i class=b>target</i>'],
  ['a link that was followed', 'a:visited', '<a href=x>target</a>'],
  ['a link under the hand', 'a:hover', '<a href=x>target</a>'],
  ['an anchor that is no link', 'a:link', '<a name=x>target</a>'],
  ['the second child', 'i:first-child', '<div><u></u><i>target</i></div>'],
  ['the fourth child', 'i:nth-child(3)', '<div><u></u><u></u><u></u><i>target</i></div>'],
  ['beyond the first three', 'i:nth-child(-n+3)', '<div><u></u><u></u><u></u><i>target</i></div>'],
  ['what only its end tells', 'i:last-child', '<div><i>target</i></div>'],
  ['a part that is drawn beside', 'i::before', '<i>target</i>'],
  ['an unknown condition', 'i:unknown', '<i>target</i>'],
  ['the negation of an unknown condition', 'i:not(:unknown)', '<i>target</i>'],
  ['broken brackets', 'i:not(.a', '<i>target</i>'],
  ['a combinator without end', 'p +', '<i>target</i>'],
  ['a namespace', 'svg|i', '<i>target</i>'],
]

describe('a rule', () => {
  test.each(MATCHING)('holds for %s: %s', (_what, selector, html) => expect(hides(selector, html)).toBe(true))
  test.each(OTHERS)('does not for %s: %s', (_what, selector, html) => expect(hides(selector, html)).toBe(false))

  test('in the head holds for the elements around everything', () => {
    const shows = (rule: string) => viewHtml(`<html><head><style>${rule}</style></head><body>yes`).visibleText
    expect(['html{display:none}', 'html:root{opacity:0}', ':root, body{font-size:0}'].map(shows)).toEqual(['', '', ''])
    expect(['head{display:none}', 'html.a{display:none}'].map(shows)).toEqual(['yes', 'yes'])
  })

  test('before the head is over counts no children of the body', () => {
    const head = '<head><meta><title>x</title><style>body > i:first-child{display:none}</style></head>'
    expect(viewHtml(`<html>${head}<body><i>no</i><i>yes</i>`).visibleText).toBe('yes')
  })

  test('in the middle of a page holds for what follows, and its element is counted once', () => {
    const sheet = '<style>u:nth-child(4), b + i{display:none}</style>'
    expect(viewHtml(`<div><b>b</b>${sheet}<s>s</s><u>no</u><b>b</b><i>no</i></div>`).visibleText).toBe('bsb')
  })

  test('goes before another by specificity: brackets count as the strongest within, `:where()` as nothing', () => {
    const shows = (rules: string, html: string) => viewHtml(`<style>${rules}</style>${html}<p>after</p>`).visibleText
    expect(shows('i:not(#x){display:none} .a.b{display:inline}', '<i class="a b">i</i>')).toBe('after')
    expect(shows('i:where(#t){display:none} i{display:inline}', '<i id=t>i</i>')).toBe('i\nafter')
    expect(shows('.a.a{display:none} .a{display:inline}', '<i class=a>i</i>')).toBe('after')
    expect(shows('[id=t]{display:none} #t{display:inline}', '<i id=t>i</i>')).toBe('i\nafter')
    expect(shows('i[id]{display:none} i.a{display:inline}', '<i id=t class=a>i</i>')).toBe('i\nafter')
  })
})

test('a list is split at its commas, not at those within brackets and strings', () => {
  expect(splitSelectors('a, b')).toEqual(['a', ' b'])
  expect(splitSelectors('a:is(b,c(d,e)),[f="g,h"],i\\,j')).toEqual(['a:is(b,c(d,e))', '[f="g,h"]', 'i\\,j'])
  expect(splitSelectors('a(b,c')).toEqual(['a(b,c'])
})

test.each([
  '',
  ' ',
  '>',
  'a >',
  '> a',
  'a..b',
  'a b..c',
  '..',
  '[',
  '[]',
  '[a',
  ':',
  ':not()',
  ':not(a b)',
  'a{',
  '%',
  '1a',
])('not read: %j', (text) => expect(parseSelector(text)).toBeUndefined())

test('however selectors are broken or nested, reading them comes to an end', () => {
  for (const text of ['('.repeat(1e6), '['.repeat(1e6), ':is('.repeat(1e5), '"'.repeat(1e6 + 1), 'a,'.repeat(1e5)])
    expect(viewHtml(`<style>${text}{display:none}</style>x<style>${text}`).visibleText).toBe('x')
})
