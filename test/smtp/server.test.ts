import { afterEach, describe, expect, it } from 'vitest'
import { Client } from './support/client.js'
import { type Bench, startBench } from './support/listener.js'

let bench: Bench
afterEach(() => bench.stop())

describe('a whole message', () => {
  it('travels octet by octet', async () => {
    bench = await startBench()
    const client = await Client.open(bench.port)
    expect(await client.line()).toBe('220 mx.example ESMTP Aval')
    client.send('EHLO client.example\r\n')
    console.log(await client.reply())
    console.log(await client.ask('MAIL FROM:<a@example.com>'))
    console.log(await client.ask('RCPT TO:<b@example.com>'))
    console.log(await client.ask('DATA'))
    client.send('Subject: x\r\n\r\n..dot\r\n.\r\n')
    console.log(await client.reply())
    console.log(await client.ask('QUIT'))
    await client.closed()
    console.log(bench.relay.taken[0]?.content.toString(), bench.events)
  })
})
