/**
 * Compares a row with its body without parsing the body, which would cost more than hashing it. Leans on the canonical
 * spelling: members are sorted, and a quote inside a text is escaped, so `"name":` is a member wherever it is found. Of the
 * members of a decision only those before `kind` hold others; behind the last `"kind":` every member is the entry's own.
 */
import { canonicalJson } from '../domain/canonical-json.js'
import { ENTRY_SCHEMA } from '../domain/journal-entry.js'
import { type ChainPoint, personalCommitment } from './entry-format.js'
import { type EntryRow, sealedPartOf } from './journal-rows.js'
import type { OpenedPart, SealedPart } from './segments/vault.js'

interface PartOpener {
  open(part: SealedPart): OpenedPart
}

/**
 * @returns true when place, link, columns and personal part all say what the body says; false may only mean that a closer
 * look is needed
 */
export function bodyMatchesRow(row: EntryRow, previous: ChainPoint, vault: PartOpener): boolean {
  const { body } = row
  if (!body.endsWith(`},"prev":"${previous.hash}","seq":${previous.seq + 1}}`)) return false
  if (row.kind === 'outcome') return matchesOutcome(row)
  return row.kind === 'decision' && matchesDecision(row, vault)
}

function matchesDecision(row: EntryRow, vault: PartOpener): boolean {
  const { body } = row
  const part = sealedPartOf(row)
  const text = part && vault.open(part)
  if (text === undefined || typeof text === 'string') return false
  if (!body.startsWith(`{"entry":{"advertiser":${canonicalJson(row.advertiser)},"at":${row.at},`)) return false
  let at = body.lastIndexOf('"kind":')
  if (at === -1) return false
  // Members are sorted, so each is looked for behind the one before.
  const says = (member: string, value: string): boolean => {
    const name = `"${member}":`
    const found = body.indexOf(name, at)
    if (found === -1) return false
    at = found + name.length
    return body.startsWith(value, at)
  }
  return (
    says('kind', '"decision"') &&
    says('personal', `"${personalCommitment(text)}"`) &&
    says('rcpt', `${row.rcpt},`) &&
    says('ref', canonicalJson(row.ref)) &&
    says('router', canonicalJson(row.router)) &&
    says('rule', canonicalJson(row.rule)) &&
    says('schema', `${ENTRY_SCHEMA},`) &&
    says('verdict', canonicalJson(row.result))
  )
}

function matchesOutcome(row: EntryRow): boolean {
  const { body, at, rcpt, ref } = row
  if (row.segment !== null || row.tag !== null || row.sealed !== null) return false
  if (row.rule !== '' || row.advertiser !== '' || row.router !== '') return false
  const start = `{"entry":{"at":${at},"kind":"outcome","rcpt":${rcpt},"ref":${canonicalJson(ref)},"reply":"`
  return (
    body.startsWith(start) &&
    body.includes(`","schema":${ENTRY_SCHEMA},"status":${canonicalJson(row.result)},"upstream":"`)
  )
}
