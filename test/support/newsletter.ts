/** A lawful prospecting message of the sample advertiser, built and signed as mailing software does it. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { createTransport } from 'nodemailer'

const KEYS = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

const SIGNED = 'from:subject:date:message-id:to:mime-version:content-type:list-unsubscribe:list-unsubscribe-post'

export const DKIM = {
  domainName: 'news.acme.example',
  keySelector: 'test',
  privateKey: KEYS.privateKey,
  headerFieldNames: SIGNED,
}

export interface NewsletterOptions {
  readonly to: string
  readonly subject?: string
  /** Leaves the unsubscribe link out of the body. */
  readonly withoutLink?: boolean
  /** Extra text in both alternatives, for size. */
  readonly filler?: string
}

/** The message as it goes over the wire: CRLF, DKIM-signed, List-Unsubscribe fields covered by the signature. */
export async function newsletter(options: NewsletterOptions): Promise<Buffer> {
  const { to, subject = 'Nos offres de novembre', withoutLink = false, filler = '' } = options
  const link = `https://www.acme.example/u/${createHash('sha256').update(to).digest('hex').slice(0, 16)}`
  const way = withoutLink ? '' : `Pour ne plus recevoir nos messages : ${link}`
  const htmlWay = withoutLink ? '' : `<p>Pour ne plus recevoir nos messages, <a href="${link}">cliquez ici</a>.</p>`
  const privacy = 'https://www.acme.example/privacy'
  const sent = await createTransport({ streamTransport: true, buffer: true, newline: 'windows', dkim: DKIM }).sendMail({
    from: { name: 'Acme', address: 'bonjour@news.acme.example' },
    to,
    subject,
    list: { unsubscribe: { url: link, comment: '' } },
    headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    text: `Bonjour,\n\nAcme SAS vous propose ses offres : livres et disques.\n${filler}\n${way}\nVie privée : ${privacy}\nAcme SAS, Lyon, SIREN 732 829 320\n`,
    html: `<html><body><p>Bonjour,</p><p>Acme SAS vous propose ses offres&nbsp;: livres et disques.</p><p>${filler}</p>${htmlWay}<p><a href="${privacy}">Vie privée</a> - Acme SAS, Lyon, SIREN 732 829 320</p></body></html>`,
  })
  return sent.message as Buffer
}

/** Whether the signature made by {@link newsletter} still verifies. */
export async function dkimHolds(raw: Buffer): Promise<boolean> {
  const publicKey = KEYS.publicKey.replace(/-----[^-]+-----|\s/g, '')
  const { results } = await dkimVerify(raw, { resolver: async () => [[`v=DKIM1; k=rsa; p=${publicKey}`]] })
  return results.length > 0 && results.every((result) => result.status.result === 'pass')
}
