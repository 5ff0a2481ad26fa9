import { runTogether } from "../support/medusa-runner"

runTogether(/^[a-h]/)
