/**
 * Dead or alive, on sites made with what real senders use: how often the link test is right. A campaign of four people is sent
 * through, so that it can learn what of a link is the same for everybody.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith, hasCommand } from '../support/peers.js'
import { FRAMEWORKS, tlsInFront } from '../support/web/frameworks.js'
import { type Authority, createAuthority } from '../support/web/identities.js'
import { type LinkHouse, inWords, linkHouse } from '../support/web/link-house.js'
import { fakeNames } from '../support/web/names.js'
import type { WebServer } from '../support/web/servers.js'

const PEOPLE = ['anne', 'bruno', 'chloe', 'denis'].map((name) => `${name}@client.example`)

type Outcome = 'alive' | 'dead' | 'undecided'

interface Result {
  readonly framework: string
  readonly link: string
  readonly living: boolean
  readonly found: string
}

const outcomeOf = ({ found }: Result): Outcome =>
  found.startsWith('usable') ? 'alive' : found.startsWith('unusable') ? 'dead' : 'undecided'

describeWith({ php: hasCommand('php'), nginx: hasCommand('nginx', '-v') }, 'sites of real frameworks', () => {
  let authority: Authority
  let house: LinkHouse
  const servers: WebServer[] = []
  const ports = new Map<string, number>()
  const results: Result[] = []
  const hostOf = (framework: string): string => `${framework.replaceAll(' ', '-')}.sites.test`

  beforeAll(async () => {
    authority = createAuthority()
    const hosts = Object.keys(FRAMEWORKS).map(hostOf)
    const identity = authority.issue(hosts)
    for (const [name, site] of Object.entries(FRAMEWORKS)) {
      const behind = await site.start()
      const front = await tlsInFront(identity, behind)
      servers.push(front, behind)
      ports.set(name, front.port)
    }
    house = linkHouse({
      hosts,
      ca: authority.ca,
      names: fakeNames({ '*.sites.test': { addresses: ['127.0.0.1'] } }),
      fetchLimits: { totalMs: 5_000, gate: { total: 20, perHost: 4, waiting: 100, perHostAndMinute: 10_000 } },
    })
  })

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()))
    authority?.remove()
  })

  const everyLink = Object.entries(FRAMEWORKS).flatMap(([framework, { links }]) =>
    Object.entries(links).map(([link, { living, path }]) => ({ framework, link, living, path })),
  )

  test.each(everyLink)('$framework: $link', async ({ framework, link, living, path }) => {
    let found = ''
    for (const person of PEOPLE) {
      const url = `https://${hostOf(framework)}:${ports.get(framework)}${path(randomBytes(16).toString('hex'))}`
      found = inWords(await house.assess(url, person))
    }
    results.push({ framework, link, living, found })
    // A page that is there must never be found dead; what is not there may be taken for alive where everything answers alike.
    if (living) expect(found).not.toMatch(/^unusable/)
    else if (framework !== 'single-page app') expect(found).toMatch(/^unusable/)
  })

  test('precision and recall', () => {
    expect(results).toHaveLength(everyLink.length)
    const lines = [...Object.keys(FRAMEWORKS), 'all but the single-page app', 'all'].map((name) => {
      const own = results.filter(({ framework }) =>
        name.startsWith('all') ? name === 'all' || framework !== 'single-page app' : framework === name,
      )
      return {
        name,
        dead: quality(own, 'dead'),
        alive: quality(own, 'alive'),
        undecided: own.filter((one) => outcomeOf(one) === 'undecided').length,
      }
    })
    for (const { name, dead, alive, undecided } of lines)
      console.log(`${name.padEnd(28)} dead: ${inFigures(dead)}   alive: ${inFigures(alive)}   undecided ${undecided}`)
    const most = lines.find(({ name }) => name === 'all but the single-page app')!
    expect(most.dead.precision).toBe(1)
    expect(most.dead.recall).toBeGreaterThanOrEqual(0.95)
    expect(most.alive.recall).toBeGreaterThanOrEqual(0.95)
  })
})

interface Quality {
  readonly precision: number
  readonly recall: number
}

function quality(results: readonly Result[], what: 'dead' | 'alive'): Quality {
  const isSo = ({ living }: Result): boolean => living === (what === 'alive')
  const found = results.filter((one) => outcomeOf(one) === what)
  const right = found.filter(isSo).length
  return { precision: found.length === 0 ? 1 : right / found.length, recall: right / results.filter(isSo).length }
}

function inFigures({ precision, recall }: Quality): string {
  return `precision ${precision.toFixed(2)} recall ${recall.toFixed(2)}`
}
