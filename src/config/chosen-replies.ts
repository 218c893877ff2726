/** `credentials.NAME.replies`: what was chosen there, and nothing for what was left out. */
import type { ReplyChoices } from '../domain/client-profile.js'
import type { Declared } from './schema.js'

/** A key with the value `undefined` would hide what the profile says. */
export function chosenReplies(replies: Declared['credentials'][string]['replies']): Partial<ReplyChoices> {
  return Object.fromEntries(Object.entries(replies).filter(([, choice]) => choice !== undefined))
}
