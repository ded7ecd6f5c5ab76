// Entry of the console `/console/...`.
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import "../ui/tokens.css"
import "./console.css"
import { startI18n } from "../ui/i18n"
import { Console } from "./Console"
import { featureTexts } from "./features"

startI18n(featureTexts)

const root = document.getElementById("root")
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Console />
    </StrictMode>,
  )
}
