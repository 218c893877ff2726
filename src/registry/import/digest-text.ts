/** Digests of addresses as lists write them: hexadecimal, told apart by their length. */
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from '../../domain/subject-key.js'

/** Digits. */
const LENGTHS: Readonly<Record<DigestAlgorithm, number>> = { md5: 32, sha1: 40, sha256: 64 }

export function isDigestText(text: string, algorithm: DigestAlgorithm): boolean {
  return text.length === LENGTHS[algorithm] && /^[0-9a-f]+$/i.test(text)
}

/** Of which algorithm a text may be a digest, if of any. */
export function algorithmOf(text: string): DigestAlgorithm | undefined {
  return DIGEST_ALGORITHMS.find((algorithm) => isDigestText(text, algorithm))
}
