/** What operators ask over HTTP: whether the relay is ready, and its metrics. */
import type { Runtime } from '../config/configuration.js'
import type { Distrust } from '../domain/alarm.js'
import { type OperatorHttp, startOperatorHttp } from '../http/server.js'
import type { Alarms } from '../relay/alarms.js'
import type { Metrics } from '../telemetry/metrics.js'
import type { Rooms } from './rooms.js'

/** @returns undefined when the configuration has no place for it. @throws when its address cannot be bound */
export async function openOperatorHttp(
  { http }: Runtime,
  rooms: Rooms,
  alarms: Pick<Alarms, 'distrust'>,
): Promise<OperatorHttp | undefined> {
  if (http === undefined) return undefined
  return startOperatorHttp({
    ...http,
    readiness: readinessChecks(rooms, alarms),
    metrics: () => exposition(rooms.metrics),
  })
}

function readinessChecks({ journal, registry, upstream }: Rooms, alarms: Pick<Alarms, 'distrust'>) {
  return [
    { name: 'journal', problem: () => journal.status().error?.message },
    { name: 'registry', problem: () => problemOf(() => registry.check()) ?? DISTRUST.get(alarms.distrust()) },
    {
      name: 'upstream',
      problem: () => {
        const { name, reachable, lastFailure } = upstream.status()
        return reachable === true ? undefined : `${name}: ${lastFailure?.message ?? 'no answer yet'}`
      },
    },
  ]
}

const DISTRUST: ReadonlyMap<Distrust | undefined, string> = new Map([
  ['records_tampered', 'records were altered past Aval: run "aval registry verify", put it right, then reload'],
  ['clock_jumped', 'the clock jumped by more than a day: set it right, then reload'],
])

function problemOf(check: () => void): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function exposition({ registry }: Metrics): Promise<{ contentType: string; text: string }> {
  return { contentType: registry.contentType, text: await registry.metrics() }
}
