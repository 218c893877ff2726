/**
 * The catalogue: the one list of rules, from which replies, configuration keys, metrics and `docs/rules.md` are made. Its
 * order is the precedence: where several rules fail, the first of them here is the ground that is answered.
 *
 * Rows are data and know no rule file, so that a rule may name its row.
 */
import { MESSAGE_ROWS } from './catalogue/message-rows.js'
import { RECIPIENT_ROWS } from './catalogue/recipient-rows.js'
import type { CatalogueRow } from './catalogue/row.js'
import { SENDER_ROWS } from './catalogue/sender-rows.js'

export type { CatalogueRow, RuleCoverage, RuleExplanation, RuleReply, RuleScope, RuleStage } from './catalogue/row.js'

const ROWS = [...SENDER_ROWS, ...RECIPIENT_ROWS, ...MESSAGE_ROWS] as const

export type RuleId = (typeof ROWS)[number]['id']

export interface Row extends CatalogueRow {
  readonly id: RuleId
  readonly answersAs?: RuleId
}

export const CATALOGUE: readonly Row[] = ROWS

export const RULE_IDS: readonly RuleId[] = CATALOGUE.map((row) => row.id)

const BY_ID: ReadonlyMap<string, { readonly row: Row; readonly precedence: number }> = new Map(
  CATALOGUE.map((row, precedence) => [row.id, { row, precedence }]),
)

/** @throws Error for an id that is not in the catalogue. */
export function rowOf(id: string): Row {
  const entry = BY_ID.get(id)
  if (entry === undefined) throw new Error(`no such rule: ${id}`)
  return entry.row
}

/** Lower is higher. */
export function precedenceOf(id: string): number {
  return BY_ID.get(id)?.precedence ?? Infinity
}
