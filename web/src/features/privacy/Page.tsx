// Privacy 隐私: what a viewer wrote is handed out or erased, and what became of earlier erasures.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { Failed, Loading } from "../../ui/States"
import { ErasureTable } from "./ErasureTable"
import { fileName, keep, privacy, type Named } from "./privacy"
import { usePrivacyRefusal } from "./refusal"
import { SubjectForm } from "./SubjectForm"
import "./privacy.css"

const KEY = ["erasures"] as const

export default function Page() {
  const { t } = useTranslation("privacy")
  const { message } = App.useApp()
  const refusal = usePrivacyRefusal()
  const queries = useQueryClient()
  const list = useInfiniteQuery({
    queryKey: KEY, queryFn: ({ pageParam }) => privacy.list(pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) => state.data?.pages.some((page) => page.items.some((one) => one.state === "waiting")) ? 1_000 : 30_000,
  })
  const [erasing, setErasing] = useState<Named | null>(null)
  const [exporting, setExporting] = useState(false)
  const hand = async (named: Named) => {
    setExporting(true)
    try {
      keep(fileName(named), await privacy.export(named))
      void message.success(t("exported"))
    } catch (error) {
      void message.error(refusal(error))
    } finally {
      setExporting(false)
    }
  }
  const all = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <div className="page-head">
        <h1>{t("privacy")}</h1>
        <span className="quiet">{t("intro")}</span>
      </div>
      <section className="panel privacy-whom" aria-label={t("whom")}>
        <SubjectForm exporting={exporting} hand={(named) => void hand(named)} erase={setErasing} />
      </section>
      <section className="panel">
        <h2 className="privacy-head">{t("erasures")}</h2>
        {list.isPending ? <Loading rows={4} /> : list.data ? <ErasureTable erasures={all} /> : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.hasNextPage && <div className="more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </section>
      {erasing && (
        <Confirm
          title={t("erase_title", { name: erasing.way === "token" ? t("way_token") : erasing.value.trim() })} hint={t("erase_hint")} ok={t("erase")}
          close={() => setErasing(null)} refusal={refusal}
          act={async () => {
            await privacy.erase(erasing)
            void message.success(t("asked"))
            void queries.invalidateQueries({ queryKey: KEY })
          }}
        />
      )}
    </>
  )
}
