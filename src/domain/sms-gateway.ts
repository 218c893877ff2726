/**
 * Recipients behind an e-mail-to-SMS or -MMS gateway: the address is a telephone number, and the law of SMS applies (CPCE
 * L.34-5 al. 1). The person is known by the number, whichever gateway it is reached through.
 */
import { type CanonicalAddress, domainOf } from './address.js'
import type { Channel } from './consent-record.js'
import { readPhoneNumber } from './phone-number.js'
import type { Subject } from './subject-key.js'

/** Whether a recipient is behind one of the gateways. @param gateways canonical domains */
export function isBehindGateway(recipient: CanonicalAddress, gateways: readonly string[]): boolean {
  return gateways.includes(domainOf(recipient))
}

/** How the message reaches the recipient: as an SMS through a gateway, or as e-mail. */
export function channelOf(recipient: CanonicalAddress, gateways: readonly string[]): Channel {
  return isBehindGateway(recipient, gateways) ? 'sms' : 'email'
}

/** The channel of a whole message: SMS where every recipient is behind a gateway. */
export function channelOfAll(recipients: readonly CanonicalAddress[], gateways: readonly string[]): Channel {
  return recipients.length > 0 && recipients.every((one) => isBehindGateway(one, gateways)) ? 'sms' : 'email'
}

/** Who the recipient is: the number behind a gateway, the address elsewhere. */
export function subjectOf(recipient: CanonicalAddress, gateways: readonly string[]): Subject {
  if (!isBehindGateway(recipient, gateways)) return recipient
  return readPhoneNumber(recipient.slice(0, recipient.lastIndexOf('@'))) ?? recipient
}
