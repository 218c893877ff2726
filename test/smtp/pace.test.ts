/** What a client that sends its message owes of the time it was waited for. */
import { expect, it } from 'vitest'
import { Pace } from '#aval/smtp/octets/pace.js'

it('what is waited is owed, 500 octets pay a second back, and nothing is saved up', () => {
  const pace = new Pace()
  expect(pace.owed(5_000), 'nobody waits yet').toBe(0)
  pace.awaited(0)
  expect(pace.owed(4_000)).toBe(4_000)
  pace.heard(500, 4_000)
  expect(pace.owed(60_000), 'while octets are dealt with').toBe(3_000)
  pace.awaited(60_000)
  expect(pace.owed(61_000)).toBe(4_000)
  pace.heard(1_000_000, 61_000)
  pace.awaited(61_000)
  expect(pace.owed(66_000)).toBe(5_000)
})

it('a drip of an octet now and then pays for next to nothing', () => {
  const pace = new Pace()
  for (let second = 0; second < 20; second++) {
    pace.awaited(second * 1_000)
    pace.heard(1, (second + 1) * 1_000)
  }
  expect(pace.owed(20_000)).toBeGreaterThan(19_000)
})
