import { expect, it } from 'vitest'
import { createOneByOne } from '#aval/relay/one-by-one.js'

/** Work that says when it begins, and ends when it is told to. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const work = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      begun.push(name)
      ends.set(name, (error) => (error ? reject(error) : resolve(name)))
    })
  return { begun, work, end: (name: string, error?: Error) => ends.get(name)!(error) }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

it('waits for whoever began about the same person, whatever became of it, and for nobody else', async () => {
  const { begun, work, end } = works()
  const turns = createOneByOne()
  const first = turns.run(['a', 'b'], work('first'))
  const other = turns.run(['c'], work('other'))
  const second = turns.run(['b', 'c'], work('second'))
  const third = turns.run(['b'], work('third'))
  await settle()
  expect(begun).toEqual(['first', 'other'])
  end('first', new Error('no'))
  await expect(first).rejects.toThrow('no')
  await settle()
  expect(begun).toEqual(['first', 'other'])
  end('other')
  await settle()
  expect(begun).toEqual(['first', 'other', 'second'])
  end('second')
  await settle()
  expect(begun.at(-1)).toBe('third')
  end('third')
  expect(await Promise.all([other, second, third])).toEqual(['other', 'second', 'third'])
  const again = turns.run(['a', 'b', 'c'], work('again'))
  expect(begun.at(-1)).toBe('again')
  end('again')
  await again
})
