/** What a person has to look at now, whatever becomes of the message it showed in. */

export const ALARMS = [
  'clock_jumped',
  'records_tampered',
  'canary_hit',
  'list_reuse',
  'complaint_rate',
  'recipients_disclosed',
  'opt_out_late',
] as const
export type AlarmKind = (typeof ALARMS)[number]

/** Ids and counts only. */
export interface Alarm {
  readonly kind: AlarmKind
  readonly at: number
  /** Whose messages it showed in; undefined where it is a matter of the whole site. */
  readonly credential: string | undefined
  /** Whose data are concerned; empty where it cannot be told. */
  readonly advertisers: readonly string[]
  readonly facts: Readonly<Record<string, string | number>>
}

/** Why nothing the registry says can be relied on for now. */
export type Distrust = Extract<AlarmKind, 'clock_jumped' | 'records_tampered'>

/** A hold the relay put on a credential by itself, until an operator has looked. */
export interface RaisedHold {
  readonly kind: Extract<AlarmKind, 'canary_hit' | 'complaint_rate'>
  readonly since: number
}
