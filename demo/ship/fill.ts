/** Fills in the parts of the page, each named in braces; no part is searched for the names of others. */
export function filled(html: string, values: Record<string, string>): string {
  return html.replace(/\{(policy|script|size)\}/g, (name, key) => values[key] ?? name);
}

/**
 * A policy that allows nothing but these scripts, this style, and WASM, for which it needs `wasm-unsafe-eval`.
 *
 * @param scripts The sources of scripts.
 * @param style The hash of the style.
 */
export function policy(scripts: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src 'wasm-unsafe-eval' ${scripts}`,
    `style-src ${style}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
