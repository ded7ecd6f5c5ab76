// One host: who it is, as far as may be shown, what was decided, and the score.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Checkbox, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed, Loading } from "../../ui/States"
import { AccountForm } from "./Account"
import { HOST_TONES, HostForm, useRooms } from "./Hosts"
import { useStandingRefusal } from "./refusal"
import { ScoreCard } from "./ScoreCard"
import { DOCUMENTS, standing, type Host, type Said } from "./standing"

export function HostDetail({ id, back }: { id: string; back: () => void }) {
  const { t } = useTranslation("standing")
  const host = useQuery({ queryKey: ["host", id], queryFn: () => standing.host(id), refetchInterval: 10_000 })
  const score = useQuery({ queryKey: ["host-score", id], queryFn: () => standing.hostScore(id), refetchInterval: 10_000 })
  if (host.isPending) return <Loading rows={6} />
  if (!host.data) return <Failed error={host.error} retry={() => void host.refetch()} />
  return (
    <>
      <p><Button onClick={back}>{t("back")}</Button></p>
      <Identity host={host.data} />
      {score.isPending ? <Loading rows={4} /> : score.data ? <ScoreCard score={score.data} /> : <Failed error={score.error} retry={() => void score.refetch()} />}
    </>
  )
}

function Identity({ host }: { host: Host }) {
  const { t } = useTranslation("standing")
  const { message } = App.useApp()
  const me = useMe()
  const rooms = useRooms()
  const queries = useQueryClient()
  const refusal = useStandingRefusal()
  const [open, setOpen] = useState<"submit" | "edit" | "erase" | "account" | null>(null)
  const manages = me.data !== undefined && may(me.data, "standing.manage")
  const verifies = me.data !== undefined && may(me.data, "standing.verify")
  const reload = async () => {
    await queries.invalidateQueries({ queryKey: ["host", host.id] })
    await queries.invalidateQueries({ queryKey: ["hosts"] })
  }
  const titles = host.rooms.map((id) => rooms.data?.items.find((room) => room.id === id)?.title ?? id).join("、")
  const checkOf = ({ check }: Host) => {
    if (check === null || check.state === "dropped") return null
    const at = dateTime(check.answered_at_ms ?? check.asked_at_ms)
    return `${t(`check_${check.state}`)} · ${check.reference === "" ? at : `${check.reference} · ${at}`}`
  }
  const facts: [string, string | null][] = [
    [t("legal_name"), host.masked_name],
    [t("document"), host.document && t(`document_${host.document}`)],
    [t("id_number"), host.masked_number],
    [t("rooms"), titles || t("no_rooms")],
    [t("submitted_by"), host.submitted_by && `${host.submitted_by} ${dateTime(host.submitted_at_ms)}`],
    [t("decided_by"), host.decided_by && `${host.decided_by} ${dateTime(host.decided_at_ms)}`],
    [t("expires"), host.expires_at_ms === null ? null : dateTime(host.expires_at_ms)],
    [t("note"), host.check?.answered_at_ms && host.decided_by === "provider" ? null : host.note || null],
    [t("check"), checkOf(host)],
    [t("account"), host.account && (host.account.login === "" ? t("account_gone") : `${host.account.name} · ${host.account.login}`)],
  ]
  return (
    <section className="panel standing-host" aria-label={t("identity")} data-testid="host" data-state={host.state}>
      <h2>{host.name} <Pill tone={HOST_TONES[host.state]}>{t(`state_${host.state}`)}</Pill>{host.minor && <> <Pill tone="warn">{t("minor")}</Pill></>}</h2>
      {host.blacklist_entry && <Alert type="error" showIcon title={t("on_blacklist")} />}
      <dl className="standing-facts">
        {facts.filter((fact): fact is [string, string] => fact[1] !== null).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {host.state === "submitted" && verifies && <Decide host={host} reload={reload} />}
      {manages && (
        <p className="standing-deeds">
          <Button type={host.state === "unverified" ? "primary" : "default"} onClick={() => setOpen("submit")}>{t(host.submitted_at_ms === null ? "submit" : "submit_again")}</Button>
          <Button onClick={() => setOpen("edit")}>{t("edit")}</Button>
          <Button onClick={() => setOpen("account")}>{t("account")}</Button>
          {host.masked_name && <Button danger onClick={() => setOpen("erase")}>{t("erase")}</Button>}
        </p>
      )}
      {open === "submit" && <SubmitForm host={host} close={() => setOpen(null)} reload={reload} />}
      {open === "edit" && <HostForm host={host} close={() => setOpen(null)} />}
      {open === "account" && <AccountForm host={host} close={() => setOpen(null)} reload={reload} />}
      {open === "erase" && (
        <Confirm
          title={t("erase_title", { name: host.name })} hint={t("erase_hint")} ok={t("erase")} close={() => setOpen(null)} refusal={refusal}
          act={async () => {
            await standing.erase(host.id)
            void message.success(t("erased"))
            await reload()
          }}
        />
      )}
    </section>
  )
}

function Decide({ host, reload }: { host: Host; reload: () => Promise<void> }) {
  const { t } = useTranslation("standing")
  const me = useMe()
  const refusal = useStandingRefusal()
  const [note, setNote] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  if (me.data?.name === host.submitted_by) return <p className="quiet">{t("not_own")}</p>
  const decide = async (verified: boolean) => {
    setBusy(true)
    setFailure(null)
    try {
      await standing.decide(host.id, verified, note)
      await reload()
    } catch (error) {
      setFailure(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="standing-decide">
      {failure && <Alert type="error" showIcon title={failure} role="alert" />}
      <p className="quiet">{t("verify_hint")}</p>
      <Input.TextArea aria-label={t("note")} placeholder={t("note")} value={note} onChange={(event) => setNote(event.target.value)} maxLength={200} rows={2} />
      <p className="standing-deeds">
        <Button type="primary" loading={busy} onClick={() => void decide(true)}>{t("verify")}</Button>
        <Button danger loading={busy} onClick={() => void decide(false)}>{t("refuse")}</Button>
      </p>
    </div>
  )
}

function SubmitForm({ host, close, reload }: { host: Host; close: () => void; reload: () => Promise<void> }) {
  const { t } = useTranslation("standing")
  const refusal = useStandingRefusal()
  const [form] = Form.useForm<Said>()
  const document = Form.useWatch("document", form)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const finish = async (said: Said) => {
    setBusy(true)
    setFailure(null)
    try {
      await standing.submit(host.id, said)
      await reload()
      close()
    } catch (error) {
      setFailure(refusal(error))
      setBusy(false)
      await reload()
    }
  }
  const needed = [{ required: true, whitespace: true, message: t("needed") }]
  return (
    <Modal open title={t("submit")} width={460} okText={t("submit")} confirmLoading={busy} onOk={() => form.submit()} onCancel={close} destroyOnHidden>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ document: "id_card", guardian: false }} onFinish={(said) => void finish(said)} autoComplete="off">
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        <p className="quiet">{t("submit_hint")}</p>
        <Form.Item name="legal_name" label={t("legal_name")} rules={needed}><Input maxLength={50} autoComplete="off" /></Form.Item>
        <Form.Item name="document" label={t("document")}><Select options={DOCUMENTS.map((value) => ({ value, label: t(`document_${value}`) }))} /></Form.Item>
        <Form.Item name="id_number" label={t("id_number")} rules={needed}><Input className="mono" maxLength={40} autoComplete="off" spellCheck={false} /></Form.Item>
        {document === "passport" && <Form.Item name="born" label={t("born")} extra={t("born_hint")} rules={needed}><Input maxLength={10} autoComplete="off" /></Form.Item>}
        <Form.Item name="guardian" valuePropName="checked"><Checkbox>{t("guardian")}</Checkbox></Form.Item>
      </Form>
    </Modal>
  )
}
