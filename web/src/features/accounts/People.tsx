// Everybody within reach, newest first. On a phone everything stands below the name.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Dropdown } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { DotsIcon, PlusIcon } from "../../ui/icons"
import { Pill, type Tone } from "../../ui/Pill"
import { Failed, Loading } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { IdentitiesOf } from "../sso/IdentitiesOf"
import { LinkShown } from "./LinkShown"
import { MemberForm } from "./MemberForm"
import { useAccountsRefusal } from "./refusal"
import { SessionsOf } from "./SessionsOf"
import { staff, type Member, type OneTimeLink, type Role, type Tree } from "./staff"

const KEY = ["staff"] as const
// Red is what is on air; who is simply there needs no colour.
const TONES: Record<Exclude<Member["state"], "active">, Tone> = { invited: "warn", disabled: "quiet" }
type Wish = "disable" | "enable" | "link" | "second_factor"

export function People({ tree, roles }: { tree: Tree; roles: Role[] }) {
  const { t, i18n } = useTranslation("accounts")
  const { t: sso } = useTranslation("sso")
  const { message } = App.useApp()
  const me = useMe()
  const phone = useMedia(PHONE)
  const refusal = useAccountsRefusal()
  const queries = useQueryClient()
  const list = useInfiniteQuery({
    queryKey: KEY, queryFn: ({ pageParam }) => staff.list(pageParam),
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  const [editing, setEditing] = useState<Member | "new" | null>(null)
  const [wish, setWish] = useState<{ what: Wish; member: Member } | null>(null)
  const [looking, setLooking] = useState<Member | null>(null)
  const [known, setKnown] = useState<Member | null>(null)
  const [link, setLink] = useState<{ link: OneTimeLink; name: string } | null>(null)
  if (list.isPending) return <Loading rows={6} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const people = list.data.pages.flatMap((page) => page.items)
  const manages = me.data !== undefined && may(me.data, "staff.manage")
  const own = me.data?.user?.id
  const reload = () => queries.invalidateQueries({ queryKey: KEY })
  const role = (name: string) => roles.find((one) => one.name === name)?.[i18n.language === "en" ? "en" : "zh"] ?? name
  const reach = (member: Member) => member.team?.name ?? member.region?.name ?? t("everything")
  const state = (member: Member) => (member.state === "active" ? <span>{t("state_active")}</span> : <Pill tone={TONES[member.state]}>{t(`state_${member.state}`)}</Pill>)
  const factor = (member: Member) => <span className={member.second_factor ? "" : "quiet"}>{t(member.second_factor ? "second_on" : "second_off")}</span>
  const act = async ({ what, member }: { what: Wish; member: Member }) => {
    if (what === "link") setLink({ link: await staff.link(member.id), name: member.name })
    else if (what === "second_factor") await staff.removeSecondFactor(member.id)
    else await staff.change(member.id, { disabled: what === "disable" })
    await reload()
  }
  const narrow: Column<Member>[] = [{
    key: "name", title: t("name"),
    cell: (member) => (
      <div className="account-cell">
        <span className="strong">{member.name}</span>
        <span className="mono quiet">{member.login}</span>
        <span>{role(member.role)} · {reach(member)}</span>
        {state(member)}
      </div>
    ),
  }]
  const wide: Column<Member>[] = [
    { key: "name", title: t("name"), sort: (member) => member.name, cell: (member) => <span className="strong">{member.name}</span> },
    { key: "login", title: t("login"), sort: (member) => member.login, cell: (member) => <span className="mono">{member.login}</span> },
    { key: "role", title: t("role"), width: 130, sort: (member) => member.role, cell: (member) => role(member.role) },
    { key: "reach", title: t("reach"), width: 190, sort: reach, cell: reach },
    { key: "second", title: t("second"), width: 110, cell: factor },
    { key: "state", title: t("state"), width: 110, sort: (member) => member.state, cell: state },
    { key: "created", title: t("created"), width: 150, sort: (member) => member.created_at_ms, cell: (member) => <span className="num quiet">{dateTime(member.created_at_ms)}</span> },
  ]
  const actions: Column<Member> = {
    key: "actions", title: t("actions"), width: phone ? 76 : 130,
    cell: (member) => {
      const self = member.id === own
      const items = [
        { key: "sessions", label: t("sessions"), onClick: () => setLooking(member) },
        { key: "identities", label: sso("identities"), onClick: () => setKnown(member) },
        ...(manages && !self ? [
          ...(phone ? [{ key: "edit", label: t("edit"), onClick: () => setEditing(member) }] : []),
          ...(member.state === "disabled" ? [] : [{ key: "link", label: t(member.state === "invited" ? "invite_again" : "reset_password"), onClick: () => setWish({ what: "link", member }) }]),
          ...(member.second_factor ? [{ key: "second", label: t("second_reset"), onClick: () => setWish({ what: "second_factor", member }) }] : []),
          { type: "divider" as const },
          member.state === "disabled"
            ? { key: "enable", label: t("enable"), onClick: () => setWish({ what: "enable", member }) }
            : { key: "disable", label: t("disable"), danger: true, onClick: () => setWish({ what: "disable", member }) },
        ] : []),
      ]
      return (
        <span className="row-actions">
          {manages && !self && !phone && <Button size="small" type="link" onClick={() => setEditing(member)}>{t("edit")}</Button>}
          <Dropdown trigger={["click"]} menu={{ items }}>
            <Button className="more-actions" type="text" size="small" icon={<DotsIcon />} aria-label={`${t("more")} ${member.name}`} />
          </Dropdown>
        </span>
      )
    },
  }
  return (
    <>
      <div className="panel">
        <div className="panel-head">
          <h2>{t("tab_people")}</h2>
          <span className="spring" />
          {manages && <Button type="primary" icon={<PlusIcon />} onClick={() => setEditing("new")}>{t("invite")}</Button>}
        </div>
        <DataTable<Member> label={t("staff")} rows={people} rowKey={(member) => member.id} empty={t("nobody")} minWidth={phone ? 0 : 1060} columns={[...(phone ? narrow : wide), actions]} />
        {list.hasNextPage && <div className="more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </div>
      {editing && (
        <MemberForm
          {...(editing === "new" ? {} : { member: editing })} tree={tree} roles={roles} close={() => setEditing(null)}
          submit={async ({ login, name, role, reach, email, sso_only }) => {
            if (editing === "new") {
              const made = await staff.invite({ login, name, role, reach, sso_only, ...(email === "" ? {} : { email }) })
              setLink({ link: made.link, name: made.member.name })
            } else {
              // Only what was changed: a role that is set by hand follows no group any more.
              const same = role === editing.role && (reach.team ?? undefined) === editing.team?.id && (reach.region ?? undefined) === editing.region?.id
              await staff.change(editing.id, { name, email, sso_only, ...(same ? {} : { role, reach }) })
              void message.success(t("saved"))
            }
            await reload()
          }}
        />
      )}
      {wish && (
        <Confirm
          title={t(`${wish.what}_title`, { name: wish.member.name })} hint={t(`${wish.what}_hint`)} ok={t(`${wish.what}_ok`)}
          close={() => setWish(null)} refusal={refusal} act={() => act(wish)}
        />
      )}
      {looking && <SessionsOf member={looking} manages={manages && looking.id !== own} close={() => setLooking(null)} />}
      {known && <IdentitiesOf member={known} manages={manages && known.id !== own} close={() => setKnown(null)} />}
      {link && <LinkShown link={link.link} name={link.name} close={() => setLink(null)} />}
    </>
  )
}
