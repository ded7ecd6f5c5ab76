// The tree: headquarters, regions 大区, teams 小组.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Button, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { PlusIcon } from "../../ui/icons"
import { Ask } from "./Ask"
import { useAccountsRefusal } from "./refusal"
import { staff, type Place, type Team, type Tree } from "./staff"

type Wish = { what: "region" } | { what: "team"; region: string | null } | { what: "rename_region" | "rename_team"; place: Place }

export function Teams({ tree }: { tree: Tree }) {
  const { t } = useTranslation("accounts")
  const { t: ui } = useTranslation("ui")
  const { message } = App.useApp()
  const me = useMe()
  const refusal = useAccountsRefusal()
  const queries = useQueryClient()
  const reload = () => queries.invalidateQueries({ queryKey: ["teams"] })
  const [wish, setWish] = useState<Wish | null>(null)
  const move = useMutation({
    mutationFn: ({ team, region }: { team: string; region: string | null }) => staff.moveTeam(team, region),
    onSuccess: reload,
    onError: (error) => { void message.error(refusal(error)) },
  })
  const manages = me.data !== undefined && may(me.data, "team.manage")
  const head = manages && !me.data.region && !me.data.team
  const rename = (what: "rename_region" | "rename_team", place: Place) => manages && (
    <Button size="small" type="link" onClick={() => setWish({ what, place })} aria-label={`${t("rename")} ${place.name}`}>{t("rename")}</Button>
  )
  const teams = (of: Team[]) => of.length === 0 ? <p className="quiet tree-none">{t("no_team")}</p> : (
    <ul className="tree-teams">
      {of.map((team) => (
        <li key={team.id}>
          <span className="tree-name">{team.name}</span>
          {rename("rename_team", team)}
          {head && (
            <Select
              size="small" className="tree-move" aria-label={t("move_named", { name: team.name })} value={team.region ?? ""} loading={move.isPending}
              onChange={(region) => { move.mutate({ team: team.id, region: region === "" ? null : region }) }}
              options={[{ value: "", label: t("headquarters") }, ...tree.regions.map((one) => ({ value: one.id, label: one.name }))]}
            />
          )}
        </li>
      ))}
    </ul>
  )
  const group = (place: Place | null, title: string) => (
    <section className="panel" key={place?.id ?? "org"}>
      <div className="panel-head">
        <h2>{title}</h2>
        {place && rename("rename_region", place)}
        <span className="spring" />
        {manages && (place !== null || head) && <Button size="small" icon={<PlusIcon />} onClick={() => setWish({ what: "team", region: place?.id ?? null })}>{t("add_team")}</Button>}
      </div>
      {teams(tree.teams.filter((team) => (team.region ?? null) === (place?.id ?? null)))}
    </section>
  )
  const beside = tree.teams.some((team) => team.region === undefined)
  const act = async (name: string) => {
    if (wish?.what === "region") await staff.createRegion(name)
    else if (wish?.what === "team") await staff.createTeam(name, wish.region)
    else if (wish?.what === "rename_region") await staff.renameRegion(wish.place.id, name)
    else if (wish) await staff.renameTeam(wish.place.id, name)
    await reload()
  }
  return (
    <div className="stack">
      {head && <div><Button type="primary" icon={<PlusIcon />} onClick={() => setWish({ what: "region" })}>{t("add_region")}</Button></div>}
      {tree.regions.map((region) => group(region, region.name))}
      {(head || beside) && group(null, t("headquarters_teams"))}
      {wish && (
        <Ask
          title={t(`${wish.what}_title`)} ok={ui("save")} close={() => setWish(null)}
          fields={[{ name: "name", label: t("title"), ...("place" in wish ? { value: wish.place.name } : {}) }]}
          act={({ name = "" }) => act(name.trim())}
        />
      )}
    </div>
  )
}
