/**
 * Requests of persons (GDPR art. 15 to 21) and the month there is to answer them (art. 12(3)): calendar months, in Paris.
 */
import { monthsLater } from '../domain/paris-time.js'
import type { SubjectKeys } from '../domain/subject-key.js'
import type { Register, RegisterEntry } from './books/register.js'

export const REQUEST_KINDS = ['access', 'rectification', 'erasure', 'restriction', 'objection', 'portability'] as const
export type RequestKind = (typeof REQUEST_KINDS)[number]

export interface PersonRequest {
  readonly id: string
  readonly kind: RequestKind
  /** Undefined: every advertiser of this relay. */
  readonly advertiserId?: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly dueAt: number
  readonly closedAt?: number
  /** What was done, in words. */
  readonly outcome?: string
}

export interface RequestDraft extends Pick<PersonRequest, 'id' | 'kind' | 'advertiserId' | 'receivedAt'> {
  readonly person: SubjectKeys
}

const MONTHS_TO_ANSWER = 1

/** To be called in a transaction of the writer, as everything here that writes. */
export function openRequest(register: Register, draft: RequestDraft, by: string): PersonRequest {
  const { person, ...rest } = draft
  const request = { ...rest, dueAt: monthsLater(draft.receivedAt, MONTHS_TO_ANSWER) }
  register.write('request', draft.id, request, by, person)
  return request
}

/** @param person left out where the person is to be forgotten */
export function closeRequest(
  register: Register,
  request: PersonRequest,
  outcome: { readonly closedAt: number; readonly outcome: string },
  by: string,
  person?: SubjectKeys,
): PersonRequest {
  const closed = { ...request, ...outcome }
  register.write('request', request.id, closed, by, person)
  return closed
}

export function findRequest(register: Register, id: string): PersonRequest | undefined {
  return register.newest<PersonRequest>('request', id)?.body
}

/** Those still to be answered first, the most urgent of them on top. */
export function listRequests(register: Register): PersonRequest[] {
  const isOpen = (request: PersonRequest): number => (request.closedAt === undefined ? 0 : 1)
  return register
    .list<PersonRequest>('request')
    .map(({ body }) => body)
    .toSorted((one, other) => isOpen(one) - isOpen(other) || one.dueAt - other.dueAt)
}

/** Takes the person out of every request about them: the older versions go, the newest says the same about nobody. */
export function forgetPerson(register: Register, person: SubjectKeys, act: number, by: string): void {
  const entries = register.about(person)
  const newest = new Map<string, RegisterEntry>(entries.map((entry) => [`${entry.kind} ${entry.id}`, entry]))
  for (const { number } of entries) register.remove(number, act)
  for (const { kind, id, body } of newest.values())
    register.write(kind, id, body as Parameters<Register['write']>[2], by)
}
