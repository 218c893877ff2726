/** What a message promotes makes it prospecting, whatever stream it was put in (CPCE L.34-5 al. 3; CJEU C-654/23). */
import { isProspecting, type MessageClass } from '../domain/message-class.js'
import type { RecipientFacts } from './rule.js'

/** Asks for the most, so that a class that is raised is never raised too little. */
const RAISED: MessageClass = 'prospecting_b2c'

/** Whether a message in a class that must not promote shows enough signs of it, or a premium-rate number; never before DATA. */
export function carriesPromotion({
  messageClass,
  policy,
  excerpt,
}: Pick<RecipientFacts, 'messageClass' | 'policy' | 'excerpt'>): boolean {
  if (isProspecting(messageClass) || excerpt === undefined) return false
  const score = excerpt.promotion.reduce((sum, { weight }) => sum + weight, 0)
  return score >= policy.classification.promotionThreshold
}

/** Whether what goes out as one person's answer goes to so many that it is a mailing; never before DATA. */
export function isMailing({
  messageClass,
  policy,
  sameTextRecipients = 1,
}: Pick<RecipientFacts, 'messageClass' | 'policy' | 'sameTextRecipients'>): boolean {
  return messageClass === 'correspondence' && sameTextRecipients > policy.classification.sameTextRecipients
}

/**
 * The facts as they are for whoever said no: promotion is prospecting to them, and so is a mailing, even where the policy only
 * warns about it, observes, or tolerates it in a campaign (GDPR art. 21(2)-(3)). The class is only ever raised.
 */
export function asToObjectors<Facts extends RecipientFacts>(facts: Facts): Facts {
  return carriesPromotion(facts) || isMailing(facts) ? { ...facts, messageClass: RAISED } : facts
}
