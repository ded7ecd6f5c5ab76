// What was imported into a room, newest first.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { Button, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../ui/DataTable"
import { count, dateTime } from "../../ui/format"
import { Pill, type Tone } from "../../ui/Pill"
import { Failed, Loading } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { ImportReport } from "./ImportReport"
import { imports, type FileImport } from "./imports"

const TONES: Record<FileImport["state"], Tone> = { running: "live", done: "quiet", failed: "warn", interrupted: "warn" }

export function ImportHistory({ room }: { room: string }) {
  const { t } = useTranslation("imports")
  const phone = useMedia(PHONE)
  const [open, setOpen] = useState<FileImport | null>(null)
  const list = useInfiniteQuery({
    queryKey: ["imports", room], queryFn: ({ pageParam }) => imports.list(room, pageParam),
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  if (list.isPending) return <Loading rows={3} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const rows = list.data.pages.flatMap((page) => page.items)
  const report: Column<FileImport> = { key: "report", title: t("report"), width: 84, cell: (one) => <Button type="link" size="small" onClick={() => setOpen(one)}>{t("open_report")}</Button> }
  const state = (one: FileImport) => <Pill tone={TONES[one.state]}>{t(`state_${one.state}`)}</Pill>
  const narrow: Column<FileImport>[] = [{
    key: "file", title: t("file"),
    cell: (one) => (
      <div className="imports-cell">
        <span>{state(one)} <span className="strong imports-reason">{one.file || one.title}</span></span>
        <span className="quiet num">{t("taken")} {count(one.taken)} · {t("repeats")} {count(one.repeats)} · {t("skipped")} {count(one.skipped)}</span>
        <span className="quiet num">{dateTime(one.created_at_ms)} · {one.platform}</span>
      </div>
    ),
  }]
  const wide: Column<FileImport>[] = [
    { key: "when", title: t("when"), width: 150, cell: (one) => <span className="num">{dateTime(one.created_at_ms)}</span> },
    { key: "file", title: t("file"), cell: (one) => <span className="strong" title={one.title}>{one.file || one.title}</span> },
    { key: "platform", title: t("platform"), width: 110, cell: (one) => one.platform },
    { key: "state", title: t("state"), width: 90, cell: state },
    ...(["read", "taken", "repeats", "skipped"] as const).map((figure): Column<FileImport> => ({
      key: figure, title: t(figure), width: 90, align: "right", cell: (one) => <span className="num">{count(one[figure])}</span>,
    })),
  ]
  return (
    <div className="panel" data-testid="import-history">
      <DataTable label={t("history")} rows={rows} rowKey={(one) => one.id} columns={[...(phone ? narrow : wide), report]} empty={t("history_none")} minWidth={phone ? 0 : 860} />
      {list.hasNextPage && <div className="more"><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("show_more")}</Button></div>}
      {open && (
        <Modal open title={open.file || open.title} footer={<Button onClick={() => setOpen(null)}>{t("close")}</Button>} onCancel={() => setOpen(null)}>
          <OfImport room={room} id={open.id} />
        </Modal>
      )}
    </div>
  )
}

function OfImport({ room, id }: { room: string; id: string }) {
  const report = useQuery({ queryKey: ["imports", room, id], queryFn: () => imports.report(room, id) })
  if (report.isPending) return <Loading rows={3} />
  if (!report.data) return <Failed error={report.error} retry={() => void report.refetch()} />
  return <ImportReport report={report.data} csv={imports.csv(room, id)} />
}
