/** What was sent to a person before is read from the file that is there, not from one that was. */
import { copyFileSync, renameSync } from 'node:fs'
import { expect, it } from 'vitest'
import { HISTORY_DEPTH } from '#aval/domain/send-history.js'
import { openHistory } from '#aval/journal/history.js'
import { decision, freshPath, open } from './support.js'

it('I3: is not told from a file that was moved away, and is again once one is back', async () => {
  const path = freshPath()
  const journal = await open(path)
  await journal.append([decision(1)])
  await journal.close()
  copyFileSync(path, `${path}.copy`)
  const history = openHistory(path)
  const { toKey, advertiser } = decision(1)
  const ask = () => history.earlierMessages(toKey, advertiser, 64)
  expect(await ask()).toHaveLength(1)
  renameSync(path, `${path}.moved`)
  await expect(ask()).rejects.toMatchObject({ code: 'missing' })
  await expect(ask()).rejects.toMatchObject({ name: 'JournalUnavailableError' })
  renameSync(`${path}.copy`, path)
  const again = await open(path)
  await again.append([decision(2, { toKey })])
  await again.close()
  expect(await ask()).toHaveLength(2)
  history.close()
})

it('as many as are asked for, the last ones: a cap higher than what is read would never be reached', async () => {
  const path = freshPath()
  const journal = await open(path)
  const { toKey, advertiser } = decision(1)
  await journal.append(Array.from({ length: 100 }, (_, index) => decision(index + 1, { toKey })))
  await journal.close()
  const history = openHistory(path)
  expect(await history.earlierMessages(toKey, advertiser, 64)).toHaveLength(64)
  const all = await history.earlierMessages(toKey, advertiser, HISTORY_DEPTH.counted)
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((one, other) => other - one))
  expect(all).toHaveLength(100)
  history.close()
})
