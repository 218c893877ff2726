import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { firstColumn, page, sources } from './pages.js'

const manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)

describe('docs/dependencies.md', () => {
  test('has a sentence for each package and for no other', () => {
    const [, atRunTime = '', forDevelopment = ''] = page('docs/dependencies.md').text.split(/^## /m)
    expect(firstColumn(atRunTime).sort()).toEqual(Object.keys(manifest.dependencies).sort())
    expect(firstColumn(forDevelopment).sort()).toEqual(Object.keys(manifest.devDependencies).sort())
  })

  test('every package of the relay is imported by the relay, at one exact version', () => {
    const text = sources()
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      expect(text, name).toMatch(new RegExp(`from '${name}(/[^']*)?'`))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
    }
  })
})
