/** Systems beside Aval that throw back what they are told, passwords included, as some do in their errors. */
import { type IncomingMessage, createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'

export interface Echo {
  readonly port: number
  /** Everything it was told. */
  heard(): string
  close(): void
}

/** An MTA that asks for a password and, where it does not like it, says what it was told. */
export async function startEchoMta(accepts: boolean): Promise<Echo> {
  let heard = ''
  const server = createServer((socket) => {
    let awaited = 0
    let inData = false
    socket.on('error', () => undefined)
    socket.write('220 mta.example ESMTP\r\n')
    let text = ''
    socket.on('data', (octets) => {
      text += octets.toString('latin1')
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        heard += `${line}\n`
        socket.write(answerTo(line))
      }
    })
    function answerTo(line: string): string {
      if (inData) {
        inData = line !== '.'
        return inData ? '' : '250 2.0.0 taken\r\n'
      }
      if (awaited > 0) return --awaited > 0 ? '334 UGFzc3dvcmQ6\r\n' : verdict(line)
      if (/^EHLO/i.test(line)) return `250-mta.example\r\n250 AUTH ${accepts ? 'LOGIN' : 'PLAIN'}\r\n`
      if (/^AUTH LOGIN/i.test(line)) {
        awaited = 2
        return '334 VXNlcm5hbWU6\r\n'
      }
      if (/^AUTH/i.test(line)) return verdict(line)
      if (/^DATA/i.test(line)) {
        inData = true
        return '354 go on\r\n'
      }
      return /^QUIT/i.test(line) ? '221 bye\r\n' : '250 2.0.0 fine\r\n'
    }
    const verdict = (line: string): string => (accepts ? '235 2.7.0 welcome\r\n' : `535 5.7.8 not with ${line}\r\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, heard: () => heard, close: () => void server.close() }
}

/** A web server that refuses, and throws back what it was sent. */
export async function startEchoTool(): Promise<Echo> {
  let heard = ''
  const server = createHttpServer((asked: IncomingMessage, answer) => {
    const headers = JSON.stringify(asked.headers)
    const [, basic = ''] = /"authorization":"Basic ([^"]*)"/.exec(headers) ?? []
    heard += `${headers}\n${basic}\n`
    asked.resume().on('end', () => answer.writeHead(401, { 'x-seen': basic }).end(headers))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, heard: () => heard, close: () => void server.close() }
}
