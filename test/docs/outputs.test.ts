/** What pages show of the output of commands is what the commands print, word for word. */
import { expect, test } from 'vitest'
import { recordLines } from '#aval/cli/registry/record-report.js'
import { decisionLine } from '#aval/evidence/decision-line.js'
import { storyOf } from '#aval/evidence/story.js'
import { decision } from '../journal/support.js'
import { plainSpaces } from '../support/plain-spaces.js'
import { page } from './pages.js'

/** The lines a page shows behind a command, but for those it leaves out. */
function shown(path: string, command: string): string[] {
  const [, after = ''] = page(path).text.split(`\n$ ${command}`)
  const [block = ''] = after.split('\n```')
  const lines = block.split('\n').slice(1)
  const next = lines.findIndex((line) => line.startsWith('$ '))
  return lines.slice(0, next < 0 ? undefined : next).filter((line) => line.trim() !== '...' && line !== '')
}

const AT = Date.UTC(2026, 10, 26, 17, 23, 56)

const SITE = {
  advertisers: new Map([['acme', { legalName: 'Acme SAS' }]]),
  routers: new Map([['routix', { legalName: 'Routix SARL' }]]),
} as never

test.each([
  ['docs/inspection.md', 'en'],
  ['docs/fr/controle.md', 'fr'],
] as const)('%s: aval log search', (path, language) => {
  const permitted = decision(1, {
    at: AT,
    ref: '01M8CE593WXR5RKY1WFFJWFHRZ',
    campaign: '',
    toKey: '9c1d3f5a7b20'.padEnd(64, '0'),
  })
  const line = plainSpaces(decisionLine(language, permitted, 'relayed', SITE))
  expect(shown(path, 'aval log search')).toEqual([line])
})

test('README.md: aval explain of the refused message', () => {
  const refused = decision(1, {
    at: AT,
    stage: 'rcpt',
    credential: 'demo',
    campaign: '',
    toKeyId: 'k8639ada9',
    toKey: '4ad0ad02572481b2dc0423fadd7669395e2a23dee6b29ba2fbbd334d88394e8c',
    verdict: 'refuse',
    would: 'refuse',
    rule: 'OPPOSITION-LISTED',
    messageSha256: '',
    findings: [
      {
        rule: 'OPPOSITION-LISTED',
        outcome: 'fail',
        detail: 'listed',
        evidence: {
          objections: ['0G6FDN28029H2DBCDFQB52JC4N'],
          reason: 'unsubscribe_link',
          scope: 'advertiser',
          since: '2026-11-16T17:23:52.000Z',
        },
      },
    ],
  })
  const facts = {
    outcomes: [],
    record: 'gone',
    today: undefined,
    checkpoint: undefined,
    site: SITE,
    reasons: new Map(),
  } as const
  const story = storyOf({ decision: refused, entry: { seq: 3, hash: '' }, ...facts }, 'en')
  const lines = story.map(({ text }) => text)
  const README = shown('README.md', 'aval explain').map((line) => line.trim())
  expect(README).toHaveLength(9)
  for (const line of README) expect(lines).toContain(line)
})

const RECORD = {
  record: {
    version: 1,
    createdAt: Date.UTC(2026, 10, 26, 17, 23),
    createdBy: 'sample',
    status: 'given',
    legalBasis: 'consent',
    channel: 'email',
    purposes: [],
  },
  intact: true,
  sha256: '',
} as never

test.each([
  ['docs/inspection.md', 'aval consent show', 'en'],
  ['docs/fr/controle.md', 'aval --lang fr consent show', 'fr'],
] as const)('%s: %s', (path, command, language) => {
  const lines = recordLines(language, [RECORD], (id) => id).map((line) => plainSpaces(`  ${line}`))
  const [heading = '', ofRecord = '', ...fields] = shown(path, command)
  expect(heading).toMatch(/^jean\.dupont@example\.com ?: .* \((?:Paris time|heure de Paris), /)
  expect(ofRecord).toMatch(/^(?:Record|Fiche) \w{26}, (?:for|pour) Acme SAS \(acme\)$/)
  expect(fields).toHaveLength(3)
  for (const line of fields) expect(lines).toContain(line)
})
