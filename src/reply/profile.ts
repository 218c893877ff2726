/**
 * Client profiles: how a kind of mailing software is answered where SMTP leaves a choice. After DATA there is one reply for
 * all recipients (RFC 5321 4.1.1.4), so somebody has to say what it means when their verdicts differ; in LMTP each has its
 * own (RFC 2033 4.2).
 */
import type { ReplyChoices } from '../domain/client-profile.js'
import type { Credential } from '../domain/party.js'
import type { Verdict } from '../domain/verdict.js'
import { ruleOf } from '../rules/catalogue.js'

const GENERIC: ReplyChoices = {
  stage: 'rcpt',
  blocked: 'reject',
  mixed: 'reject_all',
  content: 'reject',
  detail: 'full',
}

/** Any refused recipient ends the whole message in these programs, or the whole campaign: so nobody is refused to their face. */
const DROPPING: ReplyChoices = { ...GENERIC, blocked: 'drop', mixed: 'drop_report' }

/** What each program does with a refusal, and so why it is answered like this: `docs/clients.md`. */
export const CLIENT_PROFILES = {
  generic: GENERIC,
  listmonk: DROPPING,
  mautic: DROPPING,
  symfony: DROPPING,
  phplist: DROPPING,
  phpmailer: GENERIC,
  // A 5xx after DATA counts as a bounce of every member of the batch; a 4xx waits in its retry queue.
  mailman: { ...GENERIC, mixed: 'defer_rest', content: 'defer' },
  // A queue that comes back: nobody bounces for another's sake.
  'postfix-relay': { ...GENERIC, mixed: 'defer_rest' },
  // With speed_adjust a filter must accept all recipients or none (SMTPD_PROXY_README).
  'postfix-proxy': { ...GENERIC, stage: 'data', mixed: 'drop_report' },
} as const satisfies Record<string, ReplyChoices>

export type ClientProfileName = keyof typeof CLIENT_PROFILES

/** How a credential is answered: its profile, and what was chosen otherwise for it alone. Without one, as the generic client. */
export function replyChoices(credential: Pick<Credential, 'profile' | 'replies'> | undefined): ReplyChoices {
  if (credential === undefined) return GENERIC
  const profiles: Readonly<Record<string, ReplyChoices>> = CLIENT_PROFILES
  const preset = Object.hasOwn(profiles, credential.profile) ? profiles[credential.profile] : GENERIC
  return { ...GENERIC, ...preset, ...credential.replies }
}

type Adverse = Exclude<Verdict, { kind: 'permit' }>

/** What becomes of one recipient at the end of DATA. */
export type Fate =
  /** The message goes to it, and the upstream's answer is heard. */
  | { readonly kind: 'forward' }
  /** Nothing goes to it, and the reply is positive all the same. */
  | { readonly kind: 'drop' }
  /** Nothing goes to it, and the client hears this. */
  | { readonly kind: 'answer'; readonly verdict: Adverse }

const FORWARD: Fate = { kind: 'forward' }
const DROP: Fate = { kind: 'drop' }

/**
 * What each recipient's verdict means where every recipient has a reply of its own (LMTP).
 *
 * Whatever the profile, no recipient is forwarded to without a permit, and what could not be established is deferred (I3).
 */
export function settleEach(choices: ReplyChoices, verdicts: readonly Verdict[]): Fate[] {
  return verdicts.map((verdict) => {
    switch (verdict.kind) {
      case 'permit':
        return FORWARD
      case 'defer':
        return { kind: 'answer', verdict }
      case 'refuse':
        return isDropped(choices, verdict) ? DROP : { kind: 'answer', verdict: spoken(choices, verdict) }
    }
  })
}

/**
 * The same where one reply stands for all: either every fate is that one answer, or none is an answer.
 *
 * A deferred recipient makes the whole message wait, whatever the profile: refused, it would be lost for something that was
 * never established (promise I3), and a 4xx after the others were served would send them the message twice.
 */
export function settleTogether(choices: ReplyChoices, verdicts: readonly Verdict[]): Fate[] {
  const everyone = (verdict: Adverse): Fate[] => verdicts.map(() => ({ kind: 'answer', verdict }))
  const deferred = verdicts.find((verdict) => verdict.kind === 'defer')
  if (deferred !== undefined) return everyone(deferred)
  const fates = settleEach(choices, verdicts)
  const refused = fates.find((fate) => fate.kind === 'answer')
  if (refused === undefined) return fates
  if (!fates.includes(FORWARD)) return everyone(refused.verdict)
  switch (choices.mixed) {
    case 'reject_all':
      return everyone(refused.verdict)
    case 'drop_report':
      return fates.map((fate) => (fate.kind === 'answer' ? DROP : fate))
    case 'defer_rest':
      return everyone({ ...refused.verdict, kind: 'defer' })
  }
}

/** Whether a verdict is answered 250 although nothing will be sent: the law speaks of the recipient, not of the message. */
export function isDropped({ blocked }: ReplyChoices, verdict: Verdict): boolean {
  return blocked === 'drop' && verdict.kind === 'refuse' && !isAboutMessage(verdict)
}

function spoken({ content }: ReplyChoices, verdict: Extract<Verdict, { kind: 'refuse' }>): Adverse {
  return content === 'defer' && isAboutMessage(verdict) ? { ...verdict, kind: 'defer' } : verdict
}

/** By the ground that is answered: whoever may not be written to at all may not be written to in better words either. */
function isAboutMessage({ ground }: Adverse): boolean {
  return !ABOUT_RECIPIENT.has(ruleOf(ground.rule).scope)
}

const ABOUT_RECIPIENT: ReadonlySet<string> = new Set(['recipient', 'record'])
