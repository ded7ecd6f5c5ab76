// The blacklist 黑名单: entries known by their digests, what waits for a second person, adding and importing.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Checkbox, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { ImportIcon, PlusIcon } from "../../ui/icons"
import { Pill, type Tone } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { useClauseName, useClauses } from "../moderation/Reasons"
import { ImportForm } from "./ImportForm"
import { useStandingRefusal } from "./refusal"
import { DOCUMENTS, standing, type Document, type Entry } from "./standing"

const TONES: Record<Entry["state"], Tone> = { asked: "warn", in_force: "live", removal_asked: "warn", over: "quiet", removed: "quiet", declined: "quiet" }

export function Blacklist() {
  const { t } = useTranslation("standing")
  const { message } = App.useApp()
  const me = useMe()
  const queries = useQueryClient()
  const refusal = useStandingRefusal()
  const clause = useClauseName()
  const phone = useMedia(PHONE)
  const [waiting, setWaiting] = useState(false)
  const [open, setOpen] = useState<"add" | "import" | null>(null)
  const [removing, setRemoving] = useState<Entry | null>(null)
  const pages = useInfiniteQuery({
    queryKey: ["blacklist", waiting], queryFn: ({ pageParam }) => standing.blacklist(waiting, pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 10_000,
  })
  const reload = () => queries.invalidateQueries({ queryKey: ["blacklist"] })
  const entries = pages.data?.pages.flatMap((page) => page.items) ?? []
  const decide = (entry: Entry, confirm: boolean) => {
    standing.confirm(entry.id, confirm).then(() => message.success(t("done")), (error: unknown) => message.error(refusal(error))).finally(() => void reload())
  }
  const deeds = (entry: Entry) => {
    if (entry.state === "in_force") return <Button size="small" onClick={() => setRemoving(entry)}>{t("remove")}</Button>
    if (entry.state !== "asked" && entry.state !== "removal_asked") return null
    if (entry.asked_by === me.data?.name) return <span className="quiet">{t("not_own")}</span>
    return (
      <span className="row-actions">
        <Button size="small" type="primary" onClick={() => decide(entry, true)}>{t("confirm")}</Button>
        <Button size="small" onClick={() => decide(entry, false)}>{t("decline")}</Button>
      </span>
    )
  }
  const pill = (entry: Entry) => <Pill tone={TONES[entry.state]}>{t(`entry_${entry.state}`)}</Pill>
  const until = (entry: Entry) => entry.until_ms === null ? t("for_ever") : dateTime(entry.until_ms)
  const columns: Column<Entry>[] = phone
    ? [{
        key: "entry", title: t("digest"),
        cell: (entry) => (
          <div className="standing-narrow">
            <span><span className="mono">{entry.digest}</span> {pill(entry)}</span>
            <span>{clause(entry.clause)} · {until(entry)}</span>
            <span className="quiet">{entry.asked_by} {entry.note}</span>
            {deeds(entry)}
          </div>
        ),
      }]
    : [
        { key: "digest", title: t("digest"), width: 110, cell: (entry) => <span className="mono">{entry.digest}</span> },
        { key: "state", title: t("state"), width: 110, cell: pill },
        { key: "clause", title: t("clause"), cell: (entry) => clause(entry.clause) },
        { key: "until", title: t("until"), width: 170, cell: (entry) => <span className="num">{until(entry)}</span> },
        { key: "source", title: t("source"), width: 90, cell: (entry) => t(`source_${entry.source}`) },
        { key: "by", title: t("asked_by"), width: 120, cell: (entry) => <span className="cut" title={entry.asked_by}>{entry.asked_by}</span> },
        { key: "note", title: t("note"), cell: (entry) => <span className="cut" title={entry.note}>{entry.note}</span> },
        { key: "deeds", title: t("action"), width: 170, cell: deeds },
      ]
  return (
    <>
      <div className="filters">
        <Checkbox checked={waiting} onChange={(event) => setWaiting(event.target.checked)}>{t("only_waiting")}</Checkbox>
        <span className="quiet">{t("blacklist_intro")}</span>
        <span className="spring" />
        <Button icon={<ImportIcon />} onClick={() => setOpen("import")}>{t("import")}</Button>
        <Button type="primary" icon={<PlusIcon />} onClick={() => setOpen("add")}>{t("add_entry")}</Button>
      </div>
      <div className="panel" data-testid="blacklist">
        {pages.isPending ? <Loading rows={6} /> : !pages.data ? <Failed error={pages.error} retry={() => void pages.refetch()} />
          : entries.length === 0 ? <Message title={t(waiting ? "no_waiting" : "no_entries")} />
          : <DataTable<Entry> label={t("tab_blacklist")} rows={entries} rowKey={(entry) => entry.id} empty={t("no_entries")} minWidth={phone ? 0 : 980} columns={columns} />}
        {pages.hasNextPage && <div className="more"><Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t("show_more")}</Button></div>}
      </div>
      {open === "add" && <EntryForm close={() => setOpen(null)} reload={reload} />}
      {open === "import" && <ImportForm close={() => setOpen(null)} reload={reload} />}
      {removing && (
        <Confirm
          title={t("remove_title")} hint={t("remove_hint")} ok={t("remove")} close={() => setRemoving(null)} refusal={refusal}
          act={async () => {
            await standing.remove(removing.id)
            await reload()
          }}
        />
      )}
    </>
  )
}

interface Fields {
  document: Document
  id_number: string
  clause: string
  days: number
  note?: string
}

const DAY_MS = 86_400_000

function EntryForm({ close, reload }: { close: () => void; reload: () => Promise<void> }) {
  const { t } = useTranslation("standing")
  const refusal = useStandingRefusal()
  const clauses = useClauses()
  const clause = useClauseName()
  const [form] = Form.useForm<Fields>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const finish = async ({ days, note, ...said }: Fields) => {
    setBusy(true)
    setFailure(null)
    try {
      await standing.add({ ...said, note: note ?? "", ...(days === 0 ? {} : { until_ms: Date.now() + days * DAY_MS }) })
      await reload()
      close()
    } catch (error) {
      setFailure(refusal(error))
      setBusy(false)
    }
  }
  const lengths = [{ value: 0, label: t("for_ever") }, { value: 30, label: t("days_30") }, { value: 180, label: t("days_180") }, { value: 365, label: t("days_365") }]
  return (
    <Modal open title={t("add_entry")} width={460} okText={t("add_entry")} confirmLoading={busy} onOk={() => form.submit()} onCancel={close} destroyOnHidden>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ document: "id_card", clause: "fraud", days: 0 }} onFinish={(said) => void finish(said)} autoComplete="off">
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        <Form.Item name="document" label={t("document")}><Select options={DOCUMENTS.map((value) => ({ value, label: t(`document_${value}`) }))} /></Form.Item>
        <Form.Item name="id_number" label={t("id_number")} rules={[{ required: true, whitespace: true, message: t("needed") }]}><Input className="mono" maxLength={40} autoComplete="off" spellCheck={false} /></Form.Item>
        <Form.Item name="clause" label={t("clause")}><Select options={clauses.data?.map((one) => ({ value: one.code, label: clause(one.code) })) ?? []} /></Form.Item>
        <Form.Item name="days" label={t("until")}><Select options={lengths} /></Form.Item>
        <Form.Item name="note" label={t("note")}><Input maxLength={200} autoComplete="off" /></Form.Item>
      </Form>
    </Modal>
  )
}
