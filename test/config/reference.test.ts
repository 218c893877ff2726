import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderJsonSchema } from '#aval/config/reference.js'
import { type Shape, shape } from '#aval/config/shape.js'

describe('what is published about the configuration', () => {
  it('is what the generator makes of the schema', () => {
    const run = spawnSync(process.execPath, ['scripts/generate-config-doc.mjs', '--check'], { encoding: 'utf8' })
    expect(run.stderr).toBe('')
    expect(run.status).toBe(0)
  })

  it('names, describes and types every key', () => {
    const page = readFileSync('docs/config.md', 'utf8')
    const leaves = [...walk(shape, [])]
    expect(leaves.length).toBeGreaterThan(80)
    for (const { path, node } of leaves) {
      expect(node.description, path).toMatch(/\.$/)
      expect(page, path).toContain(`\`${path}\``)
    }
  })

  it('has no mark of Aval in the JSON Schema, and no default for what is required', () => {
    const published = JSON.parse(renderJsonSchema())
    expect(published.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(published.required).toEqual(['listeners', 'upstream'])
    expect(published.additionalProperties).toBe(false)
    expect(renderJsonSchema()).not.toContain('"x-')
  })
})

function* walk(node: Shape, path: readonly string[]): Generator<{ path: string; node: Shape }> {
  if (node.properties) for (const [key, child] of Object.entries(node.properties)) yield* walk(child, [...path, key])
  else if (node.items?.properties) yield* walk(node.items, [...path.slice(0, -1), `${path.at(-1)}[]`])
  else if (node.additionalProperties && node.additionalProperties.properties)
    yield* walk(node.additionalProperties, [...path, 'NAME'])
  else yield { path: path.join('.'), node }
}
