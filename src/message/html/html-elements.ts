/** What the elements of HTML do to the page around them (HTML Living Standard), as far as that changes what is seen. */

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(' '))
export const UNSHOWN = setOf('script style title template iframe noframes noembed datalist')
export const VOID = setOf('area base basefont bgsound br col embed frame hr img input link meta param source track wbr')
/** There is one of each, whatever the markup says; what follows their end still belongs to the page. */
export const PAGE_ELEMENTS = setOf('html head body')
/** What they hold is shown once they are opened. */
export const OPENED = setOf('details dialog')
export const CELLS = setOf('td th')
export const BLOCKS = setOf(
  'address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer ' +
    'form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol p pre section summary table tbody tfoot thead tr ul',
)
/** An end tag of these leaves elements opened inside them open. */
export const FORMATTING = setOf('a b big code em font i nobr s small strike strong tt u')
export const TABLES = setOf('table')
export const TABLE_PARTS = setOf('table thead tbody tfoot tr td th caption')
export const SCOPES = setOf('table td th caption template')
export const SPECIAL = new Set([...BLOCKS, ...CELLS])

export interface ImpliedEnd {
  readonly ends: ReadonlySet<string>
  readonly within: ReadonlySet<string>
}

export const IMPLIED_ENDS: ReadonlyMap<string, ImpliedEnd> = impliedEnds()

/** HTML Living Standard 13.1.2.4, the ends that matter here. */
function impliedEnds(): Map<string, ImpliedEnd> {
  const paragraph = { ends: setOf('p'), within: setOf('table td th caption button') }
  const ends = new Map<string, ImpliedEnd>()
  for (const name of BLOCKS) ends.set(name, paragraph)
  for (const name of ['td', 'th']) ends.set(name, { ends: CELLS, within: setOf('tr table') })
  ends.set('tr', { ends: setOf('tr td th'), within: TABLES })
  for (const name of ['tbody', 'thead', 'tfoot'])
    ends.set(name, { ends: setOf('tbody thead tfoot tr td th'), within: TABLES })
  ends.set('li', { ends: setOf('li'), within: setOf('ul ol table td th') })
  for (const name of ['dd', 'dt']) ends.set(name, { ends: setOf('dd dt'), within: setOf('dl table td th') })
  for (const name of ['caption', 'table']) ends.delete(name)
  ends.set('option', { ends: setOf('option'), within: setOf('select') })
  return ends
}
