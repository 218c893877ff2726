/**
 * What keeps a record out of the registry. What no message could ever rest on is refused when it is imported, by the same
 * rules as at send time, so that the advertiser learns it before the campaign.
 */
import { type StatedRecord, isLive } from '../domain/consent-record.js'
import type { Site } from '../domain/party.js'
import type { RuleFinding } from '../domain/verdict.js'
import { precedenceOf } from './catalogue.js'
import { enforcementOf, isOff } from './enforcement.js'
import { consentBundled } from './record/consent-bundled.js'
import { consentConditional } from './record/consent-conditional.js'
import { consentDeceptiveForm } from './record/consent-deceptive-form.js'
import { consentNotPositive } from './record/consent-not-positive.js'
import { dataMinimisation } from './record/data-minimisation.js'
import { partnerChain } from './record/partner-chain.js'
import { replyNoRecord } from './record/reply-no-record.js'
import { retentionUnknown } from './record/retention-unknown.js'
import { sourceForbidden } from './record/source-forbidden.js'
import { sourceUnknown } from './record/source-unknown.js'
import type { StatementRule } from './rule.js'

/** Where the address comes from: asked even of a record that only waits for a confirmation. */
const OF_ORIGIN: readonly StatementRule[] = [sourceForbidden, sourceUnknown, replyNoRecord, partnerChain]

/** What else a record must be to authorise anything. */
const OF_VALIDITY: readonly StatementRule[] = [
  retentionUnknown,
  consentNotPositive,
  consentBundled,
  consentConditional,
  consentDeceptiveForm,
  dataMinimisation,
]

/** Every rule judged at IMPORT on what a record states. */
export const IMPORT_RULES: readonly StatementRule[] = [...OF_ORIGIN, ...OF_VALIDITY]

/**
 * What is wrong with a record about to be stored, the highest first; empty where nothing is. One whose action is `reject`
 * keeps it out, in every mode: what is not stored can be imported again, once it is right. The others are warnings. The
 * evidence names the `column` of the import file.
 *
 * A record that only restricts (withdrawn, refused, ...) is never kept out.
 *
 * @param now milliseconds since the epoch
 */
export function judgeImport(record: StatedRecord, site: Site, now: number): readonly RuleFinding[] {
  const advertiser = site.advertisers.get(record.advertiserId)
  const facts = { record, site, policy: site.policy, now, router: undefined, advertiser }
  const failed: RuleFinding[] = []
  for (const rule of rulesFor(record)) {
    const finding = rule.judge(facts)
    if (finding.outcome !== 'fail' || isOff(rule, facts)) continue
    failed.push({ rule: rule.id, finding, ...enforcementOf(rule, finding, facts) })
  }
  return failed.sort((one, other) => precedenceOf(one.rule) - precedenceOf(other.rule))
}

function rulesFor(record: StatedRecord): readonly StatementRule[] {
  if (isLive(record)) return IMPORT_RULES
  return record.status === 'requested' ? OF_ORIGIN : []
}
