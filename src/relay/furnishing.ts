/**
 * What Aval puts into messages of an advertiser that has no unsubscribe endpoint: the one-click fields (RFC 8058) in front, and
 * the recipient's own link in place of a placeholder in the body. Only into unsigned messages to one recipient: a signature, or
 * a second person, would be wronged. Message rules judge the message as it will leave.
 */
import { isProspecting } from '../domain/message-class.js'
import type { Alternative, MessageFacts, TextBody } from '../domain/message-facts.js'
import type { HostedUnsubscribe } from '../domain/party.js'
import type { Stream } from './stream.js'

export interface Furnishing {
  readonly hosted: HostedUnsubscribe
  /** Whether the message has no List-Unsubscribe of its own. */
  readonly fields: boolean
  /** The bodies to look for the placeholder in; none where it does not occur. */
  readonly bodies: readonly TextBody[]
}

/** Stands for the recipient's link while the message is judged apart from its recipient. */
export function templateLink({ url }: HostedUnsubscribe): string {
  return `${url}/u/TOKEN`
}

export const ONE_CLICK_FIELD = 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n'

/** Undefined where the message leaves as it came. */
export function furnishingOf(facts: MessageFacts, stream: Stream, recipientCount: number): Furnishing | undefined {
  const hosted = stream.advertiser?.hosted
  if (hosted === undefined || recipientCount !== 1 || !isProspecting(stream.messageClass)) return undefined
  if (hasField(facts, 'dkim-signature')) return undefined
  const fields = !hasField(facts, 'list-unsubscribe') && !hasField(facts, 'list-unsubscribe-post')
  const { placeholder } = hosted
  const found =
    placeholder !== undefined && facts.alternatives.some(({ links }) => links.some((link) => link.href === placeholder))
  if (!fields && !found) return undefined
  return { hosted, fields, bodies: found ? facts.textBodies : [] }
}

/** The facts of the message as it will leave. */
export function furnished(facts: MessageFacts, { hosted, fields, bodies }: Furnishing): MessageFacts {
  const link = templateLink(hosted)
  const { placeholder } = hosted
  return {
    ...facts,
    ...(fields && {
      listUnsubscribe: { fields: 1, uris: [link], problems: [], post: ['List-Unsubscribe=One-Click'] },
    }),
    ...(bodies.length > 0 && { alternatives: facts.alternatives.map((each) => filled(each, placeholder!, link)) }),
  }
}

function filled(alternative: Alternative, placeholder: string, link: string): Alternative {
  const put = (text: string): string => text.replaceAll(placeholder, link)
  return {
    ...alternative,
    visibleText: put(alternative.visibleText),
    links: alternative.links.map((each) => ({
      ...each,
      href: put(each.href),
      label: put(each.label),
      context: put(each.context),
    })),
  }
}

function hasField({ headerFields }: MessageFacts, name: string): boolean {
  return headerFields.some((field) => field.name.toLowerCase() === name)
}
