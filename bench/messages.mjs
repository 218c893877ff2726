// The messages of the bench: lawful ones of the sample advertiser, so that every system does its whole work on them.
import { createTransport } from 'nodemailer'

/** In place of each person's own. */
export const TOKEN = '7d1c9a52f0e84b36'
const SITE = 'https://www.acme.example'
const LINK = `${SITE}/unsubscribe/${TOKEN}`
const PRIVACY = `${SITE}/privacy`
const DOMAIN = 'news.acme.example'
const PARAGRAPH =
  'Cette semaine, toute la librairie est à moitié prix : romans, essais, bandes dessinées et beaux livres, choisis pour vous par nos libraires. '

/** About 10 KB: text and a plain HTML reading. Its links lead to `site`, and it is from somebody at `domain`. */
export const smallMessage = ({ site = SITE, domain = DOMAIN } = {}) => {
  const link = `${site}/unsubscribe/${TOKEN}`
  const privacy = `${site}/privacy`
  return compose({
    link,
    domain,
    text: `Bonjour,\n\n${PARAGRAPH.repeat(26)}\n\nPour ne plus recevoir nos messages : ${link}\nVie privée : ${privacy}\nAcme SAS, Lyon\n`,
    html: `<html><body><p>Bonjour,</p>${`<p>${PARAGRAPH}</p>`.repeat(26)}<p>Pour ne plus recevoir nos messages, <a href="${link}">cliquez ici</a>.</p><p><a href="${privacy}">Vie privée</a> - Acme SAS, Lyon</p></body></html>`,
  })
}

/** About 80 KB: an HTML newsletter in quoted-printable, nested tables and inline styles as campaign editors write them. */
export const newsletter = () =>
  compose({
    text: `Bonjour,\n\n${PARAGRAPH.repeat(10)}\n\nPour ne plus recevoir nos messages : ${LINK}\nVie privée : ${PRIVACY}\nAcme SAS, Lyon\n`,
    html: `<!DOCTYPE html><html><head><meta charset="utf-8"><style>.preheader{display:none}a{color:#0b5394}@media (max-width:600px){.column{width:100%!important}}</style></head><body style="margin:0;padding:0;background-color:#f4f4f4;"><div class="preheader">Nos offres de la semaine</div>${Array.from({ length: 44 }, (_, i) => article(i)).join('\n')}<p style="font-size:12px;color:#777777;">Pour ne plus recevoir nos messages, <a href="${LINK}">cliquez ici</a>.</p><p style="font-size:12px;color:#777777;"><a href="${PRIVACY}">Vie privée</a> - Acme SAS, Lyon</p></body></html>`,
  })

function article(i) {
  return `<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" align="center" style="width:600px;max-width:600px;background-color:#ffffff;border-collapse:collapse;"><tr><td class="column" valign="top" width="200" style="padding:20px 10px 20px 20px;"><a href="https://news.acme.example/c/${i}/cover?utm_source=newsletter&amp;utm_medium=email" style="text-decoration:none;"><img src="https://news.acme.example/i/${i}.jpg" width="180" height="240" alt="Couverture du livre n° ${i}" style="display:block;border:0;outline:none;"></a></td><td class="column" valign="top" width="400" style="padding:20px 20px 20px 10px;font-family:Georgia,'Times New Roman',serif;font-size:16px;line-height:24px;color:#333333;"><h2 style="margin:0 0 10px 0;font-size:20px;line-height:26px;color:#111111;">Titre n° ${i} : l'été des libraires</h2><p style="margin:0 0 12px 0;">${PARAGRAPH.repeat(3)}</p><p style="margin:0;font-weight:bold;">Prix : ${10 + i},50 € au lieu de ${21 + i},00 €. <a href="https://news.acme.example/c/${i}/buy?utm_source=newsletter&amp;utm_medium=email" style="color:#0b5394;text-decoration:underline;">Découvrir</a></p></td></tr></table>`
}

async function compose({ text, html, link = LINK, domain = DOMAIN }) {
  const { message } = await createTransport({ streamTransport: true, buffer: true, newline: 'windows' }).sendMail({
    from: { name: 'Acme', address: `bonjour@${domain}` },
    to: 'undisclosed-recipients:;',
    subject: 'Nos offres de la semaine',
    headers: { 'List-Unsubscribe': `<${link}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    text,
    html,
    textEncoding: 'quoted-printable',
  })
  return message
}
