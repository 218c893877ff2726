declare module 'tr46' {
  export interface ToASCIIOptions {
    checkBidi?: boolean
    checkHyphens?: boolean
    checkJoiners?: boolean
    transitionalProcessing?: boolean
    useSTD3ASCIIRules?: boolean
    verifyDNSLength?: boolean
  }
  /** Null when the name is not a valid domain. */
  export function toASCII(domain: string, options?: ToASCIIOptions): string | null
}
