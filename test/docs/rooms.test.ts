import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { firstColumn, page } from './pages.js'

test('every room is in CONTRIBUTING.md, and none there is gone', () => {
  const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const written = firstColumn(page('CONTRIBUTING.md').text).filter((name) => name.endsWith('/'))
  expect(written.sort()).toEqual(rooms.map(({ name }) => `${name}/`).sort())
})
