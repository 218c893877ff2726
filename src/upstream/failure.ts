/** Failures as the relay reads them: where the message was, and how far it had gone. */
import type { UpstreamStage } from '../relay/ports.js'
import type { FailedEvent, UpstreamFailure } from './upstream.js'
import type { WireFault } from './wire.js'

export function failure(
  stage: UpstreamStage,
  cause: UpstreamFailure['cause'],
  message: string,
  sent: UpstreamFailure['sent'] = 'none',
): UpstreamFailure {
  return { kind: 'failure', stage, sent, cause, message: `${stage}: ${message}` }
}

export function fromFault(
  stage: UpstreamStage,
  fault: WireFault,
  sent: UpstreamFailure['sent'] = 'none',
): UpstreamFailure {
  return failure(stage, fault.cause, fault.message, sent)
}

/** The message cannot be handed over without an extension the upstream does not offer. */
export function missing(stage: UpstreamStage, extension: string): UpstreamFailure {
  return { ...failure(stage, 'capability', `the upstream does not offer ${extension}`), extension }
}

export function failedEvent(
  upstream: string,
  { stage, sent, cause, message }: UpstreamFailure,
  connected: boolean,
): FailedEvent {
  return { upstream, stage, sent, cause, message, connected }
}
