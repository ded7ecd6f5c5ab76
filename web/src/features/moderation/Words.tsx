// The words of a list: found, added, taken out, brought in as a file and handed out as one.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Input } from "antd"
import { useState, type DragEvent } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { DataTable } from "../../ui/DataTable"
import { count } from "../../ui/format"
import { DownloadIcon, ImportIcon } from "../../ui/icons"
import { Failed, Loading } from "../../ui/States"
import { DryRun } from "./dryRun/DryRun"
import { tryList } from "./dryRun/dryRun"
import { LEVELS, moderation, type Word, type WordList } from "./moderation"
import { useClauseName } from "./Reasons"
import { useModerationRefusal } from "./refusal"

const WORD_LEVELS = [...LEVELS, "allow"] as const
const NEW = { word: "", category: "", level: "", flags: "", source: "" }

interface Props {
  list: WordList
  manages: boolean
  changed: () => void
  close: () => void
}

export function Words({ list, manages, changed, close }: Props) {
  const { t } = useTranslation("moderation")
  const { t: ui } = useTranslation("ui")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useModerationRefusal()
  const named = useClauseName()
  const [q, setQ] = useState("")
  const [word, setWord] = useState(NEW)
  const [file, setFile] = useState<File | null>(null)
  const [left, setLeft] = useState<{ lines: string[]; all: number } | null>(null)
  const pages = useInfiniteQuery({
    queryKey: ["words", list.id, q], queryFn: ({ pageParam }) => moderation.words(list.id, q, pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const refresh = () => {
    changed()
    void queries.invalidateQueries({ queryKey: ["words", list.id] })
  }
  const change = async (what: Parameters<typeof moderation.changeWords>[1]) => {
    try {
      await moderation.changeWords(list.id, what)
      refresh()
      return true
    } catch (error) {
      void message.error(refusal(error))
      return false
    }
  }
  const told = () => Object.fromEntries(Object.entries(word).filter(([, value]) => value.trim() !== ""))
  const add = async () => {
    if (await change({ add: [told()] })) setWord(NEW)
  }
  const levelOf = (one: Word) => WORD_LEVELS.find((level) => level === one.level) ?? list.level
  const drop = (event: DragEvent) => {
    event.preventDefault()
    const dropped = event.dataTransfer.files[0]
    if (manages && dropped) setFile(dropped)
  }
  const field = (key: "word" | "category" | "flags" | "source") => (
    <Input value={word[key]} aria-label={t(key)} placeholder={t(`${key}_hint`)} maxLength={key === "word" ? 64 : 200} onChange={(event) => setWord({ ...word, [key]: event.target.value })} />
  )
  return (
    <section className="panel words" aria-label={list.name} data-testid="words" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <div className="panel-head">
        <h2>{t("words_of", { name: list.name })}</h2>
        <Input.Search className="search" allowClear aria-label={t("find")} placeholder={t("find")} onSearch={(q) => setQ(q.trim())} />
        <span className="spring" />
        {manages && (
          <label className="file-button">
            <ImportIcon size={15} /> {t("import")}
            <input type="file" accept=".txt,.tsv,.csv,text/plain" className="sr" onChange={(event) => { setFile(event.target.files?.[0] ?? null); event.target.value = "" }} />
          </label>
        )}
        <a className="head-link" href={moderation.exported(list.id)} download><DownloadIcon size={15} /> {t("export")}</a>
        <Button size="small" onClick={close}>{ui("close")}</Button>
      </div>
      {manages && (
        <form className="word-form" onSubmit={(event) => { event.preventDefault(); void add() }}>
          {field("word")}
          {field("category")}
          <select className="plain-select" aria-label={t("level")} value={word.level} onChange={(event) => setWord({ ...word, level: event.target.value })}>
            <option value="">{t("as_list")}</option>
            {WORD_LEVELS.map((level) => <option key={level} value={level}>{t(`level_${level}`)}</option>)}
          </select>
          {field("flags")}
          {field("source")}
          <Button type="primary" htmlType="submit" disabled={word.word.trim() === ""}>{t("add")}</Button>
        </form>
      )}
      {manages && word.word.trim() !== "" && <div className="words-try"><DryRun key={list.id} run={() => tryList(list.id, { add: [told()] })} /></div>}
      {left && (
        <Alert
          type={left.all > 0 ? "warning" : "success"} showIcon closable={{ onClose: () => setLeft(null) }} title={left.all > 0 ? t("left_out", { n: count(left.all) }) : t("imported")}
          {...(left.all > 0 ? { description: <ul className="left-out mono">{left.lines.map((line, at) => <li key={at}>{line}</li>)}</ul> } : {})}
        />
      )}
      {pages.isPending ? <Loading rows={4} /> : !pages.data ? <Failed error={pages.error} retry={() => void pages.refetch()} /> : (
        <DataTable<Word>
          label={t("words")} rows={pages.data.pages.flatMap((page) => page.items)} rowKey={(one) => one.word} empty={t("no_words")} minWidth={760}
          columns={[
            { key: "word", title: t("word"), cell: (one) => <b>{one.word}</b> },
            { key: "category", title: t("category"), cell: (one) => named(one.category ?? list.category) },
            { key: "level", title: t("level"), width: 90, cell: (one) => <span className={`level ${levelOf(one)}`}>{t(`level_${levelOf(one)}`)}</span> },
            { key: "flags", title: t("flags"), width: 140, cell: (one) => one.flags ?? "" },
            { key: "source", title: t("source"), cell: (one) => one.source ?? "" },
            ...(manages ? [{ key: "deeds", title: t("deeds"), width: 90, cell: (one: Word) => <Button type="link" size="small" danger aria-label={t("remove_word", { word: one.word })} onClick={() => void change({ remove: [one.word] })}>{t("remove")}</Button> }] : []),
          ]}
        />
      )}
      {pages.hasNextPage && <div className="more"><Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>{t("show_more")}</Button></div>}
      {file && (
        <Confirm
          title={t("import_title", { file: file.name, name: list.name })} hint={t("import_hint", { n: count(list.words) })} ok={t("import")} refusal={refusal} close={() => setFile(null)}
          act={async () => {
            const taken = await moderation.importWords(list.id, file)
            setLeft({ lines: taken.left_out, all: taken.left_out_count })
            refresh()
          }}
        >
          <DryRun run={async () => tryList(list.id, { words: await file.text() })} />
        </Confirm>
      )}
    </section>
  )
}
