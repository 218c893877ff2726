/** Observers that cannot disturb: a log line that cannot be written must not make a relayed message look like a failure (I1). */
import type { RelayEvents } from './ports.js'

/** Every event of `given`, with nothing thrown. */
export function quietEvents(given: RelayEvents): RelayEvents {
  return {
    decided: quiet((entries, context) => given.decided(entries, context)),
    concluded: quiet((entries, context) => given.concluded(entries, context)),
    failed: quiet((error, where, ref) => given.failed(error, where, ref)),
    looping: quiet((hops, ref) => given.looping(hops, ref)),
    controlKept: quiet((fields, ref) => given.controlKept(fields, ref)),
    outcomeLost: quiet((error, entries) => given.outcomeLost(error, entries)),
  }
}

function quiet<Parameters extends readonly unknown[]>(
  tell: (...parameters: Parameters) => void,
): (...parameters: Parameters) => void {
  return (...parameters) => {
    try {
      tell(...parameters)
    } catch {
      // The observer is broken, the transaction is not.
    }
  }
}
