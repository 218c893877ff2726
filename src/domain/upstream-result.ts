/** How one step of the conversation with the upstream MTA ended: its answer, or how far the message went before it broke. */
import { type Reply, isPositive } from './reply.js'

/** How far a message had gone towards the upstream when something failed. */
export const UPSTREAM_STAGES = [
  'connect',
  'greeting',
  'ehlo',
  'starttls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'body',
  'dot',
] as const
export type UpstreamStage = (typeof UPSTREAM_STAGES)[number]

export type UpstreamResult =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | {
      readonly kind: 'failure'
      readonly stage: UpstreamStage
      /** `dot` means the upstream may have taken the message: its answer is not known. */
      readonly sent: 'none' | 'partial' | 'dot'
      readonly cause:
        'dns' | 'connection' | 'timeout' | 'closed' | 'tls' | 'auth' | 'protocol' | 'capability' | 'overload'
      /** Keyword of what the upstream does not offer, with the cause `capability`. */
      readonly extension?: string
      /** For logs; never sent to a client. */
      readonly message: string
    }

/** The upstream answered, and took what it was offered. */
export function isTaken(result: UpstreamResult): boolean {
  return result.kind === 'reply' && isPositive(result.reply)
}
