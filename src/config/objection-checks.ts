/** What the ways of objections in and out need of the rest of the configuration. */
import { type Bilingual, quotedIn } from '../words/language.js'
import { type CrossChecked, undeclared } from './cross-checked.js'
import { isLoopback, overlaps } from './networks.js'
import { type Endpoint, writeEndpoint } from './scalars.js'
import type { Path } from './tree.js'

export function checkObjectionWays(checked: CrossChecked): void {
  checkAddresses(checked)
  checkHosted(checked)
  checkSigning(checked)
  checkApi(checked)
  checkReceivers(checked)
}

/** Strangers read the hosted pages: what operators and programs use never stands on the same port. */
function checkAddresses({ declared, report }: CrossChecked): void {
  const { listeners, http, unsubscribe, api } = declared
  const taken: { readonly at: Endpoint; readonly name: string }[] = listeners.map(({ address }, index) => ({
    at: address,
    name: `listeners[${index}]`,
  }))
  if (http.address !== 'off') taken.push({ at: http.address, name: 'http.address' })
  const ours: [Path, Endpoint | 'off'][] = [
    [['unsubscribe', 'address'], unsubscribe.address],
    [['unsubscribe', 'mail', 'address'], unsubscribe.mail.address],
    [['api', 'address'], api.address],
  ]
  for (const [path, address] of ours) {
    if (address === 'off') continue
    const other = taken.find(({ at }) => overlaps(at, address))
    if (other) report(path, 'address_taken', { address: writeEndpoint(address), other: other.name })
    taken.push({ at: address, name: path.join('.') })
  }
}

function checkHosted({ declared, report }: CrossChecked): void {
  const { unsubscribe, advertisers, campaigns } = declared
  if (unsubscribe.url !== undefined && !isPlainHttps(unsubscribe.url)) {
    report(['unsubscribe', 'url'], 'pages_url')
  }
  if (unsubscribe.mail.address !== 'off' && unsubscribe.mail.domain === undefined) {
    report(['unsubscribe', 'mail', 'address'], 'needs_beside', { other: 'unsubscribe.mail.domain' })
  }
  for (const [id, advertiser] of Object.entries(advertisers)) {
    const path: Path = ['advertisers', id, 'unsubscribe']
    const { hosted, placeholder, lists } = advertiser.unsubscribe
    if (hosted && unsubscribe.address === 'off') report([...path, 'hosted'], 'nobody_answers')
    if (hosted && unsubscribe.url === undefined) report([...path, 'hosted'], 'links_need_address')
    if (!hosted && placeholder !== undefined) report([...path, 'placeholder'], 'placeholder_unused')
    if (!hosted && Object.keys(lists).length > 0) report([...path, 'lists'], 'lists_unused')
    if (placeholder !== undefined && !/^https:\/\/[a-zA-Z0-9./_-]+$/.test(placeholder)) {
      report([...path, 'placeholder'], 'placeholder_form')
    }
  }
  for (const [id, { advertiser, list }] of Object.entries(campaigns)) {
    const lists = Object.keys(advertisers[advertiser]?.unsubscribe.lists ?? {})
    if (list !== undefined && !lists.includes(list))
      report(['campaigns', id, 'list'], 'undeclared_list', undeclared(list, lists))
  }
}

function isPlainHttps(text: string): boolean {
  const { protocol, port, search, hash } = new URL(text)
  return protocol === 'https:' && port === '' && search === '' && hash === ''
}

function checkSigning({ declared, report }: CrossChecked): void {
  const here = declared.policy.dkim.where === 'relay'
  for (const [id, { dkim }] of Object.entries(declared.advertisers)) {
    if (here && dkim === undefined) report(['policy', 'dkim', 'where'], 'dkim_key', { id })
    if (!here && dkim !== undefined) report(['advertisers', id, 'dkim'], 'dkim_unused', {}, 'key')
  }
}

function checkApi(checked: CrossChecked): void {
  const {
    declared: { api },
    names,
    report,
  } = checked
  const inClear = api.tls.cert_file === undefined && api.trusted_proxies.length === 0
  if (api.address !== 'off' && !isLoopback(api.address.host) && inClear) {
    report(['api', 'address'], 'tokens_in_clear')
  }
  for (const [name, { advertisers, scopes, credential }] of Object.entries(api.tokens)) {
    const path: Path = ['api', 'tokens', name]
    if (scopes.includes('decide') && credential === undefined) report(path, 'decide_as_whom', {}, 'key')
    if (credential !== undefined) checkCredential(checked, [...path, 'credential'], credential, advertisers)
    for (const [index, advertiser] of advertisers.entries()) {
      if (names.advertisers.includes(advertiser)) continue
      report(
        ['api', 'tokens', name, 'advertisers', index],
        'undeclared_advertiser',
        undeclared(advertiser, names.advertisers),
      )
    }
  }
}

function checkCredential(
  { declared: { credentials }, names, report }: CrossChecked,
  path: Path,
  name: string,
  advertisers: readonly string[],
): void {
  if (!names.credentials.includes(name))
    return report(path, 'undeclared_credential', undeclared(name, names.credentials))
  const sendsFor = credentials[name]?.advertisers
  const others = advertisers.filter((advertiser) => sendsFor?.includes(advertiser) === false)
  if (others.length > 0) report(path, 'credential_not_for', { name, others: quotedNames(others) })
}

function checkReceivers({ declared: { receivers }, names, report }: CrossChecked): void {
  for (const [name, receiver] of Object.entries(receivers)) {
    const path: Path = ['receivers', name]
    if (!names.advertisers.includes(receiver.advertiser))
      report([...path, 'advertiser'], 'undeclared_advertiser', undeclared(receiver.advertiser, names.advertisers))
    if (receiver.secret !== undefined && receiver.secret_file !== undefined)
      report([...path, 'secret_file'], 'secret_twice', { other: 'secret' })
    if (receiver.secret === undefined && receiver.secret_file === undefined) report(path, 'no_secret', {}, 'key')
    if (receiver.kind !== 'webhook' && receiver.username === undefined)
      report(path, 'receiver_user', { kind: receiver.kind }, 'key')
    if (receiver.kind !== 'webhook') {
      for (const [list, number] of Object.entries(receiver.lists)) {
        if (!/^[1-9][0-9]{0,9}$/.test(number))
          report([...path, 'lists', list], 'receiver_list', { kind: receiver.kind })
      }
    }
    if (!receiver.allow_private && !receiver.url.startsWith('https:')) report([...path, 'url'], 'secret_in_clear')
  }
}

function quotedNames(names: readonly string[]): Bilingual {
  return { en: names.map((name) => `"${name}"`).join(', '), fr: names.map((name) => quotedIn('fr', name)).join(', ') }
}
