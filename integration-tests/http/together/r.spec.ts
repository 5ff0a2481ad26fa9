import { runTogether } from "../support/medusa-runner"

runTogether(/^r/)
