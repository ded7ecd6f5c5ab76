// Policy tracker 政策追踪: laws article by article, what of ours follows each, and what is to be checked since the text changed.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { App, Button, Input, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { handbook, KINDS, share, type ListedPolicy, type Mapping, type Policy, type PolicyArticle, type WholePolicy } from "./handbook"
import { isWeb } from "./markdown"
import { useHandbookRefusal } from "./refusal"

const STATES = ["draft", "watching", "in_force", "repealed"] as const
const TYPES = ["law", "guideline", "platform_rule"] as const
const EMPTY: Policy = { title: "", kind: "law", issuer: "", number: "", issued: "", in_force_from: "", url: "", status: "watching" }

export default function Policies() {
  const { t } = useTranslation("handbook")
  const search: { policy?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const me = useMe()
  const writes = me.data !== undefined && may(me.data, "handbook.write")
  const open = (policy?: string) => void navigate({ to: "/handbook", search: { tab: "policies", ...(policy === undefined ? {} : { policy }) } })
  const list = useQuery({ queryKey: ["policies"], queryFn: handbook.policies })
  const [adding, setAdding] = useState(false)
  if (search.policy !== undefined) return <One code={search.policy} writes={writes} back={() => open()} />
  if (list.isPending) return <Loading rows={5} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const columns: Column<ListedPolicy>[] = [
    { key: "title", title: t("policy"), cell: (one) => <button type="button" className="plain-link" onClick={() => open(one.code)}>{one.policy.title}</button> },
    { key: "status", title: t("status"), width: 110, cell: (one) => t(`p_${one.policy.status}`) },
    { key: "coverage", title: t("coverage"), width: 150, align: "right", sort: (one) => one.coverage_milli ?? -1, cell: (one) => <span className="num">{share(one.coverage_milli)} <span className="quiet">{one.mapped}/{one.articles}</span></span> },
    { key: "check", title: t("to_check"), width: 90, align: "right", sort: (one) => one.to_check, cell: (one) => <span className={one.to_check > 0 ? "num late-word" : "num"}>{one.to_check}</span> },
  ]
  return (
    <div className="stack">
      <Board open={open} />
      <div className="panel">
        <header className="panel-head"><h2>{t("policies")}</h2><span className="spring" />{writes && <Button size="small" onClick={() => setAdding(true)}>{t("track")}</Button>}</header>
        {adding && <Head policy={EMPTY} code="" seen={0} done={(code) => { setAdding(false); if (code !== null) open(code) }} />}
        <DataTable label={t("policies")} rows={list.data} rowKey={(one) => one.code} columns={columns} empty={t("no_policies")} minWidth={560} />
      </div>
    </div>
  )
}

function Board({ open }: { open: (policy: string) => void }) {
  const { t } = useTranslation("handbook")
  const tasks = useQuery({ queryKey: ["policies", "checks"], queryFn: handbook.checks })
  if (!tasks.data || tasks.data.length === 0) return null
  return (
    <section className="panel" aria-label={t("board")} data-testid="board">
      <header className="panel-head"><h2>{t("board")}</h2><span className="quiet">{t("board_hint")}</span></header>
      <ul className="book-tasks">
        {tasks.data.map((one) => (
          <li key={`${one.policy} ${one.article}`}>
            <p><button type="button" className="plain-link" onClick={() => open(one.policy)}>{one.title}</button> <span className="quiet">{one.text.slice(0, 60)}</span></p>
            <p>{one.check.owner} <span className={one.check.overdue ? "late-word" : "quiet"}>{t("due", { time: dateTime(one.check.due_at_ms) })}</span></p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function One({ code, writes, back }: { code: string; writes: boolean; back: () => void }) {
  const { t } = useTranslation("handbook")
  const { message } = App.useApp()
  const refusal = useHandbookRefusal()
  const queries = useQueryClient()
  const key = ["policies", code]
  const found = useQuery({ queryKey: key, queryFn: () => handbook.policy(code) })
  const [editing, setEditing] = useState(false)
  const [text, setText] = useState<string | null>(null)
  const [changes, setChanges] = useState<number | null>(null)
  if (found.isPending) return <Loading rows={6} />
  if (!found.data) return <Failed error={found.error} retry={() => void found.refetch()} />
  const { policy, version } = found.data
  const give = async () => {
    try {
      const renewed = await handbook.giveText(code, text ?? "")
      setText(null)
      setChanges(renewed.changes.length)
      queries.setQueryData(key, renewed.policy)
      void queries.invalidateQueries({ queryKey: ["policies"] })
    } catch (error) {
      void message.error(refusal(error))
    }
  }
  return (
    <div className="stack">
      <section className="panel book-form" aria-label={policy.title}>
        <h2>{policy.title}</h2>
        <p className="quiet">{[t(`t_${policy.kind}`), t(`p_${policy.status}`), policy.issuer, policy.number, policy.in_force_from].filter((one) => one !== "").join(" · ")} {isWeb(policy.url) && <a href={policy.url} target="_blank" rel="noreferrer noopener">{t("source")}</a>}</p>
        <p>{t("coverage")} <b className="num" data-testid="coverage">{share(found.data.coverage_milli)}</b> <span className="quiet num">{found.data.mapped}/{found.data.articles}</span></p>
        {changes !== null && <p role="status">{t("changed_articles", { n: String(changes) })}</p>}
        <p className="sit-steps">
          <Button onClick={back}>{t("back")}</Button><span className="spring" />
          {writes && <Button onClick={() => setEditing(!editing)}>{t("edit")}</Button>}
          {writes && <Button onClick={() => setText(text === null ? "" : null)}>{t(found.data.text_number === 0 ? "paste" : "paste_newer")}</Button>}
        </p>
        {editing && <Head policy={policy} code={code} seen={version} done={() => { setEditing(false); void queries.invalidateQueries({ queryKey: ["policies"] }) }} />}
        {text !== null && (
          <>
            <Input.TextArea aria-label={t("text")} autoSize={{ minRows: 8, maxRows: 20 }} maxLength={300_000} value={text} onChange={(event) => setText(event.target.value)} />
            <Button type="primary" disabled={text.trim() === ""} onClick={() => void give()}>{t("split")}</Button>
          </>
        )}
      </section>
      {found.data.text.map((one) => <ArticleRow key={`${one.code} ${version}`} policy={code} article={one} writes={writes} />)}
    </div>
  )
}

function ArticleRow({ policy, article, writes }: { policy: string; article: PolicyArticle; writes: boolean }) {
  const { t } = useTranslation("handbook")
  const [open, setOpen] = useState(false)
  return (
    <section className="panel book-form" aria-label={article.code} data-testid={`policy-article-${article.code}`}>
      {article.chapter !== "" && <p className="book-chapter">{article.chapter}</p>}
      <p className="policy-text">{article.text}</p>
      {article.check && <p className="late-word">{t("check_it", { owner: article.check.owner, time: dateTime(article.check.due_at_ms) })}</p>}
      <p>
        {article.maps.map((one) => <span key={`${one.kind} ${one.code}`} className="tag">{t(`m_${one.kind}`)} {one.name ?? t("gone", { code: one.code })}</span>)}
        {article.no_rule !== "" && <span className="quiet">{t("no_rule", { why: article.no_rule })}</span>}
        {!article.mapped && <span className="quiet">{t("unmapped")}</span>}
      </p>
      {writes && <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>{t("map")}</Button>}
      {open && <MapForm policy={policy} article={article} />}
    </section>
  )
}

function MapForm({ policy, article }: { policy: string; article: PolicyArticle }) {
  const { t } = useTranslation("handbook")
  const { message } = App.useApp()
  const refusal = useHandbookRefusal()
  const queries = useQueryClient()
  const [maps, setMaps] = useState<Mapping[]>(article.maps)
  const [reason, setReason] = useState(article.no_rule)
  const [kind, setKind] = useState<Mapping["kind"]>("article")
  const [code, setCode] = useState("")
  const add = () => { setMaps([...maps.filter((one) => one.kind !== kind || one.code !== code.trim()), { kind, code: code.trim() }]); setCode("") }
  const keep = async () => {
    try {
      const whole: WholePolicy = await handbook.map(policy, article.code, maps, reason)
      queries.setQueryData(["policies", policy], whole)
      void queries.invalidateQueries({ queryKey: ["policies"] })
    } catch (error) {
      void message.error(refusal(error))
    }
  }
  return (
    <div className="stack">
      <ul className="map-list">{maps.map((one) => <li key={`${one.kind} ${one.code}`}>{t(`m_${one.kind}`)} <span className="mono">{one.name ?? one.code}</span> <Button size="small" type="link" onClick={() => setMaps(maps.filter((other) => other !== one))}>{t("take_out")}</Button></li>)}</ul>
      <div className="map-add">
        <select className="plain-select" aria-label={t("kind")} value={kind} onChange={(event) => setKind(event.target.value as Mapping["kind"])}>{KINDS.map((one) => <option key={one} value={one}>{t(`m_${one}`)}</option>)}</select>
        <Input aria-label={t("f_code")} placeholder={t("f_code")} value={code} onChange={(event) => setCode(event.target.value)} onPressEnter={() => code.trim() !== "" && add()} />
        <Button disabled={code.trim() === ""} onClick={add}>{t("add")}</Button>
      </div>
      <Input aria-label={t("no_rule_why")} placeholder={t("no_rule_why")} maxLength={300} value={reason} onChange={(event) => setReason(event.target.value)} />
      <Button type="primary" onClick={() => void keep()}>{t("keep_checked")}</Button>
    </div>
  )
}

function Head({ policy, code: known, seen, done }: { policy: Policy; code: string; seen: number; done: (code: string | null) => void }) {
  const { t } = useTranslation("handbook")
  const { message } = App.useApp()
  const refusal = useHandbookRefusal()
  const [code, setCode] = useState(known)
  const [head, setHead] = useState(policy)
  const change = (part: Partial<Policy>) => setHead((before) => ({ ...before, ...part }))
  const keep = async () => {
    try {
      await handbook.writePolicy(code.trim(), head, seen)
      done(code.trim())
    } catch (error) {
      void message.error(refusal(error))
    }
  }
  const field = (name: "title" | "issuer" | "number" | "issued" | "in_force_from" | "url") => (
    <label>{t(`h_${name}`)}<Input value={head[name]} onChange={(event) => change({ [name]: event.target.value })} /></label>
  )
  return (
    <div className="book-form">
      <div className="book-fields">
        <label>{t("f_code")}<Input disabled={known !== ""} value={code} maxLength={40} onChange={(event) => setCode(event.target.value)} /></label>
        {field("title")}{field("issuer")}{field("number")}{field("issued")}{field("in_force_from")}{field("url")}
        <label>{t("kind")}<Select aria-label={t("kind")} value={head.kind} onChange={(kind) => change({ kind })} options={TYPES.map((value) => ({ value, label: t(`t_${value}`) }))} /></label>
        <label>{t("status")}<Select aria-label={t("status")} value={head.status} onChange={(status) => change({ status })} options={STATES.map((value) => ({ value, label: t(`p_${value}`) }))} /></label>
      </div>
      <p className="sit-steps"><Button onClick={() => done(null)}>{t("close")}</Button><span className="spring" /><Button type="primary" onClick={() => void keep()}>{t("keep")}</Button></p>
    </div>
  )
}
