/**
 * What style sheets hide, against a browser: random elements under random rules, every kind of selector that is read among
 * them. AVAL_TEST_FUZZ says how many pages.
 */
import * as fc from 'fast-check'
import { type Browser, type Page, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { viewHtml } from '#aval/message/html/html-view.js'
import { effort } from '../support/effort.js'
import { describeWith, hasCommand } from '../support/peers.js'

const DEEPEST = 3
const CHROMIUM = '/usr/bin/chromium'
const PAGES = effort('AVAL_TEST_FUZZ', 150)

const CONDITIONS =
  '.a .b .c #d [title] [title=x] [lang|=fr] [data-k^="v"] [title~="y"] [lang$=CA] :first-child :nth-child(2) ' +
  ':nth-child(2n+1) :nth-child(-n+2) :nth-of-type(2) :first-of-type :not(.a) :not(b,.c) :is(.a,i) :where(b,.b) ' +
  ':not([title]) :link :hover :not(:hover)'
const condition = fc.constantFrom(...CONDITIONS.split(' '))
const compound = fc
  .tuple(fc.constantFrom('', 'b', 'i', 'u', 'a', 'div', '*'), fc.array(condition, { maxLength: 3 }))
  .map(([type, conditions]) => `${type}${conditions.join('')}` || '*')
const selector = fc
  .tuple(compound, fc.array(fc.tuple(fc.constantFrom(' ', ' > ', ' + ', '~'), compound), { maxLength: 3 }))
  .map(([first, rest]) => first + rest.map(([combinator, next]) => combinator + next).join(''))
const rule = fc
  .tuple(
    fc.array(selector, { minLength: 1, maxLength: 2 }),
    fc.constantFrom('none', 'none', 'none !important', 'inline', 'inline !important'),
  )
  .map(([selectors, display]) => `${selectors.join(', ')}{display:${display}}`)

const attributes = fc
  .record({
    class: fc.constantFrom('', 'a', 'b', 'c', 'a b', 'b c'),
    id: fc.constantFrom('', '', 'd'),
    title: fc.constantFrom('', 'x', 'x y'),
    lang: fc.constantFrom('', 'fr', 'fr-CA'),
    'data-k': fc.constantFrom('', 'v1', 'w'),
  })
  .map((all) => Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [` ${name}="${value}"`])))
/** `W` stands for a word that is nowhere else. */
function elementAt(depth: number): fc.Arbitrary<string> {
  const children = depth < DEEPEST ? fc.array(elementAt(depth + 1), { maxLength: 3 }) : fc.constant([])
  return fc
    .tuple(fc.constantFrom('b', 'i', 'u', 'div', 'span', 'a'), attributes, children)
    .map(([name, written, inner]) => {
      // A link within a link ends it.
      const content = name === 'a' ? '' : inner.join('')
      return `<${name}${name === 'a' ? ' href="z"' : ''}${written.join('')}>W ${content}</${name}>`
    })
}

const page = fc
  .tuple(fc.array(rule, { minLength: 1, maxLength: 6 }), fc.array(elementAt(0), { minLength: 1, maxLength: 5 }))
  .map(([rules, elements]) => {
    let words = 0
    const body = elements.join('').replaceAll('W ', () => `w${words++}w `)
    return `<!doctype html><html><head><style>${rules.join('\n')}</style></head><body>${body}</body></html>`
  })

const wordsIn = (text: string): readonly string[] => text.match(/w\d+w/g) ?? []

describeWith({ Chromium: hasCommand(CHROMIUM) }, 'style sheets, as Chromium applies them', () => {
  let browser: Browser
  let tab: Page
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    tab = await browser.newPage()
  }, 60_000)
  afterAll(() => browser?.close())

  test(
    'hide the same words',
    async () => {
      await fc.assert(
        fc.asyncProperty(page, async (html) => {
          await tab.setContent(html)
          expect(wordsIn(viewHtml(html).visibleText)).toEqual(wordsIn(await tab.evaluate(shownText)))
        }),
        { numRuns: PAGES },
      )
    },
    60_000 + PAGES * 200,
  )
})

/** Runs in the browser. Of a body that is not shown itself `innerText` has all the words. */
const shownText = `[document.documentElement, document.body].some((one) => getComputedStyle(one).display === 'none')
  ? '' : document.body.innerText`
