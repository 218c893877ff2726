/** I5: an objection is in force for the next recipient, also while an import writes one transaction after the other. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyFile, subjects } from '#aval/registry/key-source.js'
import { openRegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { openRegistry } from '#aval/registry/sqlite-registry.js'
import { turns } from '#aval/registry/writer/turns.js'
import { address, NOW, objection } from './fixture.js'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'aval-turns-'))
  writeFileSync(join(home, 'aval.key'), `k1:${'07'.repeat(32)}\n`, { mode: 0o600 })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

it('objections are written and answered between the transactions of an import', { timeout: 120_000 }, async () => {
  const file = join(home, 'consents.csv')
  const lines = ['address,advertiser_id,channel,purposes,legal_basis,status,collected_at,preticked,source_kind']
  for (let i = 0; i < 120_000; i++)
    lines.push(`p${i}@example.com,acme,email,own_offers,consent,given,2026-01-10,false,first_party`)
  writeFileSync(file, lines.join('\n'))
  const keys = keyFile(join(home, 'aval.key'))
  const path = join(home, 'registry.db')
  const writer = openRegistryWriter({ path, keys, now: () => NOW })
  const registry = openRegistry({ path, keys })

  const child = fileURLToPath(new URL('act-child.mjs', import.meta.url))
  const importing = spawn(process.execPath, [child, 'import', home, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(importing, 'exit') as Promise<[number | null]>
  await once(importing.stdout, 'data')
  let answered = 0
  while (importing.exitCode === null) {
    const who = `objector${answered}@example.com`
    expect(writer.addObjection(objection(who)).kind).toBe('added')
    const subject = subjects(keys).identify(address(who))
    expect((await registry.lookup({ subject, advertiserId: 'acme' })).objections).toHaveLength(1)
    answered += 1
    await pause(5)
  }
  expect(await ended).toEqual([0, null])
  expect(answered).toBeGreaterThan(5)
  expect(writer.verify().problems).toEqual([])
  registry.close()
  writer.close()
})

it('a process that was killed while it waited holds nobody up', async () => {
  const path = join(home, 'registry.db')
  writeFileSync(`${path}.waiting`, '')
  const long = new Date(Date.now() - 60_000)
  utimesSync(`${path}.waiting`, long, long)
  await turns(path).yield(pause)
  expect(existsSync(`${path}.waiting`)).toBe(false)
})
