/** Questions by the API whether messages may be sent, as log lines: what was found stands there, for the operator alone. */
import type { Judgement } from '../domain/verdict.js'
import type { Logger } from './logger.js'

export interface AskEvents {
  asked(token: string, credential: string, judgements: readonly Judgement[]): void
}

export function createAskEvents(logger: Logger): AskEvents {
  const log = logger.child({ subsystem: 'policy' })
  return {
    asked(token, credential, judgements) {
      const verdicts = countsOf(judgements.map(({ verdict }) => verdict.kind))
      const grounds = judgements.flatMap(({ verdict }) => (verdict.kind === 'permit' ? [] : [verdict.ground.rule]))
      log.info({
        event: 'asked',
        token,
        credential,
        recipients: judgements.length,
        ...verdicts,
        rules: countsOf(grounds),
      })
    },
  }
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries(counts)
}
