/**
 * I11: packs made by people who want something untrue believed. Some hold the signing key of the journal, as the company that is
 * inspected does; some hold nothing. Both checkers find them out, or say what they cannot know.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson, type JsonValue } from '#aval/domain/canonical-json.js'
import { checkpointText, type NoteSigner, signerOf, signNote, verifierKey } from '#aval/journal/tree/note.js'
import { edit, type GenuinePack, hasPython, lineOf, makeGenuinePack, signManifest } from './genuine-pack.js'

let pack: GenuinePack

beforeAll(async () => {
  pack = await makeGenuinePack()
}, 60_000)

afterAll(() => pack?.close())

const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function editText(path: string, name: string, change: (text: string) => string): void {
  const file = join(path, name)
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

const editContracts = (path: string, change: (contracts: Record<string, unknown>[]) => unknown): void =>
  editText(path, 'contracts.json', (text) => {
    const changed = change(JSON.parse(text) as Record<string, unknown>[])
    return `${JSON.stringify(changed, undefined, 2)}\n`
  })

const editManifest = (path: string, change: (manifest: Record<string, JsonValue>) => JsonValue): void =>
  editText(path, 'manifest.json', (text) => canonicalJson(change(JSON.parse(text) as Record<string, JsonValue>)))

/** The first line of a file that has what is asked for, with something changed in it. */
const inLine = (having: string, change: (row: Record<string, unknown>) => object) => (lines: string[]) => {
  const i = lines.findIndex((line) => line.includes(having))
  return lines.with(i, lineOf(change(JSON.parse(lines[i]!) as Record<string, unknown>)))
}

const decisionIn = (lines: string[]) => lines.findIndex((line) => line.includes('\\"kind\\":\\"decision\\"'))

/** A decision nobody made, under a number of its own. */
const madeUp = (seq: (before: number) => number) => (lines: string[]) => {
  const i = decisionIn(lines)
  const row = JSON.parse(lines[i]!) as { seq: number; body: string }
  const { entry, prev } = JSON.parse(row.body) as { entry: object; prev: string }
  const number = seq(row.seq)
  const body = JSON.stringify({
    entry: { ...entry, ref: '01KE6TZ8HG0000000000009999', verdict: 'permit' },
    prev,
    seq: number,
  })
  const made = lineOf({ ...row, seq: number, body })
  return number > row.seq ? [...lines.slice(0, i + 1), made, ...lines.slice(i + 1)] : [made, ...lines]
}

/** A line with a member before the one of that name: readers differ about which of them holds. */
const twice = (line: string, name: string) => line.replace('{', `{"${name}":"{}",`)

type Path = readonly string[]

/** Every member, however deep. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value).flatMap(([name, member]) => placesIn(member, [...path, name]))
  return path.length === 0 ? inside : [path, ...inside]
}

/** @param put undefined takes the member away; the text `the same` is the member as a text */
function changedAt(value: unknown, [name, ...rest]: Path, put: unknown): unknown {
  if (name === undefined)
    return put === 'the same' ? (typeof value === 'object' ? [value] : JSON.stringify(value)) : put
  const changed = changedAt((value as Record<string, unknown>)[name], rest, put)
  if (Array.isArray(value)) return value.with(Number(name), changed)
  return { ...(value as object), [name]: changed }
}

const last = (lines: string[]) => (JSON.parse(lines.at(-1)!) as { seq: number }).seq

describe('whoever holds the signing key', () => {
  const FORGERIES: Record<string, [file: string, change: (lines: string[]) => string[]]> = {
    'a decision between two others': ['journal/entries.jsonl', madeUp((before) => before + 0.5)],
    'a decision with the number of another': ['journal/entries.jsonl', madeUp((before) => before)],
    'a decision before the first': ['journal/entries.jsonl', madeUp(() => 0.5)],
    'a decision before them all': ['journal/entries.jsonl', madeUp(() => -1)],
    'a decision behind the end of the journal': [
      'journal/entries.jsonl',
      (lines) => [...lines, madeUp(() => last(lines) + 1_000)(lines).find((line) => !lines.includes(line))!],
    ],
    'words beside an entry': ['journal/entries.jsonl', inLine('', (row) => ({ ...row, remark: 'the person agreed' }))],
    'words beside a personal part': [
      'journal/entries.jsonl',
      inLine('"personal":{', ({ personal, ...row }) => ({
        ...row,
        personal: { ...(personal as object), name: 'Ada' },
      })),
    ],
    'words beside a record': ['records.jsonl', inLine('', (row) => ({ ...row, consented: true }))],
    'a record with another digest beside it': [
      'records.jsonl',
      inLine('', (row) => ({ ...row, sha256: 'ab'.repeat(32) })),
    ],
    'words beside a configuration': ['configurations.jsonl', inLine('', (row) => ({ ...row, contracts: [] }))],
    'one configuration twice': ['configurations.jsonl', (lines) => [...lines, lines[0]!]],
    'a contract of a configuration kept back': [
      'configurations.jsonl',
      inLine('', ({ disclosures, ...row }) => ({
        ...row,
        disclosures: (disclosures as string[]).filter(
          (text) => !Buffer.from(text, 'base64url').toString().includes('document_sha256'),
        ),
      })),
    ],
    'a record whose number is a text': [
      'records.jsonl',
      inLine('', (row) => ({ ...row, version: String(row['version']) })),
    ],
    'a record of a batch that is none': ['records.jsonl', inLine('', (row) => ({ ...row, importBatchId: null }))],
    'a record in a list': ['records.jsonl', inLine('', (row) => ({ ...row, createdBy: [row['createdBy']] }))],
    'a record twice': ['records.jsonl', ([one, ...rest]) => [one!, one!, ...rest]],
    'a second spelling of a record': ['records.jsonl', ([one, ...rest]) => [twice(one!, 'person'), ...rest]],
    'a personal part that is none': [
      'journal/entries.jsonl',
      inLine('"personal":{', (row) => ({ ...row, personal: null })),
    ],
    'a personal part where there is none': [
      'journal/entries.jsonl',
      inLine('\\"kind\\":\\"outcome\\"', (row) => ({ ...row, personal: false })),
    ],
    'a second spelling of an entry': ['journal/entries.jsonl', ([one, ...rest]) => [twice(one!, 'body'), ...rest]],
    'rules twice': ['rules.jsonl', (lines) => [...lines, lines[0]!]],
    'a checkpoint twice': ['journal/checkpoints.jsonl', (lines) => [...lines, lines.at(-1)!]],
    'words beside rules': ['rules.jsonl', inLine('', (row) => ({ ...row, changed: false }))],
    'words beside a checkpoint': ['journal/checkpoints.jsonl', inLine('', (row) => ({ ...row, anchored: true }))],
  }

  it.each(Object.entries(FORGERIES))('cannot add or hide %s', (_what, [file, change]) => {
    pack.bothFind(pack.resigned((path) => edit(path, file, change)))
  })

  it.each<[string, (contracts: Record<string, unknown>[]) => unknown]>([
    ['one more', ([one, ...rest]) => [one, ...rest, { ...one, documentSha256: 'ee'.repeat(32) }]],
    ['one less', ([, ...rest]) => rest],
    ['a later end', ([one, ...rest]) => [{ ...one, until: '2100-01-01' }, ...rest]],
    ['a clause', ([one, ...rest]) => [{ ...one, clauses: { ...(one!['clauses'] as object), audit: false } }, ...rest]],
    ['none', () => []],
  ])('cannot state other contracts than were in force: %s', (_what, change) => {
    pack.bothFind(pack.resigned((path) => editContracts(path, change)))
  })

  it.each<[string, object]>([
    ['another advertiser', { advertiser: 'other' }],
    ['a period that begins later', { from: Date.UTC(2036, 0, 1) }],
    ['a period that ended before', { to: Date.UTC(2016, 0, 1) }],
    ['a journal with fewer entries', { size: 3 }],
  ])('cannot say it is of %s', (_what, changed) => {
    pack.bothFind(pack.resigned((path) => editManifest(path, (manifest) => ({ ...manifest, ...changed }))))
  })

  it.each<[string, (path: string) => void]>([
    ['a period that begins with nothing', (path) => editManifest(path, (manifest) => ({ ...manifest, from: null }))],
    ['words beside the manifest', (path) => editManifest(path, (manifest) => ({ ...manifest, remark: 'complete' }))],
    ['words behind a hash', (path) => edit(path, 'journal/tree.txt', ([one, ...rest]) => [`${one} complete`, ...rest])],
    ['words below a checkpoint', (path) => editText(path, 'journal/checkpoint.txt', (note) => `${note}complete\n`)],
    ['words in the header', (path) => editText(path, 'journal/header.json', (text) => text.replace('{', '{"a":1,'))],
    [
      'a clause twice',
      (path) => editText(path, 'contracts.json', (text) => text.replace('{', '{\n    "until": "2100",')),
    ],
  ])('cannot write %s', (_what, change) => {
    pack.bothFind(pack.resigned(change))
  })

  it('cannot name two advertisers, one for each reader', () => {
    const path = pack.resigned(() => undefined)
    editText(path, 'manifest.json', (text) => text.replace('{', '{"advertiser":"other",'))
    signManifest(path, pack.signer)
    pack.bothFind(path)
  })

  it.each(
    [
      'journal/header.json journal/entries.jsonl journal/tree.txt journal/checkpoint.txt journal/checkpoints.jsonl',
      'records.jsonl objections.jsonl configurations.jsonl rules.jsonl contracts.json',
    ].flatMap((names) => names.split(' ')),
  )('cannot leave %s out of what was signed', (name) => {
    const path = pack.resigned((within) =>
      editManifest(within, ({ files, ...rest }) => ({
        ...rest,
        files: Object.fromEntries(Object.entries(files as object).filter(([one]) => one !== name)),
      })),
    )
    expect(pack.bothFind(path)).toContain(`does not name ${name}`)
  })

  it('changes one thing anywhere in what is proven, and is found out', () => {
    const files = [
      'journal/entries.jsonl',
      'records.jsonl',
      'configurations.jsonl',
      'rules.jsonl',
      'journal/checkpoints.jsonl',
    ]
    const nothing = fc.constantFrom(undefined, null, '', 0, false, [], {})
    const value = fc.oneof(nothing, fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant('the same'))
    let runs = 0
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(), value, (file, line, place, put) => {
        const path = pack.resigned((within) =>
          edit(within, file, (lines) => {
            const i = line % lines.length
            const row = JSON.parse(lines[i]!) as Record<string, unknown>
            const places = placesIn(row)
            const changed = changedAt(row, places[place % places.length]!, put)
            fc.pre(lineOf(changed) !== lines[i])
            return lines.with(i, lineOf(changed))
          }),
        )
        expect(pack.checkOwn(path, '--key', pack.key).stdout).not.toMatch(/^VERIFIED/)
        if (hasPython && runs++ % 5 === 0) expect(pack.checkPython(path).status).toBe(1)
      }),
      { numRuns: 100 },
    )
  }, 240_000)
})

interface Made {
  readonly entries: readonly object[]
  readonly signer: NoteSigner
}

/** A pack of a journal that was never written: its entries, the tree over them and its checkpoint. */
function invented({ entries, signer }: Made): string {
  return pack.resigned((path) => {
    let prev = sha256(Buffer.of(2), readFileSync(join(path, 'journal/header.json')))
    const leaves: Buffer[] = []
    edit(path, 'journal/entries.jsonl', () =>
      entries.map((entry, index) => {
        const body = canonicalJson({ entry, prev: prev.toString('hex'), seq: index + 1 } as never)
        prev = sha256(Buffer.of(0), body)
        leaves.push(prev)
        return lineOf({ seq: index + 1, body })
      }),
    )
    const origin = signer.name
    const text = checkpointText({ origin, size: leaves.length, root: rootOver(leaves), at: Date.UTC(2036, 0, 1) })
    writeFileSync(join(path, 'journal/checkpoint.txt'), signNote(text, signer))
    for (const name of [
      'journal/tree.txt',
      'journal/checkpoints.jsonl',
      'records.jsonl',
      'configurations.jsonl',
      'rules.jsonl',
    ])
      writeFileSync(join(path, name), '')
    writeFileSync(join(path, 'contracts.json'), '[]\n')
    editManifest(path, (manifest) => ({ ...manifest, size: leaves.length }))
  }, signer)
}

function rootOver(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!
  let middle = 1
  while (middle * 2 < leaves.length) middle *= 2
  return sha256(Buffer.of(1), rootOver(leaves.slice(0, middle)), rootOver(leaves.slice(middle)))
}

/** Entries of the pack, without what leads to persons. */
function entriesOf(kind: string): Record<string, unknown>[] {
  return pack
    .linesOf('journal/entries.jsonl')
    .map(
      (line) => (JSON.parse((JSON.parse(line) as { body: string }).body) as { entry: Record<string, unknown> }).entry,
    )
    .filter((entry) => entry['kind'] === kind)
    .map(({ personal: _personal, ...entry }) => ({ ...entry, recordId: '' as never }))
}

describe('whoever holds no key', () => {
  it('cannot take the place of the key that was published by one "after a loss"', () => {
    const signer = signerOf(pack.signer.name, generateKeyPairSync('ed25519').privateKey)
    const keys = entriesOf('key')
    const published = keys.at(-1)!['publicKey'] as string
    const own = Buffer.from(signer.publicKey).toString('base64')
    const statement = `aval-journal-key/1\n${signer.name.split('/')[1]}\n${own}\n${published}\n`
    const taken = {
      ...keys.at(-1),
      publicKey: own,
      previousKey: published,
      reason: 'loss',
      signature: sign(null, Buffer.from(statement), signer.privateKey).toString('base64'),
      previousSignature: '',
    }
    const path = invented({ entries: [...keys, taken, ...entriesOf('decision').slice(0, 3)], signer })
    expect(pack.bothFind(path)).toContain('replaced without its signature')
    const itself = verifierKey(signer.name, signer.publicKey)
    expect(pack.checkOwn(path, '--key', itself)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('replaced without the signature of the one before'),
    })
  })
})

describe('whoever wrote the journal anew with its own key', () => {
  it('is found by a checkpoint kept elsewhere, and without one the checker says that it cannot know', () => {
    const path = invented({
      entries: [...entriesOf('key'), ...entriesOf('decision').slice(0, 20)],
      signer: pack.signer,
    })
    const alone = pack.checkOwn(path, '--key', pack.key)
    expect(alone).toMatchObject({ status: 0, stdout: expect.stringContaining('NOTE  no --checkpoint was given') })
    const [first] = pack.checkpoints
    const kept = join(pack.directory, 'kept.txt')
    writeFileSync(kept, first!.note)
    expect(pack.checkOwn(path, '--key', pack.key, '--checkpoint', kept).status).not.toBe(0)
  })

  it('is not suspected for nothing: a genuine pack leads from each checkpoint it was asked for', () => {
    const kept = join(pack.directory, 'kept.txt')
    const notes = pack.linesOf('journal/checkpoints.jsonl').map((line) => (JSON.parse(line) as { note: string }).note)
    expect(notes.length).toBeGreaterThan(0)
    for (const note of notes) {
      writeFileSync(kept, note)
      const { status, stdout } = pack.checkOwn(pack.unpacked, '--key', pack.key, '--checkpoint', kept)
      expect(stdout).toContain('is the beginning of this journal')
      expect(status).toBe(0)
    }
    const signed = signNote(
      checkpointText({ origin: pack.signer.name, size: sizeIn(notes[0]!), root: Buffer.alloc(32), at: 1 }),
      pack.signer,
    )
    writeFileSync(kept, signed)
    expect(pack.checkOwn(pack.unpacked, '--key', pack.key, '--checkpoint', kept)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('was written anew'),
    })
    writeFileSync(
      kept,
      signNote(checkpointText({ origin: pack.signer.name, size: 7, root: Buffer.alloc(32), at: 1 }), pack.signer),
    )
    expect(pack.checkOwn(pack.unpacked, '--key', pack.key, '--checkpoint', kept)).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('--against'),
    })
  })
})

describe('the checker', () => {
  it('says which files are not of the pack, and that they were not checked', () => {
    const path = pack.resigned((within) => writeFileSync(join(within, 'journal', 'more.csv'), 'a,b'))
    expect(pack.checkOwn(path, '--key', pack.key)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('not checked: journal/more.csv'),
    })
  })

  it('does not take a key that was forgotten for none', () => {
    for (const words of [['--key'], ['--kye', pack.key], ['one', 'two'], ['--key', pack.key, '--key', pack.key]]) {
      const { status, stdout } = pack.checkOwn(...(words as [string]))
      expect(status).toBe(2)
      expect(stdout).toContain('usage')
    }
  })
})

function sizeIn(note: string): number {
  return Number(note.split('\n')[1])
}
