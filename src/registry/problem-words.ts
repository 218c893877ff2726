/** What can be wrong with the registry, in words: which row, and what became of it. */
import { type Bilingual, said } from '../words/language.js'
import type { Ledger } from './ledger/head.js'

/** In English a row is called by the name of its ledger, as `--json` has it. */
const ROWS: Readonly<Record<Ledger, string>> = {
  form: 'formulaire de collecte',
  version: 'version de fiche',
  event: 'événement de contact',
  objection: 'opposition',
  canary: 'adresse témoin',
  entry: 'inscription au registre des actes',
}

const about =
  (en: string, fr: string) =>
  (ledger: Ledger, number: number): Bilingual => ({
    en: en.replace('{row}', `${ledger} ${number}`),
    fr: said('fr', { en, fr }, { row: `${ROWS[ledger]} n°\u00a0${number}` }),
  })

export const edited = about('{row} does not verify', '{row} : ne dit plus ce qui a été écrit')
export const added = about('{row} stands where no row should', '{row} : est là sans avoir été écrit')
export const badNote = about(
  'the note that {row} was deleted does not verify',
  '{row} : la note de sa suppression n’est plus celle qui a été écrite',
)
export const back = about('{row} was deleted and is there again', '{row} : de retour après sa suppression')
export const missing = about('{row} is missing', '{row} : manque')

export const notes = (ledger: Ledger, gone: number, noted: number): Bilingual => ({
  en: `rows of ${ledger} deleted with reason: ${gone}, noted: ${noted}`,
  fr: `${ROWS[ledger]} : suppressions avec motif : ${gone} ; notées : ${noted}`,
})

/** Each row verifies, and together they are not those that were written. */
export const exchanged = (ledger: Ledger): Bilingual => ({
  en: `${ledger}: a row was put in that was written elsewhere with the same key: in another registry, or a copy of this one`,
  fr: `${ROWS[ledger]} : une ligne écrite ailleurs avec la même clé a été mise là, d’un autre registre ou d’une copie de celui-ci`,
})

export const damaged = (report: string): Bilingual => ({
  en: `the database is damaged: ${report}`,
  fr: `la base est abîmée : ${report}`,
})

export const noHeadFile = (path: string): Bilingual => ({
  en: `${path} is missing: an older copy cannot be told from this one`,
  fr: `${path} manque : rien ne distingue ce registre d’une copie plus ancienne`,
})

export const importProgress = (id: string): Bilingual => ({
  en: `import ${id}: how far it came does not verify`,
  fr: `import ${id} : son avancement n’est plus celui qui a été écrit`,
})

export const importChanged = (id: string): Bilingual => ({
  en: `import ${id} is not what the register says of it`,
  fr: `import ${id} : n’est pas ce qu’en dit le registre des actes`,
})

export const importMissing = (id: string): Bilingual => ({
  en: `import ${id} is missing`,
  fr: `import ${id} : manque`,
})

export const feed = (advertiserId: string): Bilingual => ({
  en: `when the feed of ${advertiserId} was last on file does not verify`,
  fr: `la date du dernier flux d’oppositions de ${advertiserId} n’est plus celle qui a été écrite`,
})

export const order = (place: number): Bilingual => ({
  en: `the order receivers are told in was changed at place ${place}`,
  fr: `l’ordre dans lequel les oppositions sont transmises a été changé à la place ${place}`,
})

export const strangeKey = (keyId: string): Bilingual => ({
  en: `rows were written under the key ${keyId}, which the registry no longer names`,
  fr: `des lignes ont été écrites sous la clé ${keyId}, que le registre ne nomme plus`,
})

export const STRAY_NOTE: Bilingual = {
  en: 'a deleted row is noted of a ledger that does not exist',
  fr: 'une suppression est notée pour un livre qui n’existe pas',
}
export const RETRACTION: Bilingual = {
  en: 'that an objection was taken back does not verify, and it stands',
  fr: 'le retrait d’une opposition n’est plus celui qui a été écrit : l’opposition tient',
}
export const RETRACTIONS: Bilingual = {
  en: 'the objections taken back are not those that were: one was put in from a copy, or is missing',
  fr: 'les retraits d’opposition ne sont plus ceux qui ont été écrits : l’un vient d’une copie, ou manque',
}
export const NOT_TOLD: Bilingual = {
  en: 'receivers are not told of every objection',
  fr: 'toutes les oppositions ne sont pas transmises à ceux qui doivent les recevoir',
}
