/**
 * Lines of aligned columns, separated by two spaces. `paint` may colour a padded cell; rows and columns count from 0.
 */
export function renderTable(
  rows: readonly (readonly string[])[],
  paint: (cell: string, row: number, column: number) => string = (cell) => cell,
): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row, index) => renderRow(row, widths, (cell, column) => paint(cell, index, column)))
    .join("\n");
}

function renderRow(
  row: readonly string[],
  widths: readonly number[],
  paint: (cell: string, column: number) => string,
): string {
  const last = row.findLastIndex((cell) => cell !== "");
  return row
    .slice(0, last + 1)
    .map((cell, column) => paint(column === last ? cell : cell.padEnd(widths[column] ?? 0), column))
    .join("  ");
}
