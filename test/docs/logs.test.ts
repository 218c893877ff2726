import { expect, test } from 'vitest'
import { firstColumn, page, sources } from './pages.js'

test('every log event has its line in docs/logs.md, and no line is left over', () => {
  const logged = [...sources().matchAll(/event: '([a-z_]+)',? /g)].map(([, event]) => event!)
  const alone = [...sources().matchAll(/\bevent: '([a-z_]+)',?$/gm)].map(([, event]) => event!)
  const events = new Set([...logged, ...alone])
  expect(events.size).toBeGreaterThan(20)
  expect([...new Set(firstColumn(page('docs/logs.md').text))].sort()).toEqual([...events].sort())
})
