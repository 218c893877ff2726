/**
 * Why we answer otherwise than the label, by question and row. A row that stands here is not written around: where the
 * label is right, the reason says what a general rule would cost.
 */
export const EXPLANATIONS: ReadonlyMap<string, string> = new Map([])

export function explanationKey(question: string, id: number | string): string {
  return `${question} ${id}`
}
