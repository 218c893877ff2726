/** Between the relay and the client: whatever the relay does, the client gets one answer that says something true. */
import type { Reply } from '../domain/reply.js'
import { FAULT, isAnswer } from './replies.js'

/** Resolves with the answer asked for, or with 451 4.3.0 after telling `report` what went wrong. Never rejects. */
export async function answered(ask: () => Promise<Reply>, report: (error: unknown) => void): Promise<Reply> {
  try {
    const reply = await ask()
    if (isAnswer(reply)) return reply
    report(new Error(`Not an answer: ${reply.code}`))
  } catch (error) {
    report(error)
  }
  return FAULT
}
