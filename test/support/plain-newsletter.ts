/** A lawful prospecting message told from every other by an id of its own; unsigned, so that a thousand are made in no time. */
import { createHash } from 'node:crypto'

/** @returns the message as it goes over the wire; `id` stands in its Message-ID and its body */
export function plainNewsletter(id: string, filler = ''): Buffer {
  const link = `https://www.acme.example/u/${createHash('sha256').update(id).digest('hex').slice(0, 16)}`
  return Buffer.from(
    [
      'From: Acme <bonjour@news.acme.example>',
      'To: undisclosed-recipients:;',
      'Subject: Nos offres de novembre',
      'Date: Fri, 20 Nov 2026 09:00:00 +0100',
      `Message-ID: <${id}@news.acme.example>`,
      `List-Unsubscribe: <${link}>`,
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Bonjour,',
      '',
      `Acme SAS vous propose ses offres : livres et disques (${id}).`,
      ...(filler === '' ? [] : [filler]),
      `Pour ne plus recevoir nos messages : ${link}`,
      'Vie privée : https://www.acme.example/privacy',
      'Acme SAS, Lyon, SIREN 732 829 320',
      '',
    ].join('\r\n'),
  )
}

/** The same with a file attached, for size. @param octets about how many the message has */
export function largeNewsletter(id: string, octets: number): Buffer {
  const [head = '', body = ''] = plainNewsletter(id).toString().split('\r\n\r\nBonjour')
  const [fields = '', ofText = ''] = head.split('\r\nContent-Type: ')
  const part = (lines: readonly string[]) => ['--cut', ...lines].join('\r\n')
  return Buffer.from(
    [
      fields,
      'Content-Type: multipart/mixed; boundary=cut',
      '',
      part([`Content-Type: ${ofText}`, '', `Bonjour${body}`]),
      part(['Content-Type: application/octet-stream', 'Content-Transfer-Encoding: base64', '']),
      `${'QUJD'.repeat(18)}\r\n`.repeat(octets / 74),
      '--cut--',
      '',
    ].join('\r\n'),
  )
}

/** The id of a message that arrived. */
export function idOf(raw: Buffer): string {
  const id = /^Message-ID: <([^@]+)@/im.exec(raw.toString('latin1'))?.[1]
  if (id === undefined) throw new Error('a message without its id arrived')
  return id
}

/** The reference of the decision an arrived message rests on, from the Received field in front. */
export function refIn(raw: Buffer): string {
  const ref = /^Received: [^\r]*\r\n\tby [^\r]* \(Aval\) with \w+ id ([0-9A-Z]{26});/.exec(raw.toString('latin1'))?.[1]
  if (ref === undefined) throw new Error('a message without our Received field arrived')
  return ref
}

/** What arrived without the Received field Aval puts in front: the octets the client handed over. */
export function withoutTrace(raw: Buffer): Buffer {
  const text = raw.toString('latin1')
  return raw.subarray(text.search(/^From: /m))
}
