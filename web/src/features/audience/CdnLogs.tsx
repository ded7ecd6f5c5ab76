// CDN logs of a show: what was imported, and importing another.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Checkbox } from "antd"
import { useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Audit, Broadcast, CdnReport } from "../../api/types"
import { count, dateTime, timeOfDay } from "../../ui/format"
import { useWord } from "./words"

export function CdnLogs({ show, audit, mayImport }: { show: Broadcast; audit: Audit; mayImport: boolean }) {
  const { t } = useTranslation("audience")
  const queries = useQueryClient()
  const file = useRef<HTMLInputElement>(null)
  const [complete, setComplete] = useState(false)
  const load = useMutation({
    mutationFn: (log: File) => api.importCdnLog(show.id, log, complete),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["audience"] }),
  })
  const choose = (files: FileList | null) => {
    const log = files?.[0]
    if (log) load.mutate(log)
    if (file.current) file.current.value = ""
  }
  return (
    <section className="panel" data-testid="cdn-logs">
      <div className="panel-head">
        <h2>{t("import")}</h2>
        <span className="spring" />
        {mayImport && (
          <>
            <input ref={file} type="file" hidden aria-label={t("choose_file")} onChange={(event) => choose(event.target.files)} />
            <Button size="small" loading={load.isPending} onClick={() => file.current?.click()}>{t("choose_file")}</Button>
          </>
        )}
      </div>
      <div className="audit-body">
        {mayImport && <Checkbox checked={complete} onChange={(event) => setComplete(event.target.checked)}>{t("logs_complete")}</Checkbox>}
        {mayImport && complete && <p className="quiet">{t("logs_complete_hint")}</p>}
        <p className="quiet">{load.isPending ? t("importing", { name: load.variables.name }) : t("import_hint")}</p>
        {load.error && <Alert type="error" showIcon title={load.error.message} role="alert" />}
        {load.data?.repeated && <Alert type="info" showIcon title={t("repeated")} />}
        {audit.imports.map((report) => <Report key={report.batch} report={report} />)}
      </div>
    </section>
  )
}

function Report({ report }: { report: CdnReport }) {
  const { t } = useTranslation("audience")
  const word = useWord()
  return (
    <dl className="facts" data-batch={report.batch}>
      <dt>{t("imported_at")}</dt><dd className="num">{dateTime(report.imported_at)}</dd>
      {report.from != null && report.to != null && <dt>{t("log_span")}</dt>}
      {report.from != null && report.to != null && <dd className="num">{dateTime(report.from)} – {timeOfDay(report.to)}</dd>}
      {report.complete && <dt>{t("log_all")}</dt>}
      {report.complete && <dd>{t("log_all_said")}</dd>}
      <dt>{t("lines")}</dt><dd className="num">{count(report.lines)}</dd>
      <dt>{t("taken")}</dt><dd className="num">{count(report.taken)}</dd>
      <dt>{t("entries")}</dt><dd className="num">{count(report.entries)}</dd>
      <dt>{t("new_segments")}</dt><dd className="num">{count(report.new_segments)}</dd>
      {report.skipped.length > 0 && <dt>{t("skipped")}</dt>}
      {report.skipped.length > 0 && (
        <dd>{report.skipped.map((row) => `${word("s", row.reason)} ${count(row.lines)}`).join(" · ")}</dd>
      )}
    </dl>
  )
}
