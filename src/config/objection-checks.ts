/** What the ways of objections in and out need of the rest of the configuration. */
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
    if (other) report(path, `${writeEndpoint(address)} is already taken by ${other.name}`)
    taken.push({ at: address, name: path.join('.') })
  }
}

function checkHosted({ declared, report }: CrossChecked): void {
  const { unsubscribe, advertisers, campaigns } = declared
  if (unsubscribe.url !== undefined && !isPlainHttps(unsubscribe.url)) {
    report(['unsubscribe', 'url'], 'expected https://HOST or https://HOST/PATH, without port, query or fragment')
  }
  if (unsubscribe.mail.address !== 'off' && unsubscribe.mail.domain === undefined) {
    report(['unsubscribe', 'mail', 'address'], 'needs unsubscribe.mail.domain beside it')
  }
  for (const [id, advertiser] of Object.entries(advertisers)) {
    const path: Path = ['advertisers', id, 'unsubscribe']
    const { hosted, placeholder, lists } = advertiser.unsubscribe
    if (hosted && unsubscribe.address === 'off')
      report([...path, 'hosted'], 'nobody would answer: set unsubscribe.address')
    if (hosted && unsubscribe.url === undefined)
      report([...path, 'hosted'], 'links need an address: set unsubscribe.url')
    if (!hosted && placeholder !== undefined) report([...path, 'placeholder'], 'is only filled with hosted: true')
    if (!hosted && Object.keys(lists).length > 0) report([...path, 'lists'], 'are only shown with hosted: true')
    if (placeholder !== undefined && !/^https:\/\/[a-zA-Z0-9./_-]+$/.test(placeholder)) {
      report(
        [...path, 'placeholder'],
        'expected https:// and then letters, digits, ".", "/", "-" and "_" only, which no encoding of mail changes',
      )
    }
  }
  for (const [id, { advertiser, list }] of Object.entries(campaigns)) {
    const lists = Object.keys(advertisers[advertiser]?.unsubscribe.lists ?? {})
    if (list !== undefined && !lists.includes(list)) report(['campaigns', id, 'list'], undeclared('list', list, lists))
  }
}

function isPlainHttps(text: string): boolean {
  const { protocol, port, search, hash } = new URL(text)
  return protocol === 'https:' && port === '' && search === '' && hash === ''
}

function checkSigning({ declared, report }: CrossChecked): void {
  const here = declared.policy.dkim.where === 'relay'
  for (const [id, { dkim }] of Object.entries(declared.advertisers)) {
    if (here && dkim === undefined)
      report(['policy', 'dkim', 'where'], `"relay" needs a key for "${id}": add advertisers.${id}.dkim`)
    if (!here && dkim !== undefined)
      report(['advertisers', id, 'dkim'], 'is never used: set policy.dkim.where to "relay"', 'key')
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
    report(['api', 'address'], 'without TLS tokens would travel in clear: set api.tls, or api.trusted_proxies')
  }
  for (const [name, { advertisers, scopes, credential }] of Object.entries(api.tokens)) {
    const path: Path = ['api', 'tokens', name]
    if (scopes.includes('decide') && credential === undefined)
      report(path, 'asks whether messages may be sent: say as whom in credential', 'key')
    if (credential !== undefined) checkCredential(checked, [...path, 'credential'], credential, advertisers)
    for (const [index, advertiser] of advertisers.entries()) {
      if (names.advertisers.includes(advertiser)) continue
      report(['api', 'tokens', name, 'advertisers', index], undeclared('advertiser', advertiser, names.advertisers))
    }
  }
}

function checkCredential(
  { declared: { credentials }, names, report }: CrossChecked,
  path: Path,
  name: string,
  advertisers: readonly string[],
): void {
  if (!names.credentials.includes(name)) return report(path, undeclared('credential', name, names.credentials))
  const sendsFor = credentials[name]?.advertisers
  const others = advertisers.filter((advertiser) => sendsFor?.includes(advertiser) === false)
  if (others.length > 0)
    report(path, `the credential "${name}" sends nothing for ${others.map((other) => `"${other}"`).join(', ')}`)
}

function checkReceivers({ declared: { receivers }, names, report }: CrossChecked): void {
  for (const [name, receiver] of Object.entries(receivers)) {
    const path: Path = ['receivers', name]
    if (!names.advertisers.includes(receiver.advertiser))
      report([...path, 'advertiser'], undeclared('advertiser', receiver.advertiser, names.advertisers))
    if (receiver.secret !== undefined && receiver.secret_file !== undefined)
      report([...path, 'secret_file'], 'the secret is given twice: here and in secret')
    if (receiver.secret === undefined && receiver.secret_file === undefined)
      report(path, 'has no secret: add secret_file', 'key')
    if (receiver.kind !== 'webhook' && receiver.username === undefined)
      report(path, `needs the username of an API user of ${receiver.kind}`, 'key')
    if (receiver.kind !== 'webhook') {
      for (const [list, number] of Object.entries(receiver.lists)) {
        if (!/^[1-9][0-9]{0,9}$/.test(number))
          report([...path, 'lists', list], `expected the number that ${receiver.kind} gives it, as in "3"`)
      }
    }
    if (!receiver.allow_private && !receiver.url.startsWith('https:'))
      report(
        [...path, 'url'],
        'the secret would travel in clear: expected https://, or allow_private on your own network',
      )
  }
}
