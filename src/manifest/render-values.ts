import { type Document, isMap, isScalar, Document as YamlDocument } from "yaml";
import { record, type Value, type Values, value } from "./value.ts";
import { YAML_OPTIONS } from "./yaml.ts";

/** values.yaml: the defaults, each below a comment. */
export function renderValues(values: Values): string {
  const document = new YamlDocument(defaultsOf(values), YAML_OPTIONS);
  comment(document.contents, values);
  return document.toString(YAML_OPTIONS);
}

/** values.schema.json, by which Helm refuses invalid and unknown values. */
export function renderValuesSchema(values: Values): string {
  const global = value("Helm adds this to the values of a subchart.", {}, { type: "object" });
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    ...schemaOf({ ...values, global }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function defaultsOf(values: Values): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      "fields" in value ? defaultsOf(value.fields) : value.value,
    ]),
  );
}

function comment(node: Document["contents"], values: Values): void {
  if (!isMap(node)) return;
  for (const { key, value: child } of node.items) {
    const value = isScalar(key) ? values[String(key.value)] : undefined;
    if (value === undefined || !isScalar(key)) continue;
    key.commentBefore = ` ${value.description}`;
    if ("fields" in value) comment(child as Document["contents"], value.fields);
  }
}

function schemaOf(values: Values) {
  const schema = (value: Value): object => ("fields" in value ? schemaOf(value.fields) : value.schema);
  return record(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        { description: value.description, ...schema(value) },
      ]),
    ),
  );
}
