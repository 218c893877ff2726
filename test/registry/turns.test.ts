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

/** Lists imported one after the other until so many objections came between: how many come between in one is a matter of speed. */
const MOST_LISTS = 30
const BETWEEN = 6

it('objections are written and answered between the transactions of an import', { timeout: 180_000 }, async () => {
  const keys = keyFile(join(home, 'aval.key'))
  const path = join(home, 'registry.db')
  const writer = openRegistryWriter({ path, keys, now: () => NOW })
  const registry = openRegistry({ path, keys })
  const child = fileURLToPath(new URL('act-child.mjs', import.meta.url))
  let objected = 0
  let between = 0
  for (let list = 0; list < MOST_LISTS && between < BETWEEN; list++) {
    const importing = spawn(process.execPath, [child, 'import', home, consents(list)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(importing, 'exit') as Promise<[number | null]>
    await once(importing.stdout, 'data')
    while (importing.exitCode === null) {
      const who = `objector${objected++}@example.com`
      expect(writer.addObjection(objection(who)).kind).toBe('added')
      const subject = subjects(keys).identify(address(who))
      expect((await registry.lookup({ subject: () => subject, advertiserId: 'acme' })).objections).toHaveLength(1)
      await pause(5)
      if (importing.exitCode === null) between += 1
    }
    expect(await ended).toEqual([0, null])
  }
  expect(between).toBeGreaterThanOrEqual(BETWEEN)
  expect(writer.verify().problems).toEqual([])
  registry.close()
  writer.close()
})

/** Of other people in each list. */
function consents(list: number): string {
  const file = join(home, `consents${list}.csv`)
  const lines = ['address,advertiser_id,channel,purposes,legal_basis,status,collected_at,preticked,source_kind']
  for (let i = 0; i < 40_000; i++)
    lines.push(`p${list}.${i}@example.com,acme,email,own_offers,consent,given,2026-01-10,false,first_party`)
  writeFileSync(file, lines.join('\n'))
  return file
}

it('a process that was killed while it waited holds nobody up', async () => {
  const path = join(home, 'registry.db')
  writeFileSync(`${path}.waiting`, '')
  const long = new Date(Date.now() - 60_000)
  utimesSync(`${path}.waiting`, long, long)
  await turns(path).yield(pause)
  expect(existsSync(`${path}.waiting`)).toBe(false)
})
