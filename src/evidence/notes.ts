/** README.txt of a pack: what it is and how to check it, for whoever opens the zip first. */
import type { Advertiser } from '../domain/party.js'
import { type Bilingual, COLON, said } from '../words/language.js'
import { momentsIn, PARIS_TIME } from '../words/moments.js'
import { FILES, WORDS } from './words.js'

export interface NoteFacts {
  readonly advertiser: Advertiser
  readonly from: number
  readonly to: number
}

export function inspectionNotes({ advertiser, from, to }: NoteFacts): string {
  const parts = (['fr', 'en'] as const).map((language) => {
    const { moment } = momentsIn(language)
    const say = (words: Bilingual, values: Readonly<Record<string, string>> = {}) => said(language, words, values)
    const lead = { advertiser: advertiser.legalName, zone: say(PARIS_TIME), from: moment(from), to: moment(to) }
    return [
      say(WORDS.title).toUpperCase(),
      '',
      say(WORDS.lead, lead),
      '',
      ...Object.entries(FILES).map(([name, words]) => `  ${name}${COLON[language]}${say(words)}`),
      '',
      `${say(WORDS.check)}. ${say(WORDS.checkText)}`,
      '',
      `  node verify.mjs --key ${say(WORDS.keyWord)}`,
      '',
      say(WORDS.checkMore),
      '',
      `${say(WORDS.limits)}. ${say(WORDS.limitsText)}`,
    ].join('\n')
  })
  return `${parts.join('\n\n\n')}\n`
}
