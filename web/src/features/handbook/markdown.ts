// The Markdown of articles: headings, paragraphs, lists, tables, bold, code and links. What it does not know stays text; HTML is never more.

export type Inline = { kind: "text" | "bold" | "code"; text: string } | { kind: "link"; text: string; to: string }

export type Block =
  | { kind: "heading"; level: 2 | 3 | 4; inline: Inline[] }
  | { kind: "paragraph"; inline: Inline[] }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }

const HEADING = /^(#{1,3}) +(.+)$/
const BULLET = /^[-*] +(.+)$/
const NUMBER = /^\d{1,3}[.)] +(.+)$/
const RULE = /^\|?( *:?-+:? *\|)+ *:?-*:? *$/
const PIECE = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^()\s]+)\)/g

export function inline(text: string): Inline[] {
  const found: Inline[] = []
  let end = 0
  for (const match of text.matchAll(PIECE)) {
    const [whole, bold, code, name, to] = match
    if (match.index > end) found.push({ kind: "text", text: text.slice(end, match.index) })
    if (bold !== undefined) found.push({ kind: "bold", text: bold })
    else if (code !== undefined) found.push({ kind: "code", text: code })
    else if (name !== undefined && to !== undefined && isWeb(to)) found.push({ kind: "link", text: name, to })
    else found.push({ kind: "text", text: whole })
    end = match.index + whole.length
  }
  if (end < text.length) found.push({ kind: "text", text: text.slice(end) })
  return found
}

/** Leads to the web, and runs nothing. */
export function isWeb(to: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(to)
}

function cells(line: string): Inline[][] {
  return line.trim().replace(/^\|/, "").replace(/\|$/, "").split("|").map((cell) => inline(cell.trim()))
}

export function blocks(text: string): Block[] {
  const found: Block[] = []
  const lines = text.split(/\r?\n/)
  let paragraph: string[] = []
  const close = () => {
    if (paragraph.length > 0) found.push({ kind: "paragraph", inline: inline(paragraph.join("\n")) })
    paragraph = []
  }
  const item = (ordered: boolean, text: string) => {
    close()
    const last = found.at(-1)
    if (last?.kind === "list" && last.ordered === ordered && !gap) last.items.push(inline(text))
    else found.push({ kind: "list", ordered, items: [inline(text)] })
  }
  let gap = true
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? "").trim()
    const heading = HEADING.exec(line)
    const bullet = BULLET.exec(line)
    const number = NUMBER.exec(line)
    if (line === "") close()
    else if (heading) {
      close()
      found.push({ kind: "heading", level: ((heading[1] ?? "").length + 1) as 2 | 3 | 4, inline: inline(heading[2] ?? "") })
    } else if (bullet) item(false, bullet[1] ?? "")
    else if (number) item(true, number[1] ?? "")
    else if (line.startsWith("|") && RULE.test((lines[at + 1] ?? "").trim())) {
      close()
      const head = cells(line)
      const rows: Inline[][][] = []
      for (at += 2; (lines[at] ?? "").trim().startsWith("|"); at += 1) rows.push(cells(lines[at] ?? ""))
      at -= 1
      found.push({ kind: "table", head, rows })
    } else paragraph.push(line)
    gap = line === ""
  }
  close()
  return found
}
