/** Mail providers of the general public: an address there was not given by an employer. */

/** Sold to consumers under these very names. */
const NAMES: ReadonlySet<string> = new Set([
  'gmail.com',
  'googlemail.com',
  'orange.fr',
  'wanadoo.fr',
  'free.fr',
  'sfr.fr',
  'neuf.fr',
  'cegetel.net',
  'laposte.net',
  'bbox.fr',
  'numericable.fr',
  'numericable.com',
  'noos.fr',
  'aliceadsl.fr',
  'club-internet.fr',
  'icloud.com',
  'me.com',
  'mac.com',
  'proton.me',
  'pm.me',
])

/** Sold under one name in many countries. */
const FAMILIES =
  /^(?:outlook|hotmail|live|msn|yahoo|ymail|rocketmail|gmx|aol|protonmail)\.(?:[a-z]{2,4}|co\.[a-z]{2}|com\.[a-z]{2})$/

/** @param domain canonical */
export function isConsumerDomain(domain: string): boolean {
  return NAMES.has(domain) || FAMILIES.test(domain)
}
