/** Routers and credentials: whom they name, what is agreed on paper, and that nobody gets in unproven. */
import { replyChoices } from '../reply/profile.js'
import { chosenReplies } from './chosen-replies.js'
import { type CrossChecked, undeclared } from './cross-checked.js'
import { isVast } from './networks.js'
import type { Declared } from './schema.js'
import type { Path } from './tree.js'

export function checkRouters({ declared, names, now, report }: CrossChecked): void {
  for (const [id, router] of Object.entries(declared.routers)) {
    checkChecks(router.checks, ['routers', id, 'checks'], now, report)
    for (const [index, contract] of router.contracts.entries()) {
      const path: Path = ['routers', id, 'contracts', index]
      if (!names.advertisers.includes(contract.advertiser)) {
        report([...path, 'advertiser'], 'undeclared_advertiser', undeclared(contract.advertiser, names.advertisers))
      }
      checkDays(contract, path, report)
    }
  }
}

export function checkProcessors({ declared, names, now, report }: CrossChecked): void {
  const principals = [...names.advertisers, ...names.routers]
  for (const [id, { contracts, checks }] of Object.entries(declared.processors)) {
    checkChecks(checks, ['processors', id, 'checks'], now, report)
    for (const [index, contract] of contracts.entries()) {
      const path: Path = ['processors', id, 'contracts', index]
      if (!principals.includes(contract.with))
        report([...path, 'with'], 'undeclared_principal', undeclared(contract.with, principals))
      checkDays(contract, path, report)
    }
  }
}

function checkChecks(
  checks: Declared['routers'][string]['checks'],
  path: Path,
  now: number,
  report: CrossChecked['report'],
): void {
  for (const [index, { on, until }] of checks.entries()) {
    if (on > now) report([...path, index, 'on'], 'looked_at_later')
    if (until <= on) report([...path, index, 'until'], 'looked_at_ends')
  }
}

function checkDays(
  { signed, from, until }: Pick<Declared['routers'][string]['contracts'][number], 'signed' | 'from' | 'until'>,
  path: Path,
  report: CrossChecked['report'],
): void {
  if (until <= signed) report([...path, 'until'], 'until_signed')
  if (from === undefined) return
  if (from < signed) report([...path, 'from'], 'from_signed')
  if (until <= from) report([...path, 'until'], 'until_from')
}

export function checkCredentials(checked: CrossChecked): void {
  const { declared, names, report } = checked
  const byNetwork: { readonly id: string; readonly cidr: string }[] = []
  for (const [id, credential] of Object.entries(declared.credentials)) {
    const path: Path = ['credentials', id]
    const { router, advertisers, valid_from: from, valid_until: until } = credential
    for (const [index, advertiser] of advertisers.entries()) {
      if (names.advertisers.includes(advertiser)) continue
      report([...path, 'advertisers', index], 'undeclared_advertiser', undeclared(advertiser, names.advertisers))
    }
    if (router !== undefined && !names.routers.includes(router)) {
      report([...path, 'router'], 'undeclared_router', undeclared(router, names.routers))
    }
    checkContracts(checked, id)
    if (router === undefined && advertisers.length > 1) {
      report([...path, 'advertisers'], 'no_router', {}, 'key')
    }
    checkReplies(checked, id)
    if (credential.secret_hash !== undefined && credential.secret_hash_file !== undefined) {
      report([...path, 'secret_hash_file'], 'secret_twice', { other: 'secret_hash' })
    }
    if (from !== undefined && until !== undefined && until <= from) report([...path, 'valid_until'], 'valid_until')
    if (hasSecret(credential)) continue
    if (credential.networks.length === 0 && checked.fits(path)) {
      report(path, 'open_credential', {}, 'key')
    }
    for (const [index, cidr] of credential.networks.entries()) {
      const at = [...path, 'networks', index]
      if (isVast(cidr)) report(at, 'vast_network', { network: cidr })
      const other = credential.enabled && byNetwork.find((known) => known.id !== id && known.cidr === cidr)
      if (other) report(at, 'network_taken', { network: cidr, other: other.id })
      if (credential.enabled) byNetwork.push({ id, cidr })
    }
  }
}

/** To be told at RCPT on the next attempt, a recipient must be judged there. */
function checkReplies({ declared, fits, report }: CrossChecked, id: string): void {
  const credential = declared.credentials[id]!
  const path: Path = ['credentials', id]
  if (!fits(path)) return
  const { stage, mixed } = replyChoices({ profile: credential.profile, replies: chosenReplies(credential.replies) })
  if (mixed !== 'defer_rest') return
  const at = credential.replies.mixed === undefined ? [...path, 'profile'] : [...path, 'replies', 'mixed']
  if (stage === 'data') report(at, 'defer_rest_data')
  else if (credential.advertisers.length > 1 || credential.classes.length > 1) report(at, 'defer_rest_several')
}

/** A lapsed contract is a matter of the day and is judged with each message; one that does not exist is a mistake here. */
function checkContracts({ declared, names, fits, report }: CrossChecked, id: string): void {
  const { router: routerId, advertisers } = declared.credentials[id]!
  const router = routerId === undefined ? undefined : declared.routers[routerId]
  if (!router || !fits(['routers', routerId!])) return
  if (router.contracts.some((contract) => !names.advertisers.includes(contract.advertiser))) return
  for (const [index, advertiser] of advertisers.entries()) {
    // A router of the same name is the advertiser itself.
    if (!names.advertisers.includes(advertiser) || advertiser === routerId) continue
    if (router.contracts.some((contract) => contract.advertiser === advertiser)) continue
    report(['credentials', id, 'advertisers', index], 'no_contract', { router: routerId!, advertiser })
  }
}

export function hasSecret(credential: Declared['credentials'][string]): boolean {
  return credential.secret_hash !== undefined || credential.secret_hash_file !== undefined
}
