import { PASS, type StatementRule } from '../rule.js'

/** No more is kept about a person than prospecting by e-mail needs (GDPR art. 5(1)(c)). */
export const dataMinimisation: StatementRule = {
  id: 'DATA-MINIMISATION',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'unnecessary data kept about this recipient (GDPR art. 5(1)(c))' },
  sources: ['GDPR art. 5(1)(c)', 'CNIL SAN-2020-016 (Performeclic)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Données superflues',
    law: 'Les données sont limitées à ce qui est nécessaire : pour écrire un courriel, ni téléphone, ni adresse postale, ni date de naissance.',
    check:
      'L’import refuse toute colonne hors de la liste et toute valeur qui ressemble à un numéro de téléphone, un IBAN ou un numéro de sécurité sociale. À l’envoi, une fiche dont la source en détenait davantage (`unnecessary_data`) donne un avertissement.',
    remedy: 'Retirer ces colonnes (`--strip` le fait à l’import) et les effacer à la source.',
    passes: 'Adresse, dates, preuve du consentement.',
    fails: 'Fichier avec une colonne « téléphone ».',
  },
  en: {
    title: 'Unnecessary data',
    law: 'Data are limited to what is necessary: writing an e-mail takes no telephone number, postal address or date of birth.',
    check:
      'Imports refuse any column that is not on the list and any value shaped like a telephone, bank account or social security number. At sending, a record whose source held more (`unnecessary_data`) gives a warning.',
    remedy: 'Take the columns out (`--strip` does so on import) and erase them at the source.',
    passes: 'Address, dates, proof of consent.',
    fails: 'A file with a column “telephone”.',
  },
  judge({ record }) {
    if (record.unnecessaryData !== true) return PASS
    return { outcome: 'fail', detail: 'source_holds_more', warnOnly: true, evidence: { column: 'unnecessary_data' } }
  },
}
