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
      report([...path, 'advertiser'], 'undeclared_advertiser', undeclared(campaign.advertiser, names.advertisers))
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
      if (!canServe(campaign.class, purpose, occasion))
        report([...path, 'purpose'], 'purpose_of_class', { class: campaign.class, purpose })
    }
    if (!fits(['credentials'])) continue
    const theirs = credentials.filter((credential) => credential.advertisers.includes(campaign.advertiser))
    if (theirs.length === 0) {
      report([...path, 'advertiser'], 'no_sender', { advertiser: campaign.advertiser })
    } else if (!theirs.some((credential) => credential.classes.includes(campaign.class))) {
      report([...path, 'class'], 'no_sender_of_class', { advertiser: campaign.advertiser, class: campaign.class })
    }
    if (!isProspecting(campaign.class) && campaign.offer_categories.length > 0) {
      report([...path, 'offer_categories'], 'promotes_nothing', { class: campaign.class })
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
      if (id !== undefined) report([...path, 'id'], 'hold_all', {}, 'key')
    } else if (id === undefined) {
      report(path, 'hold_which', { scope }, 'key')
    } else if (!known[scope].includes(id)) {
      report([...path, 'id'], `undeclared_${scope}`, undeclared(id, known[scope]))
    }
  }
}
