// The violation library 违规库: what is looked for, and how it comes in and goes.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Input, Modal, Segmented, Select, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { dateTime } from "../../ui/format"
import { PlusIcon } from "../../ui/icons"
import { Failed, Loading, Message } from "../../ui/States"
import { patrol, type Level, type Sample } from "./patrol"
import { usePatrolRefusal, useRules } from "./words"

const KEY = ["patrol", "samples"] as const
const LEVELS: Level[] = ["alarm", "hold"]

export default function Library() {
  const { t } = useTranslation("patrol")
  const { message } = App.useApp()
  const me = useMe()
  const refusal = usePatrolRefusal()
  const rules = useRules()
  const queries = useQueryClient()
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<Sample | null>(null)
  const reload = () => queries.invalidateQueries({ queryKey: KEY })
  const pages = useInfiniteQuery({
    queryKey: KEY, queryFn: ({ pageParam }) => patrol.samples(pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const enable = useMutation({ mutationFn: ({ id, enabled }: Pick<Sample, "id" | "enabled">) => patrol.enable(id, enabled), onSettled: reload })
  const take = useMutation({
    mutationFn: (file: File) => patrol.take(file),
    onSuccess: (taken) => void message.success(t("taken", { taken: String(taken.taken), known: String(taken.known), left: String(taken.left_out_count) })),
    onSettled: reload,
  })
  if (pages.isPending) return <Loading rows={6} />
  if (!pages.data) return <Failed error={pages.error} retry={() => void pages.refetch()} />
  const all = pages.data.pages.flatMap((page) => page.items)
  const mayAct = me.data !== undefined && may(me.data, "patrol.act")
  const error = enable.error ?? take.error
  const add = mayAct && <Button type="primary" icon={<PlusIcon />} onClick={() => setAdding(true)}>{t("add")}</Button>
  return (
    <section className="panel" aria-label={t("library")} data-testid="library">
      <div className="panel-head library-head">
        <h2>{t("library")}</h2>
        <span className="spring" />
        <a href="/api/patrol/samples/export" download>{t("export")}</a>
        {mayAct && (
          <label className="library-file">
            {t("import")}
            <input type="file" className="sr" accept=".ndjson,.jsonl,.json" onChange={(event) => { const file = event.target.files?.[0]; if (file) take.mutate(file); event.target.value = "" }} />
          </label>
        )}
        {all.length > 0 && add}
      </div>
      {error && <Alert type="error" showIcon title={refusal(error)} role="alert" />}
      {all.length === 0 ? <Message title={t("empty")} hint={t("empty_hint")} action={add} /> : (
        <div className="library-scroll">
          <table className="table">
            <thead><tr><th>{t("name")}</th><th>{t("category")}</th><th>{t("level")}</th><th>{t("added_by")}</th><th>{t("added_at")}</th><th>{t("enabled")}</th><th><span className="sr">{t("remove")}</span></th></tr></thead>
            <tbody>
              {all.map((sample) => (
                <tr key={sample.id}>
                  <td>{sample.name}</td>
                  <td>{rules.find((rule) => rule.value === sample.category)?.label ?? sample.category}</td>
                  <td><span className={`found-level of-${sample.level}`}>{t(`level_${sample.level}`)}</span></td>
                  <td>{sample.added_by}</td>
                  <td className="num">{dateTime(sample.added_at_ms)}</td>
                  <td><Switch size="small" aria-label={t("enable_this", { name: sample.name })} checked={sample.enabled} disabled={!mayAct || enable.isPending} onChange={(enabled) => enable.mutate({ id: sample.id, enabled })} /></td>
                  <td>{mayAct && <Button size="small" danger aria-label={t("remove_this", { name: sample.name })} onClick={() => setRemoving(sample)}>{t("remove")}</Button>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {pages.hasNextPage && <div className="library-more"><Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>{t("show_more")}</Button></div>}
      {adding && <Add close={() => { setAdding(false); void reload() }} />}
      {removing && (
        <Confirm
          title={t("remove_title", { name: removing.name })} hint={t("remove_hint")} ok={t("remove")} refusal={refusal} close={() => setRemoving(null)}
          act={async () => { await patrol.remove(removing.id); await reload() }}
        />
      )}
    </section>
  )
}

function Add({ close }: { close: () => void }) {
  const { t } = useTranslation("patrol")
  const { message } = App.useApp()
  const refusal = usePatrolRefusal()
  const rules = useRules()
  const [name, setName] = useState("")
  const [category, setCategory] = useState<string>()
  const [level, setLevel] = useState<Level>("alarm")
  const [file, setFile] = useState<File | null>(null)
  const add = useMutation({
    mutationFn: (picture: File) => patrol.add({ name: name.trim(), category: category ?? "", level }, picture),
    onSuccess: () => { void message.success(t("added")); close() },
  })
  return (
    <Modal
      open title={t("add")} okText={t("add_ok")} okButtonProps={{ disabled: name.trim() === "" || category === undefined || file === null }} confirmLoading={add.isPending} width={480}
      onOk={() => { if (file) add.mutate(file) }} onCancel={close}
    >
      <div className="stack">
        <p className="quiet">{t("add_hint")}</p>
        {add.error && <Alert type="error" showIcon title={refusal(add.error)} role="alert" />}
        <label className="act-field">{t("name")}<Input value={name} onChange={(event) => setName(event.target.value)} maxLength={100} /></label>
        <label className="act-field">{t("category")}<Select aria-label={t("category")} {...(category === undefined ? {} : { value: category })} onChange={setCategory} options={rules} /></label>
        <div className="act-field">{t("level")}<Segmented aria-label={t("level")} value={level} onChange={setLevel} options={LEVELS.map((value) => ({ value, label: t(`level_${value}`) }))} /></div>
        <label className="act-field library-picture">{t("file")}<input type="file" accept="image/jpeg,image/png" onChange={(event) => setFile(event.target.files?.[0] ?? null)} /></label>
      </div>
    </Modal>
  )
}
