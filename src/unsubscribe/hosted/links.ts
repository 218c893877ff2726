/** Links to Aval's own endpoint: written for recipients, and recognised in messages without asking anybody (assurance L3). */
import type { Advertiser } from '../../domain/party.js'
import { everyKey, type SubjectKeys } from '../../domain/subject-key.js'
import type { HostedLinkReading, LinkAssessment, UnsubscribeLink } from '../../domain/unsubscribe-link.js'
import type { HostedPort, LinkPort } from '../../relay/ports.js'
import type { TokenContent, TokenKeys } from './token.js'

export function createHostedLinks(tokens: TokenKeys): HostedPort {
  return {
    linkFor(advertiser, { url, mailDomain }, { subject, routerId, list }) {
      const { keyId, objectionKey } = subject
      const token = tokens.write({ person: { keyId, objectionKey }, advertiserId: advertiser.id, routerId, list })
      return {
        https: `${url}/u/${token}`,
        // Not unsub+TOKEN@: a local part has at most 64 octets (RFC 5321 4.5.3.1.1) and may be read in lower case.
        mailto: mailDomain === undefined ? undefined : `mailto:unsub@${mailDomain}?subject=STOP%20${token}`,
      }
    },

    check: (links, advertiser, subject) =>
      links.flatMap(({ where, uri }): HostedLinkReading[] => {
        const token = tokenIn(uri, advertiser)
        return token === undefined ? [] : [{ where, belongs: ownerOf(tokens.read(token), advertiser, subject) }]
      }),
  }
}

function ownerOf(
  content: TokenContent | undefined,
  { id }: Advertiser,
  subject: SubjectKeys,
): HostedLinkReading['belongs'] {
  if (content === undefined) return 'token_invalid'
  if (content.advertiserId !== id) return 'other_advertiser'
  const same = everyKey(subject).some(({ objectionKey }) => objectionKey === content.person.objectionKey)
  return same ? 'here' : 'other_person'
}

/** Knows links to Aval's own endpoint by their token; everything else is for `others` to tell. */
export function withHostedLinks(others: LinkPort, tokens: TokenKeys): LinkPort {
  return {
    ...others,
    async assess(links, question) {
      const { advertiser } = question
      const foreign = links.filter(({ uri }) => tokenIn(uri, advertiser) === undefined)
      const told = [...(foreign.length === 0 ? [] : await others.assess(foreign, question))]
      return links.map((link) => ownAssessment(link, advertiser, tokens) ?? told.shift()!)
    },
  }
}

function ownAssessment(
  { where, uri }: UnsubscribeLink,
  advertiser: Advertiser,
  tokens: TokenKeys,
): LinkAssessment | undefined {
  const token = tokenIn(uri, advertiser)
  if (token === undefined) return undefined
  const { origin } = new URL(uri)
  return tokens.read(token) === undefined
    ? { kind: 'unusable', where, origin, detail: 'token_invalid' }
    : { kind: 'usable', where, origin, assurance: 3 }
}

function tokenIn(uri: string, { hosted }: Advertiser): string | undefined {
  const base = hosted && `${hosted.url}/u/`
  return base !== undefined && uri.startsWith(base) ? uri.slice(base.length).split(/[?#]/, 1)[0] : undefined
}
