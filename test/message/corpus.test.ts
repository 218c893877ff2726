/**
 * Real messages, where they are at hand: nothing of theirs is copied here. What is asserted holds for any mail; figures
 * that depend on the messages are printed.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ParsedMail, simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { asSent } from '#aval/message/mime/line-ends.js'
import { viewHtml } from '#aval/message/html/html-view.js'
import { readMessage } from '#aval/message/read-message.js'
import { viewText } from '#aval/message/text-view.js'
import type { Link, MessageFacts } from '#aval/domain/message-facts.js'

const CORPUS = join(import.meta.dirname ?? '.', '../../../shared/corpus')
const present = existsSync(CORPUS)
if (!present) console.log('no corpus of real messages beside the project: skipped')

interface Label {
  readonly file: string
  readonly verified?: boolean
  readonly body_unsubscribe_links: readonly { readonly href: string; readonly hidden: boolean; readonly text: string }[]
}

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe.skipIf(!present)('real messages', () => {
  it('labelled links are found, with the visibility a person gave them', () => {
    const labels = readFileSync(join(CORPUS, 'labels.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Label)
    let labelled = 0
    const missed: string[] = []
    const disagreed: string[] = []
    for (const label of labels) {
      const links = linksOf(label.file)
      for (const wanted of label.body_unsubscribe_links) {
        labelled++
        const found = links.filter((link) => bare(link.href) === bare(wanted.href))
        if (found.length === 0) missed.push(`${label.file}: ${wanted.text}`)
        else if (!found.some((link) => link.visible === !wanted.hidden)) disagreed.push(`${label.file}: ${wanted.text}`)
      }
    }
    console.log(
      `labelled links: ${labelled}, found ${labelled - missed.length}, visibility disagreed on ${disagreed.length}`,
    )
    for (const line of [...missed, ...disagreed]) console.log(`  ${line}`)
    expect(labelled).toBeGreaterThan(0)
    expect(missed.length / labelled).toBeLessThan(0.03)
    expect(disagreed.length / labelled).toBeLessThan(0.03)
  })

  /**
   * mailparser joins parts, takes the first text of some malformed trees and keeps white space differently, so words are
   * compared: all words of the one reading in the other. What disagrees is known to be: charsets mislabelled or unknown
   * to one of the two, raw 8-bit header fields, a body with a second header inside. One or two messages of 157 each.
   */
  it('agrees with mailparser on the words of text and HTML, on subject and From', async () => {
    const counts = { compared: 0, text: 0, subject: 0, from: 0 }
    for (const file of files(join(CORPUS, 'eml'))) {
      const bytes = asSent(readFileSync(file))
      const facts = readMessage(bytes, '')
      if (facts.problems.length > 0) continue
      const mail = await simpleParser(bytes, {
        skipTextToHtml: true,
        skipHtmlToText: true,
        skipTextLinks: true,
        keepCidLinks: true,
      })
      counts.compared++
      if (!sameSubject(facts, mail)) counts.subject++
      if (!sameFrom(facts, mail)) counts.from++
      if (!sameWords(facts, mail)) {
        counts.text++
        if (process.env['AVAL_TEST_VERBOSE']) console.log(`  words differ: ${file}`)
      }
    }
    console.log(`compared with mailparser: ${JSON.stringify(counts)}`)
    expect(counts.subject / counts.compared).toBeLessThan(0.03)
    expect(counts.from / counts.compared).toBeLessThan(0.03)
    expect(counts.text / counts.compared).toBeLessThan(0.03)
  }, 60_000)
})

function linksOf(file: string): readonly Link[] {
  const bytes = readFileSync(join(CORPUS, file))
  if (file.endsWith('.eml')) return readMessage(asSent(bytes), '').alternatives.flatMap((found) => found.links)
  const text = bytes.toString()
  return /<[a-z!]/i.test(text) ? viewHtml(text).links : viewText(text, new Map()).links
}

function bare(href: string): string {
  return href.replace(/\s+/g, '').replace(/^mailto:/i, '')
}

function sameSubject(facts: MessageFacts, mail: ParsedMail): boolean {
  return squeezed(facts.subject ?? '') === squeezed(mail.subject ?? '')
}

function sameFrom(facts: MessageFacts, mail: ParsedMail): boolean {
  const theirs = mail.from?.value.map((one) => one.address?.toLowerCase()) ?? []
  return facts.from.map((one) => one.address.toLowerCase()).join() === theirs.join()
}

function sameWords(facts: MessageFacts, mail: ParsedMail): boolean {
  return facts.alternatives.every((found) => {
    const theirs = found.kind === 'text/html' ? viewHtml(mail.html || '').visibleText : (mail.text ?? '')
    const ours = words(found.visibleText)
    const known = new Set(words(theirs).concat(words(mail.text ?? '')))
    return ours.filter((word) => !known.has(word)).length <= ours.length / 50
  })
}

function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? []
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, '')
}

describe('cost', () => {
  it('of an 80 KB newsletter, beside mailparser (printed, not judged: the machine is shared)', async () => {
    const bytes = newsletter(80 * 1024)
    const ours: number[] = []
    const theirs: number[] = []
    for (let i = 0; i < 60; i++) ours.push(await timed(() => readMessage(bytes, '')))
    for (let i = 0; i < 20; i++) theirs.push(await timed(() => simpleParser(bytes)))
    const ratio = median(theirs) / median(ours)
    console.log(
      `80 KB newsletter: ${median(ours).toFixed(2)} ms, mailparser ${median(theirs).toFixed(2)} ms, ${ratio.toFixed(2)} times`,
    )
    expect(readMessage(bytes, '').problems).toEqual([])
  })
})

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!
}

function newsletter(size: number): Buffer {
  const row = (i: number): string =>
    `<tr><td style=3D"padding:10px;font-family:Arial;color:#333333"><a href=3D"https://shop.example/p/=\r\n${i}?utm=3D${i}&amp;x=3D1" style=3D"color:#0055aa"><img src=3D"https://cdn.example/${i}.jpg" wid=\r\nth=3D"200" alt=3D"Article ${i}"></a></td><td style=3D"font-size:14px">L=E2=80=99=C3=A9t=C3=A9 =C3=\r\n=A0 petit prix&nbsp;: ${i},99&nbsp;=E2=82=AC</td></tr>\r\n`
  let rows = ''
  for (let i = 0; rows.length < size; i++) rows += row(i)
  return Buffer.from(
    `From: news@shop.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<table>${rows}</table>\r\n`,
  )
}
