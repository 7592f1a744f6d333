export { renderError, renderErrorReport, toKasmixError } from "../terminal/report.ts";
