/**
 * I11: a pack can be checked without Aval, by the checker that is in it and by one written from the document alone in
 * another language. Both find whatever is changed; neither finds fault with what is not.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reveal } from '#aval/domain/selective-disclosure.js'
import type { ContractInForce } from '#aval/evidence/in-force.js'
import { edit, type GenuinePack, hasPython, lineOf, makeGenuinePack } from './genuine-pack.js'

let pack: GenuinePack

beforeAll(async () => {
  pack = await makeGenuinePack()
}, 60_000)

afterAll(() => pack?.close())

const decoded = (text: string) => Buffer.from(text, 'base64url').toString()
const encoded = (text: string) => Buffer.from(text).toString('base64url')
const inMetz = (text: string) => encoded(decoded(text).replace('Lyon', 'Metz'))

function withDisclosures(line: string, change: (texts: string[]) => string[]): string {
  const shown = JSON.parse(line) as { disclosures: string[] }
  return lineOf({ ...shown, disclosures: change(shown.disclosures) })
}

describe('a pack', () => {
  it('holds when nothing was changed, says both checkers, with the key and without', () => {
    expect(pack.checkOwn(pack.unpacked, '--key', pack.key)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^VERIFIED {2}acme/),
    })
    expect(pack.checkOwn(pack.unpacked).stdout).toContain(
      `no --key was given: compare this one with what was published: ${pack.key}`,
    )
    if (hasPython) {
      expect(pack.checkPython(pack.unpacked)).toMatchObject({ status: 0, stdout: 'ok\n' })
      expect(pack.checkPython(pack.zip)).toMatchObject({ status: 0, stdout: 'ok\n' })
    }
  })

  it('holds what concerns the advertiser and nothing else', () => {
    const entries = pack.linesOf('journal/entries.jsonl').map((line) => JSON.parse(JSON.parse(line).body).entry)
    const ofKind = (kind: string) => entries.filter((entry) => entry.kind === kind)
    expect(ofKind('decision')).toHaveLength(90)
    expect(ofKind('decision').every(({ advertiser }) => advertiser === 'acme')).toBe(true)
    expect(ofKind('outcome')).toHaveLength(59)
    expect(ofKind('certificate')).toMatchObject([{ certifies: 'purge', advertiser: 'acme' }])
    expect(ofKind('key')).toHaveLength(2)
    expect(ofKind('erasure')).toHaveLength(1)
    expect(entries).toHaveLength(90 + 59 + 1 + 2 + 1)
    const all = pack.linesOf('journal/entries.jsonl').join() + pack.linesOf('records.jsonl').join()
    expect(all).not.toContain('"other"')
    expect(all).not.toContain('example.com')
  })

  it('holds each record version a decision rests on, while it is there, and the objections', () => {
    const records = pack.linesOf('records.jsonl').map((line) => JSON.parse(line))
    expect(records.map(({ form }) => JSON.parse(form).sourceKind)).toEqual(['partner', 'first_party'])
    expect(JSON.parse(records[0].person)).toMatchObject({ proof: { ref: 'log-1', sha256: 'a'.repeat(64) } })
    const objections = pack.linesOf('objections.jsonl').map((line) => JSON.parse(line) as { scope: string })
    expect(objections.map(({ scope }) => scope).sort()).toEqual([
      'advertiser:acme',
      'domain/advertiser:acme',
      'domain/global',
    ])
    expect(JSON.parse(readFileSync(join(pack.unpacked, 'contracts.json'), 'utf8'))).toMatchObject([
      { router: { id: 'routix' }, documentSha256: expect.any(String), configurations: [expect.any(String)] },
      { router: { id: 'routix' }, documentSha256: expect.any(String), configurations: [expect.any(String)] },
    ])
  })

  it('holds what was in force when decisions were made, and nothing of today', () => {
    const contracts = JSON.parse(readFileSync(join(pack.unpacked, 'contracts.json'), 'utf8')) as ContractInForce[]
    expect(new Map(contracts.map(({ documentSha256, configurations }) => [documentSha256, configurations]))).toEqual(
      new Map(['ab', 'cd'].map((document) => [document.repeat(32), [pack.configuration(document).sha256]])),
    )
    const configurations = pack.linesOf('configurations.jsonl').map((line) => JSON.parse(line))
    expect(configurations).toHaveLength(2)
    for (const { body, disclosures } of configurations) {
      const shown = reveal(body, disclosures) as Record<string, object>
      expect(shown).toMatchObject({ advertisers: { acme: { legal_name: 'Acme SAS' } }, policy: { mode: 'enforce' } })
      expect(shown['sources']).toEqual({ broker: expect.objectContaining({ legal_name: 'Broker SARL' }) })
      expect((body + disclosures.map(decoded).join()).replaceAll(/"[\w-]{43}"/g, '')).not.toMatch(
        /"other"|Other SA|Fair SARL/,
      )
    }
    const [rules] = pack.linesOf('rules.jsonl').map((line) => JSON.parse(line) as { body: string })
    expect(JSON.parse(rules!.body)).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'CONSENT-MISSING', fr: expect.any(Object) })]),
    )
    for (const language of ['fr', 'en'])
      expect(readFileSync(join(pack.unpacked, `summary.${language}.html`), 'utf8')).toContain('cd'.repeat(32))
  })

  it('counts once what was decided, by rule, router and source', () => {
    expect(pack.figures.verdicts).toEqual({ permit: 60, refuse: 30, defer: 0 })
    expect(pack.figures.wouldRefuse).toBe(30)
    expect(Object.fromEntries(pack.figures.byRule)).toEqual({ 'CONSENT-MISSING': { permit: 0, refuse: 30, defer: 0 } })
    expect(Object.fromEntries(pack.figures.byRouter)).toEqual({ routix: { permit: 60, refuse: 30, defer: 0 } })
    expect([...pack.figures.bySource.keys()].sort()).toEqual(['', 'first_party', 'gone', 'partner broker'])
    expect(Object.fromEntries(pack.figures.outcomes)).toEqual({ relayed: 59, none: 1 })
    expect(pack.figures.erased).toBe(21)
  })

  it.each(['fr', 'en'])('is summed up for people: %s', (language) => {
    const page = readFileSync(join(pack.unpacked, `summary.${language}.html`), 'utf8')
    expect(page).toContain(`<html lang="${language}">`)
    expect(page).toContain('CONSENT-MISSING')
    expect(page).toContain('Routix SARL (routix)')
    expect(page).toContain(
      language === 'fr'
        ? 'Dont 30 passés alors que les règles disaient non'
        : 'Of these, 30 were let through although the rules said no',
    )
    expect(page).not.toMatch(/<script|src=|href=|undefined|\{[a-z]+\}(?![^<]*<\/style>)/)
  })
})

describe('I11: both checkers find', () => {
  it('a changed octet in whichever file', () => {
    const names = [
      'manifest.json',
      ...Object.keys(JSON.parse(readFileSync(join(pack.unpacked, 'manifest.json'), 'utf8')).files),
    ]
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 0, max: 7 }), (name, place, bit) => {
        const path = mkdtempSync(join(pack.directory, 'flipped-'))
        cpSync(pack.unpacked, path, { recursive: true })
        const octets = readFileSync(join(path, name))
        fc.pre(octets.length > 0)
        octets[place % octets.length]! ^= 1 << bit
        writeFileSync(join(path, name), octets)
        pack.bothFind(path)
        rmSync(path, { recursive: true })
      }),
      { numRuns: 12 },
    )
  })

  const EDITS: Record<string, [file: string, change: (lines: string[]) => string[]]> = {
    'an entry left out': ['journal/entries.jsonl', (lines) => lines.filter((_, i) => i !== 40)],
    'the last entries left out': ['journal/entries.jsonl', (lines) => lines.slice(0, -3)],
    'two entries in each other’s place': ['journal/entries.jsonl', ([a, b, ...rest]) => [b!, a!, ...rest]],
    'a verdict changed': [
      'journal/entries.jsonl',
      (lines) => lines.map((line, i) => (i === 7 ? line.replace('acme', 'acmf') : line)),
    ],
    'a personal part of another': [
      'journal/entries.jsonl',
      (lines) => {
        const i = lines.findIndex((line) => line.includes('"personal":{'))
        const changed = JSON.parse(lines[i]!)
        changed.personal.toKey = 'ff'.repeat(32)
        return lines.with(i, lineOf(changed))
      },
    ],
    'a personal part taken away without an erasure': [
      'journal/entries.jsonl',
      (lines) => {
        const i = lines.findIndex((line) => line.includes('"personal":{'))
        const { personal: _personal, ...rest } = JSON.parse(lines[i]!)
        return lines.with(i, lineOf(rest))
      },
    ],
    'a hash of the tree changed': ['journal/tree.txt', ([first, ...rest]) => [`A${first!.slice(1, -2)}A=`, ...rest]],
    'a hash of the tree too many': ['journal/tree.txt', (lines) => [...lines, lines[0]!]],
    'an earlier checkpoint that does not lead here': [
      'journal/checkpoints.jsonl',
      (lines) =>
        lines.map((line) => {
          const { note, consistency } = JSON.parse(line)
          return lineOf({ note, consistency: [...consistency, 'A'.repeat(43) + '='] })
        }),
    ],
    'a record that says something else': [
      'records.jsonl',
      (lines) => lines.map((line) => line.replace('first_party', 'partner')),
    ],
    'other rules': ['rules.jsonl', (lines) => lines.map((line) => line.replace('CONSENT-MISSING', 'CONSENT-MISSED'))],
    'another configuration': [
      'configurations.jsonl',
      (lines) => lines.map((line) => line.replace('enforce', 'observe')),
    ],
    'a part of a configuration that says something else': [
      'configurations.jsonl',
      (lines) => lines.map((line) => withDisclosures(line, (texts) => texts.map(inMetz))),
    ],
    'a part of a configuration shown twice': [
      'configurations.jsonl',
      (lines) => lines.map((line) => withDisclosures(line, (texts) => [...texts, texts[0]!])),
    ],
    'a part of no configuration': [
      'configurations.jsonl',
      (lines) => lines.map((line) => withDisclosures(line, (texts) => [...texts, encoded('["salt","colour","blue"]')])),
    ],
    'a part without the part it is within': [
      'configurations.jsonl',
      (lines) =>
        lines.map((line) =>
          withDisclosures(line, (texts) => texts.filter((text) => !decoded(text).includes('Routix'))),
        ),
    ],
  }

  it.each(Object.entries(EDITS))('%s, although the manifest was made to fit and signed', (_what, [file, change]) => {
    pack.bothFind(pack.resigned((path) => edit(path, file, change)))
  })

  it('nothing where the manifest was only written anew', () => {
    const path = pack.resigned(() => undefined)
    expect(pack.checkOwn(path, '--key', pack.key).status).toBe(0)
    if (hasPython) expect(pack.checkPython(path).status).toBe(0)
  })

  it('a key the journal does not name', () => {
    const other = pack.key.replace(
      /\+[A-Za-z0-9+/]{44}$/,
      `+${Buffer.concat([Buffer.of(1), Buffer.alloc(32)]).toString('base64')}`,
    )
    expect(pack.checkOwn(pack.unpacked, '--key', other).status).toBe(1)
    expect(pack.checkOwn(pack.unpacked, '--key', 'x').status).toBe(1)
    if (hasPython) expect(pack.checkPython(pack.unpacked, other).status).toBe(1)
  })

  it('that there is no pack at all, and does not call that a forgery', () => {
    expect(pack.checkOwn(tmpdir(), '--key', pack.key)).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(/^CANNOT BE CHECKED/),
    })
  })
})
