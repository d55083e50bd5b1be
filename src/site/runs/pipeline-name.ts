/** As pipeline files have to have it. Others may stand in a record, and lead out of the folder of the site. */
export function isPipelineName(name: string): boolean {
  return name.length <= 200 && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
}
