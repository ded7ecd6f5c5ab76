// The handbook as people read it, also on a phone: one article under the other, what it is about, and a search.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../ui/appearance"
import { dateTime } from "../../ui/format"
import { Failed, Loading, Message } from "../../ui/States"
import { useClauseName } from "../moderation/Reasons"
import { handbook, inLanguage, type Published } from "./handbook"
import { Markdown } from "./Markdown"
import { useHandbookRefusal } from "./refusal"

export function Read() {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  const [words, setWords] = useState("")
  const book = useQuery({ queryKey: ["handbook", words], queryFn: () => handbook.read(words), placeholderData: (before) => before })
  if (book.isPending) return <Loading rows={8} />
  if (!book.data) return <Failed error={book.error} retry={() => void book.refetch()} />
  const { articles, number, acknowledged_at_ms: read } = book.data
  return (
    <div className="book">
      <nav className="panel book-contents" aria-label={t("contents")}>
        <Input.Search allowClear placeholder={t("search")} aria-label={t("search")} maxLength={100} onSearch={(value) => setWords(value.trim())} />
        <ol>{articles.map((one) => <li key={one.code}><a href={`#${one.code}`}>{inLanguage(language, one.title_zh, one.title_en)}</a></li>)}</ol>
      </nav>
      <div className="book-articles">
        <Acknowledge number={number} read={read} note={book.data.note} at={book.data.published_at_ms} />
        {articles.length === 0 && <Message title={t("nothing_found")} />}
        {articles.map((one, at) => <Article key={one.code} article={one} opens={articles[at - 1]?.chapter_zh !== one.chapter_zh} />)}
      </div>
    </div>
  )
}

function Article({ article, opens }: { article: Published; opens: boolean }) {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  const named = useClauseName()
  return (
    <article className="panel book-article" id={article.code} data-testid={`article-${article.code}`}>
      {opens && <p className="book-chapter">{inLanguage(language, article.chapter_zh, article.chapter_en)}</p>}
      <h2>{inLanguage(language, article.title_zh, article.title_en)}</h2>
      <Markdown text={inLanguage(language, article.body_zh, article.body_en)} />
      <footer className="quiet">
        {article.clauses.length > 0 && <p>{t("clauses")}{article.clauses.map((one) => <span key={one} className="tag">{named(one)}</span>)}</p>}
        {article.sources.length > 0 && <p>{t("sources")}{article.sources.join(language === "en" ? ", " : "、")}</p>}
      </footer>
    </article>
  )
}

function Acknowledge({ number, read, note, at }: { number: number; read: number | null; note: string; at: number | null }) {
  const { t } = useTranslation("handbook")
  const { message } = App.useApp()
  const refusal = useHandbookRefusal()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const acknowledge = async () => {
    setBusy(true)
    try {
      await handbook.acknowledge(number)
    } catch (error) {
      void message.error(refusal(error))
    } finally {
      setBusy(false)
      void queries.invalidateQueries({ queryKey: ["handbook"] })
    }
  }
  return (
    <section className="panel book-state" aria-label={t("version")}>
      <p>
        <b>{number === 0 ? t("starter") : t("number", { n: String(number) })}</b>
        {at !== null && <span className="quiet num"> {dateTime(at)}</span>}
        {note !== "" && <span className="quiet"> {note}</span>}
      </p>
      {read === null ? <Button type="primary" loading={busy} onClick={() => void acknowledge()}>{t("acknowledge")}</Button> : <span className="good-word" data-testid="acknowledged">{t("acknowledged", { time: dateTime(read) })}</span>}
    </section>
  )
}
