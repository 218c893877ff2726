/** How a rule's table is read: a name a lawyer can follow, facts, what the rule must find. */
import { describe, expect, test } from 'vitest'
import type { Finding } from '#aval/domain/verdict.js'

/** `pass`, `fail no_proof`, `warn dkim_unaligned`, `skip not_applicable`, `unknown registry_not_readable`. */
export type Expected = string

export interface Row<Facts> {
  readonly name: string
  readonly facts: Facts
  readonly expect: Expected
}

export function ruleTable<Facts>(
  rule: { readonly id: string; readonly judge: (facts: Facts) => Finding },
  rows: readonly Row<Facts>[],
): void {
  describe(rule.id, () => {
    test.each(rows.map((row) => [row.name, row] as const))('%s', (_name, row) => {
      expect(asWords(rule.judge(row.facts))).toBe(row.expect)
    })
  })
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
