/** Every rule there is. To add one: its file, its row in the catalogue, its table of tests, and its name here. */
import { advertiserUndeclared } from './advertiser-undeclared.js'
import { consentMissing } from './consent-missing.js'
import { consentProofMissing } from './consent-proof-missing.js'
import { consentWithdrawn } from './consent-withdrawn.js'
import { contractMissing } from './contract-missing.js'
import { fromMisaligned } from './from-misaligned.js'
import { identityHidden } from './identity-hidden.js'
import { oppositionListed } from './opposition-listed.js'
import { parseFailed } from './parse-failed.js'
import { rcptLimit } from './rcpt-limit.js'
import { recordTampered } from './record-tampered.js'
import { registryUnavailable } from './registry-unavailable.js'
import { retentionExpired } from './retention-expired.js'
import { retentionUnknown } from './retention-unknown.js'
import { routerScope } from './router-scope.js'
import type { Rule } from './rule.js'
import { senderUnauth } from './sender-unauth.js'
import { unsubHeader } from './unsub-header.js'
import { unsubLinkDead } from './unsub-link-dead.js'
import { unsubMissing } from './unsub-missing.js'
import { unsubOneclick } from './unsub-oneclick.js'

export const RULES: readonly Rule[] = [
  senderUnauth,
  advertiserUndeclared,
  contractMissing,
  registryUnavailable,
  oppositionListed,
  recordTampered,
  consentWithdrawn,
  retentionExpired,
  retentionUnknown,
  consentProofMissing,
  routerScope,
  consentMissing,
  rcptLimit,
  parseFailed,
  identityHidden,
  fromMisaligned,
  unsubMissing,
  unsubHeader,
  unsubOneclick,
  unsubLinkDead,
]
