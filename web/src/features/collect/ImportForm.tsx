// One file: what it is, how it is to be read, and what came of it.
import { useMutation } from "@tanstack/react-query"
import { Alert, Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { dateTime } from "../../ui/format"
import { ImportReport } from "./ImportReport"
import { useImportRefusal } from "./importRefusal"
import { imports, lacks, type Imported, type Mapping, type Preview } from "./imports"
import { MappingEditor } from "./MappingEditor"

interface Props {
  room: string
  file: File
  seen: Preview
  other: () => void
  imported: () => void
}

export function ImportForm({ room, file, seen, other, imported }: Props) {
  const { t } = useTranslation("imports")
  const refusal = useImportRefusal()
  const { table } = seen
  const [title, setTitle] = useState(file.name.replace(/\.[^.]*$/, "").slice(0, 200))
  const [platform, setPlatform] = useState(table?.remembered?.platform ?? "")
  const [started, setStarted] = useState("")
  const [more, setMore] = useState(false)
  const [mapping, setMapping] = useState<Mapping | undefined>(table?.remembered?.mapping ?? table?.guess)
  const missing = mapping && lacks(mapping)
  const run = useMutation({
    mutationFn: async (dry_run: boolean): Promise<Imported> => {
      const saved = mapping && (await imports.save(platform.trim(), mapping))
      const at = started === "" ? undefined : new Date(started).getTime()
      return imports.run(room, file, {
        file: file.name, title: title.trim(), platform: platform.trim(), dry_run, complete: !more,
        ...(saved && { mapping: saved.id }), ...(at !== undefined && { started_at_ms: at }),
        ...(more && { import_key: `more:${platform.trim() || "other"}:${mapping?.rows_of ?? "recording"}` }),
      })
    },
    onSuccess: (done) => { if (done.id !== undefined) imported() },
  })
  const needs = missing === "twice" ? t("lacks_twice") : missing === "price" ? t("lacks_price") : missing ? t("lacks", { field: t(`field_${missing}`) }) : null
  const wrong = needs ?? (table && platform.trim() === "" ? t("lacks_platform") : null)
  return (
    <section className="panel imports-form" aria-label={file.name}>
      <div className="panel-head">
        <h2>{file.name}</h2>
        <span className="quiet">{table ? `${t("as_table")} · ${table.kind}` : `${t("as_recording")} · ${seen.format ?? ""}`}</span>
        <span className="spring" />
        <Button size="small" disabled={run.isPending} onClick={other}>{t("other")}</Button>
      </div>
      <div className="imports-fields">
        <label>{t("title")}<Input value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} /></label>
        <label>{t("platform")}<Input value={platform} maxLength={100} placeholder={table ? "douyin" : "bilibili"} onChange={(event) => setPlatform(event.target.value)} /></label>
        {!table && <label>{t("started")}<input className="imports-when" type="datetime-local" step="1" value={started} onChange={(event) => setStarted(event.target.value)} /></label>}
        <label className="inline-switch"><input type="checkbox" checked={more} onChange={(event) => setMore(event.target.checked)} />{t("more_files")}</label>
      </div>
      <p className="quiet imports-hint">{more ? t("more_files_hint") : t(table ? "platform_hint" : "started_hint")}</p>
      {table && mapping && (
        <>
          <Alert type={table.remembered ? "success" : "info"} showIcon title={table.remembered ? t("remembered", { platform: table.remembered.platform, time: dateTime(table.remembered.used_at_ms) }) : t("guessed")} />
          <MappingEditor table={table} mapping={mapping} change={setMapping} />
        </>
      )}
      <div className="imports-go">
        {wrong && <span className="imports-wrong">{wrong}</span>}
        <Button disabled={wrong !== null} loading={run.isPending && run.variables} onClick={() => run.mutate(true)}>{t("try")}</Button>
        <Button type="primary" disabled={wrong !== null} loading={run.isPending && !run.variables} onClick={() => run.mutate(false)}>{t("run")}</Button>
      </div>
      {run.error && <Alert type="error" showIcon role="alert" title={refusal(run.error)} />}
      {run.data && (
        <div role="status">
          <p className="imports-outcome">
            <span className="strong">{t(run.data.id === undefined ? "tried" : "done")}</span>
            <span className="quiet num">{t("began", { time: dateTime(run.data.started_at_ms) })}</span>
            {run.data.before_air > 0 && <span className="quiet num">{t("before_air", { n: String(run.data.before_air) })}</span>}
          </p>
          <ImportReport report={run.data.report} dry={run.data.id === undefined} {...(run.data.id !== undefined && { csv: imports.csv(room, run.data.id) })} />
        </div>
      )}
    </section>
  )
}
