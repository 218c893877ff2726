import type { Alternative, HeaderMailbox } from '../../domain/message-facts.js'
import type { Advertiser, Site } from '../../domain/party.js'
import type { Finding } from '../../domain/verdict.js'
import {
  type Named,
  type Words,
  asSeen,
  isTelling,
  isWrittenIn,
  namesOf,
  standsApartIn,
  standsIn,
  wordsOf,
} from '../company-name.js'
import { isWithin, organisationalDomain } from '../organisational-domain.js'
import { type MessageRule, PASS } from '../rule.js'

/** `Acme via Routix`: who speaks, then who carries. */
const VIA = / (?:via|par|by|pour|for) /
const WRITTEN_ADDRESS = /@([\p{L}\p{N}.-]+\.[\p{L}\p{N}-]{2,})/gu

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
  channels: ['email'],
  fr: {
    title: 'Annonceur non identifié',
    law: 'Il est interdit de dissimuler l’identité de la personne pour le compte de laquelle la communication est émise.',
    check:
      'La raison sociale ou une marque de l’annonceur doit se lire dans chaque version du message (texte et HTML) ; l’adresse From doit être à l’annonceur, ou son nom affiché dire « marque via routeur » ; le nom affiché ne doit ni porter une autre adresse ni être le nom d’un autre. Capitales, accents, ponctuation et forme sociale ne comptent pas ; un nom d’une ou deux lettres ne compte qu’à côté du SIREN ; des lettres d’un autre alphabet qui imitent le nom valent un avertissement.',
    remedy:
      'Nommer l’annonceur dans le corps, en texte visible ou en texte de remplacement d’image, et dans le nom de l’expéditeur.',
    passes: 'Nom affiché « Acme », pied de page « Acme SAS, Lyon » en texte et en HTML.',
    fails: 'Le nom de l’annonceur n’apparaît que dans une image sans texte de remplacement.',
  },
  en: {
    title: 'Advertiser not identified',
    law: 'Concealing the identity of the person on whose behalf the message is sent is forbidden.',
    check:
      'The legal name or a brand of the advertiser must be readable in each version of the message (text and HTML); the From address must be the advertiser’s, or its display name say “brand via router”; the display name must neither carry another address nor be somebody else’s name. Capitals, accents, punctuation and legal form do not count; a name of one or two letters counts only beside the SIREN; letters of another alphabet that imitate the name are worth a warning.',
    remedy:
      'Name the advertiser in the body, in visible text or as the alt text of an image, and in the sender’s name.',
    passes: 'Display name “Acme”, footer “Acme SAS, Lyon” in text and HTML.',
    fails: 'The advertiser’s name is only in an image without alt text.',
  },
  judge({ advertiser, site, message }) {
    if (message.alternatives.length === 0) return { outcome: 'fail', detail: 'no_text' }
    if (message.from.length === 0) return { outcome: 'fail', detail: 'no_from' }
    let lookalike: Finding | undefined
    for (const alternative of message.alternatives) {
      const found = nameIn(advertiser, alternative)
      if (found === 'absent') return notNamed(advertiser, alternative)
      if (found === 'lookalike') lookalike = lookalikeIn(alternative)
    }
    for (const mailbox of message.from) {
      const detail = faultOf(mailbox, advertiser, site)
      if (detail !== undefined) {
        return { outcome: 'fail', detail, evidence: { domain: mailbox.domain }, quote: mailbox.displayName }
      }
    }
    return lookalike ?? PASS
  },
}

function notNamed({ legalName, brands }: Advertiser, { kind, imageOnly }: Alternative): Finding {
  return {
    outcome: 'fail',
    detail: imageOnly ? 'image_only' : 'not_in_body',
    evidence: { alternative: kind, names: [legalName, ...brands] },
  }
}

/** The name is read, but not with its own letters: what tricks do, and fonts that are none. */
function lookalikeIn({ kind }: Alternative): Finding {
  return { outcome: 'fail', detail: 'lookalike_letters', evidence: { alternative: kind }, warnOnly: true }
}

function nameIn(advertiser: Advertiser, { visibleText }: Alternative): 'named' | 'lookalike' | 'absent' {
  if (isWrittenIn(advertiser, visibleText)) return 'named'
  const words = wordsOf(visibleText)
  if (isNamed(advertiser, words)) return 'named'
  const seen = asSeen(words)
  return seen !== words && isNamed(advertiser, seen) ? 'lookalike' : 'absent'
}

/** A name of one or two letters is in every text; it counts only beside the registration number. */
function isNamed(advertiser: Advertiser, words: Words): boolean {
  const { siren } = advertiser
  const isSigned = () => siren !== undefined && words.replaceAll(' ', '').includes(siren)
  return namesOf(advertiser).some(
    (name) => (standsIn(name, words) && (isTelling(name) || isSigned())) || standsApartIn(name, words),
  )
}

function faultOf(mailbox: HeaderMailbox, advertiser: Advertiser, site: Site): string | undefined {
  const shown = organisationalDomain(mailbox.domain)
  for (const [, domain = ''] of mailbox.displayName.matchAll(WRITTEN_ADDRESS)) {
    if (organisationalDomain(domain.toLowerCase()) !== shown) return 'address_in_display_name'
  }
  const speaker = speakerOf(mailbox.displayName)
  const isAdvertiser = bears(advertiser, speaker.name)
  if (!isAdvertiser && isSomebodyElse(speaker.name, advertiser, site)) return 'other_party_in_display_name'
  const isOwnDomain =
    isWithin(mailbox.domain, advertiser.fromDomains) ||
    advertiser.fromDomains.some((declared) => organisationalDomain(declared) === shown)
  return isOwnDomain || (speaker.isCarried && isAdvertiser) ? undefined : 'sender_not_recognisable'
}

interface Speaker {
  readonly name: Words
  /** Whether somebody else is said to carry the message. */
  readonly isCarried: boolean
}

function speakerOf(displayName: string): Speaker {
  const shown = wordsOf(displayName)
  const via = VIA.exec(shown)
  return via === null
    ? { name: shown, isCarried: false }
    : { name: `${shown.slice(0, via.index)} ` as Words, isCarried: true }
}

/** `Acme` and `Julie chez Acme` speak for Acme; of names too short to tell only the whole counts. */
function bears(party: Named, shown: Words): boolean {
  return namesOf(party).some((name) => name === shown || (isTelling(name) && standsIn(name, shown)))
}

/** The whole name is another party's, letters that only look alike included. */
function isSomebodyElse(shown: Words, advertiser: Advertiser, site: Site): boolean {
  const others = [...site.advertisers.values(), ...site.routers.values()].filter(({ id }) => id !== advertiser.id)
  const seen = asSeen(shown)
  return others.some((other) => namesOf(other).some((name) => name === shown || asSeen(name) === seen))
}
