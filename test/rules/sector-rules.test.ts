import { sectorBanned } from '#aval/rules/message/sector-banned.js'
import { aCampaign, anAlternative, messageFacts } from '../support/facts.js'
import { ruleTable } from './table.js'

const renovation = aCampaign({ messageClass: 'prospecting_b2c', sectorFlags: ['energy_renovation'] })
const saying = (visibleText: string, over = {}) =>
  messageFacts({ alternatives: [anAlternative({ visibleText })] }, over)

ruleTable(sectorBanned, [
  { name: 'another trade', facts: messageFacts(), expect: 'pass' },
  {
    name: 'energy works, to prospects',
    facts: messageFacts({}, { campaign: renovation }),
    expect: 'fail banned',
    evidence: { flags: ['energy_renovation'] },
  },
  {
    name: 'adaptation of homes, with the consent of a partner',
    facts: messageFacts(
      {},
      {
        campaign: aCampaign({ sectorFlags: ['alcohol', 'housing_adaptation'] }),
        messageClass: 'prospecting_partner',
      },
    ),
    expect: 'fail banned',
    evidence: { flags: ['housing_adaptation'] },
  },
  {
    name: 'energy works, to people with a contract in force, attested',
    facts: messageFacts({}, { campaign: { ...renovation, activeContract: true } }),
    expect: 'pass',
    evidence: { attested: 'active_contract' },
  },
  {
    name: 'energy works, to professionals',
    facts: messageFacts({}, { campaign: renovation, messageClass: 'prospecting_b2b_named' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'a trade with other rules',
    facts: messageFacts({}, { campaign: aCampaign({ sectorFlags: ['alcohol'] }) }),
    expect: 'pass',
  },
  {
    name: 'words of the trade, no flag',
    facts: saying('Votre POMPE À CHALEUR à prix cassé'),
    expect: 'warn sector_words',
    quote: 'pompe a chaleur',
  },
  {
    name: 'the price in figures',
    facts: saying('Isolation à 1 € pour tous'),
    expect: 'warn sector_words',
    quote: 'isolation a 1 €',
  },
  {
    name: 'words of the trade in the subject',
    facts: messageFacts({ subject: 'MaPrimeRénov’ 2026' }),
    expect: 'warn sector_words',
    quote: 'maprimerenov',
  },
  { name: 'words that only look like it', facts: saying('Une pompe à vélo et de la chaleur humaine'), expect: 'pass' },
])
