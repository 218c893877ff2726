/** Makes work about the same thing wait for its turn, so that what one decides is known to the next. */
export interface OneByOne {
  /** Runs `work` once everything begun before about any of `names` has ended. Throws what it throws. */
  run<T>(names: readonly string[], work: () => Promise<T>): Promise<T>
}

export function createOneByOne(): OneByOne {
  const last = new Map<string, Promise<undefined>>()
  return {
    async run(names, work) {
      const before = names.flatMap((name) => last.get(name) ?? [])
      const mine = before.length === 0 ? work() : Promise.all(before).then(work)
      const ended = mine.then(
        () => undefined,
        () => undefined,
      )
      // All names at once: two that want the same cannot wait for each other.
      for (const name of names) last.set(name, ended)
      try {
        return await mine
      } finally {
        for (const name of names) if (last.get(name) === ended) last.delete(name)
      }
    },
  }
}
