import { blocks, type Block, type Inline } from "./markdown"

export function Markdown({ text }: { text: string }) {
  return <div className="article-text">{blocks(text).map((block, at) => <Part key={at} block={block} />)}</div>
}

function Part({ block }: { block: Block }) {
  switch (block.kind) {
    case "heading": {
      const Heading = `h${block.level + 1}` as "h3" | "h4" | "h5"
      return <Heading><Line inline={block.inline} /></Heading>
    }
    case "paragraph": return <p><Line inline={block.inline} /></p>
    case "list": {
      const List = block.ordered ? "ol" : "ul"
      return <List>{block.items.map((item, at) => <li key={at}><Line inline={item} /></li>)}</List>
    }
    case "table": return (
      <div className="article-table">
        <table>
          <thead><tr>{block.head.map((cell, at) => <th key={at} scope="col"><Line inline={cell} /></th>)}</tr></thead>
          <tbody>{block.rows.map((row, at) => <tr key={at}>{row.map((cell, n) => <td key={n}><Line inline={cell} /></td>)}</tr>)}</tbody>
        </table>
      </div>
    )
  }
}

function Line({ inline }: { inline: Inline[] }) {
  return inline.map((one, at) => one.kind === "bold" ? <b key={at}>{one.text}</b>
    : one.kind === "code" ? <code key={at}>{one.text}</code>
      : one.kind === "link" ? <a key={at} href={one.to} target="_blank" rel="noreferrer noopener">{one.text}</a>
        : <span key={at}>{one.text}</span>)
}
