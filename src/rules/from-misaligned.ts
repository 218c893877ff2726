import type { HeaderMailbox } from '../domain/message-facts.js'
import { isWithin, organisationalDomain } from './organisational-domain.js'
import { type MessageRule, type MessageRuleFacts, PASS } from './rule.js'

/** The domain shown is the advertiser's (CPCE L.34-5 al. 5); alignment as receivers ask for it is advised (RFC 7489 3.1). */
export const fromMisaligned: MessageRule = {
  id: 'FROM-MISALIGNED',
  scope: 'message',
  judge(facts) {
    const { message, senderDomain } = facts
    const [first] = message.from
    if (first === undefined) return { outcome: 'fail', detail: 'no_from' }
    const foreign = message.from.find((mailbox) => !belongsToAdvertiser(facts, mailbox))
    if (foreign !== undefined) return { outcome: 'fail', detail: 'from_domain', evidence: { domain: foreign.domain } }
    const shown = organisationalDomain(first.domain)
    if (senderDomain !== undefined && organisationalDomain(senderDomain) !== shown) {
      return { outcome: 'fail', detail: 'reverse_path_unaligned', evidence: { domain: senderDomain }, warnOnly: true }
    }
    const signers = message.dkimSignatures.map(({ domain }) => domain)
    if (signers.length > 0 && !signers.some((domain) => organisationalDomain(domain) === shown)) {
      return { outcome: 'fail', detail: 'dkim_unaligned', evidence: { domains: signers }, warnOnly: true }
    }
    return PASS
  },
}

function belongsToAdvertiser({ advertiser, site }: MessageRuleFacts, { domain }: HeaderMailbox): boolean {
  if (domain === '') return false
  if (isWithin(domain, advertiser.fromDomains)) return true
  // Several advertisers may share their router's domain: what is declared for one of them is not its neighbour's.
  for (const other of site.advertisers.values()) {
    if (other.id !== advertiser.id && isWithin(domain, other.fromDomains)) return false
  }
  const shown = organisationalDomain(domain)
  return advertiser.fromDomains.some((declared) => organisationalDomain(declared) === shown)
}
