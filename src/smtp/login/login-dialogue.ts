/** AUTH PLAIN and LOGIN (RFC 4954, RFC 4616): the lines of the exchange, up to a name and a secret. */
import { readUtf8 } from '../dialogue/envelope-commands.js'

export type LoginStep =
  | {
      readonly kind: 'challenge'
      /** Base64 of the prompt. */
      readonly text: string
      next(line: string): LoginStep
    }
  | { readonly kind: 'credentials'; readonly username: string; readonly secret: string }
  | { readonly kind: 'malformed' | 'cancelled' | 'unknown-mechanism' }

const MALFORMED: LoginStep = { kind: 'malformed' }
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** @param argument what follows the word AUTH */
export function startLogin(argument: string): LoginStep {
  const [mechanism = '', initial, ...rest] = argument.trim().split(/[ \t]+/)
  if (rest.length > 0) return MALFORMED
  switch (mechanism.toUpperCase()) {
    case 'PLAIN':
      return initial === undefined ? challenge('', plain) : plain(initial === '=' ? '' : initial)
    case 'LOGIN':
      return initial === undefined ? challenge('Username:', loginName) : loginName(initial === '=' ? '' : initial)
    default:
      return { kind: 'unknown-mechanism' }
  }
}

function challenge(prompt: string, next: (line: string) => LoginStep): LoginStep {
  return {
    kind: 'challenge',
    text: Buffer.from(prompt).toString('base64'),
    next: (line) => (line === '*' ? { kind: 'cancelled' } : next(line)),
  }
}

function plain(line: string): LoginStep {
  const [authorisation, username, secret, ...rest] = decode(line)?.split('\0') ?? []
  if (!username || !secret || rest.length > 0) return MALFORMED
  // Acting for somebody else is not offered.
  if (authorisation !== '' && authorisation !== username) return MALFORMED
  return { kind: 'credentials', username, secret }
}

function loginName(line: string): LoginStep {
  const username = decode(line)
  if (!username) return MALFORMED
  return challenge('Password:', (answer) => {
    const secret = decode(answer)
    return secret ? { kind: 'credentials', username, secret } : MALFORMED
  })
}

function decode(line: string): string | undefined {
  return BASE64.test(line) ? readUtf8(Buffer.from(line, 'base64')) : undefined
}
