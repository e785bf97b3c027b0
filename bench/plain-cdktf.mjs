// A plain cdktf program: what somebody would write who wants the same resources without a catalog. Made from synthesised stacks, it constructs
// each resource by the same typed class, with all values written out, and puts the same files beside.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Attributes that hold a map or what the provider does not type: keys below them are the user's, and stay as they are.
const FREE = new Set(
  "labels annotations matchLabels data requests limits hard default defaultRequest manifest".split(" "),
);

/** The program's source: below `outdir` it writes the stacks of the synthesised folder, whose generated files it copies. */
export function plainProgram(synthesised, outdir) {
  const ids = readdirSync(join(synthesised, "stacks"));
  const classes = new Map();
  const stacks = ids.map((id) => {
    const stack = JSON.parse(readFileSync(join(synthesised, "stacks", id, "cdk.tf.json"), "utf8"));
    return stackSource(id, stack, classes);
  });
  const imports = [...classes].map(([name, module]) => `import { ${name} } from "${module}";`);
  return `import { cpSync, existsSync } from "node:fs";
import { App, TerraformBackend, TerraformStack, TerraformVariable } from "cdktf";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider/index.js";
import { HelmProvider } from "@cdktf/provider-helm/lib/provider/index.js";
${imports.join("\n")}
class Backend extends TerraformBackend {
  constructor(scope, kind, config) { super(scope, "backend", kind); this.config = config; }
  synthesizeAttributes() { return this.config; }
}
const app = new App({ outdir: ${JSON.stringify(outdir)}, stackTraces: false });
${stacks.join("\n")}
app.synth();
for (const id of ${JSON.stringify(ids)}) {
  const files = ${JSON.stringify(join(synthesised, "stacks"))} + "/" + id + "/generated";
  if (existsSync(files)) cpSync(files, ${JSON.stringify(join(outdir, "stacks"))} + "/" + id + "/generated", { recursive: true });
}
`;
}

function stackSource(id, { terraform, provider, resource, variable = {} }, classes) {
  const [[kind, backend]] = Object.entries(terraform.backend);
  const providers = { kubernetes: "KubernetesProvider", helm: "HelmProvider" };
  const lines = [
    `const stack = new TerraformStack(app, ${JSON.stringify(id)});`,
    `new Backend(stack, ${JSON.stringify(kind)}, ${JSON.stringify(backend)});`,
    ...Object.entries(provider).map(
      ([name, [config]]) => `new ${providers[name]}(stack, "${name}", ${JSON.stringify(camel(config))});`,
    ),
    ...Object.entries(terraform.required_providers).map(
      ([name, wanted]) =>
        `stack.addOverride("terraform.required_providers.${name}", ${JSON.stringify(wanted)});`,
    ),
    ...Object.entries(variable).map(
      ([name, config]) => `new TerraformVariable(stack, "${name}", ${JSON.stringify(camel(config))});`,
    ),
    ...Object.entries(resource).flatMap(([type, all]) => {
      const name = classOf(type, classes);
      return Object.entries(all).map(
        ([own, config]) => `new ${name}(stack, ${JSON.stringify(own)}, ${configSource(config)});`,
      );
    }),
  ];
  return `{\n${lines.join("\n")}\n}`;
}

function configSource({ depends_on, "//": _path, ...config }) {
  const after = depends_on?.map((fqn) => ({ fqn }));
  return JSON.stringify({ ...camel(config), ...(after && { dependsOn: after }) });
}

/** kubernetes_config_map_v1: ConfigMapV1. */
function classOf(type, classes) {
  const [provider, ...words] = type.split("_");
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
  classes.set(name, `@cdktf/provider-${provider}/lib/${words.join("-")}/index.js`);
  return name;
}

function camel(value) {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => {
    const name = key.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
    return [name, FREE.has(name) ? member : camel(member)];
  });
  return Object.fromEntries(members);
}
