// Sends one sample message of the sample advertiser: node scripts/send.mjs [host:port] address
import { createTransport } from 'nodemailer'
import { SAMPLE_SENDER, sampleMessage } from '../dist/cli/sample-message.js'

const [to, server = '127.0.0.1:2525'] = process.argv.slice(2).toReversed()
if (to === undefined) {
  process.stderr.write('usage: node scripts/send.mjs [host:port] address\n')
  process.exit(2)
}
const [host, port] = server.split(/:(?=\d+$)/)
const transport = createTransport({ host, port: Number(port), ignoreTLS: true })
try {
  const { response } = await transport.sendMail({ envelope: { from: SAMPLE_SENDER, to }, raw: await sampleMessage(to) })
  process.stdout.write(`${response}\n`)
} catch (error) {
  process.stdout.write(`${error.response ?? error.message}\n`)
  process.exitCode = 1
}
