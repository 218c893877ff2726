/** A site whose advertiser has no unsubscribe endpoint of its own, and links to that of Aval. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readAddress } from '#aval/domain/address.js'
import { keyFile, subjects } from '#aval/registry/key-source.js'
import { deriveKey, readKeyFile } from '#aval/storage/key-file.js'
import { type TokenContent, tokenKeys } from '#aval/unsubscribe/hosted/token.js'
import type { Aval } from './aval.js'
import { siteFor } from './aval.js'

export const HOSTED_URL = 'https://stop.acme.example'
export const PLACEHOLDER = 'https://aval.invalid/unsubscribe'

type Advertisers = Record<string, Record<string, unknown>>

/** Beside the usual site: public pages on loopback, one list that can be left, one campaign that belongs to it. */
export function hostedSite(directory: string, upstream: string): Record<string, unknown> {
  const site = siteFor(directory, upstream)
  const acme = (site['advertisers'] as Advertisers)['acme']!
  return {
    ...site,
    unsubscribe: { address: '127.0.0.1:0', url: HOSTED_URL },
    advertisers: {
      acme: {
        ...acme,
        unsubscribe: { hosted: true, placeholder: PLACEHOLDER, lists: { livres: 'Les livres du mois' } },
      },
    },
    campaigns: { automne: { advertiser: 'acme', class: 'prospecting_b2c', list: 'livres' } },
  }
}

/** The token of a person, as Aval writes it into messages. */
export function tokenFor(directory: string, address: string, list?: string): string {
  const path = join(directory, 'aval.key')
  const { keyId, objectionKey } = subjects(keyFile(path)).identify(readAddress(address)!)
  const content: TokenContent = { person: { keyId, objectionKey }, advertiserId: 'acme', routerId: 'routix', list }
  return tokenKeys([deriveKey(readKeyFile(path)[0], 'unsubscribe')]).write(content)
}

export function portOf(aval: Aval, listener: string): number {
  const line = aval.log().find((entry) => entry.event === 'listening' && entry['listener'] === listener)
  if (line === undefined) throw new Error(`nothing listens as ${listener}`)
  return Number(line['port'])
}

/** The token somebody makes who has one and knows the form: whole, from the same sender, for a person that is none. */
export function madeUp(token: string): string {
  const parts = Buffer.from(token, 'base64url').subarray(0, -4)
  parts[parts.length - 1]! ^= 1
  return Buffer.concat([parts, createHash('sha256').update(parts).digest().subarray(0, 4)]).toString('base64url')
}
