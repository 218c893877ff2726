/**
 * Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2183) with their parameters, continued and encoded ones included
 * (RFC 2231). A parameter given twice is told, because readers disagree on which one counts.
 */
import { decodeText } from './charset.js'

export interface ParameterizedValue {
  /** Lower case, e.g. `text/html` or `attachment`. */
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
  /** Names of parameters that stand there more than once. */
  readonly repeated: readonly string[]
}

/** No real field has more; each costs a comparison with the others. */
const MAX_PARAMETERS = 100
const PARAMETER = /;\s*([^\s=;]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/gs

interface Section {
  readonly number: number
  readonly encoded: boolean
  readonly text: string
}

/** Reads `value; name=value; ...`. Never fails: what cannot be read is left out. */
export function parseParameterized(field: string): ParameterizedValue {
  const text = field.includes('(') ? withoutComments(field) : field
  const semicolon = text.indexOf(';')
  const value = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase()
  const sections = new Map<string, Section[]>()
  const repeated = new Set<string>()
  let count = 0
  if (semicolon >= 0) {
    for (const match of text.slice(semicolon).matchAll(PARAMETER)) {
      if (++count > MAX_PARAMETERS) break
      const [name, section] = readSection(match[1]!, match[2]?.replace(/\\(.)/gs, '$1') ?? match[3]!.trim())
      const others = sections.get(name) ?? []
      if (others.some((other) => other.number === section.number && other.encoded === section.encoded))
        repeated.add(name)
      else sections.set(name, [...others, section])
    }
  }
  const parameters = new Map<string, string>()
  for (const [name, parts] of sections) parameters.set(name, joinSections(parts))
  return { value, parameters, repeated: [...repeated] }
}

/** `name`, `name*`, `name*0`, `name*0*` (RFC 2231 3 and 4). A plain parameter has the number -1. */
function readSection(spelling: string, text: string): [string, Section] {
  const match = /^([^*]+)(?:\*(\d{1,3}))?(\*)?$/.exec(spelling)
  if (!match) return [spelling.toLowerCase(), { number: -1, encoded: false, text }]
  const number = match[2] === undefined ? -1 : Number(match[2])
  return [match[1]!.toLowerCase(), { number, encoded: match[3] !== undefined, text }]
}

/** The encoded spelling is preferred to the plain one beside it, as RFC 6266 advises and readers do. */
function joinSections(sections: readonly Section[]): string {
  const whole = sections.find((section) => section.number < 0 && section.encoded)
  const numbered = sections.filter((section) => section.number >= 0).sort((a, b) => a.number - b.number)
  const chosen = whole ? [whole] : numbered.length > 0 ? numbered : sections.slice(0, 1)
  if (!chosen.some((section) => section.encoded)) return chosen.map((section) => section.text).join('')
  const charset = chosen[0]!.encoded ? /^([^']*)'[^']*'/.exec(chosen[0]!.text) : null
  const octets = chosen.map((section, index) => {
    const text = index === 0 && charset ? section.text.slice(charset[0].length) : section.text
    return section.encoded ? percentDecoded(text) : Buffer.from(text, 'latin1')
  })
  const joined = Buffer.concat(octets)
  return decodeText(joined, charset?.[1] ?? '') ?? joined.toString('latin1')
}

function percentDecoded(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}

/** Drops RFC 822 comments outside quoted strings. */
function withoutComments(text: string): string {
  let kept = ''
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character === '\\' && (quoted || depth > 0)) {
      if (depth === 0) kept += text.slice(i, i + 2)
      i++
      continue
    }
    if (depth === 0 && character === '"') quoted = !quoted
    if (!quoted && character === '(') depth++
    else if (!quoted && character === ')' && depth > 0) depth--
    else if (depth === 0) kept += character
  }
  return kept
}
