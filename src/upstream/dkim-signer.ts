/**
 * Signs messages with DKIM (RFC 6376) where the configuration gives Aval the key. The signature is a field in front; that the
 * octets behind it are the very ones it was asked to sign is looked at each time (promise I4).
 */
import { createTransport } from 'nodemailer'
import type { Advertiser } from '../domain/party.js'
import type { SigningPort } from '../relay/ports.js'

/** RFC 6376 5.4.1, and the fields one-click needs (RFC 8058 section 4). */
const SIGNED_FIELDS = [
  'from',
  'sender',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'to',
  'cc',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'in-reply-to',
  'references',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
].join(':')

/** @param keys private keys by advertiser, PEM; asked anew for each message */
export function createDkimSigner(keys: () => ReadonlyMap<string, string>): SigningPort {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    async sign(message, { id, dkim }: Advertiser) {
      const privateKey = keys().get(id)
      if (dkim === undefined || privateKey === undefined) throw new TypeError(`no DKIM key for ${id}`)
      const { message: result } = await transport.sendMail({
        raw: message,
        // Only asked for so that the library composes nothing.
        envelope: { from: '', to: ['nobody@signer.invalid'] },
        dkim: { domainName: dkim.domain, keySelector: dkim.selector, privateKey, headerFieldNames: SIGNED_FIELDS },
      })
      const whole = result as Buffer
      const front = whole.subarray(0, whole.length - message.length)
      if (!whole.subarray(front.length).equals(message) || !/^DKIM-Signature: [^]+\r\n$/.test(front.toString('latin1')))
        throw new Error('the message could not be signed as it stands')
      return front.toString('latin1')
    },
  }
}
