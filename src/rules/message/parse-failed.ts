import { PASS, type MessageRule } from '../rule.js'

/** What cannot be read cannot be shown to be lawful (GDPR art. 5(2)). */
export const parseFailed: MessageRule = {
  id: 'PARSE-FAILED',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 554, enhanced: '5.6.0', text: 'message cannot be inspected' },
  sources: ['GDPR art. 5(2)', 'RFC 5322', 'RFC 2045'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Message non inspectable',
    law: 'Le responsable doit pouvoir démontrer que ses messages respectent la loi : il faut pouvoir les lire.',
    check:
      'Le message doit être bien formé, ni chiffré, ni ambigu (un seul From, un seul Subject), dans un jeu de caractères connu, et montrer du texte. Une signature, même S/MIME en un seul objet, n’empêche pas de le lire ; les pièces jointes ne sont jamais ouvertes.',
    remedy: 'Corriger le gabarit ou le logiciel d’envoi, puis renvoyer ; la preuve nomme le défaut.',
    passes: 'multipart/alternative en UTF-8, texte et HTML.',
    fails: 'Deux champs From.',
  },
  en: {
    title: 'Message cannot be inspected',
    law: 'The controller must be able to show that its messages respect the law: they have to be readable.',
    check:
      'The message must be well formed, neither encrypted nor ambiguous (one From, one Subject), in a known charset, and show text. A signature does not keep it from being read, S/MIME in one object included; attachments are never opened.',
    remedy: 'Correct the template or the sending software and send again; the evidence names the fault.',
    passes: 'multipart/alternative in UTF-8, text and HTML.',
    fails: 'Two From fields.',
  },
  judge({ message }) {
    const [first] = message.problems
    if (first === undefined) return PASS
    const problems = [...new Set(message.problems.map(({ kind }) => kind))]
    return { outcome: 'fail', detail: first.kind, evidence: { problems }, quote: first.detail }
  },
}
