// Rules of retraining 再培训规则: what asks for it, whom, what to read again and to pass.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Button, Input, InputNumber, Select, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../ui/DataTable"
import { Failed, Loading } from "../../ui/States"
import { useClauseName, useClauses } from "../moderation/Reasons"
import { FormFoot, useKeep } from "./FormFoot"
import { handbook, TRIGGERS, type KeptRule, type Rule } from "./handbook"
import { ROLES, useArticles, useExams } from "./named"

const KEPT = ["retraining-rules"] as const

export default function Rules() {
  const { t } = useTranslation("handbook")
  const named = useClauseName()
  const exams = useExams()
  const queries = useQueryClient()
  const rules = useQuery({ queryKey: KEPT, queryFn: handbook.rules })
  const [editing, setEditing] = useState<KeptRule | "new" | null>(null)
  if (rules.isPending) return <Loading rows={4} />
  if (!rules.data) return <Failed error={rules.error} retry={() => void rules.refetch()} />
  const examOf = (code: string) => exams.find((one) => one.value === code)?.label ?? code
  const columns: Column<KeptRule>[] = [
    { key: "code", title: t("f_code"), width: 180, sort: (one) => one.code, cell: (one) => <><span className="mono">{one.code}</span>{!one.rule.enabled && <span className="tag">{t("rule_off")}</span>}</> },
    { key: "trigger", title: t("rule_when"), cell: (one) => <>{t(`rule_${one.rule.trigger}`)} <span className="quiet">{t("rule_times", { n: String(one.rule.count), hours: String(one.rule.hours) })}</span></> },
    { key: "clauses", title: t("clauses"), cell: (one) => (one.rule.clauses.length === 0 ? t("rule_any") : one.rule.clauses.map(named).join("、")) },
    { key: "exam", title: t("exam"), cell: (one) => examOf(one.rule.exam) },
    { key: "due", title: t("rule_due_days"), width: 110, align: "right", sort: (one) => one.rule.due_days, cell: (one) => <span className="num">{one.rule.due_days}</span> },
    { key: "deeds", title: t("deeds"), width: 90, cell: (one) => <Button type="link" size="small" onClick={() => setEditing(one)}>{t("edit")}</Button> },
  ]
  return (
    <div className="stack">
      <div className="panel" data-testid="rules">
        <header className="panel-head"><h2>{t("tab_rules")}</h2><span className="spring" /><Button size="small" disabled={exams.length === 0} onClick={() => setEditing("new")}>{t("new_rule")}</Button></header>
        <p className="quiet rule-about">{t("rules_hint")}</p>
        <DataTable label={t("tab_rules")} rows={rules.data} rowKey={(one) => one.code} columns={columns} empty={t("no_rules")} minWidth={900} />
      </div>
      {editing !== null && <RuleForm key={editing === "new" ? "" : editing.code} edited={editing} exams={exams} done={() => { setEditing(null); void queries.invalidateQueries({ queryKey: KEPT }) }} />}
    </div>
  )
}

function RuleForm({ edited, exams, done }: { edited: KeptRule | "new"; exams: { value: string; label: string }[]; done: () => void }) {
  const { t } = useTranslation("handbook")
  const clauses = useClauses()
  const named = useClauseName()
  const articles = useArticles()
  const first: Rule = { trigger: "room_sanctioned", clauses: [], count: 1, hours: 24, roles: [], articles: [], exam: exams[0]?.value ?? "", due_days: 7, enabled: true }
  const [code, setCode] = useState(edited === "new" ? "" : edited.code)
  const [rule, setRule] = useState<Rule>(edited === "new" ? first : edited.rule)
  const change = (part: Partial<Rule>) => setRule((before) => ({ ...before, ...part }))
  const keep = useKeep(() => handbook.writeRule(code.trim(), rule, edited === "new" ? 0 : edited.version), done)
  const number = (name: "count" | "hours" | "due_days", max: number) => (
    <label>{t(`rule_${name}`)}<InputNumber min={1} max={max} precision={0} value={rule[name]} onChange={(value) => change({ [name]: value ?? 1 })} /></label>
  )
  const choice = (name: "clauses" | "roles" | "articles", title: string, options: { value: string; label: string }[]) => (
    <label>{title}<Select mode="multiple" showSearch={{ optionFilterProp: "label" }} aria-label={title} value={rule[name]} onChange={(value) => change({ [name]: value })} options={options} /></label>
  )
  return (
    <form className="panel book-form" aria-label={edited === "new" ? t("new_rule") : t("edit_rule", { code: edited.code })} data-testid="rule" onSubmit={(event) => { event.preventDefault(); keep.mutate() }}>
      <div className="book-fields">
        <label>{t("f_code")}<Input disabled={edited !== "new"} value={code} maxLength={40} onChange={(event) => setCode(event.target.value)} /></label>
        <label>{t("rule_when")}
          <select className="plain-select" value={rule.trigger} onChange={(event) => change({ trigger: event.target.value as Rule["trigger"] })}>
            {TRIGGERS.map((one) => <option key={one} value={one}>{t(`rule_${one}`)}</option>)}
          </select>
        </label>
        {choice("clauses", t("rule_clauses"), clauses.data?.map((one) => ({ value: one.code, label: named(one.code) })) ?? [])}
        {number("count", 1_000)}{number("hours", 720)}
        {choice("roles", t("rule_roles"), ROLES.map((value) => ({ value, label: value })))}
        {choice("articles", t("rule_articles"), articles)}
        <label>{t("rule_exam")}
          <select className="plain-select" value={rule.exam} onChange={(event) => change({ exam: event.target.value })}>
            {!exams.some((one) => one.value === rule.exam) && <option value={rule.exam}>{rule.exam}</option>}
            {exams.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
          </select>
        </label>
        {number("due_days", 365)}
        <label>{t("rule_enabled")}<Switch aria-label={t("rule_enabled")} checked={rule.enabled} onChange={(enabled) => change({ enabled })} /></label>
      </div>
      <FormFoot
        close={done} busy={keep.isPending} disabled={code.trim() === ""}
        removal={edited === "new" ? undefined : { title: t("remove_rule_title", { code }), hint: t("remove_rule_hint"), ok: t("remove_rule"), act: async () => { await handbook.removeRule(code); done() } }}
      />
    </form>
  )
}
