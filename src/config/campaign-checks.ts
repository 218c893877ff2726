/** Campaigns, and what is held back: whose they are, and whether anybody could send them. */
import { isProspecting } from '../domain/message-class.js'
import { canServe } from '../rules/admissible-basis.js'
import { type CrossChecked, undeclared } from './cross-checked.js'
import type { Path } from './tree.js'

export function checkCampaigns({ declared, names, fits, report }: CrossChecked): void {
  const credentials = Object.values(declared.credentials)
  for (const [id, campaign] of Object.entries(declared.campaigns)) {
    const path: Path = ['campaigns', id]
    if (!names.advertisers.includes(campaign.advertiser)) {
      report([...path, 'advertiser'], undeclared('advertiser', campaign.advertiser, names.advertisers))
      continue
    }
    const { purpose } = campaign
    if (purpose !== undefined && isProspecting(campaign.class)) {
      const occasion = {
        stage: 'data' as const,
        advertiser: { id: campaign.advertiser },
        campaign: { id, purpose },
        site: { campaigns: new Map() },
      }
      if (!canServe(campaign.class, purpose, occasion)) {
        const message = `${campaign.class} can never be sent for "${purpose}" (GDPR art. 5(1)(b)): choose the class that is, or leave this out`
        report([...path, 'purpose'], message)
      }
    }
    if (!fits(['credentials'])) continue
    const theirs = credentials.filter((credential) => credential.advertisers.includes(campaign.advertiser))
    if (theirs.length === 0) {
      report([...path, 'advertiser'], `no credential may send for "${campaign.advertiser}"`)
    } else if (!theirs.some((credential) => credential.classes.includes(campaign.class))) {
      report([...path, 'class'], `no credential of "${campaign.advertiser}" may send ${campaign.class}`)
    }
    if (!isProspecting(campaign.class) && campaign.offer_categories.length > 0) {
      report(
        [...path, 'offer_categories'],
        `${campaign.class} promotes nothing: choose a prospecting class, or leave this out`,
      )
    }
  }
}

export function checkHolds({ declared, names, report }: CrossChecked): void {
  const known = {
    advertiser: names.advertisers,
    credential: names.credentials,
    campaign: Object.keys(declared.campaigns),
    source: Object.keys(declared.sources),
  }
  for (const [index, { scope, id }] of declared.holds.entries()) {
    const path: Path = ['holds', index]
    if (scope === 'global') {
      if (id !== undefined) report([...path, 'id'], 'everything is held: leave this out, or name another scope', 'key')
    } else if (id === undefined) {
      report(path, `which ${scope}? add id`, 'key')
    } else if (!known[scope].includes(id)) {
      report([...path, 'id'], undeclared(scope, id, known[scope]))
    }
  }
}
