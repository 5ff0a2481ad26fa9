import { runTogether } from "../support/medusa-runner"

runTogether(/^[p-q]/)
