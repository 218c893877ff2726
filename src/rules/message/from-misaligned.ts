import type { HeaderMailbox } from '../../domain/message-facts.js'
import { isWithin, organisationalDomain } from '../organisational-domain.js'
import { type MessageRule, type MessageRuleFacts, PASS } from '../rule.js'

/** The domain shown is the advertiser's (CPCE L.34-5 al. 5); alignment as receivers ask for it is advised (RFC 7489 3.1). */
export const fromMisaligned: MessageRule = {
  id: 'FROM-MISALIGNED',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'From domain does not belong to the advertiser (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 5', 'RFC 7489 sec. 3.1'],
  hardFloor: false,
  coverage: 'full',
  channels: ['email'],
  fr: {
    title: 'Domaine d’expédition étranger à l’annonceur',
    law: 'L’identité de l’annonceur ne doit pas être dissimulée ; l’adresse affichée en fait partie.',
    check:
      'Le domaine organisationnel du From doit être l’un de ceux déclarés pour l’annonceur (from_domains). Une enveloppe ou une signature DKIM d’un autre domaine n’est qu’un avertissement.',
    remedy: 'Déclarer le domaine de l’annonceur, ou écrire depuis un domaine déjà déclaré.',
    passes: 'From: news@news.acme.example, domaine déclaré news.acme.example.',
    fails: 'From: offres@routix.example pour le compte d’Acme.',
  },
  en: {
    title: 'From domain not the advertiser’s',
    law: 'The identity of the advertiser must not be concealed; the address shown is part of it.',
    check:
      'The organisational domain of From must be one of those declared for the advertiser (from_domains). An envelope or DKIM signature of another domain is only worth a warning.',
    remedy: 'Declare the advertiser’s domain, or write from one that is declared.',
    passes: 'From: news@news.acme.example, declared domain news.acme.example.',
    fails: 'From: offers@routix.example on behalf of Acme.',
  },
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
