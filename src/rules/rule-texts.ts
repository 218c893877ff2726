/** The rules with their texts of law, as they are kept with the journal: the same octets for the same rules. */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/canonical-json.js'
import { CATALOGUE } from './catalogue.js'

export interface RuleTexts {
  /** Lower-case hexadecimal SHA-256 of the body. */
  readonly sha256: string
  /** A JSON array, canonical, in the order of precedence. */
  readonly body: string
}

/** Those of this version. */
export const RULE_TEXTS: RuleTexts = textsOf()

function textsOf(): RuleTexts {
  const rules = CATALOGUE.map(({ id, sources, action, hardFloor, coverage, fr, en }) => ({
    id,
    sources,
    action,
    hardFloor,
    coverage,
    fr: { ...fr },
    en: { ...en },
  }))
  const body = canonicalJson(rules)
  return { sha256: createHash('sha256').update(body).digest('hex'), body }
}
