// Writing the handbook: an article of the draft beside what it will look like, what publishing would change, who has read.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Button, Input, InputNumber, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../ui/appearance"
import { Confirm } from "../../ui/Confirm"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { useClauseName, useClauses } from "../moderation/Reasons"
import { FormFoot, useKeep } from "./FormFoot"
import { handbook, inLanguage, type Article, type Difference, type DraftArticle, type Reader } from "./handbook"
import { Markdown } from "./Markdown"
import { useHandbookRefusal } from "./refusal"

const EMPTY: Article = { chapter_zh: "", chapter_en: "", place: 0, title_zh: "", title_en: "", body_zh: "", body_en: "", clauses: [], sources: [] }

export default function Write() {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  const refusal = useHandbookRefusal()
  const queries = useQueryClient()
  const draft = useQuery({ queryKey: ["handbook-draft"], queryFn: handbook.draft })
  const [editing, setEditing] = useState<DraftArticle | "new" | null>(null)
  const [note, setNote] = useState("")
  const [publishing, setPublishing] = useState(false)
  const reload = () => Promise.all(["handbook-draft", "handbook", "handbook-readers", "handbook-versions"].map((key) => queries.invalidateQueries({ queryKey: [key] })))
  if (draft.isPending) return <Loading rows={6} />
  if (!draft.data) return <Failed error={draft.error} retry={() => void draft.refetch()} />
  const { articles, changes } = draft.data
  return (
    <div className="stack">
      <section className="panel" aria-label={t("draft")}>
        <header className="panel-head"><h2>{t("draft")}</h2><span className="spring" /><Button size="small" onClick={() => setEditing("new")}>{t("new_article")}</Button></header>
        <ul className="book-picks">
          {articles.map((one) => (
            <li key={one.code}><button type="button" aria-pressed={editing !== "new" && editing?.code === one.code} onClick={() => setEditing(one)}>{inLanguage(language, one.article.title_zh, one.article.title_en)}</button></li>
          ))}
        </ul>
      </section>
      {editing !== null && <Editor key={editing === "new" ? "" : editing.code} edited={editing} close={() => setEditing(null)} kept={(one) => { setEditing(one); void reload() }} />}
      <section className="panel book-form" aria-label={t("changes")}>
        <h2>{t("changes")}</h2>
        {changes.length === 0 ? <p className="quiet">{t("no_changes")}</p> : (
          <>
            <Changes changes={changes} />
            <Input aria-label={t("note")} placeholder={t("note")} maxLength={300} value={note} onChange={(event) => setNote(event.target.value)} />
            <Button type="primary" disabled={note.trim() === ""} onClick={() => setPublishing(true)}>{t("publish")}</Button>
          </>
        )}
      </section>
      <Versions />
      <Readers />
      {publishing && (
        <Confirm
          title={t("publish")} hint={t("publish_hint")} ok={t("publish")} close={() => setPublishing(false)} refusal={refusal}
          act={async () => {
            await handbook.publish(note.trim())
            setNote("")
            await reload()
          }}
        />
      )}
    </div>
  )
}

function Changes({ changes }: { changes: Difference[] }) {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  return changes.map((one) => (
    <details key={one.code} className="book-change">
      <summary>{inLanguage(language, one.title_zh, one.title_en)} <span className="tag">{t(`change_${one.change}`)}</span></summary>
      {[one.lines_zh, one.lines_en].map((lines, n) => lines.some((line) => line.change !== "kept") && (
        <ul key={n}>{lines.map((line, at) => line.text !== "" && <li key={at} className={`line-${line.change}`}>{line.change === "removed" ? <del>{line.text}</del> : line.change === "added" ? <ins>{line.text}</ins> : line.text}</li>)}</ul>
      ))}
    </details>
  ))
}

function Editor({ edited, close, kept }: { edited: DraftArticle | "new"; close: () => void; kept: (one: DraftArticle) => void }) {
  const { t } = useTranslation("handbook")
  const clauses = useClauses()
  const named = useClauseName()
  const [article, setArticle] = useState<Article>(edited === "new" ? EMPTY : edited.article)
  const [code, setCode] = useState(edited === "new" ? "" : edited.code)
  const change = (part: Partial<Article>) => setArticle((before) => ({ ...before, ...part }))
  const keep = useKeep(() => handbook.write(code.trim(), article, edited === "new" ? 0 : edited.version), kept)
  const field = (name: "chapter_zh" | "chapter_en" | "title_zh" | "title_en") => (
    <label>{t(`f_${name}`)}<Input value={article[name]} onChange={(event) => change({ [name]: event.target.value })} /></label>
  )
  const body = (name: "body_zh" | "body_en") => (
    <div className="book-pair">
      <label>{t(`f_${name}`)}<Input.TextArea autoSize={{ minRows: 6, maxRows: 24 }} maxLength={20_000} value={article[name]} onChange={(event) => change({ [name]: event.target.value })} /></label>
      <div className="book-preview" aria-label={t("preview")} role="region"><Markdown text={article[name]} /></div>
    </div>
  )
  return (
    <section className="panel book-form" aria-label={t("edit")}>
      <div className="book-fields">
        <label>{t("f_code")}<Input disabled={edited !== "new"} value={code} maxLength={40} onChange={(event) => setCode(event.target.value)} /></label>
        <label>{t("f_place")}<InputNumber min={0} max={100_000} precision={0} value={article.place} onChange={(place) => change({ place: place ?? 0 })} /></label>
        {field("title_zh")}{field("title_en")}{field("chapter_zh")}{field("chapter_en")}
        <label>{t("f_clauses")}<Select mode="multiple" aria-label={t("f_clauses")} value={article.clauses} onChange={(clauses) => change({ clauses })} options={clauses.data?.map((one) => ({ value: one.code, label: named(one.code) })) ?? []} /></label>
        <label>{t("f_sources")}<Select mode="tags" aria-label={t("f_sources")} value={article.sources} onChange={(sources) => change({ sources })} open={false} /></label>
      </div>
      {body("body_zh")}
      {body("body_en")}
      <FormFoot close={close} busy={keep.isPending} disabled={false} keep={() => keep.mutate()} />
    </section>
  )
}

function Versions() {
  const { t } = useTranslation("handbook")
  const versions = useQuery({ queryKey: ["handbook-versions"], queryFn: handbook.versions })
  const [open, setOpen] = useState<number | null>(null)
  const version = useQuery({ queryKey: ["handbook-versions", open], queryFn: () => handbook.version(open ?? 0), enabled: open !== null })
  if (!versions.data || versions.data.items.length === 0) return null
  return (
    <section className="panel book-form" aria-label={t("versions")}>
      <h2>{t("versions")}</h2>
      <ul className="book-tasks">
        {versions.data.items.map((one) => (
          <li key={one.number}>
            <p><b>{t("number", { n: String(one.number) })}</b> {one.note} <span className="quiet">{one.published_by} {dateTime(one.published_at_ms)}</span></p>
            <Button size="small" aria-expanded={open === one.number} onClick={() => setOpen(open === one.number ? null : one.number)}>{t("changes_of")}</Button>
            {open === one.number && version.data && <Changes changes={version.data.changes} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Readers() {
  const { t } = useTranslation("handbook")
  const readers = useQuery({ queryKey: ["handbook-readers"], queryFn: handbook.readers })
  const columns: Column<Reader>[] = [
    { key: "name", title: t("person"), cell: (one) => one.name },
    { key: "role", title: t("role"), cell: (one) => one.role },
    { key: "read", title: t("read"), sort: (one) => one.acknowledged_at_ms ?? 0, cell: (one) => (one.acknowledged_at_ms === null ? <span className="late-word">{t("not_read")}</span> : <span className="num">{dateTime(one.acknowledged_at_ms)}</span>) },
  ]
  return (
    <div className="panel">
      <header className="panel-head"><h2>{t("readers")}</h2></header>
      {readers.data ? <DataTable label={t("readers")} rows={readers.data.people} rowKey={(one) => one.staff} columns={columns} empty={t("nobody")} /> : <Loading rows={3} />}
    </div>
  )
}
