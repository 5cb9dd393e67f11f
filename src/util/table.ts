/** Formats rows as lines with aligned columns and a rule below the first row; the first `left` columns are left-aligned. */
export function table(rows: readonly (readonly string[])[], left = 1): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
  return [lines[0], '─'.repeat(lines[0].length), ...lines.slice(1)].join('\n');
}
