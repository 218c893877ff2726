/** Whether mail gets to a domain: MX, otherwise its own address (RFC 5321 5.1); a null MX says no (RFC 7505). */
import type { ContactPoints } from '../domain/contact-points.js'
import { canonicalDomain } from '../domain/address.js'
import type { ContactAssessment } from '../domain/unsubscribe-link.js'
import type { AddressAnswer, Names } from '../fetch/names.js'

type TakesMail = ContactAssessment['takesMail']

const KNOWN_MS = 15 * 60_000
const UNKNOWN_MS = 30_000
const MOST_DOMAINS = 1_000
const MOST_ASKED = 5

export interface Contacts {
  /**
   * @param opened domains that are looked up on this machine, as the operator has opened them
   * @param mayBeAsked whether a domain names nobody; what is not asked is not known
   */
  assess(
    points: ContactPoints,
    contactEmail: string | undefined,
    opened: readonly string[],
    mayBeAsked: (domain: string, where: 'reply' | 'unsubscribe') => boolean,
  ): Promise<readonly ContactAssessment[]>
}

interface Known {
  readonly until: number
  readonly answer: Promise<TakesMail>
}

/** @param now milliseconds since the epoch */
export function createContacts(names: Names, now: () => number): Contacts {
  const known = new Map<string, Known>()

  function takesMail(domain: string, isOpened: boolean): Promise<TakesMail> {
    const entry = known.get(domain)
    if (entry !== undefined && now() < entry.until) return entry.answer
    known.delete(domain)
    if (known.size >= MOST_DOMAINS) known.delete(known.keys().next().value!)
    const answer = asked(domain, isOpened)
    known.set(domain, { until: now() + KNOWN_MS, answer })
    return answer
  }

  async function asked(domain: string, isOpened: boolean): Promise<TakesMail> {
    const found = isOpened ? takesMailAt(await names.localAddresses(domain)) : await lookUp(names, domain)
    if (found === 'unknown') known.set(domain, { until: now() + UNKNOWN_MS, answer: Promise.resolve(found) })
    return found
  }

  return {
    async assess({ replyDomains, unsubscribeDomains }, contactEmail, opened, mayBeAsked) {
      const advertiser = contactEmail && canonicalDomain(contactEmail.slice(contactEmail.lastIndexOf('@') + 1))
      const places = [
        ...replyDomains.slice(0, MOST_ASKED).map((domain) => ({ where: 'reply', domain }) as const),
        ...unsubscribeDomains.slice(0, MOST_ASKED).map((domain) => ({ where: 'unsubscribe', domain }) as const),
        ...(advertiser ? [{ where: 'advertiser', domain: advertiser } as const] : []),
      ]
      return Promise.all(
        places.map(async (place) => ({
          ...place,
          takesMail:
            place.where === 'advertiser' || mayBeAsked(place.domain, place.where)
              ? await takesMail(place.domain, opened.includes(place.domain))
              : 'unknown',
        })),
      )
    },
  }
}

async function lookUp(names: Names, domain: string): Promise<TakesMail> {
  const mail = await names.mailHosts(domain)
  switch (mail.kind) {
    case 'hosts':
      return 'yes'
    case 'null_mx':
      return 'no'
    case 'unknown':
      return 'unknown'
    case 'none':
      break
  }
  return takesMailAt(await names.addresses(domain))
}

function takesMailAt({ kind }: AddressAnswer): TakesMail {
  return kind === 'addresses' ? 'yes' : kind === 'none' ? 'no' : 'unknown'
}
