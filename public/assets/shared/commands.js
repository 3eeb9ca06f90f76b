// The same request from a shell or from Python, to be copied.

import { sampleAddress } from "./pictures.js";

const quoted = (text) => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const ENDINGS = { "application/x-npz": "npz", "application/x-safetensors": "safetensors", "application/x-npy": "npy" };

/** @param request {method, path, file, sample, pictures, fields, accept}: `fields` stand beside the picture, or are the
 *    body where there is no picture; several `pictures` are {part: {file, sample}}; `accept` asks for a form of answer. */
export function curlCommand({ method = "POST", path, file, sample, pictures, fields, accept }) {
  const target = quoted(location.origin + path);
  const wanted = accept ? ` \\\n  -H 'Accept: ${accept}' -o answer.${ENDINGS[accept] ?? "json"}` : "";
  if (method === "GET") return `curl -s ${target}${wanted}`;
  if (pictures) return `${manyPictures(pictures, target)} \\\n  -F ${quoted(`request=${JSON.stringify(fields)}`)}${wanted}`;
  if (!file) {
    const how = method === "POST" ? "" : ` -X ${method}`;
    const body = fields ? ` \\\n  -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(fields))}` : "";
    return `curl -s${how}${method === "POST" && !fields ? " -X POST" : ""} ${target}${body}${wanted}`;
  }
  const fetched = sample ? `curl -s ${location.origin}${sampleAddress(sample)} |\n` : "";
  if (!fields) {
    const source = sample ? "@-" : quoted(`@${file.name}`);
    return `${fetched}curl -s ${target} \\\n  --data-binary ${source} -H 'Content-Type: ${file.type}'${wanted}`;
  }
  const part = quoted(`image=@${sample ? "-" : file.name};type=${file.type}`);
  return `${fetched}curl -s ${target} \\\n  -F ${part} \\\n  -F ${quoted(`request=${JSON.stringify(fields)}`)}${wanted}`;
}

/** Standard input is one: of several pictures the samples are fetched into files. */
function manyPictures(pictures, target) {
  const all = Object.entries(pictures);
  const samples = new Set(all.flatMap(([, { sample }]) => sample ?? []));
  const fetched = [...samples].map((each) => `curl -sO ${location.origin}${sampleAddress(each)}\n`).join("");
  const parts = all.map(([part, { file }]) => ` \\\n  -F ${quoted(`${part}=@${file.name};type=${file.type}`)}`).join("");
  return `${fetched}curl -s ${target}${parts}`;
}

/** For the package `requests`; an answer of tensors is read by numpy. */
export function pythonCommand({ method = "POST", path, file, sample, pictures, fields, accept }) {
  const isNumpy = accept === "application/x-npz";
  const parts = Object.entries(pictures ?? (file && fields ? { image: { file, sample } } : {}));
  const isMultipart = parts.length > 0;
  const bytesOf = ({ file, sample }) => sample
    ? `requests.get("${location.origin}${sampleAddress(sample)}").content` : `open(${JSON.stringify(file.name)}, "rb").read()`;
  const named = (part) => (pictures ? part : "picture");
  const taken = [
    accept && `headers={"Accept": "${accept}"}`,
    file && !fields && !accept && `headers={"Content-Type": "${file.type}"}`,
    isMultipart && `files={${parts.map(([part, { file: { name, type } }]) =>
      `"${part}": (${JSON.stringify(name)}, ${named(part)}, "${type}")`).join(", ")}}`,
    isMultipart && `data={"request": json.dumps(${pythonLiteral(fields)})}`,
    file && !fields && "data=picture",
    !isMultipart && !file && fields && `json=${pythonLiteral(fields)}`,
  ].filter(Boolean).map((each) => `,\n    ${each}`).join("");
  const sources = pictures ? parts.map(([part, each]) => `${part} = ${bytesOf(each)}`)
    : file ? [`picture = ${bytesOf({ file, sample })}`] : [];
  const imports = [isNumpy && "import io", isMultipart && "import json"].filter(Boolean);
  const packages = [isNumpy && "import numpy as np", "import requests"].filter(Boolean);
  return [
    ...imports, ...(imports.length ? [""] : []), ...packages, "",
    ...sources,
    `answer = requests.${method.toLowerCase()}("${location.origin}${path}"${taken})`,
    "answer.raise_for_status()",
    ...(isNumpy ? ["tensors = np.load(io.BytesIO(answer.content))", "print({name: tensors[name].shape for name in tensors})"]
      : ["print(answer.json())"]),
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
