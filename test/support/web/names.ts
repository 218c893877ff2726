/** A DNS that exists in this process only. */
import type { AddressAnswer, MailAnswer, Names } from '#aval/fetch/names.js'

export interface FakeNames extends Names {
  /** Every name that was asked for, in order. */
  readonly asked: string[]
}

export interface Zone {
  readonly addresses?: readonly string[] | AddressAnswer | (() => readonly string[])
  readonly mail?: MailAnswer
}

/** Names that are not in the zone do not exist. A key `*.example.test` stands for all names below. */
export function fakeNames(zones: Readonly<Record<string, Zone>>): FakeNames {
  const asked: string[] = []

  function zoneOf(name: string): Zone {
    asked.push(name)
    return zones[name] ?? zones[name.replace(/^[^.]+/, '*')] ?? {}
  }

  async function addresses(name: string): Promise<AddressAnswer> {
    const { addresses: known = [] } = zoneOf(name)
    const answer = typeof known === 'function' ? known() : known
    if ('kind' in answer) return answer
    return answer.length === 0 ? { kind: 'none' } : { kind: 'addresses', addresses: answer }
  }

  return {
    asked,
    addresses,
    localAddresses: addresses,
    mailHosts: async (name) => zoneOf(name).mail ?? { kind: 'none' },
  }
}
