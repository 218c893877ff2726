/** Telephone numbers, for recipients behind an SMS gateway. */

declare const e164: unique symbol

/** `+33612345678`: international form of ITU-T E.164. */
export type PhoneNumber = string & { readonly [e164]: true }

const INTERNATIONAL = /^\+?([1-9]\d{7,14})$/
const FRENCH_NATIONAL = /^0([1-9]\d{8})$/

/** A number as people and gateways write it, separators included; one without country is French. Undefined for anything else. */
export function readPhoneNumber(text: string): PhoneNumber | undefined {
  const digits = text
    .trim()
    .replace(/^00/, '+')
    .replace(/[ .()-]/g, '')
  const national = FRENCH_NATIONAL.exec(digits)?.[1]
  if (national !== undefined) return `+33${national}` as PhoneNumber
  const international = INTERNATIONAL.exec(digits)?.[1]
  return international === undefined ? undefined : (`+${international}` as PhoneNumber)
}
