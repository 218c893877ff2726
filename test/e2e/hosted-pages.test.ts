/** The hosted unsubscribe pages in a real browser, as people meet them. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { anAdvertiser } from '../support/facts.js'
import { hostedSite, portOf, tokenFor } from '../support/hosted.js'
import { mailOnce } from '../support/mailer.js'
import { describeWith, hasCommand } from '../support/peers.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, sha256, startSink } from '../support/sink.js'
import { PAGE_LANGUAGES } from '#aval/unsubscribe/hosted/languages.js'
import { type Page as HostedPage, renderPage } from '#aval/unsubscribe/hosted/pages.js'

const CHROMIUM = '/usr/bin/chromium'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true }

describeWith({ Chromium: hasCommand(CHROMIUM) }, 'hosted pages in Chromium', () => {
  let directory: string
  let sink: Sink
  let aval: Aval
  let browser: Browser
  let people = 0

  beforeAll(async () => {
    directory = makeDirectory()
    consentTo(
      directory,
      Array.from({ length: 40 }, (_, number) => `lecteur${number}@client.example`),
    )
    sink = await startSink()
    const upstream = `smtp://127.0.0.1:${sink.port}`
    aval = await startAval(upstream, { directory, config: hostedSite(directory, upstream) })
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
  })

  afterAll(async () => {
    await browser?.close()
    await aval?.stop()
    await sink?.close()
    removeDirectory(directory)
  })

  function somebody(): string {
    return `lecteur${people++}@client.example`
  }

  function linkOf(address: string, list?: string): string {
    return `http://127.0.0.1:${portOf(aval, 'unsubscribe')}/u/${tokenFor(directory, address, list)}`
  }

  async function visit<T>(options: BrowserContextOptions, work: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext({ locale: 'fr-FR', javaScriptEnabled: false, ...options })
    try {
      const page = await context.newPage()
      const result = await work(page)
      expect(await context.cookies()).toEqual([])
      return result
    } finally {
      await context.close()
    }
  }

  /** What the sender is told about the next message to somebody. */
  async function nextRcpt(to: string): Promise<string> {
    const { step, reply } = await mailOnce(aval.port, { to, raw: plainNewsletter(sha256(to)) })
    return `${step} ${reply?.slice(0, 3)}`
  }

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(AXE)
    const { violations: found } = await page.evaluate<{
      violations: { id: string; nodes: { html: string }[] }[]
    }>('axe.run()')
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  }

  test.each([
    ['fr-FR', 'Se désinscrire', 'Me désinscrire', 'C’est fait'],
    ['en-GB', 'Unsubscribe', 'Unsubscribe', 'Done'],
  ])('%s: without JavaScript, by keyboard alone, on a phone', async (locale, title, button, done) => {
    const reader = somebody()
    await visit({ ...PHONE, locale }, async (page) => {
      await page.goto(linkOf(reader))
      expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
      expect(await page.getByRole('heading').allTextContents()).toEqual([title])
      expect(await page.getByText('Acme SAS').isVisible()).toBe(true)
      await page.keyboard.press('Tab')
      const focused = page.locator(':focus')
      expect(await focused.textContent()).toBe(button)
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
      await Promise.all([page.waitForLoadState('load'), page.keyboard.press('Enter')])
      await page.getByRole('heading', { name: done }).waitFor()
    })
    expect(await nextRcpt(reader)).toBe('rcpt 550')
  })

  test('nothing overflows, is too small to touch or has to be zoomed, on the smallest phone', async () => {
    await visit({ ...PHONE, viewport: { width: 320, height: 568 } }, async (page) => {
      await page.goto(linkOf(somebody(), 'livres'))
      const { scroll, client } = await page
        .locator('html')
        .evaluate((root) => ({ scroll: root.scrollWidth, client: root.clientWidth }))
      expect(scroll).toBeLessThanOrEqual(client)
      for (const control of await page.locator('button, label').all())
        expect((await control.boundingBox())!.height).toBeGreaterThanOrEqual(44)
      const button = (await page.getByRole('button').boundingBox())!
      expect(button.y + button.height).toBeLessThanOrEqual(568)
    })
  })

  test('one list may be left alone, by the arrow keys; then everything', async () => {
    const reader = somebody()
    await visit({}, async (page) => {
      await page.goto(linkOf(reader, 'livres'))
      await page.keyboard.press('Tab')
      expect(await page.getByRole('radio', { name: 'Tous les messages commerciaux' }).isChecked()).toBe(true)
      await page.keyboard.press('ArrowDown')
      expect(await page.getByRole('radio', { name: 'Seulement « Les livres du mois »' }).isChecked()).toBe(true)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByText('Acme ne vous enverra plus « Les livres du mois »').waitFor()
      expect(await nextRcpt(reader)).toBe('dot 250')
      const ofTheList = Buffer.concat([Buffer.from('X-Aval-Campaign: automne\r\n'), plainNewsletter(sha256(reader))])
      expect((await mailOnce(aval.port, { to: reader, raw: ofTheList })).reply).toMatch(
        /^550 5\.7\.1 AVAL OPPOSITION-LISTED/,
      )
      await page.getByRole('button', { name: 'Arrêter aussi tous les autres messages' }).click()
      await page.getByText('Acme ne vous enverra plus de messages commerciaux').waitFor()
    })
    expect(await nextRcpt(reader)).toBe('rcpt 550')
  })

  test('a click by mistake is taken back where it was made, and nothing else is', async () => {
    const reader = somebody()
    await visit({}, async (page) => {
      await page.goto(linkOf(reader))
      await page.getByRole('button').click()
      await page.getByRole('button', { name: 'Annuler ma désinscription' }).click()
      await page.getByRole('heading', { name: 'Désinscription annulée' }).waitFor()
      expect(await nextRcpt(reader)).toBe('dot 250')
      aval.run([
        'objection add',
        reader,
        '--set',
        'advertiser_id=acme',
        'scope=advertiser',
        'reason=letter',
        `at=${new Date().toISOString()}`,
      ])
      await page.getByRole('button').click()
      await page.getByRole('button', { name: 'Annuler ma désinscription' }).click()
    })
    expect(await nextRcpt(reader)).toBe('rcpt 550')
  })

  test.each(['light', 'dark'] as const)('axe finds nothing to say, in every page, %s', async (colorScheme) => {
    const reader = somebody()
    // The policy of the pages lets no script run: axe is run in spite of it.
    await visit({ ...PHONE, colorScheme, javaScriptEnabled: true, bypassCSP: true }, async (page) => {
      await page.goto(linkOf(reader, 'livres'))
      expect(await violations(page), 'ask').toEqual([])
      await page.getByRole('radio').last().check()
      await page.getByRole('button').click()
      expect(await violations(page), 'done').toEqual([])
      await page.getByRole('button').last().click()
      expect(await violations(page), 'undone').toEqual([])
      await page.goto(`${linkOf(reader).slice(0, -3)}abc`)
      expect(await violations(page), 'unknown').toEqual([])
    })
  })

  test.each(['light', 'dark'] as const)(
    'every page in every language: axe finds nothing, nothing overflows; %s',
    async (colorScheme) => {
      const sender = anAdvertiser({ privacyUrl: 'https://www.acme.example/confidentialite' })
      const subject = { sender, list: 'Les livres du mois et les rencontres de la librairie' }
      const pages: HostedPage[] = [
        { kind: 'ask', subject },
        { kind: 'ask', subject: { ...subject, list: undefined } },
        { kind: 'done', subject, scope: 'all' },
        { kind: 'done', subject, scope: 'list' },
        { kind: 'undone', subject, took: true },
        { kind: 'undone', subject, took: false },
        { kind: 'taken' },
        { kind: 'unknown' },
        { kind: 'trouble' },
        { kind: 'too_many' },
      ]
      await visit({ viewport: { width: 320, height: 568 }, colorScheme, javaScriptEnabled: true }, async (page) => {
        for (const texts of PAGE_LANGUAGES)
          for (const one of pages) {
            await page.setContent(renderPage(one, texts))
            const what = `${texts.language} ${one.kind}`
            expect(await violations(page), what).toEqual([])
            expect(await page.evaluate('document.documentElement.scrollWidth'), what).toBeLessThanOrEqual(320)
          }
      })
    },
    120_000,
  )

  test('another language is one link away, and is kept', async () => {
    await visit({}, async (page) => {
      await page.goto(linkOf(somebody()))
      await page.getByRole('link', { name: 'Deutsch' }).click()
      await page.getByRole('button', { name: 'Abmelden' }).click()
      expect(await page.getByRole('heading').textContent()).toBe('Erledigt')
    })
  })

  test('a scanner that opens every link with a browser unsubscribes nobody', async () => {
    const reader = somebody()
    await visit({ javaScriptEnabled: true }, async (page) => {
      const queue = [linkOf(reader)]
      const seen = new Set<string>()
      for (let url = queue.shift(); url !== undefined; url = queue.shift()) {
        if (seen.has(url)) continue
        seen.add(url)
        await page.goto(url)
        const links = await page.evaluate<string[]>('[...document.links].map((link) => link.href)')
        queue.push(...links.filter((href) => href.startsWith('http://127.0.0.1')))
      }
      expect(seen.size).toBeGreaterThan(5)
    })
    expect(await nextRcpt(reader)).toBe('dot 250')
  })
})
