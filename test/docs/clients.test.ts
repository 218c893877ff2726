import { expect, test } from 'vitest'
import { CLIENT_PROFILES } from '#aval/reply/profile.js'
import { page } from './pages.js'

test('docs/clients.md has the profiles as they are', () => {
  const rows = [...page('docs/clients.md').text.matchAll(/^\| `([a-z-]+)` +\| (`.*) \|$/gm)].map(([, name, cells]) => [
    name,
    cells!.split('|').map((cell) => cell.trim().replaceAll('`', '')),
  ])
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(
      Object.entries(CLIENT_PROFILES).map(([name, { stage, blocked, mixed, content, detail }]) => [
        name,
        [stage, blocked, mixed, content, detail],
      ]),
    ),
  )
})
