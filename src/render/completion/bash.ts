import { type Completable, type CompletableFlag, namesOf, quoted } from "./completable.ts";

/**
 * Completion for bash 4. Where `=` ends a flag, bash takes it for a word of its own. Files are left to
 * readline, which completes them where nothing else is offered.
 */
export function bashCompletion(commands: readonly Completable[]): string {
  const names = commands.map(({ name }) => name);
  const first = names.filter((name) => !name.includes(" "));
  const ofTwo = names.filter((name) => name.includes(" "));
  return `# Completion of framecat for bash: eval "$(framecat completion bash)"
_framecat() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=\${COMP_WORDS[1]} words=
  COMPREPLY=()
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if ((COMP_CWORD == 1)); then
    command=
  elif ((COMP_CWORD > 2)); then
    case "$command \${COMP_WORDS[2]}" in
      ${ofTwo.map(quoted).join(" | ")}) command+=" \${COMP_WORDS[2]}" ;;
    esac
  fi
  case $command in
    '') words=${quoted([...first, "help", "--help", "--version"].join(" "))} ;;
${commands.map(commandCase).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _framecat framecat
`;
}

function commandCase({ name, flags, argument, subcommands }: Completable): string {
  const own = flags.flatMap(namesOf);
  const words = argument.kind === "words" ? [...argument.words, ...own] : own;
  const rest = [
    `words=${quoted(words.join(" "))}`,
    ...(subcommands.length > 0
      ? [`((COMP_CWORD == 2)) && words+=${quoted(` ${subcommands.join(" ")}`)}`]
      : []),
    ...(argument.kind === "files" ? [FILES] : []),
  ];
  return `    ${quoted(name)})
      case $previous in
${[...valueCases(flags), `        *)\n${rest.map((line) => `          ${line}\n`).join("")}          ;;`].join("\n")}
      esac
      ;;`;
}

const FILES = "compopt -o default 2>/dev/null";

/** Flags after which the same may come stand together. */
function valueCases(flags: readonly CompletableFlag[]): string[] {
  const byAction = new Map<string, string[]>();
  for (const flag of flags) {
    const action = actionOf(flag);
    if (action !== undefined)
      byAction.set(action, [...(byAction.get(action) ?? []), ...namesOf(flag)]);
  }
  return [...byAction].map(([action, names]) => `        ${names.join(" | ")}) ${action} ;;`);
}

function actionOf({ value }: CompletableFlag): string | undefined {
  switch (value.kind) {
    case "none":
      return undefined;
    case "words":
      return `words=${quoted(value.words.join(" "))}`;
    case "files":
      return FILES;
    default:
      return "return";
  }
}
