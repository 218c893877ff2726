/** Between the relay and the client: whatever the relay does, the client gets answers that say something true. */
import type { Reply } from '../../domain/reply.js'
import { FAULT, isAnswer } from './replies.js'

/** Resolves with the answer asked for, or with 451 4.3.0 after telling `report` what went wrong. Never rejects. */
export async function answered(ask: () => Promise<Reply>, report: (error: unknown) => void): Promise<Reply> {
  const [reply = FAULT] = await allAnswered(async () => [await ask()], 1, report)
  return reply
}

/** The same for `count` answers to one command, as LMTP has them after DATA. */
export async function allAnswered(
  ask: () => Promise<readonly Reply[]>,
  count: number,
  report: (error: unknown) => void,
): Promise<readonly Reply[]> {
  try {
    const replies = await ask()
    const wrong = replies.find((reply) => !isAnswer(reply))
    if (wrong === undefined && replies.length === count) return replies
    report(new Error(wrong === undefined ? `${replies.length} answers for ${count}` : `Not an answer: ${wrong.code}`))
  } catch (error) {
    report(error)
  }
  return Array.from({ length: count }, () => FAULT)
}
