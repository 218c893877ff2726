import type { HeaderMailbox } from '../../domain/message-facts.js'
import type { Advertiser, Site } from '../../domain/party.js'
import { type FoldedText, fold, mentions, mentionsAsWritten } from '../../domain/text.js'
import { isWithin, organisationalDomain } from '../organisational-domain.js'
import { type MessageRule, PASS } from '../rule.js'

const LEGAL_FORM =
  /[\s,]+(?:s\.?a\.?s\.?u?|s\.?a\.?r\.?l|s\.?a|e\.?u\.?r\.?l|s\.?n\.?c|s\.?c\.?o\.?p|gmbh|ag|ltd|limited|llc|inc|plc|b\.?v|n\.?v|s\.?p\.?a|s\.?r\.?l|s\.?l|sp\. z o\.o|lda)\.?$/
const VIA = /(?:^|[\s(])(?:via|par|by|pour|for)[\s:]/
const WRITTEN_ADDRESS = /@([\p{L}\p{N}.-]+\.[\p{L}\p{N}-]{2,})/gu
const SHORTEST_TELLING_NAME = 3

/** The advertiser can be recognised, in the message and as its sender (CPCE L.34-5 al. 5; LCEN art. 20). */
export const identityHidden: MessageRule = {
  id: 'IDENTITY-HIDDEN',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'advertiser not identified in message (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 5', 'LCEN art. 20', 'Directive 2002/58/EC art. 13(4)'],
  hardFloor: false,
  coverage: 'heuristic',
  fr: {
    title: 'Annonceur non identifié',
    law: 'Il est interdit de dissimuler l’identité de la personne pour le compte de laquelle la communication est émise.',
    check:
      'La raison sociale ou une marque de l’annonceur doit se lire dans chaque version du message (texte et HTML) ; l’adresse From doit être à l’annonceur, ou son nom affiché dire « marque via routeur » ; le nom affiché ne doit ni porter une autre adresse ni le nom d’un autre.',
    remedy:
      'Nommer l’annonceur dans le corps, en texte visible ou en texte de remplacement d’image, et dans le nom de l’expéditeur.',
    passes: 'Nom affiché « Acme », pied de page « Acme SAS, Lyon » en texte et en HTML.',
    fails: 'Le nom de l’annonceur n’apparaît que dans une image sans texte de remplacement.',
  },
  en: {
    title: 'Advertiser not identified',
    law: 'Concealing the identity of the person on whose behalf the message is sent is forbidden.',
    check:
      'The legal name or a brand of the advertiser must be readable in each version of the message (text and HTML); the From address must be the advertiser’s, or its display name say “brand via router”; the display name must carry neither another address nor somebody else’s name.',
    remedy:
      'Name the advertiser in the body, in visible text or as the alt text of an image, and in the sender’s name.',
    passes: 'Display name “Acme”, footer “Acme SAS, Lyon” in text and HTML.',
    fails: 'The advertiser’s name is only in an image without alt text.',
  },
  judge({ advertiser, site, message }) {
    if (message.alternatives.length === 0) return { outcome: 'fail', detail: 'no_text' }
    const silent = message.alternatives.find(({ visibleText }) => !isNamedIn(advertiser, visibleText))
    if (silent !== undefined) {
      return { outcome: 'fail', detail: 'not_in_body', evidence: { alternative: silent.kind } }
    }
    if (message.from.length === 0) return { outcome: 'fail', detail: 'no_from' }
    for (const mailbox of message.from) {
      const detail = faultOf(mailbox, advertiser, site)
      if (detail !== undefined) {
        return { outcome: 'fail', detail, evidence: { domain: mailbox.domain }, quote: mailbox.displayName }
      }
    }
    return PASS
  },
}

/** Long texts nearly always have a name as the advertiser writes it; only the others are folded. */
function isNamedIn(advertiser: Advertiser, text: string): boolean {
  const names = [advertiser.legalName, ...advertiser.brands]
  const asWritten = names.some(
    (name) => fold(name).length >= SHORTEST_TELLING_NAME && mentionsAsWritten(text, name.trim()),
  )
  return asWritten || isNamed(advertiser, fold(text))
}

/** A name of one or two letters is in every text; it counts only beside the registration number. */
function isNamed(advertiser: Advertiser, text: FoldedText): boolean {
  const { siren } = advertiser
  return namesOf(advertiser).some((name) => {
    if (!mentions(text, name)) return false
    if (name.length >= SHORTEST_TELLING_NAME) return true
    return siren !== undefined && text.replace(/[\s.]/g, '').includes(siren)
  })
}

/** Legal name with and without its legal form, and the brands. */
function namesOf({
  legalName,
  brands,
}: {
  readonly legalName: string
  readonly brands: readonly string[]
}): FoldedText[] {
  const folded = fold(legalName)
  return [folded, folded.replace(LEGAL_FORM, '') as FoldedText, ...brands.map(fold)].filter((name) => name !== '')
}

function faultOf(mailbox: HeaderMailbox, advertiser: Advertiser, site: Site): string | undefined {
  const shown = organisationalDomain(mailbox.domain)
  for (const [, domain = ''] of mailbox.displayName.matchAll(WRITTEN_ADDRESS)) {
    if (organisationalDomain(domain.toLowerCase()) !== shown) return 'address_in_display_name'
  }
  if (isSomebodyElse(mailbox.displayName, advertiser, site)) return 'other_party_in_display_name'
  const isOwnDomain =
    isWithin(mailbox.domain, advertiser.fromDomains) ||
    advertiser.fromDomains.some((declared) => organisationalDomain(declared) === shown)
  return isOwnDomain || saysVia(mailbox.displayName, advertiser) ? undefined : 'sender_not_recognisable'
}

/** `Acme via Routix`: who speaks, then who carries. */
function saysVia(displayName: string, advertiser: Advertiser): boolean {
  const shown = fold(displayName)
  const via = VIA.exec(shown)
  return via !== null && isNamed(advertiser, shown.slice(0, via.index) as FoldedText)
}

function isSomebodyElse(displayName: string, advertiser: Advertiser, site: Site): boolean {
  const shown = fold(displayName)
  if (shown === '' || namesOf(advertiser).includes(shown)) return false
  const others = [...site.advertisers.values(), ...site.routers.values()].filter(({ id }) => id !== advertiser.id)
  return others.some((other) => namesOf(other).includes(shown))
}
