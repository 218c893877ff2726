/** Reads from a message where a person could write to. */
import { canonicalDomain } from '../domain/address.js'
import type { ContactPoints } from '../domain/contact-points.js'
import type { MessageFacts } from '../domain/message-facts.js'
import { fold } from '../domain/text.js'
import { mailtoAddresses, schemeOf } from './link-target.js'

const UNREAD = /^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|ne[-_.]?pas[-_.]?repondre|noresponse|sans[-_.]?reponse)\b/i
const CONTACT_PAGE = /\bcontact/

export function contactPointsOf(message: MessageFacts): ContactPoints {
  const answered = message.replyTo.length > 0 ? message.replyTo : message.from
  return {
    replyDomains: distinct(answered.map(({ domain }) => domain)),
    unsubscribeDomains: distinct(message.listUnsubscribe.uris.flatMap(mailtoDomains)),
    replyIsUnread: answered.length > 0 && answered.every(({ address }) => UNREAD.test(address)),
    bodyHasContact: message.alternatives.some(
      ({ links, visibleText }) =>
        links.some(({ href, label }) => schemeOf(href) === 'mailto' || CONTACT_PAGE.test(fold(label))) ||
        /[^\s@<>()]@[^\s@<>()]{1,253}\.[a-z]{2,}/i.test(visibleText),
    ),
  }
}

function mailtoDomains(uri: string): string[] {
  return mailtoAddresses(uri).map((address) => {
    const domain = /^.+(?:@|%40)(.+)$/i.exec(address)?.[1]
    return domain === undefined ? '' : (canonicalDomain(domain) ?? '')
  })
}

function distinct(domains: readonly string[]): readonly string[] {
  return [...new Set(domains.filter((domain) => domain !== ''))]
}
