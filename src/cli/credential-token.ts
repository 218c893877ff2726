/** `aval credential token`: a token for the API, and what of it goes into the configuration. */
import { createHash, randomBytes } from 'node:crypto'
import type { CommandContext } from './command-context.js'
import { EXIT, type ExitCode } from './exit-codes.js'

/** So that tokens are found by scanners for leaked secrets. */
const PREFIX = 'aval_'
const TOKEN_OCTETS = 32

export function credentialToken({ terminal }: CommandContext, { json }: { readonly json: boolean }): ExitCode {
  const token = `${PREFIX}${randomBytes(TOKEN_OCTETS).toString('base64url')}`
  // 256 random bits cannot be guessed, so that a plain digest keeps them: no slow hash is needed as for passwords.
  const sha256 = createHash('sha256').update(token).digest('hex')
  if (json) terminal.printJson({ token, token_sha256: sha256 })
  else terminal.print(`token        ${token}\ntoken_sha256 ${sha256}`)
  return EXIT.done
}
