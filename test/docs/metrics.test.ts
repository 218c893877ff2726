import { expect, test } from 'vitest'
import { createMetrics } from '#aval/telemetry/metrics.js'
import { firstColumn, page } from './pages.js'

test('every metric of Aval is in docs/operations.md, with its labels, and none there is gone', () => {
  const { registry } = createMetrics('0', 'test')
  const ours = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('aval_'))
  const { text } = page('docs/operations.md')
  const written = firstColumn(text).filter((name) => name.startsWith('aval_'))
  expect(written.sort()).toEqual(ours.map(({ name }) => name).sort())
  for (const metric of ours) {
    const labels = 'labelNames' in metric ? (metric.labelNames as readonly string[]) : []
    const [, said = ''] = new RegExp(`^\\| \`${metric.name}\` *\\|([^|]*)\\|`, 'm').exec(text) ?? []
    expect(said.trim(), metric.name).toBe(labels.join(', '))
  }
})
