/** How a rule's table is read: a name a lawyer can follow, facts, what the rule must find, and what it must show for it. */
import { describe, expect, test } from 'vitest'
import type { Evidence, Finding } from '#aval/domain/verdict.js'
import { factValue, FACTS } from '#aval/words/fact-words.js'
import { findingIn, FINDINGS } from '#aval/words/finding-words.js'

/** `pass`, `fail no_proof`, `warn dkim_unaligned`, `skip not_applicable`, `unknown registry_not_readable`. */
export type Expected = string

export interface Row<Facts> {
  readonly name: string
  readonly facts: Facts
  readonly expect: Expected
  /** All of it; none where left out, but for a failure in a table that has an evidence of its own. */
  readonly evidence?: Evidence
  /** Words of the message; none where left out. */
  readonly quote?: string
}

type Table<Facts> =
  | [rows: readonly Row<Facts>[]]
  /** `evidence` is that of each failure whose row states none. */
  | [ofFailures: { readonly evidence: Evidence }, rows: readonly Row<Facts>[]]

/** The whole finding is compared: what the rule says, its evidence, the words it quotes. */
export function ruleTable<Facts>(
  rule: { readonly id: string; readonly judge: (facts: Facts) => Finding },
  ...table: Table<Facts>
): void {
  const [{ evidence: ofFailures }, rows] = table.length === 1 ? [{ evidence: {} }, table[0]] : table
  describe(rule.id, () => {
    test.each(rows.map((row) => [row.name, row] as const))('%s', (_name, row) => {
      const finding = rule.judge(row.facts)
      expectWords(rule.id, finding)
      expect({ says: asWords(finding), ...shown(finding) }).toEqual({
        says: row.expect,
        evidence: row.evidence ?? (finding.outcome === 'fail' ? ofFailures : {}),
        quote: row.quote,
      })
    })
  })
}

/** Whoever reads the decision reads words: no code of a finding, no name of a fact, no code among its values. */
function expectWords(rule: string, finding: Finding): void {
  const { outcome } = finding
  if (outcome === 'pass' && finding.evidence === undefined) return
  const code =
    outcome === 'fail' ? finding.detail : outcome === 'unknown' ? finding.cause : outcome === 'skip' ? finding.why : ''
  const evidence = 'evidence' in finding ? (finding.evidence ?? {}) : {}
  for (const language of ['fr', 'en'] as const) {
    if (code.includes('_')) expect(findingIn(language, rule, code)).not.toContain(code)
    else if (code !== '')
      expect(FINDINGS).toSatisfy(
        (words: object) => Object.hasOwn(words, code) || Object.hasOwn(words, `${rule} ${code}`),
        `words for ${code}`,
      )
    for (const [name, value] of Object.entries(evidence)) {
      expect(Object.hasOwn(FACTS, name) || Object.hasOwn(FACTS, `${rule} ${name}`), `words for the fact ${name}`).toBe(
        true,
      )
      const text = factValue(language, name, value, rule)
      if (!NAMED_BY_OTHERS.has(name))
        expect(text.replace(/ \((?:colonne|column) \w+\)/, '')).not.toMatch(/[a-z]_[a-z]|[a-z][A-Z]|\dT\d/)
    }
  }
}

/** Facts whose values operators name, or digests. */
const NAMED_BY_OTHERS: ReadonlySet<string> = new Set(['campaign', 'credential', 'source', 'loosened', 'chain'])

function shown(finding: Finding): { readonly evidence: Evidence; readonly quote: string | undefined } {
  if (finding.outcome !== 'pass' && finding.outcome !== 'fail') return { evidence: {}, quote: undefined }
  return { evidence: finding.evidence ?? {}, quote: finding.quote }
}

export function asWords(finding: Finding): Expected {
  switch (finding.outcome) {
    case 'pass':
      return 'pass'
    case 'skip':
      return `skip ${finding.why}`
    case 'unknown':
      return `unknown ${finding.cause}`
    case 'fail':
      return `${finding.warnOnly === true ? 'warn' : 'fail'} ${finding.detail}${finding.action ? ` (${finding.action})` : ''}`
  }
}
