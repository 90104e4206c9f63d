# Flattens one indented JSON document, as attune prints it, to lines "path<TAB>value", for scripts that must not need more than a shell.
# Members of arrays have the array's path with [] appended; texts are given without their quotes and with their escapes.
{
    indent = match($0, /[^ ]/) - 1
    depth = indent / 2
    line = substr($0, indent + 1)
    sub(/,$/, "", line)
    key = ""
    if (match(line, /^"([^"\\]|\\.)*": /)) {
        key = substr(line, 2, RLENGTH - 4)
        line = substr(line, RLENGTH + 1)
    }
    parent = depth > 0 ? path[depth - 1] : ""
    name = parent == "" ? key : key == "" ? parent : parent "." key
    if (line == "{") { path[depth] = name; next }
    if (line == "[") { path[depth] = name "[]"; next }
    if (line == "}" || line == "]") next
    if (line ~ /^".*"$/) line = substr(line, 2, length(line) - 2)
    print name "\t" line
}
