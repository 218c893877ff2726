/** What of an advertiser still stands as an example does: under names that are kept for examples, which nobody has (RFC 2606, RFC 6761). */
import type { Configuration, Setting } from '../config/configuration.js'
import { EXAMPLE_ANSWERS } from '../config/templates.js'

/** A domain by itself, behind the @ of an address, or in a URL. */
const DOMAIN = /(?:^|@|:\/\/)((?:[\p{L}\p{N}-]+\.)+\p{L}+)\.?(?=[:/?#]|$)/iu
const FOR_EXAMPLES = /(?:^|\.)(?:example|test|invalid|example\.(?:com|net|org))$/i

interface ExampleLeft extends Setting {
  readonly value: string
}

/** Settings of advertisers to be replaced, in the order of the configuration. */
export function examplesLeft({ settings }: Configuration): readonly ExampleLeft[] {
  return settings.flatMap(({ path, value, origin }) =>
    path[0] === 'advertisers' && typeof value === 'string' && isExample(value) ? [{ path, value, origin }] : [],
  )
}

function isExample(value: string): boolean {
  return value === EXAMPLE_ANSWERS.advertiser.legalName || FOR_EXAMPLES.test(DOMAIN.exec(value)?.[1] ?? '')
}
