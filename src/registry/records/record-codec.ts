/**
 * A consent record as the registry keeps it: the part that is the same for everybody who met one form, the part that is
 * this person's, and the digest a decision quotes.
 *
 * The digest of a version is SHA-256 over, one a line: id, version, advertiser, subject key, key id, import batch (empty
 * if none), author, moment of writing, SHA-256 of the form part, person part; both parts in canonical JSON (RFC 8785).
 */
import { hash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../../domain/canonical-json.js'
import type { ConsentProof, ConsentRecord } from '../../domain/consent-record.js'

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
/** In the order of canonical JSON; a proof is in both parts. */
const FORM_FIELDS = (
  [
    'channel',
    'collectionContext',
    'bundledTerms',
    'conditional',
    'legalBasis',
    'method',
    'namedRecipients',
    'noticeId',
    'noticeLang',
    'noticeSha256',
    'noticeVersion',
    'optoutOfferedAtCollection',
    'partnerListVersion',
    'preticked',
    'prospectingAnnounced',
    'purposes',
    'refusalEqual',
    'separateFromPartners',
    'sourceKind',
    'sourceLabel',
    'sourcePartyId',
    'subjectKind',
    'transferChain',
    'wording',
  ] as const satisfies readonly (keyof ConsentStatement)[]
).toSorted()
const PERSON_PARTS = [...PERSON_FIELDS, 'proof' as const].toSorted()
const FORM_PARTS = [...FORM_FIELDS, 'proof' as const].toSorted()

/** A field that is in neither list would be lost: this does not compile then. */
type Unlisted = Exclude<keyof ConsentStatement, (typeof FORM_PARTS)[number] | (typeof PERSON_PARTS)[number]>
const COMPLETE: Unlisted extends never ? true : Unlisted = true
void COMPLETE

export function encodeStatement(statement: ConsentStatement): EncodedStatement {
  return { form: encodeForm(statement), person: encodePerson(statement) }
}

function encodeForm(statement: ConsentStatement): string {
  return members(FORM_PARTS, (name) => (name === 'proof' ? formProof(statement.proof) : statement[name]))
}

/** The part of a statement that is this person's. */
export function encodePerson(statement: ConsentStatement): string {
  return members(PERSON_PARTS, (name) => (name === 'proof' ? personProof(statement.proof) : statement[name]))
}

function formProof(proof: ConsentProof | undefined): JsonValue | undefined {
  return proof && { type: proof.type, formUrl: proof.formUrl, formVersion: proof.formVersion }
}

function personProof(proof: ConsentProof | undefined): JsonValue | undefined {
  if (proof === undefined) return undefined
  const { ref, sha256, capturedAt } = proof
  return ref === undefined && sha256 === undefined && capturedAt === undefined ? undefined : { ref, sha256, capturedAt }
}

/** Canonical JSON of members that are sorted already. */
function members<Name extends string>(names: readonly Name[], valueOf: (name: Name) => JsonValue | undefined): string {
  let text = ''
  for (const name of names) {
    const value = valueOf(name)
    if (value !== undefined) text += `${text === '' ? '' : ','}"${name}":${canonicalJson(value)}`
  }
  return `{${text}}`
}

/** Forms met lately: files hold the answers to few. */
const FORMS_REMEMBERED = 8

/** Encodes many statements, most of which say what one of the last ones said but for the person's part. */
export function statementEncoder(): (statement: ConsentStatement) => EncodedStatement {
  let recent: { readonly statement: ConsentStatement; readonly form: string }[] = []
  return (statement) => {
    let known = recent.find((met) => isSameForm(met.statement, statement))
    if (known === undefined) {
      known = { statement, form: encodeForm(statement) }
      recent = [known, ...recent.slice(0, FORMS_REMEMBERED - 1)]
    }
    return { form: known.form, person: encodePerson(statement) }
  }
}

/** Lists are the same where they are the same object. False for two that only look alike costs time and no more. */
function isSameForm(left: ConsentStatement, right: ConsentStatement): boolean {
  const { proof: one } = left
  const { proof: other } = right
  return (
    FORM_FIELDS.every((name) => left[name] === right[name]) &&
    one?.type === other?.type &&
    one?.formUrl === other?.formUrl &&
    one?.formVersion === other?.formVersion
  )
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

/** @param envelope `importBatchId` is undefined for what no import wrote */
export function recordDigest(
  envelope: Omit<RecordEnvelope, 'importBatchId'> & { readonly importBatchId?: string | undefined },
  formSha256: string,
  person: string,
): string {
  const { id, version, advertiserId, subjectKey, keyId, importBatchId = '', createdBy, createdAt } = envelope
  const head = `${id}\n${version}\n${advertiserId}\n${subjectKey}\n${keyId}\n${importBatchId}\n${createdBy}\n${createdAt}`
  return hash('sha256', `${head}\n${formSha256}\n${person}`, 'hex')
}
