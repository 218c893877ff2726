/** What a scene comes to: its last reply, the grounds that were kept, and records of a certain age. */
import { expect } from 'vitest'
import { type AlarmOptions, type Alarms, createAlarms } from '#aval/relay/alarms.js'
import { NOW, aPolicy, aRecord } from '../support/facts.js'
import { type Scene, play } from './scene.js'

export function alarmsOf(over: Partial<AlarmOptions>): Alarms {
  const policy = () => aPolicy().incidents
  return createAlarms({ policy, now: () => NOW, monotonic: () => 0, lastKnown: undefined, raised: () => {}, ...over })
}

export const REFUSED = (rule: string) =>
  expect.stringMatching(new RegExp(`^550 5\\.7\\.1 AVAL ${rule}: .*; ref=[0-9A-Z]{26}$`))
export const SENT = expect.stringMatching(/^250 2\.0\.0 Ok: .*queued as TEST01/)

export async function last(scene: Scene): Promise<string> {
  return (await play(scene)).last
}

/** Every ground that was kept, whether or not it was the one answered. */
export async function grounds(scene: Scene): Promise<readonly string[]> {
  const { decisions } = await play(scene)
  return decisions.flatMap(({ findings }) =>
    findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule),
  )
}

export const monthsAgo = (count: number) => {
  const date = new Date(NOW)
  date.setUTCMonth(date.getUTCMonth() - count)
  return date.getTime()
}
export const oldRecord = (over = {}) =>
  aRecord({ collectedAt: monthsAgo(50), givenAt: monthsAgo(50), createdAt: monthsAgo(50), ...over })
