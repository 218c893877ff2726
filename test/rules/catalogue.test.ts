import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LOOSENABLE } from '#aval/config/loosening.js'
import { CATALOGUE, RULE_IDS, precedenceOf, ruleOf } from '#aval/rules/catalogue.js'

const ROOT = new URL('../../', import.meta.url)
const SCOPES = ['sender', 'recipient', 'record', 'message', 'link', 'addressed']
/** Every file that declares a rule, by its path under `src/rules/`. */
const RULE_FILES = SCOPES.flatMap((scope) =>
  filesIn(new URL(`src/rules/${scope}/`, ROOT)).map((name) => `${scope}/${name}`),
).filter((path) =>
  /^export const \w+: (?:Sender|Recipient|Position|Record|Statement|Message|Link|Addressed)Rule = \{/m.test(
    source(path),
  ),
)
const camelCase = (id: string) => id.toLowerCase().replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

function filesIn(folder: URL): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ts')) : []
}

function source(path: string): string {
  return readFileSync(new URL(`src/rules/${path}`, ROOT), 'utf8')
}

describe('catalogue, rule files and documentation agree', () => {
  test('no id is there twice', () => {
    expect(new Set(RULE_IDS).size).toBe(RULE_IDS.length)
  })

  test.each(CATALOGUE.map(({ id, scope }) => [id, scope] as const))(
    '%s has a file of its name in the folder of its scope, and a table of tests',
    (id, scope) => {
      expect(source(`${scope}/${id.toLowerCase()}.ts`)).toContain(`export const ${camelCase(id)}: `)
      const tables = readdirSync(new URL('.', import.meta.url))
        .filter((name) => name.endsWith('-rules.test.ts'))
        .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
      expect(tables.filter((source) => source.includes(`ruleTable(${camelCase(id)}, `))).toHaveLength(1)
    },
  )

  test('no rule file is left out of the catalogue', () => {
    expect(RULE_FILES.toSorted()).toEqual(
      CATALOGUE.map(({ id, scope }) => `${scope}/${id.toLowerCase()}.ts`).toSorted(),
    )
  })

  test('docs/rules.md is what the catalogue generates', () => {
    const script = new URL('scripts/generate-rules-doc.mjs', ROOT)
    expect(() => execFileSync(process.execPath, [script.pathname, '--check'], { stdio: 'pipe' })).not.toThrow()
  })
})

/** Words mailing software takes for a dead address or for a listing, and then drops the person for the wrong reason. */
const MISREAD =
  /user unknown|unknown user|does not exist|no such|mailbox|disabled|inactive|quota|over limit|spam|blocked|blacklist|unsolicited|policy|invalid recipient/i

describe('every reply of the catalogue', () => {
  const replies = CATALOGUE.flatMap((row) =>
    [row.reply, ...Object.values(row.replies ?? {})].map((reply) => [row.id, reply] as const),
  )

  test.each(replies)('%s: %o', (id, { code, enhanced, text }) => {
    expect(text).toMatch(/^[\x20-\x7e]+$/)
    expect(text).not.toMatch(MISREAD)
    expect(enhanced).toMatch(code >= 500 ? /^5\.[0-9]\.[0-9]{1,2}$/ : /^4\.[0-9]\.[0-9]{1,2}$/)
    // Never 5.1.x or 5.2.x: software deletes an address for those.
    expect(enhanced).not.toMatch(/^5\.[12]\./)
    expect(`${code} ${enhanced} AVAL ${id}: ${text}; ref=01JAAAAAAAAAAAAAAAAAAAAAAA`.length).toBeLessThanOrEqual(200)
  })

  test('a rule that answers as another has its action and its words (promise I6)', () => {
    for (const row of CATALOGUE) {
      if (row.answersAs === undefined) continue
      const shown = ruleOf(row.answersAs)
      expect([row.action, row.reply, row.hardFloor]).toEqual([shown.action, shown.reply, shown.hardFloor])
    }
  })
})

test('the precedence is the one of the decision algorithm', () => {
  const expected = [
    'OPPOSITION-LISTED',
    'RIGHTS-ERASED',
    'COMPLAINT-SUPPRESSED',
    'RIGHTS-RESTRICTED',
    'RECORD-TAMPERED',
    'CONSENT-WITHDRAWN',
    'SOURCE-FORBIDDEN',
    'RETENTION-EXPIRED',
    'CONSENT-NOT-POSITIVE',
    'B2B-NO-RELEVANCE',
    'PURPOSE-MISMATCH',
    'CONSENT-PROOF-MISSING',
    'CONSENT-MISSING',
  ]
  expect(expected.toSorted((one, other) => precedenceOf(one) - precedenceOf(other))).toEqual(expected)
})

test('each explanation is whole, in both languages', () => {
  for (const { id, fr, en, sources } of CATALOGUE) {
    for (const words of [fr, en]) {
      for (const text of Object.values(words)) expect([id, text.trim().length > 10]).toEqual([id, true])
    }
    expect(fr.law).not.toBe(en.law)
    expect(sources.length).toBeGreaterThan(0)
  }
})

test('each setting that can be loosened is named by a rule it is judged by, so that decisions show it', () => {
  const named = new Set(CATALOGUE.flatMap(({ settings = [] }) => settings))
  expect(LOOSENABLE.filter((setting) => setting !== 'mode' && !named.has(setting))).toEqual([])
})

test('an id that is in no row is a mistake of ours', () => {
  expect(() => ruleOf('NO-SUCH-RULE')).toThrow('no such rule')
  expect(precedenceOf('NO-SUCH-RULE')).toBe(Infinity)
})
