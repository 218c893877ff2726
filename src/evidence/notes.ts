/** README.txt of a pack: what it is and how to check it, for whoever opens the zip first. */
import type { Advertiser } from '../domain/party.js'
import { FILES, fill, WORDS } from './words.js'

export interface NoteFacts {
  readonly advertiser: Advertiser
  readonly from: number
  readonly to: number
}

export function inspectionNotes({ advertiser, from, to }: NoteFacts): string {
  const values = {
    advertiser: advertiser.legalName,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  }
  const parts = (['fr', 'en'] as const).map((language) =>
    [
      WORDS.title[language].toUpperCase(),
      '',
      fill(WORDS.lead[language], values),
      '',
      ...Object.entries(FILES).map(([name, words]) => `  ${name}: ${words[language]}`),
      '',
      `${WORDS.check[language]}. ${WORDS.checkText[language]}`,
      '',
      `  node verify.mjs --key ${WORDS.keyWord[language]}`,
      '',
      WORDS.checkMore[language],
      '',
      `${WORDS.limits[language]}. ${WORDS.limitsText[language]}`,
    ].join('\n'),
  )
  return `${parts.join('\n\n\n')}\n`
}
