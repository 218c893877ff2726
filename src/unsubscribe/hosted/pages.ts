/**
 * The hosted pages: plain HTML that needs no script, no cookie and nothing from anywhere else. WCAG 2.2 AA: one heading, every
 * control named and large enough, contrast in light and dark, order as read.
 */
import { createHash } from 'node:crypto'
import type { Advertiser } from '../../domain/party.js'
import { PAGE_LANGUAGES } from './languages.js'
import type { PageTexts } from './texts/page-texts.js'

/** Who sends, as far as a reader is told. */
export type Sender = Pick<
  Advertiser,
  'legalName' | 'brands' | 'siren' | 'seat' | 'contactEmail' | 'dpoContact' | 'privacyUrl'
>

export interface PageSubject {
  readonly sender: Sender
  /** Name of the list that can be left alone; undefined when there is none. */
  readonly list: string | undefined
}

export type Page =
  | { readonly kind: 'ask'; readonly subject: PageSubject }
  | { readonly kind: 'done'; readonly subject: PageSubject; readonly scope: 'all' | 'list' }
  | { readonly kind: 'undone'; readonly subject: PageSubject; readonly took: boolean }
  /** The same for every token, known or not: nothing can be learnt from it. */
  | { readonly kind: 'taken' | 'unknown' | 'trouble' | 'too_many' }

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1d21; --soft: #55585f; --paper: #fbfaf8; --card: #fff; --line: #dcd9d2; --key: #14213d; --on-key: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececea; --soft: #b3b5ba; --paper: #141518; --card: #1d1f23; --line: #3a3d44; --key: #e8e4da; --on-key: #14161a }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; grid-template-rows: 1fr auto; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere }
main { width: 100%; max-width: 34rem; margin: auto; padding: 2rem 1.25rem }
.from { margin: 0 0 .5rem; color: var(--soft); font-weight: 600; letter-spacing: .01em }
h1 { margin: 0 0 1rem; font-size: clamp(1.75rem, 6vw, 2.375rem); line-height: 1.15; letter-spacing: -.02em; text-wrap: balance }
p { margin: 0 0 1rem }
form { margin: 1.5rem 0 0 }
fieldset { margin: 0 0 1.5rem; padding: 0; border: 0 }
legend { padding: 0 0 .625rem; font-weight: 600 }
label { display: flex; gap: .75rem; align-items: center; min-height: 3rem; padding: .625rem 1rem; background: var(--card);
  border: 1px solid var(--line); cursor: pointer }
label:first-of-type { border-radius: .625rem .625rem 0 0 }
label:last-of-type { border-radius: 0 0 .625rem .625rem; border-top: 0 }
input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--key) }
button { min-height: 3rem; padding: .75rem 1.5rem; font: inherit; font-weight: 600; color: var(--on-key); background: var(--key);
  border: 2px solid var(--key); border-radius: .625rem; cursor: pointer }
button.quiet { color: var(--ink); background: transparent; border-color: var(--soft); font-weight: 500 }
@media (max-width: 30rem) { button { width: 100% } }
:focus-visible { outline: 3px solid #b8860b; outline-offset: 3px }
.aside { margin: 2.5rem 0 0; padding-top: 1.5rem; border-top: 1px solid var(--line) }
.aside p { margin: 0 }
.aside form { margin-top: 1rem }
footer { padding: 1.25rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9375rem }
footer > * { max-width: 31.5rem; margin: 0 auto .5rem }
footer a { color: inherit; display: inline-block; padding: .25rem 0; text-underline-offset: .15em }
nav ul { margin: 0; padding: 0; list-style: none }
.row, nav ul { display: flex; flex-wrap: wrap; gap: .125rem 1rem }
[aria-current] { font-weight: 600; text-decoration: none }
`

/** Allows the style of the pages and the form back to them, and nothing else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export function renderPage(page: Page, texts: PageTexts): string {
  const subject = 'subject' in page ? page.subject : undefined
  const name = subject && publicName(subject.sender)
  const { heading, body } = contentOf(page, texts)
  const title = name === undefined ? heading : `${heading} - ${name}`
  return `<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${name === undefined ? '' : `<p class="from">${escaped(name)}</p>\n`}<h1>${escaped(heading)}</h1>
${body}
</main>
<footer>
${subject === undefined ? '' : identity(subject.sender, texts)}${page.kind === 'ask' || page.kind === 'unknown' ? languages(texts) : ''}</footer>
</body>
</html>
`
}

function contentOf(page: Page, texts: PageTexts): { heading: string; body: string } {
  switch (page.kind) {
    case 'ask':
      return { heading: texts.title, body: askBody(page.subject, texts) }
    case 'done':
      return { heading: texts.done, body: doneBody(page, texts) }
    case 'undone': {
      const heading = page.took ? texts.undone : texts.tooLate
      const text = page.took ? named(texts.undoneText, page.subject) : texts.tooLateText
      const again = page.took
        ? form(texts, { scope: 'all' }, `<button class="quiet">${escaped(texts.stop)}</button>`)
        : ''
      return { heading, body: paragraph(text) + again }
    }
    case 'taken':
      return { heading: texts.taken, body: paragraph(texts.takenText) }
    case 'unknown':
      return { heading: texts.unknown, body: paragraph(texts.unknownText) }
    case 'trouble':
      return { heading: texts.trouble, body: paragraph(texts.troubleText) }
    case 'too_many':
      return { heading: texts.tooMany, body: paragraph(texts.tooManyText) }
  }
}

function askBody(subject: PageSubject, texts: PageTexts): string {
  const button = `<button>${escaped(texts.stop)}</button>`
  if (subject.list === undefined) return paragraph(texts.ask) + form(texts, { scope: 'all' }, button)
  const choices = `<fieldset>
<legend>${escaped(texts.question)}</legend>
<label><input type="radio" name="scope" value="all" checked> <span>${escaped(texts.everything)}</span></label>
<label><input type="radio" name="scope" value="list"> <span>${escaped(named(texts.onlyList, subject))}</span></label>
</fieldset>
`
  return paragraph(texts.ask) + form(texts, {}, choices + button)
}

function doneBody({ subject, scope }: Page & { kind: 'done' }, texts: PageTexts): string {
  const what = named(scope === 'list' ? texts.doneList : texts.doneEverything, subject)
  const more =
    scope === 'list' ? form(texts, { scope: 'all' }, `<button>${escaped(texts.stopEverything)}</button>`) : ''
  const undo = form(texts, { undo: scope }, `<button class="quiet">${escaped(texts.undo)}</button>`)
  return `${paragraph(`${what} ${texts.atOnce}`)}${more}<div class="aside">${paragraph(texts.mistake)}${undo}</div>`
}

/** Back to the page it stands on: the address holds the token, and nothing else is needed. */
function form({ language }: PageTexts, fields: Readonly<Record<string, string>>, content: string): string {
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">\n`,
  )
  return `<form method="post" action="?lang=${language}">
${hidden.join('')}${content}
</form>
`
}

function identity(sender: Sender, texts: PageTexts): string {
  const { legalName, siren, seat, contactEmail, dpoContact, privacyUrl } = sender
  const facts = [legalName, siren && `SIREN ${siren.replace(/(\d{3})(?=\d)/g, '$1\u00a0')}`, seat]
    .filter(Boolean)
    .join(', ')
  const links = [
    contactEmail && link(mailto(contactEmail), contactEmail),
    privacyUrl && link(privacyUrl, texts.privacy),
    dpoContact && link(mailto(dpoContact), texts.dpo),
  ].filter(Boolean)
  const ways = links.length === 0 ? '' : `<p class="row">${links.join('\n')}</p>\n`
  return `<p>${escaped(facts)}</p>\n${ways}`
}

function mailto(address: string): string {
  return `mailto:${encodeURIComponent(address).replace('%40', '@')}`
}

function languages({ language, languages }: PageTexts): string {
  const items = PAGE_LANGUAGES.map((other) => {
    const current = other.language === language ? ' aria-current="true"' : ''
    return `<li><a href="?lang=${other.language}" lang="${other.language}" hreflang="${other.language}"${current}>${escaped(other.languageName)}</a></li>`
  })
  return `<nav aria-label="${escaped(languages)}"><ul>${items.join('')}</ul></nav>\n`
}

function publicName({ brands, legalName }: Sender): string {
  return brands[0] ?? legalName
}

function named(text: string, { sender, list = '' }: PageSubject): string {
  return text.replace('NAME', () => publicName(sender)).replace('LIST', () => list)
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>\n`
}

function link(href: string, text: string): string {
  return `<a href="${escaped(href)}">${escaped(text)}</a>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
