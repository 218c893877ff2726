// The relay anyone would write first: receive with smtp-server, read with mailparser, send with nodemailer. Port, then upstream port.
import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'

const [port, upstreamPort] = process.argv.slice(2).map(Number)
const transport = createTransport({
  host: '127.0.0.1',
  port: upstreamPort,
  pool: true,
  maxConnections: 20,
  maxMessages: Infinity,
  ignoreTLS: true,
})

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  async onData(stream, session, done) {
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    const raw = Buffer.concat(chunks)
    const { html, text, headers } = await simpleParser(raw)
    if (!headers.has('list') && !/unsubscribe|desinscri/i.test(`${text} ${html}`))
      return done(new Error('no unsubscribe link'))
    const to = session.envelope.rcptTo.map(({ address }) => address)
    const { response } = await transport.sendMail({ envelope: { from: session.envelope.mailFrom.address, to }, raw })
    done(null, response)
  },
})
server.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'))
