/**
 * Finds the subscribers of a tool who have objected. Aval knows keyed hashes and the tool knows addresses: its list is gone
 * through page by page and each address is hashed, so that no address is ever kept on this side (promise I8).
 */
import type { KeysOf, ToldObjection } from './receiver.js'

export interface Subscriber<Id> {
  readonly id: Id
  readonly address: string
}

/** One pass over the tool's subscribers. @returns whom each of the objections reaches, objections of nobody left out */
export async function subscribersWhoObjected<Id>(
  pages: AsyncIterable<readonly Subscriber<Id>[]>,
  objections: readonly ToldObjection[],
  keysOf: KeysOf,
): Promise<{ readonly told: ToldObjection; readonly subscriber: Subscriber<Id> }[]> {
  const wanted = new Map<string, ToldObjection[]>()
  for (const told of objections) wanted.set(told.objectionKey, [...(wanted.get(told.objectionKey) ?? []), told])
  const found: { told: ToldObjection; subscriber: Subscriber<Id> }[] = []
  for await (const page of pages) {
    for (const subscriber of page) {
      const theirs = keysOf(subscriber.address).flatMap((key) => wanted.get(key) ?? [])
      for (const told of theirs) found.push({ told, subscriber })
    }
  }
  return found
}

/** The tool's own name of the list a person left; undefined when everything is to stop. */
export function listLeft(
  { objection: { scope } }: ToldObjection,
  lists: ReadonlyMap<string, string>,
): string | undefined {
  return scope.kind === 'list' ? lists.get(scope.list) : undefined
}

/**
 * What a tool can act on: objections that stand, to all messages or to a list it knows. A click that was taken back is not put
 * right in a tool: whoever runs it may, and Aval lets the messages through.
 */
export function actedOn(objections: readonly ToldObjection[], lists: ReadonlyMap<string, string>): ToldObjection[] {
  const retracted = new Set(objections.filter(({ kind }) => kind === 'retracted').map(({ objection }) => objection.id))
  return objections.filter(
    ({ kind, objection: { id, scope } }) =>
      kind === 'recorded' && !retracted.has(id) && (scope.kind !== 'list' || lists.has(scope.list)),
  )
}
