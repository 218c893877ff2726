/**
 * Checks an evidence pack of Aval with nothing but Node.js (18 or newer):
 * `node verify.mjs [DIRECTORY] [--key KEY] [--checkpoint FILE]`.
 *
 * DIRECTORY is the unpacked zip, by default the one this file is in. KEY is the public key the advertiser or its router
 * published, `aval-journal/...+...+...`; without it the pack is checked against the key it names itself, and a pack that was
 * made up from beginning to end would pass. FILE is a checkpoint of the journal that somebody kept elsewhere: the pack must be
 * of a journal that goes on from there. Ends with 0 when everything holds, 1 when something does not, 2 when it cannot be told. The format is described in FORMAT.md; nothing here is needed to write another checker.
 */
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}
const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)
const HEADER = Buffer.of(2)
const PERSONAL = Buffer.of(3)
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right)

function base64(text: unknown): Buffer {
  const octets = Buffer.from(String(text), 'base64')
  assert(octets.toString('base64') === text, `"${String(text)}" is no base64`)
  return octets
}

/** RFC 8785: members in the order of their names, no white space. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}

/** A pack is given by a stranger: what is wrong with it is said, and it is never trusted to be of the right shape. */
class Unsound extends Error {}

function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Unsound(message)
}

const { directory, givenKey, givenCheckpoint } = readArguments(process.argv.slice(2))
const file = (name: string): string => join(directory, name)
const read = (name: string): string => readFileSync(file(name), 'utf8')

interface Arguments {
  readonly directory: string
  readonly givenKey: string | undefined
  readonly givenCheckpoint: string | undefined
}

function readArguments(words: readonly string[]): Arguments {
  const given = new Map<string, string>()
  for (let i = 0; i < words.length; i++) {
    const [word, next] = [words[i]!, words[i + 1]]
    const isOption = word === '--key' || word === '--checkpoint'
    if (given.has(isOption ? word : '') || (isOption ? next === undefined : word.startsWith('-'))) {
      console.log('usage: node verify.mjs [DIRECTORY] [--key KEY] [--checkpoint FILE]')
      process.exit(2)
    }
    given.set(isOption ? word : '', isOption ? next! : word)
    if (isOption) i += 1
  }
  return {
    directory: given.get('') ?? dirname(fileURLToPath(import.meta.url)),
    givenKey: given.get('--key'),
    givenCheckpoint: given.get('--checkpoint'),
  }
}

/** Ended by line feeds and by nothing else: a text may hold other characters that end lines elsewhere. */
async function* lines(name: string): AsyncGenerator<string, void> {
  let begun = ''
  for await (const chunk of createReadStream(file(name), 'utf8')) {
    const parts = `${begun}${chunk as string}`.split('\n')
    begun = parts.pop()!
    for (const line of parts) if (line !== '') yield line
  }
  if (begun !== '') yield begun
}

/** What the members of an object are. */
type Shape = Readonly<Record<string, (member: unknown) => boolean>>
const isText = (member: unknown): boolean => typeof member === 'string'
const isNumber = Number.isSafeInteger
const areTexts = (member: unknown): boolean => Array.isArray(member) && member.every(isText)
const isObject = (member: unknown): boolean => typeof member === 'object' && member !== null && !Array.isArray(member)
const orAbsent =
  (isOf: (member: unknown) => boolean) =>
  (member: unknown): boolean =>
    member === undefined || isOf(member)
const texts = (...names: string[]): Shape => Object.fromEntries(names.map((name) => [name, isText]))

/** Nothing stands beside what is checked, or reads as something else than what was hashed: a number as a text, nothing as "". */
function assertShape(value: unknown, shape: Shape, where: string): void {
  assert(isObject(value), `${where}: is no object`)
  const members = value as Record<string, unknown>
  const odd = Object.keys(members).find((name) => !Object.hasOwn(shape, name))
  assert(odd === undefined, `${where}: holds "${odd}", which nothing proves`)
  const wrong = Object.entries(shape).find(([name, isOf]) => !isOf(members[name]))
  assert(!wrong, `${where}: has no "${wrong?.[0]}" of the kind the format asks for`)
}

/** Spelled in one way only: a member that stands twice reads differently here and there. */
function spelled(text: string, spell: (value: unknown) => string, where: string): unknown {
  const value = JSON.parse(text) as unknown
  assert(spell(value) === text, `${where}: is not spelled as the format asks for`)
  return value
}

const onePage = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** Characters at which lines end elsewhere are escaped. */
const oneLine = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

async function* rows<T>(name: string, shape: Shape): AsyncGenerator<T, void> {
  let number = 0
  for await (const line of lines(name)) {
    const where = `${name}, line ${++number}`
    const row = spelled(line, oneLine, where)
    assertShape(row, shape, where)
    yield row as T
  }
}

function readKey(text: string): { name: string; key: Buffer; hash: Buffer } {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text.trim())
  assert(match, `"${text}" is no public key of a journal`)
  const octets = Buffer.from(match[3]!, 'base64')
  const hash = sha256(`${match[1]}\n`, octets).subarray(0, 4)
  assert(octets[0] === 1 && hash.toString('hex') === match[2], `the public key "${text}" does not fit its own hash`)
  return { name: match[1]!, key: octets.subarray(1), hash }
}

function isSigned(text: string | Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key])
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  return verifySignature(null, typeof text === 'string' ? Buffer.from(text) : text, publicKey, signature)
}

/** The text of a signed note when one of the keys signed it. */
function openNote(note: string, name: string, keys: readonly Buffer[]): string {
  const end = note.lastIndexOf('\n\n')
  assert(end !== -1, 'it is no signed note')
  const text = note.slice(0, end + 1)
  const signatures = note.slice(end + 2).split('\n')
  assert(signatures.pop() === '', 'a signed note does not end with a line feed')
  let isOurs = false
  for (const line of signatures) {
    const match = /^\u2014 (\S+) (\S+)$/.exec(line)
    assert(match, 'a signed note holds more than its text and signatures')
    const octets = base64(match[2])
    if (match[1] !== name) continue
    isOurs ||= keys.some((key) => {
      const hash = sha256(`${name}\n`, Buffer.of(1), key).subarray(0, 4)
      return octets.subarray(0, 4).equals(hash) && isSigned(text, octets.subarray(4), key)
    })
  }
  assert(isOurs, 'it is not signed with a key of the journal')
  return text
}

function readCheckpoint(text: string, origin: string): { size: number; root: Buffer; at: number } {
  const [, name, size, root, at] = /^(.+)\n(0|[1-9][0-9]*)\n(.+)\ntime ([0-9]+)\n$/.exec(text) ?? []
  assert(name === origin, 'it is no checkpoint of the journal')
  return { size: Number(size), root: base64(root), at: Number(at) }
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

/** The root over `size` leaves from those known and the hashes beside them, left to right. */
function rootOf(leaves: ReadonlyMap<number, Buffer>, size: number, beside: readonly Buffer[]): Buffer {
  const known = [...leaves.keys()].sort((a, b) => a - b)
  let used = 0
  function within(first: number, end: number, from: number, to: number): Buffer {
    if (from === to) {
      const hash = beside[used++]
      assert(hash?.length === 32, 'journal/tree.txt holds too few hashes')
      return hash
    }
    if (end - first === 1) return leaves.get(first)!
    const middle = first + splitOf(end - first)
    let split = from
    while (split < to && known[split]! < middle) split += 1
    return nodeHash(within(first, middle, from, split), within(middle, end, split, to))
  }
  const root = within(0, size, 0, known.length)
  assert(used === beside.length, 'journal/tree.txt holds more hashes than there is place for')
  return root
}

/** RFC 9162 2.1.4.2 */
function isConsistent(first: number, firstRoot: Buffer, second: number, secondRoot: Buffer, proof: Buffer[]): boolean {
  if (first === second) return proof.length === 0 && firstRoot.equals(secondRoot)
  if (first < 1 || first > second) return false
  const path = Number.isInteger(Math.log2(first)) ? [firstRoot, ...proof] : proof
  let [fn, sn] = [first - 1, second - 1]
  while (fn % 2 === 1) [fn, sn] = [(fn - 1) / 2, Math.floor(sn / 2)]
  const [start, ...rest] = path
  if (!start) return false
  let [fr, sr] = [start, start]
  for (const hash of rest) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      ;[fr, sr] = [nodeHash(hash, fr), nodeHash(hash, sr)]
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)]
    } else {
      sr = nodeHash(sr, hash)
    }
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && fr.equals(firstRoot) && sr.equals(secondRoot)
}

interface Entry {
  readonly kind: string
  readonly schema: number
  readonly [member: string]: unknown
}

const KINDS = ['decision', 'outcome', 'certificate', 'erasure', 'key', 'checkpoint', 'anchor', 'segment']

/** What the entries say together, gathered while they are read. */
interface Journal {
  readonly leaves: Map<number, Buffer>
  /** Reference and recipient of the decisions. */
  readonly decided: Set<string>
  /** Record versions decisions rest on, with the digest they quote. */
  readonly records: Map<string, string>
  readonly configurations: Set<string>
  readonly keys: Buffer[]
  /** How many keys stand before the last that was not handed over by the one before. */
  vouched: number
  readonly missing: Map<number, true>
  /** Decisions that say about whom they are. */
  readonly named: number[]
  readonly erased: Set<number>
  readonly open: Map<string, number>
  /** Numbers of entries of segments whose key was destroyed. */
  readonly destroyed: [first: number, last: number][]
  readonly counts: Record<string, number>
  readonly verdicts: Record<string, number>
  losses: number
}

/** Whom a pack is about, when, and how many entries the journal had. */
interface Scope {
  readonly advertiser: string
  readonly from: number
  readonly to: number
  readonly size: number
}

interface Row {
  readonly seq: number
  readonly body: string
  readonly personal?: Record<string, string>
}

const ROW = { seq: isNumber, body: isText, personal: orAbsent(isObject) }

interface Body {
  readonly seq: number
  readonly prev: string
  readonly entry: Entry
}

const BODY = { seq: isNumber, prev: isText, entry: isObject }

async function readEntries(journalName: string, scope: Scope): Promise<Journal> {
  const journal: Journal = {
    leaves: new Map(),
    decided: new Set(),
    vouched: 0,
    verdicts: {},
    records: new Map(),
    configurations: new Set(),
    keys: [],
    missing: new Map(),
    named: [],
    erased: new Set(),
    open: new Map(),
    destroyed: [],
    counts: {},
    losses: 0,
  }
  let last = { seq: 0, hash: sha256(HEADER, read('journal/header.json')) }
  for await (const { seq, body, personal } of rows<Row>('journal/entries.jsonl', ROW)) {
    const where = `journal/entries.jsonl, entry ${seq}`
    const hash = sha256(LEAF, body)
    const inside = spelled(body, canonical, where) as Body
    assertShape(inside, BODY, where)
    assert(seq <= scope.size, `${where}: is no number the journal has`)
    assert(inside.seq === seq && seq > last.seq, `${where}: stands in the wrong place`)
    if (seq === last.seq + 1)
      assert(inside.prev === last.hash.toString('hex'), `${where}: does not follow the one before`)
    const { entry } = inside
    assert(KINDS.includes(entry.kind) && entry.schema === 1, `${where}: is of a kind this checker does not know`)
    journal.leaves.set(seq - 1, hash)
    journal.counts[entry.kind] = (journal.counts[entry.kind] ?? 0) + 1
    if ('personal' in entry) checkPersonal(journal, seq, entry, personal, where)
    else assert(personal === undefined, `${where}: was given a personal part it did not have`)
    checkScope(journal, entry, scope, where)
    follow(journal, seq, entry, journalName, where)
    last = { seq, hash }
  }
  return journal
}

/** What does not belong into the pack was put there by somebody who wanted it to be read as if it did. */
function checkScope(
  { decided }: Journal,
  { kind, advertiser, at, ref, rcpt }: Entry,
  scope: Scope,
  where: string,
): void {
  const isIn = Number(at) >= scope.from && Number(at) < scope.to
  const name = `${String(ref)}/${String(rcpt)}`
  if (kind === 'decision') {
    assert(advertiser === scope.advertiser && isIn, `${where}: is a decision for somebody else, or of another period`)
    decided.add(name)
  } else if (kind === 'certificate') {
    const concerns = advertiser === scope.advertiser || advertiser === ''
    assert(concerns && isIn, `${where}: is a certificate for somebody else, or of another period`)
  } else if (kind === 'outcome') assert(decided.has(name), `${where}: is the outcome of no decision of the pack`)
}

function checkPersonal(
  journal: Journal,
  seq: number,
  entry: Entry,
  personal: Record<string, string> | undefined,
  where: string,
): void {
  if (!personal) {
    journal.missing.set(seq, true)
    return
  }
  assertShape(personal, texts('messageIdSha256', 'salt', 'toKey'), where)
  const commitment = sha256(PERSONAL, canonical(personal)).toString('hex')
  assert(commitment === entry['personal'], `${where}: its personal part is not the one it commits to`)
  journal.named.push(seq)
}

function follow(journal: Journal, seq: number, entry: Entry, journalName: string, where: string): void {
  const name = `${String(entry['ref'])}/${String(entry['rcpt'])}`
  if (entry.kind === 'decision') {
    const verdict = String(entry['verdict'])
    journal.verdicts[verdict] = (journal.verdicts[verdict] ?? 0) + 1
    journal.configurations.add(String(entry['configSha256']))
    if (entry['recordId'] !== '') {
      const [record, digest] = [
        `${String(entry['recordId'])}/${String(entry['recordVersion'])}`,
        String(entry['recordSha256']),
      ]
      assert((journal.records.get(record) ?? digest) === digest, `${where}: gives record ${record} another digest`)
      journal.records.set(record, digest)
    }
    if (entry['verdict'] === 'permit' && entry['stage'] === 'data') journal.open.set(name, seq)
  }
  if (entry.kind === 'outcome') journal.open.delete(name)
  if (entry.kind === 'erasure') {
    for (const range of entry['erased'] as string[]) {
      const [first = 0, last = first] = range.split('-').map(Number)
      assert(first >= 1 && first <= last && last < seq, `${where}: erases entries that do not stand before it`)
      for (let erased = first; erased <= last; erased++) if (journal.missing.has(erased)) journal.erased.add(erased)
    }
  }
  if (entry.kind === 'segment' && entry['act'] === 'destroyed')
    journal.destroyed.push([Number(entry['first']), Number(entry['last'])])
  if (entry.kind === 'key') followKey(journal, entry as Entry & Record<string, string>, journalName, where)
}

function followKey(journal: Journal, entry: Entry & Record<string, string>, journalName: string, where: string): void {
  const { publicKey, previousKey, reason, signature, previousSignature } = entry
  const statement = `aval-journal-key/1\n${journalName}\n${publicKey}\n${previousKey}\n`
  const key = base64(publicKey!)
  const before = journal.keys.at(-1)
  assert(isSigned(statement, base64(signature!), key), `${where}: the signing key is not signed by itself`)
  assert((reason === 'first') === (before === undefined), `${where}: there is one first signing key`)
  assert(previousKey === (before?.toString('base64') ?? ''), `${where}: the signing key does not follow the one before`)
  if (reason === 'rotation') {
    assert(isSigned(statement, base64(previousSignature!), before!), `${where}: the signing key was not handed over`)
  }
  if (reason === 'loss') {
    journal.losses += 1
    journal.vouched = journal.keys.length
  }
  journal.keys.push(key)
}

type RecordText =
  'id' | 'advertiserId' | 'subjectKey' | 'keyId' | 'importBatchId' | 'createdBy' | 'form' | 'person' | 'sha256'
type RecordRow = Record<RecordText, string> & Record<'version' | 'createdAt', number>

const RECORD = {
  ...texts('id', 'advertiserId', 'subjectKey', 'keyId', 'importBatchId', 'createdBy', 'form', 'person', 'sha256'),
  version: isNumber,
  createdAt: isNumber,
}

async function checkRecords({ records }: Journal): Promise<number> {
  const found = new Set<string>()
  for await (const record of rows<RecordRow>('records.jsonl', RECORD)) {
    const { id, version, advertiserId, subjectKey, keyId, importBatchId, createdBy, createdAt, form, person } = record
    const where = `records.jsonl: record ${id} version ${version}`
    const head = [id, version, advertiserId, subjectKey, keyId, importBatchId, createdBy, createdAt].join('\n')
    const digest = sha256(`${head}\n${sha256(form).toString('hex')}\n${person}`).toString('hex')
    const quoted = records.get(`${id}/${version}`)
    assert(quoted !== undefined, `${where}: no decision rests on it`)
    assert(quoted === digest && record.sha256 === digest, `${where}: is not the one the decision rests on`)
    assert(!found.has(digest), `${where}: stands there twice`)
    found.add(digest)
  }
  return found.size
}

interface Kept {
  readonly sha256: string
  readonly body: string
  readonly disclosures?: readonly string[]
}

const KEPT = texts('sha256', 'body')
const SHOWN = { ...KEPT, disclosures: orAbsent(areTexts) }

/**
 * The configuration as far as it is shown (RFC 9901 7.1): each part that is shown belongs somewhere, in the text or in another
 * part, and in one place only.
 */
function shownIn(body: string, disclosures: readonly string[], where: string): unknown {
  const parts = new Map(disclosures.map((text) => [sha256(text).toString('base64url'), text]))
  assert(parts.size === disclosures.length, `${where}: a part is shown twice`)
  const placed = new Set<unknown>()

  function partOf(digest: unknown, length: number): unknown[] | undefined {
    assert(!placed.has(digest), `${where}: one digest stands in two places`)
    placed.add(digest)
    const text = parts.get(String(digest))
    if (text === undefined) return undefined
    parts.delete(String(digest))
    const part = spelled(Buffer.from(text, 'base64url').toString(), canonical, where) as unknown[]
    assert(Array.isArray(part) && part.length === length, `${where}: a part is not where its form belongs`)
    return part
  }

  function shown(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.flatMap(element)
    const { _sd: digests, ...members } = value as Record<string, unknown>
    const all = new Map(Object.entries(members).map(([name, member]) => [name, shown(member)]))
    for (const digest of (digests ?? []) as unknown[]) {
      const part = partOf(digest, 3)
      if (part === undefined) continue
      const [, name, member] = part
      const isName = typeof name === 'string' && name !== '_sd' && name !== '...' && !all.has(name)
      assert(isName, `${where}: a part is of a name that stands there already, or can be none`)
      all.set(name, shown(member))
    }
    return Object.fromEntries(all)
  }

  function element(item: unknown): unknown[] {
    if (typeof item !== 'object' || item === null || !('...' in item)) return [shown(item)]
    const part = partOf(item['...'], 2)
    return part === undefined ? [] : [shown(part[1])]
  }

  const whole = shown(spelled(body, canonical, where))
  assert(parts.size === 0, `${where}: a part is shown that belongs nowhere in it`)
  return whole
}

/** A configuration, as far as it says which contracts there were. */
interface Declared {
  readonly rules_sha256?: string
  readonly routers?: Readonly<Record<string, { legal_name: string; contracts?: Record<string, unknown>[] }>>
}

interface Configurations {
  readonly found: number
  /** Sets of rules they were in force with. */
  readonly rules: number
  readonly contracts: number
}

async function checkConfigurations({ configurations }: Journal, advertiser: string): Promise<Configurations> {
  const found = new Set<string>()
  const named = new Set<unknown>()
  const declared = new Map<string, string[]>()
  for await (const { sha256: stated, body, disclosures = [] } of rows<Kept>('configurations.jsonl', SHOWN)) {
    const where = `configurations.jsonl, ${stated}`
    assert(sha256(body).toString('hex') === stated, `${where}: is not the digest of its text`)
    assert(configurations.has(stated), `${where}: no decision was made under it`)
    assert(!found.has(stated), `${where}: stands there twice`)
    found.add(stated)
    const { rules_sha256: rules, routers = {} } = shownIn(body, disclosures, where) as Declared
    named.add(rules)
    for (const [id, { legal_name: legalName, contracts = [] }] of Object.entries(routers)) {
      for (const contract of contracts.filter((one) => one['advertiser'] === advertiser)) {
        const { signed, from = signed, until, document_sha256: documentSha256, clauses = {} } = contract
        const name = canonical({ router: { id, legalName }, signed, from, until, documentSha256, clauses })
        declared.set(name, [...(declared.get(name) ?? []), stated])
      }
    }
  }
  return { found: found.size, rules: await checkRules(named), contracts: checkContracts(declared) }
}

async function checkRules(named: ReadonlySet<unknown>): Promise<number> {
  const found = new Set<string>()
  for await (const { sha256: stated, body } of rows<Kept>('rules.jsonl', KEPT)) {
    const where = `rules.jsonl, ${stated}`
    assert(sha256(body).toString('hex') === stated, `${where}: is not the digest of its text`)
    assert(named.has(stated), `${where}: no configuration names these rules`)
    assert(!found.has(stated), `${where}: stands there twice`)
    found.add(stated)
  }
  return found.size
}

/** @param declared the configurations that declare each contract, by the contract */
function checkContracts(declared: ReadonlyMap<string, readonly string[]>): number {
  const stated = spelled(read('contracts.json'), onePage, 'contracts.json') as (Record<string, unknown> & {
    configurations: string[]
  })[]
  const listed = stated.map(({ configurations, ...contract }) => canonical([contract, configurations.slice().sort()]))
  const expected = [...declared].map(([contract, of]) => `[${contract},${canonical(of.slice().sort())}]`)
  assert(
    canonical(listed.slice().sort()) === canonical(expected.slice().sort()),
    'contracts.json: the contracts are not those the configurations declare',
  )
  return stated.length
}

/** @returns how many there are. They are what the registry held when the pack was made: the journal proves none of them */
async function countObjections(): Promise<number> {
  let count = 0
  for await (const _ of lines('objections.jsonl')) count += 1
  return count
}

/** A checkpoint somebody kept elsewhere is the one thing whoever holds the key of the journal cannot write anew. */
function checkGivenCheckpoint(
  known: readonly { size: number; root: Buffer }[],
  note: string,
  journal: Journal,
): string {
  const origin = note.split('\n')[0]!
  const given = readCheckpoint(openNote(note, origin, journal.keys), origin)
  const same = known.find(({ size }) => size === given.size)
  if (!same) {
    throw new Error(
      `the pack does not lead from the checkpoint over ${counted(given.size, 'entry', 'entries')}: ask for one made with --against that checkpoint`,
    )
  }
  assert(
    same.root.equals(given.root),
    `the checkpoint over ${counted(given.size, 'entry', 'entries')} that was kept elsewhere is of another journal: this one was written anew`,
  )
  return `${counted(given.size, 'entry', 'entries')}, ${new Date(given.at).toISOString()}`
}

/** Files that were put beside those of the pack: nothing is known of them. */
function strangers(named: ReadonlySet<string>, within = directory): string[] {
  return readdirSync(within, { withFileTypes: true }).flatMap((entry) => {
    const path = join(within, entry.name)
    if (entry.isDirectory()) return strangers(named, path)
    const name = relative(directory, path).split('\\').join('/')
    return named.has(name) ? [] : [name]
  })
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** What is read here: all of it has to be under the manifest. */
const READ =
  'journal/header.json journal/entries.jsonl journal/tree.txt journal/checkpoint.txt journal/checkpoints.jsonl records.jsonl objections.jsonl configurations.jsonl rules.jsonl contracts.json'.split(
    ' ',
  )

interface Earlier {
  readonly note: string
  readonly consistency: string[]
}

const EARLIER = { note: isText, consistency: areTexts }

interface Manifest extends Scope {
  readonly key: string
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly octets: number }>>
}

const MANIFEST = {
  ...texts('format', 'advertiser', 'by', 'version', 'key'),
  from: isNumber,
  to: isNumber,
  at: isNumber,
  size: isNumber,
  files: isObject,
}

async function main(): Promise<void> {
  const manifestText = read('manifest.json')
  const { format } = JSON.parse(manifestText) as { format?: unknown }
  assert(format === 'aval-evidence/1', 'manifest.json: this checker knows the format aval-evidence/1 only')
  const manifest = spelled(manifestText, canonical, 'manifest.json') as Manifest
  assertShape(manifest, MANIFEST, 'manifest.json')
  const published = readKey(givenKey ?? manifest.key)

  const unnamed = READ.find((name) => !Object.hasOwn(manifest.files, name))
  assert(unnamed === undefined, `manifest.json does not name ${unnamed}`)
  for (const [name, stated] of Object.entries(manifest.files)) {
    assertShape(stated, { sha256: isText, octets: isNumber }, `manifest.json, ${name}`)
    assert(!name.includes('..') && existsSync(file(name)), `${name} is missing`)
    const digest = createHash('sha256')
    let octets = 0
    for await (const chunk of createReadStream(file(name))) {
      digest.update(chunk as Buffer)
      octets += (chunk as Buffer).length
    }
    assert(digest.digest('hex') === stated.sha256 && octets === stated.octets, `${name} was changed`)
  }

  const header = spelled(read('journal/header.json'), canonical, 'journal/header.json') as Record<string, unknown>
  assert(
    header['format'] === 'aval-journal/1',
    'journal/header.json: this checker knows the format aval-journal/1 only',
  )
  const journalName = String(header['journal'])
  const origin = `aval-journal/${journalName}`
  assert(published.name === origin, `the key is of ${published.name}, and the pack of ${origin}`)

  const journal = await readEntries(journalName, manifest)
  const place = journal.keys.findIndex((key) => key.equals(published.key))
  assert(place !== -1, 'the journal does not name the public key that was given')
  assert(
    place >= journal.vouched,
    'the public key that was given was replaced without its signature, as by somebody who does not hold it: ask whoever published it for the one in force',
  )
  const newest = [journal.keys.at(-1)!]
  const signed = openNote(read('manifest.sig'), origin, newest)
  assert(
    signed === `aval-evidence/1\n${sha256(manifestText).toString('base64')}\n`,
    'manifest.sig is not over manifest.json',
  )

  const checkpoint = readCheckpoint(openNote(read('journal/checkpoint.txt'), origin, newest), origin)
  assert(
    checkpoint.size === manifest.size,
    'manifest.json and journal/checkpoint.txt differ about the size of the journal',
  )
  const beside = read('journal/tree.txt')
    .split('\n')
    .filter((line) => line !== '')
    .map(base64)
  const root = rootOf(journal.leaves, checkpoint.size, beside)
  assert(
    root.equals(checkpoint.root),
    'the entries are not those under journal/checkpoint.txt: one was changed, or left out',
  )

  const known = [checkpoint]
  let size = 0
  for await (const { note, consistency } of rows<Earlier>('journal/checkpoints.jsonl', EARLIER)) {
    const before = readCheckpoint(openNote(note, origin, journal.keys), origin)
    assert(before.size > size, 'journal/checkpoints.jsonl: the checkpoints do not stand in their order')
    size = before.size
    const holds = isConsistent(before.size, before.root, checkpoint.size, checkpoint.root, consistency.map(base64))
    assert(
      holds,
      `journal/checkpoints.jsonl: the checkpoint over ${counted(before.size, 'entry', 'entries')} is not the beginning of the journal`,
    )
    known.push(before)
  }

  const unexplained = [...journal.missing.keys()].find((seq) => !journal.erased.has(seq))
  assert(unexplained === undefined, `entry ${unexplained} lacks its personal part and no erasure says so`)
  const isBack = journal.destroyed.find(([first, last]) => journal.named.some((seq) => seq >= first && seq <= last))
  assert(
    !isBack,
    `entries ${isBack?.join('-')} are of a segment whose key was destroyed, and one says about whom it is`,
  )
  const records = await checkRecords(journal)
  const configurations = await checkConfigurations(journal, manifest.advertiser)
  const objections = await countObjections()
  const kept = givenCheckpoint && checkGivenCheckpoint(known, readFileSync(givenCheckpoint, 'utf8'), journal)

  const day = (at: number): string => new Date(at).toISOString()
  console.log(`VERIFIED  ${manifest.advertiser}, ${day(manifest.from)} to ${day(manifest.to)}`)
  console.log(
    `  journal          ${origin}, ${counted(checkpoint.size, 'entry', 'entries')}, signed ${day(checkpoint.at)}`,
  )
  for (const [kind, count] of Object.entries(journal.counts)) {
    const verdicts = kind === 'decision' ? Object.entries(journal.verdicts).map(([name, n]) => `, ${n} ${name}`) : []
    console.log(`  ${kind.padEnd(16)} ${count}${verdicts.join('')}`)
  }
  console.log(
    `  records          ${records} of ${counted(journal.records.size, 'record version', 'record versions')} decisions rest on`,
  )
  console.log(
    `  configurations   ${configurations.found} of ${journal.configurations.size}, with ${counted(configurations.rules, 'set', 'sets')} of rules and ${counted(configurations.contracts, 'contract', 'contracts')}`,
  )
  console.log(`  checkpoints      ${counted(known.length - 1, 'earlier one leads', 'earlier ones lead')} to this one`)
  if (kept) console.log(`  kept elsewhere   the checkpoint over ${kept}, is the beginning of this journal`)
  if (journal.erased.size > 0)
    console.log(
      `  erased           ${counted(journal.erased.size, 'decision no longer says', 'decisions no longer say')} about whom (GDPR art. 17)`,
    )
  if (journal.destroyed.length > 0)
    console.log(`  segments         ${counted(journal.destroyed.length, 'whose key was', 'whose keys were')} destroyed`)
  if (journal.open.size > 0)
    console.log(
      `  without outcome  ${counted(journal.open.size, 'permit', 'permits')}: under way when the pack was made`,
    )
  for (const note of notes()) console.log(`  NOTE  ${note}`)

  function* notes(): Generator<string, void> {
    if (journal.losses > 0)
      yield `${counted(journal.losses, 'signing key was', 'signing keys were')} replaced without the signature of the one before`
    if (givenKey === undefined) yield `no --key was given: compare this one with what was published: ${manifest.key}`
    if (!kept) yield 'no --checkpoint was given: whoever holds the signing key could have written the journal anew'
    if (checkpoint.at < manifest.to)
      yield `the journal was signed before the period ended: nothing after ${day(checkpoint.at)} is in the pack`
    if (objections > 0)
      yield `${counted(objections, 'objection is', 'objections are')} as the registry held ${objections === 1 ? 'it' : 'them'}, not proven by the journal`
    yield 'the summaries are for reading, and not checked: the figures above are'
    const odd = strangers(new Set([...Object.keys(manifest.files), 'manifest.json', 'manifest.sig']))
    if (odd.length > 0) yield `not of the pack, and not checked: ${odd.join(', ')}`
    yield 'that no entry of this advertiser was left out is shown by the journal itself: have the pack made in your presence'
  }
}

main().catch((error: unknown) => {
  const known = error instanceof Unsound || error instanceof SyntaxError
  console.log(
    `${known ? 'NOT VERIFIED' : 'CANNOT BE CHECKED'}  ${error instanceof Error ? error.message : String(error)}`,
  )
  process.exitCode = known ? 1 : 2
})
