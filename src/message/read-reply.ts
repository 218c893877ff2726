/** What a person answered: sender, subject, and the words of the first displayed version. */
import { type CanonicalAddress, readAddress } from '../domain/address.js'
import { readMessage } from './read-message.js'

export interface Reply {
  readonly from: CanonicalAddress | undefined
  readonly subject: string
  readonly text: string
}

export function readReply(message: Buffer): Reply {
  const { from, subject = '', alternatives } = readMessage(message, '')
  const [sender] = from
  return { from: sender && readAddress(sender.address), subject, text: alternatives[0]?.visibleText ?? '' }
}
