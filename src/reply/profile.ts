/**
 * Client profiles: how a kind of mailing software is answered where SMTP leaves a choice. After DATA there is one reply for
 * all recipients, so somebody has to say what it means when their verdicts differ.
 */
import type { Verdict } from '../domain/verdict.js'

export const MIXED_POLICIES = ['reject_all', 'drop_report', 'defer_rest'] as const
/**
 * reject_all: the message goes to nobody and is refused. drop_report: it goes to the permitted recipients; the refused ones
 * are dropped and reported in log and journal. defer_rest: it goes to nobody and is deferred; on the next attempt each
 * recipient reads its own reply at RCPT.
 */
export type MixedPolicy = (typeof MIXED_POLICIES)[number]

export interface ClientProfile {
  readonly name: string
  readonly onMixed: MixedPolicy
}

export const CLIENT_PROFILES = {
  generic: { name: 'generic', onMixed: 'reject_all' },
} as const satisfies Record<string, ClientProfile>

/** The profile of a name; an unknown name is answered as the generic client. */
export function clientProfile(name: string | undefined): ClientProfile {
  const profiles: Readonly<Record<string, ClientProfile>> = CLIENT_PROFILES
  return name !== undefined && Object.hasOwn(profiles, name) ? profiles[name]! : CLIENT_PROFILES.generic
}

export interface Settlement {
  /** For each verdict in order, whether the message is forwarded to that recipient. */
  readonly forward: readonly boolean[]
  /** The verdict the client hears; undefined when the message is forwarded and the upstream's answer is heard. */
  readonly answer: Exclude<Verdict, { kind: 'permit' }> | undefined
}

/**
 * What one reply to DATA means for recipients whose verdicts differ.
 *
 * A deferred recipient makes the whole message wait, whatever the profile: refused, it would be lost for something that was
 * never established (promise I3), and a 4xx after the others were served would send them the message twice.
 */
export function settleMixed(profile: ClientProfile, verdicts: readonly Verdict[]): Settlement {
  const nobody = verdicts.map(() => false)
  const deferred = verdicts.find((verdict) => verdict.kind === 'defer')
  if (deferred !== undefined) return { forward: nobody, answer: deferred }
  const refused = verdicts.find((verdict) => verdict.kind === 'refuse')
  if (refused === undefined) return { forward: verdicts.map(() => true), answer: undefined }
  if (verdicts.every((verdict) => verdict.kind === 'refuse')) return { forward: nobody, answer: refused }
  switch (profile.onMixed) {
    case 'reject_all':
      return { forward: nobody, answer: refused }
    case 'drop_report':
      return { forward: verdicts.map(({ kind }) => kind === 'permit'), answer: undefined }
    case 'defer_rest':
      return { forward: nobody, answer: { ...refused, kind: 'defer' } }
  }
}
