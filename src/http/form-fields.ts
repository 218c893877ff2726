/** The fields of a posted form, urlencoded or multipart (RFC 8058 3.2 allows both). */

const MOST_FIELDS = 20
const LONGEST_VALUE = 200

/** Undefined where there is no form, or none that can be read. Files, and what is too long for a choice, are left out. */
export async function formFields(
  body: Buffer,
  contentType: string | undefined,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (body.length === 0 || contentType === undefined) return undefined
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
    const fields = [...form.entries()].slice(0, MOST_FIELDS).flatMap(([name, value]): [string, string][] => {
      return typeof value === 'string' && value.length <= LONGEST_VALUE ? [[name, value]] : []
    })
    return new Map(fields)
  } catch {
    return undefined
  }
}
