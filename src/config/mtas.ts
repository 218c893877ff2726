/** The upstreams of a configuration, each with the place it is declared at. */
import type { Declared } from './schema.js'
import type { Path } from './tree.js'

export type DeclaredMta = Declared['upstream']['fallbacks'][number]

export interface PlacedMta {
  readonly mta: DeclaredMta
  readonly path: Path
}

/** In the order they are tried. */
export function mtasOf({ upstream }: Declared): PlacedMta[] {
  const fallbacks = upstream.fallbacks.map((mta, index) => ({ mta, path: ['upstream', 'fallbacks', index] }))
  return [{ mta: upstream, path: ['upstream'] }, ...fallbacks]
}
