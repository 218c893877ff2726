import type { Finding } from '../../domain/verdict.js'
import { fold } from '../../domain/text.js'
import { isFilled } from '../consent-basis.js'
import { NOT_APPLICABLE, NOT_YET_DECLARED, PASS, type RecordFacts, type RecordRule } from '../rule.js'

/** Without consent a professional is written to about the profession and nothing else (CNIL; SAN-2020-018, Nestor). */
export const b2bNoRelevance: RecordRule = {
  id: 'B2B-NO-RELEVANCE',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'B2B exception not established: offer unrelated to profession (GDPR art. 6(1)(f))',
  },
  sources: ['GDPR art. 6(1)(f)', 'CPCE art. L.34-5', 'CNIL 17 February 2005', 'CNIL SAN-2020-018 (Nestor)'],
  hardFloor: false,
  coverage: 'attested',
  settings: ['b2b.mode'],
  fr: {
    title: 'Offre sans rapport avec la profession',
    law: 'Un professionnel peut être prospecté sans consentement à son adresse professionnelle si l’objet du message est en rapport avec sa profession.',
    check:
      'policy.b2b.mode `strict` : l’employeur est du même métier que l’annonceur, et la campagne vise ce métier (`target_sectors`). `cnil` : cela, ou la campagne vise la fonction de la personne (`target_functions`), ou une note de la fiche dit le rapport. `consent_only` : il faut toujours le consentement.',
    remedy:
      'Compléter la fiche (`b2b_employer_sector`, `b2b_function`, `b2b_relevance_note`) et la campagne, ou recueillir le consentement.',
    passes: 'Mode `cnil`, logiciel de paie, directrice des ressources humaines.',
    fails: 'Repas livrés, proposés à des salariés de bureau.',
  },
  en: {
    title: 'Offer unrelated to the profession',
    law: 'A professional may be prospected without consent at the professional address if the message relates to the profession.',
    check:
      'policy.b2b.mode `strict`: the employer is in the trade of the advertiser, and the campaign is for that trade (`target_sectors`). `cnil`: that, or the campaign is for the function of the person (`target_functions`), or a note in the record says how it relates. `consent_only`: consent is always needed.',
    remedy:
      'Complete the record (`b2b_employer_sector`, `b2b_function`, `b2b_relevance_note`) and the campaign, or collect consent.',
    passes: 'Mode `cnil`, payroll software, a head of human resources.',
    fails: 'Meals delivered, offered to office workers.',
  },
  judge(facts) {
    if (facts.record.legalBasis !== 'b2b_legitimate_interest') return NOT_APPLICABLE
    switch (facts.policy.b2b.mode) {
      case 'strict':
        return sameTrade(facts)
      case 'cnil':
        return related(facts)
      case 'consent_only':
        return { outcome: 'fail', detail: 'consent_required' }
    }
  },
}

function sameTrade({ record, advertiser, campaign, stage }: RecordFacts): Finding {
  const sector = record.b2b?.employerSector
  if (!isFilled(sector)) return { outcome: 'fail', detail: 'no_sector', evidence: { column: 'b2b_employer_sector' } }
  if (advertiser.sector === undefined) return { outcome: 'fail', detail: 'advertiser_without_sector' }
  const evidence = { sector, advertiser: advertiser.sector }
  if (!isAmong(sector, [advertiser.sector])) return { outcome: 'fail', detail: 'other_trade', evidence }
  if (campaign === undefined) return stage === 'data' ? { outcome: 'fail', detail: 'no_campaign' } : NOT_YET_DECLARED
  return isAmong(sector, campaign.targetSectors) ? PASS : { outcome: 'fail', detail: 'not_targeted', evidence }
}

/** Whatever the strict mode admits relates to the profession for the CNIL too. */
function related(facts: RecordFacts): Finding {
  const trade = sameTrade(facts)
  const held = sameFunction(facts)
  if (trade.outcome === 'pass' || held.outcome === 'pass') return PASS
  return trade.outcome === 'skip' ? trade : held
}

function sameFunction({ record, campaign, stage }: RecordFacts): Finding {
  const { function: held, relevanceNote } = record.b2b ?? {}
  if (isFilled(relevanceNote)) return PASS
  if (!isFilled(held)) return { outcome: 'fail', detail: 'no_function', evidence: { column: 'b2b_function' } }
  if (campaign === undefined) return stage === 'data' ? { outcome: 'fail', detail: 'no_campaign' } : NOT_YET_DECLARED
  const evidence = { function: held, targeted: campaign.targetFunctions }
  return isAmong(held, campaign.targetFunctions) ? PASS : { outcome: 'fail', detail: 'other_function', evidence }
}

function isAmong(word: string, words: readonly string[]): boolean {
  return words.some((one) => fold(one) === fold(word))
}
