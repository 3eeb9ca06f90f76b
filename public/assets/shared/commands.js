// The same request from a shell or from Python, to be copied.

import { sampleAddress } from "./pictures.js";

const quoted = (text) => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** @param request {path, file, sample, fields, accept}: `fields` stand beside the picture, `accept` asks for a form. */
export function curlCommand({ path, file, sample, fields, accept }) {
  const target = location.origin + path;
  const wanted = accept ? ` \\\n  -H 'Accept: ${accept}' -o answer.${endingOf(accept)}` : "";
  const fetched = sample ? `curl -s ${location.origin}${sampleAddress(sample)} |\n` : "";
  if (!fields) {
    const source = sample ? "@-" : `@${quoted(file.name)}`;
    return `${fetched}curl -s ${target} \\\n  --data-binary ${source} -H 'Content-Type: ${file.type}'${wanted}`;
  }
  const part = sample ? `'image=@-;type=${file.type}'` : quoted(`image=@${file.name};type=${file.type}`);
  return `${fetched}curl -s ${target} \\\n  -F ${part} \\\n  -F ${quoted(`request=${JSON.stringify(fields)}`)}${wanted}`;
}

export function pythonCommand({ path, file, sample, fields, accept }) {
  const source = sample
    ? `requests.get("${location.origin}${sampleAddress(sample)}").content` : `open(${JSON.stringify(file.name)}, "rb").read()`;
  const isNumpy = accept === "application/x-npz";
  const headers = accept ? `\n    headers={"Accept": "${accept}"},` : "";
  const body = fields
    ? `files={"image": (${JSON.stringify(file.name)}, picture, "${file.type}")},\n`
      + `    data={"request": json.dumps(${pythonLiteral(fields)})}`
    : `data=picture`;
  const type = fields ? "" : accept ? "" : `\n    headers={"Content-Type": "${file.type}"},`;
  return [
    [fields && "import json", isNumpy && "import io", "import requests", isNumpy && "import numpy as np"]
      .filter(Boolean).sort().join("\n"),
    "",
    `picture = ${source}`,
    `answer = requests.post("${location.origin}${path}",${headers}${type}\n    ${body})`,
    "answer.raise_for_status()",
    isNumpy ? "tensors = np.load(io.BytesIO(answer.content))\nprint({name: tensors[name].shape for name in tensors})"
      : "print(answer.json())",
  ].join("\n");
}

/** JSON as Python writes it. */
function pythonLiteral(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${pythonLiteral(each)}`).join(", ")}}`;
}

const endingOf = (accept) => ({ "application/x-npz": "npz", "application/x-safetensors": "safetensors" })[accept] ?? "json";
