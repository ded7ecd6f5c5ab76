// Professionals 专业人员: whose signature counts for goods that need one, and by which registration.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../../shell/session"
import { Confirm } from "../../../ui/Confirm"
import { DataTable, type Column } from "../../../ui/DataTable"
import { dateTime } from "../../../ui/format"
import { Failed, Loading } from "../../../ui/States"
import { clearance, PROFESSIONS, type Profession, type Professional } from "./clearance"
import { useClearanceRefusal } from "./words"

const NOTED = ["professionals"] as const
const EMPTY = { login: "", profession: "medical" as Profession, number: "" }

export default function Professionals() {
  const { t } = useTranslation("clearance")
  const { message } = App.useApp()
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "professional.manage")
  const queries = useQueryClient()
  const refusal = useClearanceRefusal()
  const noted = useQuery({ queryKey: NOTED, queryFn: clearance.professionals })
  const [draft, setDraft] = useState(EMPTY)
  const [striking, setStriking] = useState<Professional | null>(null)
  const changed = () => queries.invalidateQueries({ queryKey: NOTED })
  const note = useMutation({
    mutationFn: ({ login, ...registration }: typeof EMPTY) => clearance.note(login.trim(), registration),
    onSuccess: async () => {
      setDraft(EMPTY)
      void message.success(t("saved"))
      await changed()
    },
  })
  const columns: Column<Professional>[] = [
    { key: "login", title: t("login"), sort: (one) => one.login, cell: (one) => <b>{one.login}</b> },
    { key: "profession", title: t("profession"), sort: (one) => one.profession, cell: (one) => t(`profession_${one.profession}`) },
    { key: "number", title: t("registration"), cell: (one) => <span className="mono">{one.number}</span> },
    { key: "noted", title: t("noted"), width: 220, sort: (one) => one.noted_at_ms, cell: (one) => <span className="quiet">{one.noted_by} · <span className="num">{dateTime(one.noted_at_ms)}</span></span> },
    {
      key: "deeds", title: t("deeds"), width: 150, cell: (one) => manages && (
        <span className="row-actions">
          <Button type="link" size="small" onClick={() => setDraft({ login: one.login, profession: one.profession, number: one.number })}>{t("change")}</Button>
          <Button type="link" size="small" danger onClick={() => setStriking(one)}>{t("strike")}</Button>
        </span>
      ),
    },
  ]
  return (
    <div className="stack">
      <div className="panel" data-testid="professionals">
        <p className="quiet clearance-about">{t("professionals_hint")}</p>
        {noted.isPending ? <Loading rows={3} /> : !noted.data ? <Failed error={noted.error} retry={() => void noted.refetch()} />
          : <DataTable label={t("tab_professionals")} rows={noted.data.items} rowKey={(one) => one.login} columns={columns} empty={t("professionals_none")} minWidth={760} />}
      </div>
      {manages && (
        <form className="panel clearance-note" aria-label={t("note_professional")} onSubmit={(event) => { event.preventDefault(); note.mutate(draft) }}>
          <h2>{t("note_professional")}</h2>
          <div className="clearance-fields">
            <label>{t("login")}<Input value={draft.login} maxLength={100} autoComplete="off" onChange={(event) => setDraft({ ...draft, login: event.target.value })} /></label>
            <label>{t("profession")}
              <select className="plain-select" value={draft.profession} onChange={(event) => setDraft({ ...draft, profession: event.target.value as Profession })}>
                {PROFESSIONS.map((one) => <option key={one} value={one}>{t(`profession_${one}`)}</option>)}
              </select>
            </label>
            <label>{t("registration")}<Input value={draft.number} maxLength={60} autoComplete="off" onChange={(event) => setDraft({ ...draft, number: event.target.value })} /></label>
          </div>
          {note.error && <Alert type="error" showIcon title={refusal(note.error)} role="alert" />}
          <div className="clearance-deeds"><Button type="primary" htmlType="submit" loading={note.isPending} disabled={draft.login.trim() === "" || draft.number.trim() === ""}>{t("note_deed")}</Button><span className="quiet">{t("note_hint")}</span></div>
        </form>
      )}
      {striking && (
        <Confirm
          title={t("strike_title", { name: striking.login })} hint={t("strike_hint")} ok={t("strike")} refusal={refusal} close={() => setStriking(null)}
          act={async () => { await clearance.strike(striking.login); await changed() }}
        />
      )}
    </div>
  )
}
