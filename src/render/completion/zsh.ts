import {
  type Completable,
  type CompletableFlag,
  namesOf,
  quoted,
  type Value,
} from "./completable.ts";

/** Completion for zsh, with what each command and flag means; `_arguments` does the work. */
export function zshCompletion(commands: readonly Completable[]): string {
  const first = commands.filter(({ name }) => !name.includes(" "));
  const ofTwo = commands.filter(({ name }) => name.includes(" "));
  const described = first.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}\n`);
  return `#compdef framecat
# Completion of framecat for zsh: eval "$(framecat completion zsh)", or as _framecat in a folder of $fpath
_framecat() {
  local command=\${words[2]}
  if ((CURRENT == 2)); then
    local -a commands=(
${described.join("")}    )
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  if ((CURRENT > 2)); then
    case "$command \${words[2]}" in
      ${ofTwo.map(({ name }) => quoted(name)).join(" | ")})
        command+=" \${words[2]}"
        shift words
        ((CURRENT--))
        ;;
    esac
  fi
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _framecat ]]; then
  _framecat "$@"
else
  compdef _framecat framecat
fi
`;
}

function commandCase({ name, flags, argument, subcommands }: Completable): string {
  const specs = [...flags.map(flagSpec), ...argumentSpecs(argument, subcommands)];
  return `    ${quoted(name)})
      _arguments ${specs.join(" \\\n        ")}
      ;;`;
}

/** `'(-H --header)'{-H,--header}'[add a header]:NAME: '` */
function flagSpec(flag: CompletableFlag): string {
  const { long, description, value, isRepeatable } = flag;
  const names = namesOf(flag);
  const others = isRepeatable ? "*" : names.length > 1 ? `(${names.join(" ")})` : "";
  const name = names.length > 1 ? `{${names.join(",")}}` : long;
  const told = quoted(`[${escaped(description)}]${valueSpec(value)}`);
  return `${others === "" ? "" : quoted(others)}${name}${told}`;
}

function valueSpec(value: Value): string {
  switch (value.kind) {
    case "none":
      return "";
    case "words":
      return `:value:(${value.words.join(" ")})`;
    case "files":
      return ":file:_files";
    default:
      return `:${escaped(value.name)}: `;
  }
}

function argumentSpecs(argument: Value, subcommands: readonly string[]): string[] {
  const files = argument.kind === "files" ? ["_files"] : [];
  const words = argument.kind === "words" ? argument.words : subcommands;
  const offer = words.length > 0 ? [`compadd -- ${words.join(" ")}`] : [];
  const first = [...offer, ...files].join("; ");
  return [
    ...(first === "" ? [] : [quoted(`1: :{ ${first} }`)]),
    ...(files.length > 0 ? [quoted("*: :_files")] : []),
  ];
}

/** What has a meaning within a spec. */
function escaped(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, String.raw`\$&`);
}
