/** A page with the section between its marker and the next end renewed. */
export function withSection(page: string, title: string, section: string): string {
  const marker = `<!-- ${title}, made by npm run results -->`;
  const end = '<!-- end -->';
  const [before, rest, ...more] = page.split(marker);
  if (rest === undefined || more.length > 0) throw new Error(`the page has no marker ${marker}, or several`);
  return `${before}${marker}\n\n${section}\n\n${rest.slice(rest.indexOf(end))}`;
}
