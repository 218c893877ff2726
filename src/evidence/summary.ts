/** The readable summary of a pack: one page of HTML without script or outside reference, in print as on screen. */
import type { Advertiser } from '../domain/party.js'
import { CONTRACT_CLAUSES } from '../domain/party.js'
import type { Figures, VerdictCounts } from './figures.js'
import type { ContractInForce, InForce } from './in-force.js'
import { ACTS, CLASSES, CLAUSES } from '../words/decision-words.js'
import {
  type Bilingual,
  COLON,
  counted,
  type Language,
  listed,
  numberIn,
  said,
  SEMICOLON,
  typesetIn,
  wordFor,
} from '../words/language.js'
import { lawIn } from '../words/law-words.js'
import { type Moments, momentsIn, PARIS_TIME } from '../words/moments.js'
import { SOURCES } from '../words/record-words.js'
import { ENTRIES, FILES, LET_THROUGH, WORDS } from './words.js'

export interface SummaryFacts {
  readonly advertiser: Advertiser
  readonly from: number
  readonly to: number
  readonly at: number
  readonly by: string
  readonly version: string
  readonly checkpoint: { readonly size: number; readonly key: string }
  readonly figures: Figures
  readonly inForce: InForce
  readonly missingRecords: number
}

/** Text that is safe between tags and in attributes. */
class Markup {
  constructor(readonly html: string) {}
}

type Cell = string | number | Markup

/** Captions that repeat the title above the table: for readers of the page with their ears only. */
const SECTIONS: ReadonlySet<Bilingual> = new Set([WORDS.byRouter, WORDS.byClass, WORDS.acts])

const VERDICTS = ['permit', 'refuse', 'defer'] as const
const OUTCOMES = ['relayed', 'refused', 'deferred', 'unknown', 'aborted', 'dropped', 'none'] as const

export function summaryPage(language: Language, facts: SummaryFacts): string {
  const page = new Page(language)
  const { advertiser, figures } = facts
  const sections = [
    heading(page, facts),
    decisions(page, figures),
    byRule(page, facts),
    table(page, WORDS.byRouter, WORDS.router, figures.byRouter, (id) => routerName(facts.inForce, id)),
    table(page, WORDS.byClass, WORDS.class, figures.byClass, (id) => wordFor(language, CLASSES, id)),
    table(page, WORDS.bySource, WORDS.source, figures.bySource, (id) => sourceName(page, id), WORDS.bySourceIntro),
    contracts(page, facts),
    acts(page, facts),
    contents(page),
    howToCheck(page),
  ]
  const title = escaped(`${page.say(WORDS.title)}${COLON[language]}${advertiser.legalName}`)
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${sections.join('\n')}
</main>
</body>
</html>
`
}

class Page {
  readonly #moments: Moments

  constructor(readonly language: Language) {
    this.#moments = momentsIn(language)
  }

  say(words: Bilingual, values: Readonly<Record<string, string>> = {}): string {
    return said(this.language, words, values)
  }

  number(value: number): string {
    return numberIn(this.language, value)
  }

  moment(at: number): string {
    return this.#moments.moment(at)
  }

  /** @param day as configurations write it, e.g. `2026-01-10` */
  day(day: string): string {
    return this.#moments.day(`${day}T12:00:00Z`)
  }

  cell(value: Cell): string {
    if (value instanceof Markup) return value.html
    return escaped(typeof value === 'number' ? this.number(value) : value)
  }
}

function heading(page: Page, { advertiser, from, to, at, version, checkpoint, by }: SummaryFacts): string {
  const period = { from: page.moment(from), to: page.moment(to) }
  const lead = page.say(WORDS.lead, {
    advertiser: advertiser.legalName,
    zone: page.say(PARIS_TIME),
    ...period,
  })
  const siren = advertiser.siren === undefined ? '' : `, SIREN ${advertiser.siren}`
  const rows: [Bilingual, Cell][] = [
    [WORDS.advertiser, `${advertiser.legalName}${siren} (${advertiser.id})`],
    [WORDS.period, page.say(WORDS.periodValue, period)],
    [WORDS.made, `${page.moment(at)}, ${by}, Aval ${version}`],
    [WORDS.journal, counted(page.language, checkpoint.size, ENTRIES)],
    [WORDS.key, new Markup(`<code>${escaped(checkpoint.key)}</code>`)],
  ]
  const list = rows.map(([term, value]) => `<dt>${escaped(page.say(term))}</dt><dd>${page.cell(value)}</dd>`)
  return `<header>
<h1>${escaped(page.say(WORDS.title))}</h1>
<p class="lead">${escaped(lead)}</p>
<dl>${list.join('')}</dl>
</header>`
}

function decisions(page: Page, { verdicts, wouldRefuse, outcomes }: Figures): string {
  const boxes = VERDICTS.map(
    (verdict) =>
      `<div class="${verdict}"><dt>${escaped(page.say(WORDS[verdict]))}</dt><dd>${page.number(verdicts[verdict])}</dd></div>`,
  )
  const would = wouldRefuse === 0 ? '' : `<p>${escaped(counted(page.language, wouldRefuse, LET_THROUGH))}</p>`
  const rows = OUTCOMES.filter((status) => (outcomes.get(status) ?? 0) > 0).map((status) => [
    page.say(WORDS[status]),
    outcomes.get(status)!,
  ])
  const table = rows.length === 0 ? '' : grid(page, WORDS.outcomes, ['', page.say(WORDS.count)], rows)
  return section(
    page,
    WORDS.decisions,
    `<p>${escaped(page.say(WORDS.decisionsIntro))}</p>
<dl class="figures">${boxes.join('')}</dl>${would}${table}`,
  )
}

function byRule(page: Page, { figures: { byRule: counts }, inForce: { ruleTexts } }: SummaryFacts): string {
  const known = [...ruleTexts.keys()].filter((id) => counts.has(id))
  const unknown = [...counts.keys()].filter((id) => !ruleTexts.has(id))
  const rows = [...known, ...unknown].map((id): Cell[] => {
    const rule = ruleTexts.get(id)
    const title = rule === undefined ? '' : `<br>${escaped(typesetIn(page.language, rule[page.language].title))}`
    return [
      new Markup(`<strong>${escaped(id)}</strong>${title}`),
      (rule?.sources ?? []).map((source) => lawIn(page.language, source)).join(SEMICOLON[page.language]),
      counts.get(id)!.refuse,
      counts.get(id)!.defer,
    ]
  })
  if (rows.length === 0) return section(page, WORDS.byRule, nothing(page))
  const head = [WORDS.rule, WORDS.law, WORDS.refuse, WORDS.defer].map((words) => page.say(words))
  return section(page, WORDS.byRule, grid(page, WORDS.byRuleIntro, head, rows, 2))
}

function table(
  page: Page,
  title: Bilingual,
  column: Bilingual,
  counts: ReadonlyMap<string, VerdictCounts>,
  name: (id: string) => string = (id) => id,
  caption: Bilingual = title,
): string {
  if (counts.size === 0) return section(page, title, nothing(page))
  const rows = [...counts]
    .sort(([, a], [, b]) => total(b) - total(a))
    .map(([id, count]): Cell[] => [name(id), ...VERDICTS.map((verdict) => count[verdict])])
  const head = [column, ...VERDICTS.map((verdict) => WORDS[verdict])].map((words) => page.say(words))
  return section(page, title, grid(page, caption, head, rows))
}

function contracts(page: Page, { inForce }: SummaryFacts): string {
  const rows = inForce.contracts.map((contract) => contractRow(page, contract))
  if (rows.length === 0) return section(page, WORDS.contracts, nothing(page))
  const head = [WORDS.router, WORDS.signed, WORDS.until, WORDS.clauses, WORDS.document].map((words) => page.say(words))
  return section(page, WORDS.contracts, grid(page, WORDS.contractsIntro, head, rows, 5))
}

function contractRow(page: Page, { router, signed, until, clauses, documentSha256 }: ContractInForce): Cell[] {
  const missing = CONTRACT_CLAUSES.filter((clause) => clauses[clause] !== true)
  const values = {
    present: page.number(CONTRACT_CLAUSES.length - missing.length),
    all: page.number(CONTRACT_CLAUSES.length),
    missing: listed(missing.map((clause) => wordFor(page.language, CLAUSES, clause))),
  }
  return [
    `${router.legalName} (${router.id})`,
    page.day(signed),
    page.day(until),
    page.say(missing.length === 0 ? WORDS.clausesValue : WORDS.clausesMissing, values),
    new Markup(`<code>${escaped(documentSha256)}</code>`),
  ]
}

function acts(page: Page, { figures, missingRecords, inForce }: SummaryFacts): string {
  const rows: Cell[][] = [...figures.certificates].map(([act, count]) => [wordFor(page.language, ACTS, act), count])
  if (figures.erased > 0) rows.push([page.say(WORDS.erased), figures.erased])
  if (missingRecords > 0) rows.push([page.say(WORDS.missingRecords), missingRecords])
  if (inForce.missing.length > 0) rows.push([page.say(WORDS.missingConfigurations), inForce.missing.length])
  if (inForce.withheld.length > 0) rows.push([page.say(WORDS.withheldConfigurations), inForce.withheld.length])
  const content =
    rows.length === 0 ? nothing(page) : grid(page, WORDS.acts, [page.say(WORDS.act), page.say(WORDS.count)], rows)
  return section(page, WORDS.acts, content)
}

function contents(page: Page): string {
  const list = Object.entries(FILES).map(
    ([name, words]) => `<dt><code>${escaped(name)}</code></dt><dd>${escaped(page.say(words))}</dd>`,
  )
  return section(page, WORDS.files, `<dl>${list.join('')}</dl>`)
}

function howToCheck(page: Page): string {
  return `${section(
    page,
    WORDS.check,
    `<p>${escaped(page.say(WORDS.checkText))} <code>node verify.mjs --key ${escaped(page.say(WORDS.keyWord))}</code>, ${escaped(page.say(WORDS.checkMore))}</p>`,
  )}
${section(page, WORDS.limits, `<p>${escaped(page.say(WORDS.limitsText))}</p>`)}`
}

function section(page: Page, title: Bilingual, content: string): string {
  return `<section>
<h2>${escaped(page.say(title))}</h2>
${content}
</section>`
}

/** @param words how many columns from the left hold words rather than numbers */
function grid(
  page: Page,
  caption: Bilingual,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  words = 1,
): string {
  const kind = (i: number) => (i < words ? '' : ' class="number"')
  const th = head.map((text, i) => (text === '' ? '<td></td>' : `<th scope="col"${kind(i)}>${escaped(text)}</th>`))
  const body = rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? `<th scope="row">${page.cell(cell)}</th>` : `<td${kind(i)}>${page.cell(cell)}</td>`,
    )
    return `<tr>${cells.join('')}</tr>`
  })
  return `<table><caption${SECTIONS.has(caption) ? ' class="told"' : ''}>${escaped(page.say(caption))}</caption><thead><tr>${th.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`
}

function nothing(page: Page): string {
  return `<p>${escaped(page.say(WORDS.nothing))}</p>`
}

function routerName({ routers }: InForce, id: string): string {
  const name = routers.get(id)
  return name === undefined ? id : `${name} (${id})`
}

function sourceName(page: Page, id: string): string {
  if (id === '') return page.say(WORDS.noRecord)
  if (id === 'gone') return page.say(WORDS.gone)
  const [kind = '', ...party] = id.split(' ')
  return [wordFor(page.language, SOURCES, kind), ...party].join(' ')
}

function total(counts: VerdictCounts): number {
  return counts.permit + counts.refuse + counts.defer
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const STYLE = `
:root { color-scheme: light; --ink: #1b1f24; --faint: #57606a; --line: #d0d7de; --good: #1a7f37; --bad: #b42318; --doubt: #8a5a00 }
* { box-sizing: border-box }
body { margin: 0; background: #fff; color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
main { max-width: 56rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid var(--ink) }
p { max-width: 42rem; margin: .5rem 0 }
.lead { font-size: 1.125rem }
dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .25rem 1.5rem; margin: 1rem 0 }
dt { color: var(--faint) }
dd { margin: 0; overflow-wrap: anywhere }
code { font: .875em/1.4 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; overflow-wrap: anywhere }
.figures { grid-template-columns: repeat(3, 1fr); gap: 1rem }
.figures div { border: 1px solid var(--line); border-top: 4px solid; padding: .75rem 1rem }
.figures .permit { border-top-color: var(--good) }
.figures .refuse { border-top-color: var(--bad) }
.figures .defer { border-top-color: var(--doubt) }
.figures dd { font-size: 1.75rem; font-weight: 600; font-variant-numeric: tabular-nums }
table { width: 100%; border-collapse: collapse; margin: 1rem 0 }
caption { text-align: left; color: var(--faint); padding-bottom: .25rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line) }
tbody th { font-weight: 400; min-width: 11rem }
tbody th strong { white-space: nowrap }
.told { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.number { width: 7rem; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
@page { margin: 18mm 16mm }
@media print {
  body { font-size: 10.5pt }
  main { max-width: none; padding: 0 }
  section, tr, .figures { break-inside: avoid }
  h2 { break-after: avoid }
}
@media (max-width: 36rem) { .figures, dl { grid-template-columns: 1fr } }
`
