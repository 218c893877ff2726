/** A client logging in: the exchange of AUTH, what the authenticator says of it, and how often it may fail. */
import { answered } from '../dialogue/bridge.js'
import type { Client } from '../dialogue/client.js'
import { type LoginStep, startLogin } from './login-dialogue.js'
import type { ConversationOptions } from '../options.js'
import type { Patience } from '../dialogue/patience.js'
import * as replies from '../dialogue/replies.js'
import { type Step, say } from '../dialogue/step.js'

export class Login {
  #challenge: Extract<LoginStep, { kind: 'challenge' }> | undefined
  #failures = 0

  constructor(
    private readonly client: Client,
    private readonly patience: Patience,
    private readonly options: ConversationOptions,
  ) {}

  get failures(): number {
    return this.#failures
  }

  /** @param argument what follows the word AUTH */
  start(argument: string): Step | Promise<Step> {
    return this.#follow(startLogin(argument))
  }

  /** @returns undefined when `line` answers no challenge */
  answer(line: string): Step | Promise<Step> | undefined {
    return this.#challenge && this.#follow(this.#challenge.next(line))
  }

  abandon(): void {
    this.#challenge = undefined
  }

  #follow(step: LoginStep): Step | Promise<Step> {
    this.#challenge = undefined
    switch (step.kind) {
      case 'challenge':
        this.#challenge = step
        return { kind: 'challenge', text: step.text }
      case 'credentials':
        return this.#check(step.username, step.secret)
      case 'cancelled':
        return this.patience.wrong('AUTH', replies.AUTH_CANCELLED)
      case 'malformed':
        return this.patience.wrong('AUTH', replies.AUTH_MALFORMED)
      case 'unknown-mechanism':
        return this.patience.wrong('AUTH', replies.UNKNOWN_MECHANISM)
    }
  }

  async #check(username: string, secret: string): Promise<Step> {
    const { authenticator, quietEvents: events, resolvedLimits } = this.options
    const { client } = this
    const reply = await answered(
      async () => {
        const result = await authenticator.login({ username, secret, address: client.address })
        switch (result.kind) {
          case 'accepted':
            client.loggedIn(result.credentialId)
            events.authenticated(client.info())
            return replies.LOGGED_IN
          case 'refused':
            events.authFailed(client.info(), result.why)
            return replies.AUTH_FAILED
          case 'busy':
          case 'limited':
            events.authFailed(client.info(), result.kind)
            return replies.AUTH_LATER
        }
      },
      (error) => events.failed(error, 'auth', client.info()),
    )
    if (reply === replies.FAULT) return say(replies.AUTH_LATER)
    if (reply === replies.LOGGED_IN) return say(reply)
    this.#failures++
    return say(this.#failures >= resolvedLimits.maxAuthFailures ? replies.TOO_MANY_AUTH_FAILURES : reply)
  }
}
