/**
 * A consent record as the registry keeps it: the part that is the same for everybody who met one form, the part that is
 * this person's, and the digest a decision quotes.
 *
 * The digest of a version is SHA-256 over, one a line: id, version, advertiser, subject key, key id, import batch (empty
 * if none), author, moment of writing, SHA-256 of the form part, person part; both parts in canonical JSON (RFC 8785).
 */
import { hash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../domain/canonical-json.js'
import type { ConsentProof, ConsentRecord } from '../domain/consent-record.js'

/** What a record says, without who wrote it and when. */
export type ConsentStatement = Omit<
  ConsentRecord,
  'id' | 'version' | 'advertiserId' | 'subjectKey' | 'keyId' | 'importBatchId' | 'createdBy' | 'createdAt'
>

export type RecordEnvelope = Pick<
  ConsentRecord,
  'id' | 'version' | 'advertiserId' | 'subjectKey' | 'keyId' | 'importBatchId' | 'createdBy' | 'createdAt'
>

export interface EncodedStatement {
  readonly form: string
  readonly person: string
}

const PERSON_FIELDS = [
  'status',
  'collectedAt',
  'givenAt',
  'sourceObtainedAt',
  'infoGivenAt',
  'proofVerifiedAt',
  'proofVerifiedBy',
  'customer',
  'b2b',
  'age',
  'unnecessaryData',
  'restricted',
  'objectionPending',
] as const satisfies readonly (keyof ConsentStatement)[]
const OF_THE_PERSON: ReadonlySet<string> = new Set(PERSON_FIELDS)

export function encodeStatement(statement: ConsentStatement): EncodedStatement {
  const form: Record<string, JsonValue | undefined> = {}
  const person: Record<string, JsonValue | undefined> = {}
  const { proof, ...rest } = statement
  for (const [name, value] of Object.entries(rest)) {
    if (OF_THE_PERSON.has(name)) person[name] = value
    else form[name] = value
  }
  if (proof) {
    const { type, formUrl, formVersion, ...own } = proof
    form['proof'] = { type, formUrl, formVersion }
    if (Object.keys(own).length > 0) person['proof'] = own
  }
  return { form: canonicalJson(form), person: canonicalJson(person) }
}

export type DecodedForm = Omit<ConsentStatement, 'status'>

export function decodeForm(text: string): DecodedForm {
  return JSON.parse(text) as DecodedForm
}

/** Merged by `Object.assign`: spreading objects of this many members costs ten times as much, and it is paid at every RCPT. */
export function decodeRecord(envelope: RecordEnvelope, form: DecodedForm, person: string): ConsentRecord {
  const own = JSON.parse(person) as PersonPart
  const proof = form.proof && { proof: Object.assign({}, form.proof, own.proof) }
  return Object.assign({}, form, envelope, own, proof)
}

type PersonPart = Pick<ConsentStatement, (typeof PERSON_FIELDS)[number]> & { readonly proof?: Partial<ConsentProof> }

export function formDigest(form: string): string {
  return hash('sha256', form, 'hex')
}

export function recordDigest(envelope: RecordEnvelope, formSha256: string, person: string): string {
  const { id, version, advertiserId, subjectKey, keyId, importBatchId = '', createdBy, createdAt } = envelope
  const head = `${id}\n${version}\n${advertiserId}\n${subjectKey}\n${keyId}\n${importBatchId}\n${createdBy}\n${createdAt}`
  return hash('sha256', `${head}\n${formSha256}\n${person}`, 'hex')
}
