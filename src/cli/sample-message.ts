/** Sample messages of the sample advertiser, lawful unless a part is left out, built as mailing software builds them. */
import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'

/** What can be wrong with a sample message. */
export type Flaw = 'no_link' | 'no_header' | 'no_one_click' | 'hidden_identity' | 'foreign_from' | 'two_from'

export const SAMPLE_SENDER = 'bonjour@news.acme.example'

const LINK = 'https://www.acme.example/unsubscribe/'
const PRIVACY = 'https://www.acme.example/privacy'

/** @returns the message as it goes over the wire, line ends CRLF */
export async function sampleMessage(to: string, flaw?: Flaw): Promise<Buffer> {
  const name = flaw === 'hidden_identity' ? '' : 'Acme'
  const signature = flaw === 'hidden_identity' ? '' : 'Acme SAS, Lyon, SIREN 732 829 320'
  const hasLink = flaw !== 'no_link'
  const link = LINK + createHash('sha256').update(to).digest('hex').slice(0, 16)
  const { message } = await createTransport({ streamTransport: true, buffer: true, newline: 'windows' }).sendMail({
    from: { name, address: flaw === 'foreign_from' ? 'bonjour@elsewhere.example' : SAMPLE_SENDER },
    to,
    subject: 'Nos offres de la semaine',
    headers: {
      ...(flaw !== 'no_header' && { 'List-Unsubscribe': `<${link}>` }),
      ...(flaw !== 'no_header' && flaw !== 'no_one_click' && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
    },
    text: [
      'Bonjour,',
      'Cette semaine, les livres et les disques sont à moitié prix.',
      ...(hasLink ? [`Pour ne plus recevoir nos messages : ${link}`] : []),
      `Vie privée : ${PRIVACY}`,
      signature,
    ].join('\n\n'),
    html: [
      '<html><body><p>Bonjour,</p><p>Cette semaine, les livres et les disques sont à moitié prix.</p>',
      ...(hasLink ? [`<p>Pour ne plus recevoir nos messages, <a href="${link}">cliquez ici</a>.</p>`] : []),
      `<p><a href="${PRIVACY}">Vie privée</a></p><p>${signature}</p></body></html>`,
    ].join('\n'),
  })
  const raw = message as Buffer
  return flaw === 'two_from' ? Buffer.concat([Buffer.from('From: other@news.acme.example\r\n'), raw]) : raw
}
