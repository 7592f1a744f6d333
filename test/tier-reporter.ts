import { relative } from "node:path";
import { JsonReporter, type TestModule } from "vitest/node";
import type { VitestReport } from "../src/cli/tier-report.ts";

/**
 * Vitest's JSON report, with the time that each file took as a whole, the reasons of skipped tests, the tests that passed
 * at the second try, and the errors outside of a test.
 */
export default class TierReporter extends JsonReporter {
  override async writeReport(report: string): Promise<void> {
    const modules = this.ctx.state
      .getFiles()
      .flatMap((file) => this.ctx.state.getReportedEntity(file) as TestModule);
    const more: Pick<VitestReport, "files" | "skips" | "retried" | "errors"> = {
      files: modules.map((module) => ({ name: module.moduleId, milliseconds: millisecondsOf(module) })),
      skips: modules.flatMap(skipsOf),
      retried: modules.flatMap(retriedOf),
      errors: this.ctx.state.getUnhandledErrors().map(textOf),
    };
    await super.writeReport(JSON.stringify({ ...JSON.parse(report), ...more }));
  }
}

/** A test's process hands on plain objects. */
function textOf(error: unknown): string {
  return error instanceof Object && "message" in error ? String(error.message) : String(error);
}

function millisecondsOf(module: TestModule): number {
  const { collectDuration, duration, setupDuration } = module.diagnostic();
  return collectDuration + duration + setupDuration;
}

/** For each skipped test its reason: its note, or the title that names what is missing. */
function skipsOf(module: TestModule): string[] {
  return [...module.children.allTests("skipped")].map((test) => {
    const result = test.result();
    const note = result.state === "skipped" ? result.note : undefined;
    const suite = test.parent.type === "suite" ? test.parent.name : undefined;
    return `${relative(process.cwd(), module.moduleId)}: ${note ?? suite ?? test.name}`;
  });
}

function retriedOf(module: TestModule): string[] {
  return [...module.children.allTests("passed")]
    .filter((test) => test.diagnostic()?.flaky)
    .map((test) => `${relative(process.cwd(), module.moduleId)}: ${test.fullName}`);
}
