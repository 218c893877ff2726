import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pages } from './pages.js'

describe('links between pages', () => {
  test.each(pages().map(({ path, text }) => [path, text] as const))('%s', (path, text) => {
    const prose = text.replace(/^ *```.*?^ *```/gms, '').replace(/`[^`\n]*`/g, '')
    for (const [, target = ''] of prose.matchAll(/\]\(([^()\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [file = '', anchor] = target.split('#')
      const at = file === '' ? path : join(dirname(path), decodeURIComponent(file))
      expect(existsSync(at), `${target} in ${path}`).toBe(true)
      if (anchor === undefined || statSync(at).isDirectory()) continue
      expect(anchors(readFileSync(at, 'utf8')), `${target} in ${path}`).toContain(decodeURIComponent(anchor))
    }
  })
})

/** As GitHub names headings. */
function anchors(text: string): string[] {
  const seen = new Map<string, number>()
  return [...text.replace(/^ *```.*?^ *```/gms, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const name = heading!
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(name) ?? 0
    seen.set(name, times + 1)
    return times === 0 ? name : `${name}-${times}`
  })
}
