/** The settings rules are judged by: thresholds that are a choice and not law, and what is done about each rule. */

/** observe: decide and log, let pass; warn: the same, said louder; enforce: refuse or defer. */
export const MODES = ['observe', 'warn', 'enforce'] as const
export type Mode = (typeof MODES)[number]

/** What is done when a rule fails: reject with 5xx, defer with 4xx, let pass with a warning, or nothing. */
export const ACTIONS = ['reject', 'defer', 'warn', 'off'] as const
export type Action = (typeof ACTIONS)[number]

export interface Policy {
  readonly mode: Mode
  /** Actions that differ from the catalogue's, by rule id. */
  readonly actions: ReadonlyMap<string, Action>
  readonly retention: { readonly months: number }
  readonly recipientLimit: { readonly prospecting: number; readonly transactional: number }
  /** How long a lapsed contract is answered 451 before it is answered 550, milliseconds. */
  readonly senderHoldMs: number
  readonly unsubscribe: { readonly acceptMailtoOnly: boolean }
}
