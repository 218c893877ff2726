/**
 * A second reader for text in charsets the Encoding standard leaves out (IBM code pages, UTF-32, VISCII): mailparser
 * knows them. It is asked for one body at a time and only for names it is known to have, because for the others it
 * guesses without saying so.
 */
import { simpleParser } from 'mailparser'
import type { MessageFacts } from '../domain/message-facts.js'
import { DEFAULT_BOUNDS, type MessageBounds } from './bounds.js'
import { readMessage } from './read-message.js'

const KNOWN =
  /^(?:(?:cp|ibm)-?(?:437|720|737|775|808|85[0-8]|86[0-9]|922|1046|112[4-9]|1133|116[1-3])|utf-?32(?:le|be)?|armscii-?8|viscii|tcvn|rk1048|mik|hp-?roman8|georgian-?(?:academy|ps)|pt-?154)$/i

/** Reads a message like `readMessage`, with the second reader at hand. Never rejects for what the message holds. */
export async function readMessageFully(
  bytes: Buffer,
  sha256: string,
  bounds: MessageBounds = DEFAULT_BOUNDS,
): Promise<MessageFacts> {
  const questions: { readonly octets: Buffer; readonly charset: string }[] = []
  const facts = readMessage(bytes, sha256, {
    bounds,
    foreign(octets, charset) {
      questions.push({ octets, charset })
      return undefined
    },
  })
  if (!questions.some(({ charset }) => isKnown(charset))) return facts
  const answers = await Promise.all(questions.map(({ octets, charset }) => decodeForeign(octets, charset)))
  // Reading is deterministic, so the questions come again in the same order.
  return readMessage(bytes, sha256, { bounds, foreign: () => answers.shift() })
}

/** Text of octets in a charset that only mailparser knows; undefined when it does not either. */
export async function decodeForeign(octets: Buffer, charset: string): Promise<string | undefined> {
  if (!isKnown(charset)) return undefined
  const head = `Content-Type: text/plain; charset="${charset.trim()}"\r\nContent-Transfer-Encoding: base64\r\n\r\n`
  const mail = await simpleParser(head + octets.toString('base64').replace(/.{76}/g, '$&\r\n'), {
    skipTextToHtml: true,
    skipTextLinks: true,
  })
  return mail.text
}

function isKnown(charset: string): boolean {
  return KNOWN.test(charset.trim())
}
