import { isProspecting } from '../../domain/message-class.js'
import { isNamedIn } from '../company-name.js'
import { type AddressedFacts, type AddressedRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** Numbers to which STOP can be sent at no more than the cost of the message. */
const SHORT_CODE = /^[3-8]\d{4}$/
/** In capitals, as the charter writes it: "Stop à la vie chère" is an offer. */
const STOP = /(?<![\p{L}\p{N}-])STOP(?![\p{L}\p{N}-])/u
/** The number STOP is to be sent to, where the text names one: "STOP au 36xxx", "stop SMS au 36xxx", "STOP 36xxx". */
const STOP_AT =
  /(?<![\p{L}\p{N}-])STOP(?:\s+(?:par\s+)?SMS)?(?:\s+(?:au|a|à|to)\s+(\+?\d[\d .-]*\d)|\s*[:=]?\s*(\d{5})(?![\d\p{L}%€]))/iu

/** Each SMS says how to stop it, free of charge, and who is behind it: its sender is only a number. */
export const smsStop: AddressedRule = {
  id: 'SMS-STOP',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no free STOP in this SMS (CPCE L.34-5)' },
  replies: {
    sender_not_short_code: {
      code: 550,
      enhanced: '5.7.1',
      text: 'STOP cannot be sent to the number of this SMS: name a short code',
    },
    advertiser_not_named: { code: 550, enhanced: '5.7.1', text: 'advertiser not named in this SMS (CPCE L.34-5)' },
  },
  sources: ['CPCE art. L.34-5 al. 4-5', 'AF2M Business Messaging charter'],
  hardFloor: false,
  coverage: 'full',
  channels: ['sms', 'mms'],
  settings: ['sms.short_codes'],
  fr: {
    title: 'SMS sans STOP gratuit',
    law: 'Chaque message offre un moyen de s’opposer sans autres frais que ceux de sa transmission, et ne dissimule pas l’annonceur.',
    check:
      'Le texte porte STOP, en capitales ou suivi d’un numéro, et un numéro court à cinq chiffres commençant par 3 à 8 peut le recevoir : celui de l’expéditeur, déclaré dans policy.sms.short_codes, ou celui que nomme « STOP au 36xxx ». Le nom de l’annonceur est dans le texte.',
    remedy: 'Ajouter « STOP au 36xxx » et le nom de l’annonceur, ou envoyer depuis un numéro court déclaré.',
    passes: '« Acme : -20 % samedi. STOP au 36123 »',
    fails: '« Acme : -20 % samedi. STOP » envoyé depuis 06 39 98 00 01.',
  },
  en: {
    title: 'SMS without a free STOP',
    law: 'Each message offers a means to object at no cost but that of its transmission, and does not conceal the advertiser.',
    check:
      'The text says STOP, in capitals or with a number after it, and a five-digit short code that begins with 3 to 8 can receive it: that of the sender, declared in policy.sms.short_codes, or the one named by "STOP au 36xxx". The name of the advertiser is in the text.',
    remedy: 'Add "STOP au 36xxx" and the name of the advertiser, or send from a declared short code.',
    passes: '"Acme: 20% off on Saturday. STOP au 36123"',
    fails: '"Acme: 20% off on Saturday. STOP", sent from 06 39 98 00 01.',
  },
  judge(facts) {
    const { channel, messageClass, excerpt, advertiser } = facts
    if (channel === 'email' || !isProspecting(messageClass)) return NOT_APPLICABLE
    if (excerpt.readings.length === 0) return { outcome: 'fail', detail: 'no_stop' }
    for (const { visibleText } of excerpt.readings) {
      if (!STOP.test(visibleText) && !STOP_AT.test(visibleText)) return { outcome: 'fail', detail: 'no_stop' }
      if (!canReceiveStop(visibleText, facts)) return { outcome: 'fail', detail: 'sender_not_short_code' }
      if (!isNamedIn(advertiser, visibleText)) return { outcome: 'fail', detail: 'advertiser_not_named' }
    }
    return PASS
  },
}

/**
 * The number named in the text or, where there is none, the one the SMS comes from: the author of the message or, where that
 * is a name, the one the gateway is set up with.
 */
function canReceiveStop(text: string, { excerpt, policy }: AddressedFacts): boolean {
  const [, afterWord, bare] = STOP_AT.exec(text) ?? []
  const named = (afterWord ?? bare)?.replace(/[ .-]/g, '')
  if (named !== undefined) return SHORT_CODE.test(named)
  const { shortCodes } = policy.sms
  const number = excerpt.senderNumber ?? shortCodes[0]
  return number !== undefined && SHORT_CODE.test(number) && shortCodes.includes(number)
}
