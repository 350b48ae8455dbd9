/** What an address says under a name, without blanks around it. A number in it was typed as text: `?q=5325`. */
export function fromAddress(value: unknown): string | undefined {
  const said = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
  return said === "" ? undefined : said;
}
