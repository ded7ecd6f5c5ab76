// What a reviewer and a professional do with a dossier, what changed since it was cleared, and what was handed in before.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Checkbox, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../../shell/session"
import { dateTime } from "../../../ui/format"
import { changesSince, clearance, contentOf, seenOf, type Change, type Content, type Dossier } from "./clearance"
import { Findings } from "./Findings"
import { useClearanceRefusal, useGoodsName, usePaperName, useSaid } from "./words"

export function Review({ dossier }: { dossier: Dossier }) {
  const { t } = useTranslation("clearance")
  const queries = useQueryClient()
  const refusal = useClearanceRefusal()
  const said = useSaid()
  const [accepted, setAccepted] = useState<string[]>([])
  const [notes, setNotes] = useState<Record<string, string>>({})
  const [reason, setReason] = useState("")
  const decided = (made: Dossier) => {
    queries.setQueryData(["dossier", dossier.id], made)
    return queries.invalidateQueries({ queryKey: ["dossiers"] })
  }
  const clear = useMutation({ mutationFn: () => clearance.clear(dossier.id, seenOf(dossier), accepted), onSuccess: decided })
  const written = Object.entries(notes).map(([finding, note]) => ({ finding, note: note.trim() })).filter((one) => one.note !== "")
  const giveBack = useMutation({ mutationFn: () => clearance.giveBack(dossier.id, seenOf(dossier), written, reason), onSuccess: decided })
  const warnings = dossier.findings.filter((one) => one.level === "warning" && !accepted.includes(one.id)).length
  const missing = [
    ...(dossier.open_errors.length > 0 ? [t("open_errors", { n: String(dossier.open_errors.length) })] : []),
    ...(warnings > 0 ? [t("open_warnings", { n: String(warnings) })] : []),
    ...dossier.open_signatures.map((one) => t("open_signature", { who: t(`profession_${one}`) })),
  ]
  const busy = clear.isPending || giveBack.isPending
  const failure = clear.error ?? giveBack.error
  return (
    <section className="panel" aria-label={t("review")} data-testid="review">
      <h2>{t("review")}</h2>
      <Findings
        findings={dossier.findings}
        beside={(one) => one.level !== "note" && (
          <>
            {one.level === "warning" && <Checkbox checked={accepted.includes(one.id)} onChange={(event) => setAccepted(event.target.checked ? [...accepted, one.id] : accepted.filter((id) => id !== one.id))}>{t("accept")}</Checkbox>}
            <Input size="small" maxLength={500} placeholder={t("note")} aria-label={t("note_of", { what: said(one) })} value={notes[one.id] ?? ""} onChange={(event) => setNotes({ ...notes, [one.id]: event.target.value })} />
          </>
        )}
      />
      <Input.TextArea autoSize={{ minRows: 2 }} maxLength={500} placeholder={t("reason")} aria-label={t("reason")} value={reason} onChange={(event) => setReason(event.target.value)} />
      {missing.length > 0 && <p className="quiet">{t("still_open", { what: missing.join(" · ") })}</p>}
      {failure && <Alert type="error" showIcon title={refusal(failure)} role="alert" />}
      <div className="clearance-deeds">
        <Button type="primary" disabled={missing.length > 0 || busy} loading={clear.isPending} onClick={() => clear.mutate()}>{t("clear")}</Button>
        <Button danger disabled={busy || (written.length === 0 && reason.trim() === "")} loading={giveBack.isPending} onClick={() => giveBack.mutate()}>{t("give_back")}</Button>
      </div>
    </section>
  )
}

export function Signatures({ dossier }: { dossier: Dossier }) {
  const { t } = useTranslation("clearance")
  const me = useMe()
  const queries = useQueryClient()
  const refusal = useClearanceRefusal()
  const sign = useMutation({ mutationFn: () => clearance.sign(dossier.id, seenOf(dossier)), onSuccess: (made) => queries.setQueryData(["dossier", dossier.id], made) })
  const mine = me.data !== undefined && may(me.data, "moderation.sign") && dossier.state === "submitted" && !dossier.own && dossier.open_signatures.length > 0
  if (!mine && dossier.signatures.length === 0 && dossier.open_signatures.length === 0) return null
  return (
    <section className="panel" aria-label={t("sign")} data-testid="signatures">
      <h2>{t("sign")}</h2>
      {dossier.signatures.map((one) => (
        <p key={`${one.version} ${one.profession}`} className={one.counts ? "" : "quiet"}>
          {t(one.counts ? "signed" : "signed_old", { who: t(`profession_${one.profession}`), by: one.by, number: one.number, n: String(one.version) })}
        </p>
      ))}
      {dossier.open_signatures.length > 0 && <p className="quiet">{t("still_open", { what: dossier.open_signatures.map((one) => t("open_signature", { who: t(`profession_${one}`) })).join(" · ") })}</p>}
      {mine && (
        <>
          <p>{t("sign_hint")}</p>
          <p><b>{dossier.content.title}</b> · {t("version", { n: String(dossier.version) })}</p>
          <p className="clearance-hash"><span className="quiet">{t("hash")}</span><br /><span className="mono">{dossier.sha256}</span></p>
          {sign.error && <Alert type="error" showIcon title={refusal(sign.error)} role="alert" />}
          <div className="clearance-deeds"><Button type="primary" loading={sign.isPending} onClick={() => sign.mutate()}>{t("sign_deed", { n: String(dossier.version) })}</Button></div>
        </>
      )}
    </section>
  )
}

/** What a kept version held; its canonical text is JSON that the server wrote. */
function keptContent(text: string): Content {
  const kept = JSON.parse(text) as { content: Dossier["content"] }
  return contentOf(kept.content)
}

export function Changes({ dossier }: { dossier: Dossier }) {
  const { t } = useTranslation("clearance")
  const cleared = dossier.cleared_version ?? 0
  const kept = useQuery({ queryKey: ["dossier-text", dossier.id, cleared], queryFn: () => clearance.text(dossier.id, cleared), enabled: cleared > 0 && cleared !== dossier.version, staleTime: Infinity })
  const goods = useGoodsName()
  const paper = usePaperName()
  if (!kept.data) return null
  const changes = changesSince(keptContent(kept.data.text), contentOf(dossier.content))
  const papers = new Map(dossier.documents.map((one) => [one.id, `${paper(one.kind)} ${one.number}`]))
  const shown = (change: Change, text: string) => change.place === "planned" ? dateTime(Number(text))
    : change.place === "item" ? text.split("\n").map((line) => papers.get(line) ?? goods(line)).join("\n") : text
  const name = (change: Change) => change.place === "title" ? t("change_title") : change.place === "planned" ? t("change_planned") : change.name
  return (
    <section className="panel" aria-label={t("changes", { n: String(cleared) })} data-testid="changes">
      <h2>{t("changes", { n: String(cleared) })}</h2>
      {changes.length === 0 && <p className="quiet">{t("no_changes")}</p>}
      <ul className="clearance-changes">
        {changes.map((one, at) => (
          <li key={at}>
            <b>{name(one)}</b>
            {one.before !== null && <del>{shown(one, one.before)}</del>}
            {one.after !== null && <ins>{shown(one, one.after)}</ins>}
          </li>
        ))}
      </ul>
    </section>
  )
}

const KNOWN = ["submitted", "cleared", "returned", "withdrawn"] as const

export function History({ dossier }: { dossier: Dossier }) {
  const { t } = useTranslation("clearance")
  const said = useSaid()
  const versions = useQuery({ queryKey: ["dossier-versions", dossier.id, dossier.version, dossier.state], queryFn: () => clearance.versions(dossier.id) })
  return (
    <section className="panel" aria-label={t("history")} data-testid="history">
      <h2>{t("history")}</h2>
      {versions.data?.items.length === 0 && <p className="quiet">{t("history_none")}</p>}
      <ul className="clearance-findings">
        {versions.data?.items.map((one) => (
          <li key={one.version} className="finding">
            <span>{t("version", { n: String(one.version) })} <span className="level">{t(`history_${KNOWN.find((known) => known === one.state) ?? "submitted"}`)}</span></span>
            <small>{one.submitted_by} · <span className="num">{dateTime(one.submitted_at_ms)}</span>{one.decided_by && <> → {one.decided_by} · <span className="num">{dateTime(one.decided_at_ms)}</span></>}</small>
            {one.reason !== "" && <span>{one.reason}</span>}
            {one.notes.map((note) => {
              const about = one.findings.find((finding) => finding.id === note.finding)
              return <span key={note.finding}>{about && <b>{said(about)} </b>}{note.note}</span>
            })}
            <small className="mono clearance-hash">{one.sha256}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}
