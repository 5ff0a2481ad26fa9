import { runTogether } from "../support/medusa-runner"

runTogether(/^[s-z]/)
