import type { MessageFacts } from '../../domain/message-facts.js'
import type { SectorFlag } from '../../domain/party.js'
import { fold } from '../../domain/text.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'

const BANNED: ReadonlySet<SectorFlag> = new Set<SectorFlag>(['energy_renovation', 'housing_adaptation'])

/** Words of these trades, folded; they only make a person look. */
const TELLING =
  /maprimerenov|isolation (?:a|pour) (?:1|un) ?(?:euro|€)|pompes? a chaleur|panneaux? (?:photovoltaiques?|solaires?)|renovation energetique|monte[- ]escaliers?|douche senior|heat pumps?|solar panels?/

/** Consumers are not prospected by e-mail for energy works and the adaptation of homes, consent or not (C. conso. art. L.223-8). */
export const sectorBanned: MessageRule = {
  id: 'SECTOR-BANNED',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'e-mail prospecting is banned in this sector (C. conso L.223-8)' },
  sources: ['C. conso. art. L.223-8', 'Loi 2025-594'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Secteur où la prospection est interdite',
    law: 'Prospecter un consommateur par SMS, courriel ou réseau social est interdit pour les travaux d’économie d’énergie, l’énergie renouvelable et l’adaptation du logement, sauf contrat en cours.',
    check:
      'Une campagne marquée energy_renovation ou housing_adaptation est refusée vers les consommateurs si elle n’atteste pas un contrat en cours (active_contract). Sans marque, les mots du secteur donnent un avertissement.',
    remedy:
      'Renoncer à l’envoi, ou n’écrire qu’aux personnes dont un contrat est en cours et l’attester dans la campagne. Prendre conseil.',
    passes: 'La campagne s’adresse aux clients dont l’installation est sous contrat d’entretien, et l’atteste.',
    fails: 'La campagne « pompes à chaleur » vise des prospects.',
  },
  en: {
    title: 'Sector where prospecting is banned',
    law: 'Prospecting consumers by SMS, e-mail or social networks is banned for energy-saving works, renewable energy and the adaptation of homes, but for a contract in force.',
    check:
      'A campaign flagged energy_renovation or housing_adaptation is refused towards consumers unless it attests a contract in force (active_contract). Without a flag, words of the trade give a warning.',
    remedy:
      'Do not send, or write only to people with a contract in force and attest it in the campaign. Take counsel.',
    passes: 'The campaign goes to customers whose installation is under a maintenance contract, and attests it.',
    fails: 'The campaign on heat pumps goes to prospects.',
  },
  judge({ campaign, messageClass, message }) {
    if (messageClass !== 'prospecting_b2c' && messageClass !== 'prospecting_partner') return NOT_APPLICABLE
    const flags = campaign?.sectorFlags.filter((flag) => BANNED.has(flag)) ?? []
    if (flags.length > 0) {
      return campaign?.activeContract === true
        ? { outcome: 'pass', evidence: { attested: 'active_contract' } }
        : { outcome: 'fail', detail: 'banned', evidence: { flags } }
    }
    const words = tellingWords(message)
    return words === undefined ? PASS : { outcome: 'fail', detail: 'sector_words', warnOnly: true, quote: words }
  },
}

function tellingWords({ subject, alternatives }: MessageFacts): string | undefined {
  for (const text of [subject ?? '', ...alternatives.map(({ visibleText }) => visibleText)]) {
    const found = TELLING.exec(fold(text))
    if (found !== null) return found[0]
  }
  return undefined
}
